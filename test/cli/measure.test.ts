import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { readNpz, writeNpz } from '#src/formats/npz.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { centredAlignment } from '#src/measures/alignment.js';
import { type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { randomCovariance, randomMatrix } from '../support.js';
import { CommandWorker } from '../torture/worker.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
const worker = new CommandWorker(60);
afterAll(() => worker.stop());
const P = 8;
const problem = {
  data: { dataset: 'xor', samples: P, dimension: 4 },
  network: {
    hiddenLayers: 2,
    width: [20, 10],
    weightVariance: [1, 1.3, 1.5],
    biasVariance: [0, 0.1, 0.2],
    featureScale: 2,
  },
};
const path = join(folder, 'p.json');
writeFileSync(path, JSON.stringify(problem));
const npz = (name: string, arrays: Record<string, Matrix>) =>
  writeFileSync(join(folder, name), writeNpz(arrays));
const run = (...args: string[]) => worker.run(folder, args);
const measure = (...args: string[]) => run('measure', 'p.json', ...args);
const resultOf = (out: string) => JSON.parse(readFileSync(join(folder, out, 'result.json'), 'utf8'));

/** Features of a network with random weights, as another program would have them. */
async function features(): Promise<Record<string, Matrix>> {
  const { problem: loaded } = await loadProblem(path);
  const stream = RandomStream.fromSeed(5);
  const arrays: Record<string, Matrix> = {};
  let below = loaded.data.x;
  [20, 10].forEach((width, l) => {
    const phi = zeros(P, width);
    for (let i = 0; i < width; i++) {
      const weights = stream.normals(new Float64Array(below.columns));
      for (let a = 0; a < P; a++) {
        let sum = 0;
        for (let j = 0; j < below.columns; j++) sum += weights[j] * below.data[a * below.columns + j];
        phi.data[a * width + i] = sum / Math.sqrt(below.columns);
      }
    }
    activationByName('erf').value(phi.data, phi.data);
    arrays[`layer_${l + 1}`] = phi;
    below = phi;
  });
  return arrays;
}

describe('measure', () => {
  it('finds no distance between a theory and its own kernels', async () => {
    expect((await run('solve', 'p.json', '--theory', 'perturbative', '--out', 'solved')).status).toBe(0);
    const { status, stdout } = await measure(
      '--kernels',
      'solved/kernels.npz',
      '--theories',
      'perturbative',
      '--out',
      'own',
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/your network beside theories/);
    const { yours, theories } = resultOf('own');
    expect(yours.arrays).toEqual(['kernel_1', 'kernel_2']);
    for (const [k, layer] of yours.layers.entries()) {
      const [nngp, own] = layer.beside;
      expect([nngp.theory, own.theory]).toEqual(['nngp', 'perturbative']);
      expect(own.cka).toBeCloseTo(1, 12);
      expect(own.shift).toBeLessThan(1e-12);
      expect(nngp.shift).toBeCloseTo(theories[0].change[k + 1], 10);
      expect(layer.cka).toBeCloseTo(theories[0].cka[k + 1], 12);
      expect(layer.directions).toBe(theories[0].layers[k + 1].directions);
    }
    expect(readdirSync(join(folder, 'own')).sort()).toEqual(
      [
        'measure.npz',
        'measure.png',
        'measure.svg',
        'profile.png',
        'profile.svg',
        'report.html',
        'result.json',
        'spectra.png',
        'spectra.svg',
      ].sort(),
    );
  });

  it('makes kernels of features in the convention of the theories', async () => {
    const arrays = await features();
    npz('features.npz', arrays);
    const { status, stderr } = await measure(
      '--features',
      'features.npz',
      '--theories',
      'nngp',
      '--out',
      'mine',
    );
    expect(`${status} ${stderr}`).toBe('0 ');
    const { problem: loaded } = await loadProblem(path);
    const { yours } = resultOf('mine');
    const kernels = [
      [1, 1.3 / 20, 0.1],
      [2, 1.5 / 2 / 10, 0.2],
    ].map(([l, scale, shift]) => {
      const { data, columns } = arrays[`layer_${l}`];
      const kernel = zeros(P);
      for (let a = 0; a < P; a++)
        for (let b = 0; b < P; b++) {
          for (let i = 0; i < columns; i++)
            kernel.data[a * P + b] += scale * data[a * columns + i] * data[b * columns + i];
          kernel.data[a * P + b] += shift;
        }
      return kernel;
    });
    const nngp = readNpz(readFileSync(join(folder, 'solved/kernels.npz')), 'kernels.npz');
    kernels.forEach((kernel, k) => {
      const other = nngp.get(`nngp_${k + 1}`)?.matrix('nngp').data as Float64Array;
      const norm = Math.sqrt(other.reduce((sum, value) => sum + value * value, 0));
      const distance =
        Math.sqrt(kernel.data.reduce((sum, value, i) => sum + (value - other[i]) ** 2, 0)) / norm;
      expect(yours.layers[k].cka).toBeCloseTo(centredAlignment(kernel, loaded.data.y), 10);
      expect(yours.layers[k].shift).toBeCloseTo(distance, 10);
      expect(yours.layers[k].beside[0].shape).toBeLessThanOrEqual(distance + 1e-12);
    });
    const measures = readNpz(readFileSync(join(folder, 'mine/measure.npz')), 'measure.npz');
    expect([...(measures.get('yours_layers')?.matrix('layers').data ?? [])]).toEqual([1, 2]);
    expect(measures.get('yours_weight_2')?.matrix('weight').data.at(-1)).toBeCloseTo(1, 10);
    expect(measures.get('nngp_tangent_cka')?.matrix('tangent').columns).toBe(3);
  });

  it('takes one layer alone, or arrays without numbers in their order, and prints the result', async () => {
    const { layer_1, layer_2 } = await features();
    npz('one.npz', { hidden2: layer_2 });
    const one = JSON.parse(
      (await measure('--features', 'one.npz', '--theories', 'nngp', '--json', '--out', 'one')).stdout,
    );
    expect(one.yours.layers.map(({ layer }: { layer: number }) => layer)).toEqual([2]);
    npz('named.npz', { first: layer_1, second: layer_2 });
    const named = JSON.parse(
      (await measure('--features', 'named.npz', '--theories', 'nngp', '--json', '--out', 'named')).stdout,
    );
    expect(named.yours.layers[1]).toEqual(one.yours.layers[0]);
  });

  it('without a network of one’s own measures theories and networks', async () => {
    const { status, stdout } = await measure(
      '--theories',
      'nngp,sampled',
      '--draws',
      '200',
      '--chains',
      '2',
      '--out',
      'alone',
    );
    expect(status).toBeLessThan(2);
    expect(stdout).toMatch(/layer alignment/);
    const { yours, theories } = resultOf('alone');
    expect(yours).toBeUndefined();
    expect(theories[1].layers[0].tangentCkaStandardError).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'alone/report.html'), 'utf8')).toMatch(/Layer alignment/);
  });

  it('says what equal targets leave undefined by null, without its figures', async () => {
    writeFileSync(
      join(folder, 'equal.npz'),
      writeNpz({ X: randomMatrix(4, 3, 1), Y: { rows: 4, columns: 1, data: new Float64Array(4).fill(0.5) } }),
    );
    writeFileSync(
      join(folder, 'equal.json'),
      JSON.stringify({ data: { npz: 'equal.npz' }, network: { hiddenLayers: 1, width: 9 } }),
    );
    const { status } = await run('measure', 'equal.json', '--theories', 'nngp', '--out', 'equal');
    expect(status).toBe(0);
    expect(resultOf('equal').theories[0].layers[1]).toMatchObject({
      cka: null,
      directions: null,
      tangentCka: null,
    });
    expect(existsSync(join(folder, 'equal/spectra.svg'))).toBe(false);
  });

  const kernel = randomCovariance(P, 20, 1, 3);
  const bad: [string, Record<string, Matrix>, string, RegExp][] = [
    [
      'samples that are others',
      { layer_1: randomMatrix(5, 20, 1) },
      'features',
      /--features: bad\.npz: layer_1: 5×20; must be 8×20, the neurons of layer 1/,
    ],
    [
      'another width',
      { layer_2: randomMatrix(P, 20, 1) },
      'features',
      /layer_2: 8×20; must be 8×10, the neurons of layer 2 \(network\.width\)/,
    ],
    [
      'a layer that is not there',
      { layer_3: randomMatrix(P, 10, 1) },
      'features',
      /layer_3: is of layer 3; names end with the hidden layer, from 1 to 2/,
    ],
    [
      'counting from zero',
      { layer_0: randomMatrix(P, 20, 1) },
      'features',
      /layer_0: is of layer 0; names end/,
    ],
    [
      'two arrays of one layer',
      { a1: randomMatrix(P, 20, 1), b1: randomMatrix(P, 20, 2) },
      'features',
      /b1: is of layer 1, as a1 is/,
    ],
    [
      'names without numbers that are too few',
      { a: randomMatrix(P, 20, 1) },
      'features',
      /1 arrays? \(a\) where the network has 2 hidden layers/,
    ],
    [
      'a name without a number among others',
      { a: randomMatrix(P, 20, 1), b1: randomMatrix(P, 20, 1) },
      'features',
      /a: has no number/,
    ],
    [
      'numbers that are none',
      { layer_1: { ...randomMatrix(P, 20, 1), data: new Float64Array(160).fill(Number.NaN) } },
      'features',
      /layer_1\[0\]\[0\]: NaN is not a finite number/,
    ],
    [
      'features as kernels',
      { layer_1: randomMatrix(P, 20, 1) },
      'kernels',
      /--kernels: bad\.npz: layer_1: 8×20; must be 8×8, a kernel of the 8 data points/,
    ],
    [
      'a kernel that is not symmetric',
      { layer_1: randomMatrix(P, P, 1) },
      'kernels',
      /layer_1: .* at \[1\]\[0\] and .* at \[0\]\[1\]; a kernel is symmetric/,
    ],
  ];
  it.each(bad)('refuses %s by name', async (_, arrays, kind, said) => {
    npz('bad.npz', arrays);
    const { status, stderr, stdout } = await measure(
      `--${kind}`,
      'bad.npz',
      '--theories',
      'nngp',
      '--out',
      'never',
    );
    expect(stderr).toMatch(said);
    expect(stderr.trim().split('\n').length).toBe(1);
    expect([status, stdout, existsSync(join(folder, 'never'))]).toEqual([2, '', false]);
  });

  it('refuses both kinds at once, and files that are not there or damaged', async () => {
    npz('k.npz', { kernel_1: kernel });
    for (const [args, said] of [
      [
        ['--kernels', 'k.npz', '--features', 'k.npz'],
        /--features: is given with --kernels; give one of the two/,
      ],
      [['--kernels', 'none.npz'], /--kernels: none\.npz: /],
      [['--kernels', 'p.json'], /--kernels: p\.json: truncated or not an \.npz file/],
    ] as const)
      expect((await measure(...args)).stderr).toMatch(said);
  });
});
