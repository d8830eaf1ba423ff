import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { readNpz } from '#src/formats/npz.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { InputError } from '#src/numerics/errors.js';
import { drawAround } from '#src/numerics/importanceSampling.js';
import { fromRows, inner, type Matrix } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import type { KernelPosterior } from '#src/posterior/posterior.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { outputModes } from '#src/solving/order/orderParameter.js';
import { WishartPosterior } from '#src/solving/order/wishartPosterior.js';
import { solveWith } from '#src/theories/solve.js';
import { goldenArrays, largestDifference, randomMatrix, referencePath } from '../support.js';

const compute = await nodeCompute();
const solve = (problem: Parameters<typeof solveWith>[0], theory = 'exactLinear') =>
  solveWith(problem, theory, compute);
const load = (name: string) => loadProblem(referencePath(`cases/${name}.json`));
const numbers = (name: string, array: string) =>
  readNpz(readFileSync(referencePath(`cases/${name}_ref.npz`)), name).get(array)?.values as Float64Array;
const conjugate = ({ conjugates }: KernelPosterior, l: number): Matrix => {
  const found = conjugates?.[l];
  if (!found) throw new Error(`no conjugate kernel of layer ${l}`);
  return found;
};
const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - b[i])),
    a.length === b.length ? 0 : Number.NaN,
  );

const make = (
  [P, D]: readonly [number, number],
  network: NetworkInput,
  noiseVariance = 0.1,
  y: Matrix = randomMatrix(P, 1, 11),
  x: Matrix = randomMatrix(P, D, 7),
) => createProblem({ data: { x, y }, network: { activation: 'linear', ...network }, noiseVariance });

