import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const read = (path: string) => readFileSync(join(folder, path), 'utf8');
const data = { dataset: 'xor', samples: 8, testSamples: 4, dimension: 4 };

function write(name: string, problem: object): string {
  writeFileSync(join(folder, name), JSON.stringify({ data, ...problem }));
  return name;
}

const classes = write('classes.json', { network: { width: 3000 }, likelihood: 'logistic' });
const layers = [{ dense: 3000 }, { dense: 3000, skip: 1 }];
const residual = write('residual.json', { network: { layers } });
/** Options that make it fast. */
const few = ['--samples', '512'];

describe('theories by default', () => {
  it.each([classes, residual])('are those that treat %s', (problem) => {
    const { status, stdout, stderr } = run(folder, ['compare', problem, ...few, '--out', 'c']);
    expect([status, stderr]).toEqual([0, '']);
    const names = JSON.parse(read('c/compare.json')).theories.map(({ theory }: { theory: string }) => theory);
    // What auto took is one of the two, and there once, with its reason.
    expect(names).toEqual(['nngp', 'linearResponse']);
    expect(stdout).toMatch(/auto took (nngp|linearResponse)/);
  });

  it('rank classes by an evidence that says that it is approximate', () => {
    const vary = ['--vary', 'network.featureScale=1,2', ...few, '--out', 'e'];
    const { status, stdout } = run(folder, ['evidence', classes, ...vary]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/by linearResponse\n/);
    expect(stdout).toContain('≈ ln p(Y|X)');
    expect(stdout).toContain('≈ ln p(Y|X) of classes is approximate');
  });
});

describe('the evidence of classes', () => {
  it('is marked in tables, reports and results, with words, and that of numbers is not', () => {
    const by = 'outputs are integrated over by expectation propagation';
    const found = run(folder, ['compare', classes, '--theories', 'nngp', '--out', 'n']);
    expect(found.stdout).toContain(by);
    expect(read('n/report.html')).toContain(by);
    const [nngp] = JSON.parse(read('n/compare.json')).theories;
    expect(nngp.logEvidenceApproximation).toBe('expectation propagation');
    const exact = run(folder, ['compare', residual, '--theories', 'nngp', '--out', 'n', '--json']);
    expect(exact.stdout).not.toContain('logEvidenceApproximation');
    expect(read('n/report.html')).not.toContain('approximate:');
  });

  it('stays refused where a theory that was asked for does not treat the problem', () => {
    const { status, stderr } = run(folder, ['compare', classes, '--theories', 'nngp,map', '--out', 'x']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^finite-width: theory map treats Gaussian noise alone/);
  });
});
