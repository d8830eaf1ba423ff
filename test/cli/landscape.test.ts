import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { readNpz } from '#src/formats/npz.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { centredAlignment } from '#src/measures/alignment.js';
import { drawKernels } from '#src/prior/drawKernels.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { solveWith } from '#src/theories/solve.js';
import { root } from '../support.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const spec = {
  data: { dataset: 'teacher', samples: 9, testSamples: 4, dimension: 6, seed: 3 },
  network: { hiddenLayers: 2, width: 50, activation: 'erf' },
};
writeFileSync(join(folder, 'small.json'), JSON.stringify(spec));
const axes = ['--weight-variance', '0.8..2:3', '--bias-variance', '0..0.2:3'];
const args = ['landscape', 'small.json', ...axes];
const arrays = (out: string) => readNpz(readFileSync(join(folder, out, 'landscape.npz')), 'landscape');
const entry = (out: string, name: string, i: number, j: number) =>
  arrays(out).get(name)?.values[3 * i + j] ?? Number.NaN;

describe('landscape', () => {
  it('of layers that differ leaves out what is known of dense layers of one activation', () => {
    const layers = [
      { dense: 20, activation: 'erf' },
      { dense: 20, activation: 'erf', skip: 1 },
    ];
    writeFileSync(join(folder, 'blocks.json'), JSON.stringify({ ...spec, network: { layers } }));
    const few = ['--weight-variance', '0.8..2:3', '--bias-variance', '0.1', '--theories', 'nngp'];
    const { status, stdout, stderr } = run(folder, ['landscape', 'blocks.json', ...few, '--out', 'blocks']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/priorDeviation|response/);
    expect(arrays('blocks').get('ckaNngp')?.values.every(Number.isFinite)).toBe(true);
    expect(arrays('blocks').get('chi')?.values.every(Number.isNaN)).toBe(true);
  });

  it('maps what the theories and the prior say of each network', async () => {
    const { status, stdout, stderr } = run(folder, [...args, '--out', 'map']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/largest\s+value\s+at σ_w²[\s\S]*perturbative\.gain/);
    expect(readdirSync(join(folder, 'map')).sort()).toEqual([
      'landscape.npz',
      'landscape.png',
      'landscape.svg',
      'result.json',
    ]);
    // One point by other ways: row 1 (σ_b² = 0.1), column 2 (σ_w² = 2).
    const network = { ...spec.network, weightVariance: 2, biasVariance: 0.1 };
    writeFileSync(join(folder, 'point.json'), JSON.stringify({ ...spec, network }));
    const { problem } = await loadProblem(join(folder, 'point.json'));
    const compute = await nodeCompute({ threads: 1 });
    const kernel = nngpKernels(problem.network, problem.data.x, compute)[2];
    const cka = centredAlignment(kernel, problem.data.y);
    expect(entry('map', 'ckaNngp', 1, 2)).toBeCloseTo(cka, 10);
    const { alignment } = await solveWith(problem, 'perturbative', compute);
    expect(entry('map', 'perturbative_gain', 1, 2)).toBeCloseTo(alignment()[2] - cka, 10);
    // χ of erf is (4/π) g/√(1 + 4q), at the fixed point of the arcsine.
    let q = 1;
    for (let k = 0; k < 500; k++) q = 0.1 + 2 * (2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q));
    expect(entry('map', 'chi', 1, 2)).toBeCloseTo(8 / Math.PI / Math.sqrt(1 + 4 * q), 9);
    // The prior's spread of output kernels, beside networks drawn from it.
    const steps = drawKernels(
      problem.network,
      nngpKernels(problem.network, problem.data.x, compute),
      { draws: 4000, seed: 1 },
      compute,
    );
    let step = steps.next();
    while (!step.done) step = steps.next();
    const drawn = step.value.layers[2];
    const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
    const norm = kernel.data.reduce((sum, value) => sum + value * value, 0);
    const spread = Math.sqrt(total(drawn?.variance.data as Float64Array) / norm);
    expect(Math.abs(entry('map', 'priorDeviation', 1, 2) / spread - 1)).toBeLessThan(0.06);
  });

  it('of one bias variance is a cut through the phases, drawn as curves', () => {
    const cut = [
      'landscape',
      'small.json',
      '--set',
      'network.hiddenLayers=3',
      '--weight-variance',
      '0.8..2:3',
    ];
    const { status, stderr } = run(folder, [
      ...cut,
      '--bias-variance',
      '0.1',
      '--theories',
      'nngp',
      '--out',
      'cut',
    ]);
    expect([status, stderr]).toEqual([0, '']);
    const svg = readFileSync(join(folder, 'cut/landscape.svg'), 'utf8');
    expect(svg).toMatch(/prior fluctuations[\s\S]*response of C to layer 1[\s\S]*rise of CKA/);
    expect(svg).toContain('C of the output, erf, 3 layers of width 50');
    const found = arrays('cut');
    expect(found.get('nngp_gain')?.values).toEqual(new Float64Array(3));
    // What of a change of layer 1 reaches the output grows with the weight variance of the layers between.
    const response = found.get('response')?.values as Float64Array;
    expect(response[2]).toBeGreaterThan(response[1]);
    expect(response[1]).toBeGreaterThan(response[0]);
  });

  it('killed and resumed gives the same bits as on one thread', async () => {
    const child = spawn(process.execPath, [join(root, 'bin/finite-width.js'), ...args, '--out', 'killed'], {
      cwd: folder,
    });
    await new Promise<void>((resolve) => {
      child.on('close', () => resolve());
      const wait = setInterval(() => {
        if (!existsSync(join(folder, 'killed.checkpoint'))) return;
        clearInterval(wait);
        child.kill('SIGKILL');
      }, 5);
    });
    expect(existsSync(join(folder, 'killed'))).toBe(false);
    expect(run(folder, [...args, '--out', 'killed']).stderr).toMatch(
      /killed.checkpoint is left from a run that did not end/,
    );
    const other = run(folder, [
      ...args.slice(0, 4),
      '--bias-variance',
      '0..0.3:3',
      '--out',
      'killed',
      '--resume',
    ]);
    expect(other.stderr).toMatch(/made with biasVariances.1 = 0.1, this command has 0.15/);
    const { stderr } = run(folder, [...args, '--out', 'killed', '--resume'], { FINITE_WIDTH_THREADS: '1' });
    expect(stderr).toBe('');
    expect(
      readFileSync(join(folder, 'killed/landscape.npz')).equals(
        readFileSync(join(folder, 'map/landscape.npz')),
      ),
    ).toBe(true);
    expect(existsSync(join(folder, 'killed.checkpoint'))).toBe(false);
  });

  it.each<[string[], RegExp]>([
    [['--weight-variance', '1,2'], /--weight-variance "1,2": a map needs at least 3/],
    [['--bias-variance', '0..x'], /--bias-variance "0..x": give a number/],
    [['--bias-variance', '-1..1'], /biasVariance/],
    [['--weight-variance', '0..1'], /weightVariance/],
    [['--theories', 'none'], /unknown theory "none"/],
  ])('refuses %j in one line', (bad, message) => {
    const { status, stdout, stderr } = run(folder, [...args, ...bad, '--out', 'refused']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

describe('advise', () => {
  it('ranks networks in a table and in words', () => {
    const tiny = {
      data: { dataset: 'xor', samples: 6, dimension: 5, seed: 1 },
      network: { width: 80, hiddenLayers: 1 },
    };
    writeFileSync(join(folder, 'tiny.json'), JSON.stringify(tiny));
    const { status, stdout, stderr } = run(folder, ['advise', 'tiny.json', '--theory', 'linearResponse']);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /layers\s+σ_w²\s+γ\s+phase\s+ln p\(Y\|X\)[\s\S]*The data are most probable under \d hidden layer/,
    );
    const { ranking, advice } = JSON.parse(
      run(folder, ['advise', 'tiny.json', '--theory', 'linearResponse', '--json']).stdout,
    );
    expect(ranking).toHaveLength(4 * 4 * 2);
    expect(advice.length).toBeGreaterThan(1);
    const evidence = ranking.map(
      (entry: { logEvidence: number | null }) => entry.logEvidence ?? Number.NEGATIVE_INFINITY,
    );
    expect(evidence).toEqual(evidence.toSorted((a: number, b: number) => b - a));
  });

  it('refuses a theory without evidence', () => {
    const { status, stderr } = run(folder, ['advise', 'xor', '--theory', 'sampled']);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/--theory sampled: knows no evidence[^\n]*\n$/),
    ]);
  });
});