describe('exactLinear', () => {
  it.each(['exact_linear_L1', 'exact_linear_L2', 'exact_linear_L2_narrow', 'exact_linear_L3'])(
    '%s: kernels of all layers and predictions, by rescaling as well',
    async (name) => {
      const golden = goldenArrays(name);
      for (const theory of ['exactLinear', 'rescaling']) {
        const posterior = await solve((await load(name)).problem, theory);
        expect(posterior.convergence.converged).toBe(true);
        expect(largestDifference(posterior.trainMean(), golden.matrix('train_mean'))).toBeLessThan(1e-11);
        for (let l = 1; l < posterior.kernels.length; l++) {
          expect(largestDifference(posterior.kernels[l], golden.matrix(`kernel_${l}`))).toBeLessThan(1e-12);
        }
      }
    },
  );

  it.each([
    ['lin-L1-N5', ''],
    ['lin-L2-N8', ''],
    ['DEPTH-lin-P16-N32', 'L1_'],
    ['DEPTH-lin-P16-N32', 'L2_'],
    ['DEPTH-lin-P16-N32', 'L3_'],
  ])('%s %s: evidence, means and variances of quadrature over every layer', async (name, prefix) => {
    const { problem, spec } = await load(name);
    const hiddenLayers = prefix ? Number(prefix[1]) : spec.network.hiddenLayers;
    const settings = { ...problem, network: { ...spec.network, hiddenLayers } };
    for (const theory of ['exactLinear', 'rescaling']) {
      const posterior = await solve(createProblem(settings), theory);
      const reference = (array: string) => numbers(name, `${prefix}${array}`);
      const [test, train] = [
        posterior.predict(problem.data.xTest as Matrix),
        posterior.predict(problem.data.x),
      ];
      expect(Math.abs(posterior.logEvidence - reference('logEvidence')[0])).toBeLessThan(1e-11);
      expect(worst(posterior.trainMean().data, reference('train_mean'))).toBeLessThan(1e-11);
      expect(worst(train.mean.data, reference('train_mean'))).toBeLessThan(1e-11);
      expect(worst(train.variance, reference('train_variance'))).toBeLessThan(1e-11);
      expect(worst(test.mean.data, reference('mean'))).toBeLessThan(1e-11);
      expect(worst(test.variance, reference('variance'))).toBeLessThan(1e-11);
      const { order, exact } = posterior.details as { order?: { mean: number }; exact?: { mean: number } };
      expect((order ?? exact)?.mean).toBeCloseTo(reference('meanQ')[0], 11);
    }
  });

  it('T5-linear-P3-N4-n1: networks by brute force, within their errors', async () => {
    const name = 'T5-linear-P3-N4-n1';
    const { problem } = await load(name);
    const { logEvidence, kernels, predict, trainMean } = await solve(problem);
    const { mean } = predict(problem.data.xTest as Matrix);
    const found = {
      kernel_1: kernels[1].data,
      train_mean: trainMean().data,
      mean: mean.data,
      logEvidence: [logEvidence],
    };
    for (const [array, values] of Object.entries(found)) {
      const [reference, error] = [numbers(name, array), numbers(name, `${array}_se`)];
      Array.from(values).forEach((value, i) => {
        expect(Math.abs(value - reference[i]) / error[i], array).toBeLessThan(5);
      });
    }
  });

  it.each([
    [1, 20, [1.83085]],
    [2, 40, [1.41755, 1.81018]],
    [2, 20, [1.85087, 2.62906]],
    [2, 10, [2.72389, 4.24135]],
    [2, 5, [4.47273, 7.33374]],
    [3, 20, [1.8617, 2.66743, 3.39923]],
  ])('K₀ = 1, P = 20, L = %i, N = %i: yᵀC⁽ˡ⁾y/P = %j', async (hiddenLayers, width, expected) => {
    const P = 20;
    const x = Array.from({ length: P }, (_, i) =>
      Array.from({ length: P }, (_, j) => (i === j ? Math.sqrt(P) : 0)),
    );
    const y = Array.from({ length: P }, (_, i) => (i % 2 ? 1 : -1));
    const network = { hiddenLayers, width, activation: 'linear', weightVariance: 1 };
    const { kernels, problem } = await solve(createProblem({ data: { x, y }, network }));
    const along = kernels
      .slice(1)
      .map((kernel) => inner(compute.algebra.gemm(kernel, problem.data.y), problem.data.y) / P);
    along.forEach((value, l) => {
      expect(Math.abs(value - expected[l])).toBeLessThan(6e-6);
    });
  });

  it.each([1, 2])(
    'networks drawn from the prior and weighed by the likelihood, outputs: %i, three narrow layers, gains, scale, biases',
    async (n) => {
      // More dimensions than points: new points have directions that no training point has.
      const [P, D] = [3, 3];
      const widths = n === 1 ? [2, 3, 2] : [4, 6, 5];
      const weightVariance = [0.8, 1.3, 0.7, 3];
      const problem = make(
        [P, D],
        { hiddenLayers: 3, width: widths, weightVariance, biasVariance: [0.2, 0, 0, 0.1], featureScale: 2 },
        0.3,
        randomMatrix(P, n, 11),
      );
      const posterior = await solve(problem);
      const { kernels, logEvidence, predict, testCovariances } = posterior;
      const { mean, variance } = predict(problem.data.x);
      const among = testCovariances?.(newPoints(D)) as readonly Matrix[];
      // In each batch E[w X]/E[w], X the kernels, the gradient ½A⁻¹yyᵀA⁻¹ − ½A⁻¹, mean and second moment of
      // f.
      const batches = Array.from({ length: 24 }, (_, seed) => drawn(problem, widths, 10_000, seed));
      // Of several outputs the averages are sampled too.
      const own =
        n === 1 ? 0 : 1 / Math.sqrt((posterior.details as { effectiveDraws: number }).effectiveDraws);
      const expected = [
        ...kernels.slice(1).flatMap(({ data }) => [...data]),
        ...conjugate(posterior, 3).data,
        ...mean.data,
        ...Array.from(variance, (value, t) => value + inner(row(mean, t), row(mean, t)) / n),
        ...among.slice(1).flatMap(({ data }) => [...data]),
        Math.exp(logEvidence),
      ];
      expected.forEach((value, k) => {
        const values = batches.map((batch) => batch[k]);
        const average = values.reduce((sum, each) => sum + each / values.length, 0);
        const error = Math.sqrt(
          values.reduce((sum, each) => sum + (each - average) ** 2, 0) /
            (values.length * (values.length - 1)),
        );
        expect(Math.abs(value - average), `${k}`).toBeLessThan(
          5 * Math.hypot(error, own * (Math.abs(value) + 0.3)) + 1e-12,
        );
        expect(error).toBeLessThan(0.1 * Math.abs(average) + 0.01);
      });
    },
  );

  it('several outputs: rotated, their sum over Wishart matrices is the same within its error; wide, it is infinite width', async () => {
    const y = randomMatrix(6, 2, 3);
    // biome-ignore format: rows
    const turn = fromRows([[Math.cos(0.7), Math.sin(0.7)], [-Math.sin(0.7), Math.cos(0.7)]]);
    const at = (targets: Matrix, width: number, seed: number, theory = 'exactLinear') =>
      solveWith(
        make([6, 4], { hiddenLayers: 2, width, biasVariance: [0.1, 0, 0.2] }, 0.1, targets),
        theory,
        compute,
        { seed },
      );
    const [plain, turned] = [await at(y, 6, 0), await at(compute.algebra.gemm(y, turn), 6, 1)];
    const error = (posterior: KernelPosterior) => posterior.uncertainty?.evidence ?? Number.NaN;
    expect(error(plain)).toBeLessThan(0.02);
    expect(Math.abs(plain.logEvidence - turned.logEvidence)).toBeLessThan(
      4.5 * Math.hypot(error(plain), error(turned)),
    );
    const back = compute.algebra.gemm(turned.trainMean(), turn, { transposeB: true });
    const spread = plain.trainMeanError?.data ?? [];
    plain.trainMean().data.forEach((value, i) => {
      expect(Math.abs(value - back.data[i])).toBeLessThan(6 * Math.max(...spread));
    });
    plain.kernels[1].data.forEach((value, i) => {
      const [a, b] = [plain, turned].map(({ uncertainty }) => uncertainty?.kernels[1].data[i] ?? Number.NaN);
      expect(Math.abs(value - turned.kernels[1].data[i])).toBeLessThan(5 * Math.hypot(a, b));
    });
    const [wide, infinite] = [await at(y, 1e8, 0), await at(y, 1e8, 0, 'nngp')];
    expect(largestDifference(wide.kernels[2], infinite.kernels[2])).toBeLessThan(1e-5);
    expect(Math.abs(wide.logEvidence - infinite.logEvidence)).toBeLessThan(5 * error(wide));
    const xTest = randomMatrix(3, 4, 9);
    expect(worst(wide.predict(xTest).variance, infinite.predict(xTest).variance)).toBeLessThan(1e-5);
  });

  it('one output by Wishart matrices is what quadrature says; their gradient is that of finite differences', async () => {
    const problem = make([6, 4], { hiddenLayers: 3, width: [4, 7, 3] });
    const exact = await solve(problem);
    const modes = outputModes(problem, exact.nngp[3], compute);
    const single = new WishartPosterior(modes, [4, 7, 3], compute.algebra);
    const { logWeights } = drawAround(single.objective, single.start(), 8000, 1, compute.algebra);
    const weights = logWeights.map((value) => Math.exp(value - exact.logEvidence));
    const mean = weights.reduce((sum, value) => sum + value / 8000, 0);
    const error = Math.sqrt(weights.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / 8000;
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(mean - 1)).toBeLessThan(4.5 * error);
    const several = new WishartPosterior(
      outputModes(make([6, 4], {}, 0.1, randomMatrix(6, 3, 2)), exact.nngp[3], compute),
      [4, 7, 3],
      compute.algebra,
    );
    const point = several.start().map((value, k) => value + 0.3 * Math.sin(1 + k));
    const gradient = new Float64Array(point.length);
    several.objective(point, gradient);
    const ignored = new Float64Array(point.length);
    point.forEach((value, k) => {
      const at = (step: number) => several.objective(point.with(k, value + step), ignored);
      expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - gradient[k])).toBeLessThan(
        1e-5 * (1 + Math.abs(gradient[k])),
      );
    });
  });

  it('the mean on training points is Y + κ ∂ln p/∂Y, tr C̃⁽ᴸ⁾ = ∂ln p/∂κ, 1ᵀC̃⁽ᴸ⁾1 = ∂ln p/∂β_L', async () => {
    const network = {
      hiddenLayers: 3,
      width: [5, 2, 9],
      weightVariance: [1, 1.2, 0.9, 1.1],
      biasVariance: [0.1, 0, 0, 0.2],
    };
    const y = randomMatrix(6, 1, 3);
    const posterior = await solve(make([6, 4], network, 0.2, y));
    const evidence = async (noise: number, targets: Matrix, bias = 0.2) =>
      (await solve(make([6, 4], { ...network, biasVariance: [0.1, 0, 0, bias] }, noise, targets)))
        .logEvidence;
    const e = 1e-5;
    const moved = (i: number, step: number) => ({
      ...y,
      data: y.data.map((value, j) => (i === j ? value + step : value)),
    });
    for (let i = 0; i < 6; i++) {
      const slope = ((await evidence(0.2, moved(i, e))) - (await evidence(0.2, moved(i, -e)))) / (2 * e);
      expect(posterior.trainMean().data[i]).toBeCloseTo(y.data[i] + 0.2 * slope, 6);
      expect(posterior.predict(posterior.problem.data.x).mean.data[i]).toBeCloseTo(
        y.data[i] + 0.2 * slope,
        6,
      );
    }
    const top = conjugate(posterior, 3);
    const trace = [0, 1, 2, 3, 4, 5].reduce((sum, i) => sum + top.data[7 * i], 0);
    expect(trace).toBeCloseTo(((await evidence(0.2 + e, y)) - (await evidence(0.2 - e, y))) / (2 * e), 6);
    const total = top.data.reduce((sum, value) => sum + value, 0);
    expect(total).toBeCloseTo(
      ((await evidence(0.2, y, 0.2 + e)) - (await evidence(0.2, y, 0.2 - e))) / (2 * e),
      6,
    );
  });

  it('1ᵀC̃⁽¹⁾1 of two layers is the slope of ln p in a bias of the first: a sum over both Q on a grid', async () => {
    // One point: f | Q_1, Q_2 ~ N(0, Q_1Q_2k + Q_2β), to be differentiated at β = 0.
    const [widths, y, noise] = [[3, 5], 1.7, 0.15];
    const posterior = await solve(
      make(
        [1, 1],
        { hiddenLayers: 2, width: widths, weightVariance: 1 },
        noise,
        fromRows([[y]]),
        fromRows([[1.2]]),
      ),
    );
    const k = 1.44;
    const step = 0.05;
    let [mass, slope] = [0, 0];
    for (let a = -40; a < 5; a += step) {
      for (let b = -25; b < 5; b += step) {
        const [p, q] = [Math.exp(a), Math.exp(b)];
        const v = p * q * k + noise;
        const density = Math.exp((3 * (a - p) + 5 * (b - q)) / 2 - (y * y) / (2 * v)) / Math.sqrt(v);
        mass += density;
        slope += (density * q * 0.5 * ((y * y) / v - 1)) / v;
      }
    }
    expect(conjugate(posterior, 1).data[0]).toBeCloseTo(slope / mass, 8);
  });

  it('becomes infinite width, leaves evidence and predictions alone when layers or gains change places', async () => {
    const wide = make([8, 5], {
      hiddenLayers: 3,
      width: 1e9,
      weightVariance: [1, 0.8, 1.5, 1.1],
      biasVariance: [0.3, 0, 0, 0.2],
    });
    const [a, b] = [await solve(wide), await solve(wide, 'nngp')];
    a.kernels.forEach((kernel, l) => {
      expect(largestDifference(kernel, b.kernels[l])).toBeLessThan(1e-6);
    });
    expect(a.logEvidence).toBeCloseTo(b.logEvidence, 6);
    const xTest = randomMatrix(5, 5, 23);
    expect(largestDifference(a.predict(xTest).mean, b.predict(xTest).mean)).toBeLessThan(1e-6);
    expect(worst(a.predict(xTest).variance, b.predict(xTest).variance)).toBeLessThan(1e-6);
    const narrow = (width: number[], weightVariance: number[]) =>
      solve(make([8, 5], { hiddenLayers: 3, width, weightVariance }));
    const [c, d] = [
      await narrow([2, 5, 30], [1, 0.8, 1.5, 1.1]),
      await narrow([30, 2, 5], [1.1, 1.5, 1, 0.8]),
    ];
    expect(c.logEvidence).toBeCloseTo(d.logEvidence, 9);
    expect(largestDifference(c.predict(xTest).mean, d.predict(xTest).mean)).toBeLessThan(1e-10);
    expect(largestDifference(c.kernels[1], d.kernels[1])).toBeGreaterThan(1e-3);
  });

  it('two observations of one point are their mean with half the noise', async () => {
    const network = { hiddenLayers: 2, width: 3 };
    for (const noise of [1e-8, 0.1, 1e4]) {
      const [u, v, w] = [0.9, 0.9 + 2 * Math.sqrt(noise), -0.4];
      const twice = await solve(
        make(
          [3, 2],
          network,
          noise,
          fromRows([[u], [v], [w]]),
          fromRows([
            [1, 0.5],
            [1, 0.5],
            [0.2, 1],
          ]),
        ),
      );
      // The second point keeps its noise: repeat it as well, with itself.
      const all = fromRows([[u], [v], [w], [w]]);
      const four = await solve(
        make(
          [4, 2],
          network,
          noise,
          all,
          fromRows([
            [1, 0.5],
            [1, 0.5],
            [0.2, 1],
            [0.2, 1],
          ]),
        ),
      );
      const pairs = await solve(
        make(
          [2, 2],
          network,
          noise / 2,
          fromRows([[(u + v) / 2], [w]]),
          fromRows([
            [1, 0.5],
            [0.2, 1],
          ]),
        ),
      );
      const rest = (d: number) =>
        -0.5 * Math.log(2) - 0.5 * Math.log(2 * Math.PI * noise) - (0.25 * d * d) / noise;
      expect(Math.abs(four.logEvidence - pairs.logEvidence - rest(u - v) - rest(0))).toBeLessThan(1e-6);
      expect(Math.abs(four.kernels[2].data[0] / pairs.kernels[2].data[0] - 1)).toBeLessThan(1e-6);
      expect(twice.kernels[1].data.every(Number.isFinite)).toBe(true);
    }
  });

  const targets = (scale: number, P = 20) => ({
    ...randomMatrix(P, 1, 11),
    data: randomMatrix(P, 1, 11).data.map((v) => scale * v),
  });
  it.each<[string, readonly [number, number], NetworkInput, number, number]>([
    ['one point, one neuron, 32 layers', [1, 3], { hiddenLayers: 32, width: 1 }, 0.1, 1],
    ['32 layers of one neuron', [20, 10], { hiddenLayers: 32, width: 1 }, 0.1, 1],
    ['widths from 1 to 100000', [20, 10], { hiddenLayers: 3, width: [1, 1e5, 40] }, 0.1, 1],
    ['κ = 1e-8, fewer dimensions than points', [20, 10], { hiddenLayers: 2, width: 10 }, 1e-8, 1],
    ['κ = 1e-12, fewer dimensions than points', [20, 10], { hiddenLayers: 2, width: 10 }, 1e-12, 1],
    ['no noise', [20, 30], { hiddenLayers: 2, width: 10 }, 0, 1],
    ['κ = 1e8', [20, 10], { hiddenLayers: 2, width: 10 }, 1e8, 1],
    ['targets of 20000', [20, 10], { hiddenLayers: 2, width: 1e5 }, 0.1, 2e4],
    ['targets of zero, one neuron', [20, 10], { hiddenLayers: 3, width: 1 }, 1e-8, 0],
    ['200 points, 40 dimensions', [200, 40], { hiddenLayers: 4, width: 7 }, 1e-3, 1],
  ])('%s', async (_, shape, network, noise, scale) => {
    const posterior = await solve(make(shape, network, noise, targets(scale, shape[0])));
    const { mean, variance } = posterior.predict(randomMatrix(4, shape[1], 5));
    expect(posterior.convergence.converged).toBe(true);
    expect(Number.isFinite(posterior.logEvidence)).toBe(true);
    const arrays = [
      ...posterior.kernels,
      ...posterior.kernels.slice(1).map((_, k) => conjugate(posterior, k + 1)),
      mean,
      posterior.trainMean(),
    ];
    for (const { data } of arrays) expect(data.every(Number.isFinite)).toBe(true);
    expect(variance.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    // Kernels are covariances, and nothing is left to explain of targets without noise.
    for (const kernel of posterior.kernels) {
      const { values } = compute.algebra.eigenSymmetric(kernel);
      expect(values[0]).toBeGreaterThan(-1e-9 * values[values.length - 1]);
    }
    if (noise === 0) expect(largestDifference(posterior.trainMean(), posterior.problem.data.y)).toBe(0);
  });

  it.each<[NetworkInput, RegExp]>([
    [{ activation: 'erf' }, /network\.activation erf; it must be linear$/],
    [
      { hiddenLayers: 2, biasVariance: [0, 0.1, 0] },
      /network\.biasVariance\[1\] 0\.1: only input \(0\) and readout \(2\)/,
    ],
    [
      { width: [5, 2], hiddenLayers: 2 },
      /network\.width 2; of 3 outputs every layer must have as many neurons/,
    ],
    [
      { width: 5, hiddenLayers: 40 },
      /3 outputs and 40 layers are an average over 240 numbers; at most 200, or take sampled$/,
    ],
    [
      { width: 3, hiddenLayers: 12 },
      /draws of the Wishart matrices are worth \d+; at least 1000, or take sampled$/,
    ],
  ])('refuses %j in one line', async (network, message) => {
    const attempt = solve(make([4, 3], { width: 5, ...network }, 0.1, randomMatrix(4, 3, 1)));
    await expect(attempt).rejects.toThrow(InputError);
    await expect(attempt).rejects.toThrow(message);
  });
});

