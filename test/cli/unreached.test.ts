import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { referencePath } from '../support.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const problem = referencePath('inputs/targets-20000/problem.json');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

describe('a theory that does not reach the network', () => {
  it('says nothing of what it leaves out, in files, tables and reports', () => {
    const compared = run(folder, ['compare', problem, '--theories', 'nngp,perturbative,map', '--out', 'c']);
    expect(compared.status).toBe(1);
    const [nngp, ...others] = JSON.parse(read('c/compare.json')).theories;
    for (const entry of others) {
      expect(entry.converged).toBe(false);
      expect(entry).not.toHaveProperty('logEvidenceLeftOut');
    }
    expect(nngp).toMatchObject({ converged: true, logEvidence: expect.any(Number) });
    expect(compared.stdout).toMatch(/\nperturbative .*\(not converged\) +-\S+ +– /);
    const rows = read('c/report.html').split('<tr>');
    const row = rows.find((text) => /^<th scope="row">.*perturbative<\/th>/.test(text)) ?? '';
    expect([...row.matchAll(/<td>(.*?)<\/td>/g)][1]?.[1]).toBe('–');
  });

  it('comes last in rankings by evidence, and is tied with nothing', () => {
    const vary = ['--vary', 'noiseVariance=0.1,4e8,1e9', '--theory', 'perturbative'];
    const { status } = run(folder, ['evidence', problem, ...vary, '--out', 'e']);
    expect(status).toBe(1);
    const { ranked, tooCloseToCall } = JSON.parse(read('e/result.json'));
    expect(ranked.map(({ converged }: { converged: boolean }) => converged)).toEqual([true, true, false]);
    expect(ranked[2].settings).toEqual({ noiseVariance: 0.1 });
    expect(tooCloseToCall).not.toContainEqual({ noiseVariance: 0.1 });
    const { stdout } = run(folder, ['evidence', problem, '--vary', 'noiseVariance=0.1,0.2', '--theory', 'map', '--out', 'n']);
    expect(stdout).toMatch(/noiseVariance 0\.2 \(not converged\) +-\S+ +0\.\d+ +\d/);
    expect(stdout).not.toContain('left out of it');
    expect(JSON.parse(read('n/result.json')).tooCloseToCall).toEqual([]);
  });

  it.each(['nngp', 'perturbative'])('lets advise by %s call no network most probable', { timeout: 60_000 }, (theory) => {
    const { stdout, status } = run(folder, ['advise', problem, '--theory', theory]);
    expect(status).toBe(theory === 'nngp' ? 0 : 1);
    expect(stdout).toMatch(theory === 'nngp' ? /\nToo close to call: / : /\nThe theory reaches none of these networks/);
    expect(stdout).not.toContain('most probable');
  });

  it('lets landscape say so, and exit 1, where none is reached at any point', { timeout: 60_000 }, () => {
    const point = ['--weight-variance', '1.2,1.4,1.6', '--bias-variance', '0.1', '--theories', 'perturbative', '--out', 'l'];
    const { stdout, status } = run(folder, ['landscape', problem, ...point]);
    expect(stdout).toContain('\nNo theory converges at any of these points: ');
    expect(status).toBe(1);
  });
});

describe('a refusal', () => {
  const odd = ['xor', '--set', 'network.biasVariance=0', '--set', 'data.samples=16'];

  it.each([
    ['solve', ...odd, '--theory', 'exactLinear'],
    ['compare', ...odd, '--theories', 'exactLinear'],
    ['evidence', ...odd, '--theory', 'exactLinear', '--vary', 'network.width=50,60'],
    ['advise', ...odd, '--theory', 'exactLinear'],
    ['solve', ...odd, '--set', 'network.activation=x^3', '--set', 'network.hiddenLayers=6', '--theory', 'nngp'],
  ])('is one line, without the warnings of the problem: %s %s %s %s %s %s %s %s', (...args) => {
    const { stderr, status } = run(folder, args);
    expect(stderr).toMatch(/^finite-width: [^\n]+\n$/);
    expect(status).toBe(2);
  });

  it('takes no warning from a command that goes through', () => {
    expect(run(folder, ['solve', ...odd, '--theory', 'nngp', '--out', 'w']).stderr).toMatch(/^warning: [^\n]+\n$/);
  });
});