const row = ({ columns, data }: Matrix, t: number): Matrix => ({
  rows: 1,
  columns,
  data: data.slice(t * columns, (t + 1) * columns),
});

const T = 2;
const newPoints = (dimension: number): Matrix => randomMatrix(T, dimension, 29);

/**
 * Means weighed by the likelihood over networks drawn weight by weight; ends with the likelihood's own mean.
 */
function drawn(
  problem: ReturnType<typeof createProblem>,
  widths: readonly number[],
  count: number,
  seed: number,
): number[] {
  const { network, data, noiseVariance } = problem;
  const [P, D, n] = [data.x.rows, data.x.columns, data.y.columns];
  const stream = RandomStream.fromSeed(seed + 100);
  const gain = (l: number) => network.weightVariance[l] / (l === widths.length ? network.featureScale : 1);
  const all = Float64Array.of(...data.x.data, ...newPoints(D).data);
  const size = (9 + T * T) * widths.length + 9 + (n + 1) * P;
  const sums = new Float64Array(size);
  let mass = 0;
  for (let draw = 0; draw < count; draw++) {
    // Features of the first layer, P×N_1, then layer by layer.
    let features = layer(
      all,
      P + T,
      D,
      widths[0],
      Math.sqrt(gain(0) / D),
      Math.sqrt(network.biasVariance[0]),
      stream,
    );
    const values: number[] = [];
    const among: number[] = [];
    let kernel: number[] = [];
    widths.forEach((width, k) => {
      kernel = gram(features, P, width, gain(k + 1) / width, network.biasVariance[k + 1]);
      values.push(...kernel);
      among.push(
        ...gram(features.subarray(P * width), T, width, gain(k + 1) / width, network.biasVariance[k + 1]),
      );
      if (k + 1 < widths.length)
        features = layer(features, P + T, width, widths[k + 1], Math.sqrt(gain(k + 1) / width), 0, stream);
    });
    const { inverse, determinant } = inverse3(
      kernel.map((value, i) => value + (i % 4 === 0 ? noiseVariance : 0)),
    );
    const targets = Array.from({ length: n }, (_, k) => [0, 1, 2].map((i) => data.y.data[i * n + k]));
    const duals = targets.map((target) => times(inverse, target));
    const form = duals.reduce(
      (sum, dual, k) => sum + dual.reduce((part, value, i) => part + value * targets[k][i], 0),
      0,
    );
    const weight = Math.exp(-0.5 * form) / Math.sqrt((2 * Math.PI) ** 3 * determinant) ** n;
    const gradient = (i: number, j: number) =>
      duals.reduce((sum, dual) => sum + 0.5 * (dual[i] * dual[j] - inverse[3 * i + j]), 0);
    values.push(...inverse.map((_, k) => gradient(Math.floor(k / 3), k % 3)));
    const means = duals.map((dual) => times(kernel, dual));
    for (let i = 0; i < P; i++) values.push(...means.map((mean) => mean[i]));
    for (let i = 0; i < P; i++) {
      const column = times(inverse, kernel.slice(3 * i, 3 * i + 3));
      const square = means.reduce((sum, mean) => sum + mean[i] ** 2 / n, 0);
      values.push(
        square + kernel[4 * i] - column.reduce((sum, value, j) => sum + value * kernel[3 * i + j], 0),
      );
    }
    values.push(...among);
    mass += weight;
    for (let k = 0; k < size; k++) sums[k] += weight * values[k];
  }
  return [...sums.map((sum) => sum / mass), mass / count];
}

const times = (matrix: readonly number[], vector: ArrayLike<number>) =>
  [0, 1, 2].map(
    (i) => matrix[3 * i] * vector[0] + matrix[3 * i + 1] * vector[1] + matrix[3 * i + 2] * vector[2],
  );

function layer(
  below: ArrayLike<number>,
  P: number,
  from: number,
  to: number,
  scale: number,
  bias: number,
  stream: RandomStream,
) {
  const weights = stream.normals(new Float64Array((from + 1) * to));
  return Float64Array.from({ length: P * to }, (_, k) => {
    const [i, j] = [Math.floor(k / to), k % to];
    let sum = bias * weights[from * to + j];
    for (let m = 0; m < from; m++) sum += scale * below[i * from + m] * weights[m * to + j];
    return sum;
  });
}

function gram(features: Float64Array, P: number, width: number, scale: number, bias: number): number[] {
  return Array.from({ length: P * P }, (_, k) => {
    const [i, j] = [Math.floor(k / P), k % P];
    let sum = 0;
    for (let m = 0; m < width; m++) sum += features[i * width + m] * features[j * width + m];
    return scale * sum + bias;
  });
}

function inverse3(m: readonly number[]): { inverse: number[]; determinant: number } {
  const cofactor = (i: number, j: number) => {
    const at = (r: number, c: number) => m[3 * ((i + r) % 3) + ((j + c) % 3)];
    return at(1, 1) * at(2, 2) - at(1, 2) * at(2, 1);
  };
  const determinant = [0, 1, 2].reduce((sum, j) => sum + m[j] * cofactor(0, j), 0);
  return {
    inverse: Array.from({ length: 9 }, (_, k) => cofactor(k % 3, Math.floor(k / 3)) / determinant),
    determinant,
  };
}
