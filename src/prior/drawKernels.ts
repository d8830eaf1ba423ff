import { architectureOf, kernelSizes } from '../architecture/architecture.js';
import type { Layer } from '../architecture/layer.js';
import { layerFrom, type PlainLayer, plainLayers } from '../architecture/plainLayer.js';
import { checkKernels, checkObject, checkPoints } from '../numerics/arguments.js';
import { checkWhole, SEEDS } from '../numerics/bounds.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { addConstant } from '../numerics/entrywise.js';
import { MemoryError } from '../numerics/errors.js';
import { factorSemidefinite, type LinearAlgebra } from '../numerics/linearAlgebra.js';
import { addScaled, allocate, copy, type Matrix, release, zeros } from '../numerics/matrix.js';
import { serialExecutor, type Task } from '../numerics/parallel/executor.js';
import { RandomStream } from '../numerics/random.js';
import { gigabytes } from '../numerics/shown.js';
import { WasmLinearAlgebra } from '../numerics/wasm/wasmLinearAlgebra.js';
import { checkNetwork } from '../problem/checkProblem.js';
import type { Network } from '../problem/problem.js';

/**
 * One kernel chain C⁽¹⁾ … C⁽ᴸ⁾ of a network of these layers: neurons of layer l are independent draws of N(0,
 * C⁽ˡ⁻¹⁾); in a residual block, of what it adds to neurons of a layer below.
 * @param layers hidden layers 1..L
 * @param inputFactor F with FFᵀ = C⁽⁰⁾
 */
export function drawChain(
  layers: readonly Layer[],
  inputFactor: Matrix,
  stream: RandomStream,
  algebra: LinearAlgebra,
): Matrix[] {
  const kernels: Matrix[] = [];
  const residual = layers.some(({ skip }) => skip !== undefined);
  /** pre-activations of layer l at l − 1, where layers above add them to theirs */
  const fields: Matrix[] = [];
  let factor = inputFactor;
  layers.forEach((layer, k) => {
    const { width, activation, map, beta, skip } = layer;
    const normals = zeros(width, factor.rows);
    stream.normals(normals.data);
    const h = algebra.multiplyTriangular(normals, factor, { transpose: true });
    const parent = k > 0 ? layers[k - 1].skip : undefined;
    if (parent !== undefined) addScaled(h, 1, fields[k - parent]);
    if (residual) fields.push(copy(h));
    activation.value(h.data, h.data);
    const kernel = algebra.syrk(h, { transpose: true, alpha: (map.gain ?? 1) / width });
    const lifted = map.gain === undefined ? map.lift(kernel) : kernel;
    if (lifted !== kernel) release(kernel);
    addConstant(lifted, beta);
    if (k < layers.length - 1) factor = factorSemidefinite(algebra, lifted);
    if (skip !== undefined)
      algebra.syrk(fields[k + 1 - skip], { transpose: true, alpha: 1 / width, beta: 1, into: lifted });
    kernels.push(lifted);
  });
  return kernels;
}

interface DrawArgs {
  /** undefined where they stay in their thread */
  readonly layers: readonly PlainLayer[] | undefined;
  readonly inputFactor: Matrix;
  /** origin of each layer's sums, near the mean, so that powers do not cancel */
  readonly origins: readonly Matrix[];
  /** states of the random stream of every chunk, four words each */
  readonly streams: BigUint64Array;
  /** draws of each chunk in this round */
  readonly draws: number;
  /** for every chunk and layer: Σd, Σd², Σd³, Σd⁴ over draws, d the distance from the origin */
  readonly sums: Float64Array;
  /**
   * for every chunk and draw of the round: entries (i,i), (i,j), (j,j) of the top kernel for the pair asked
   * for
   */
  readonly pair?: { readonly i: number; readonly j: number; readonly out: Float64Array };
}

const POWERS = 4;

function drawChunk(args: DrawArgs, layers: readonly Layer[], chunk: number): void {
  const { inputFactor, origins, streams, draws, sums, pair } = args;
  const algebra = new WasmLinearAlgebra();
  const stream = RandomStream.fromState(streams.subarray(4 * chunk, 4 * chunk + 4));
  const base = chunk * POWERS * entriesOf(origins);
  for (let draw = 0; draw < draws; draw++) {
    const kernels = drawChain(layers, inputFactor, stream, algebra);
    let s = base;
    kernels.forEach(({ data }, k) => {
      const origin = origins[k].data;
      const size = origin.length;
      for (let i = 0; i < size; i++, s++) {
        const d = data[i] - origin[i];
        sums[s] += d;
        sums[s + size] += d * d;
        sums[s + 2 * size] += d * d * d;
        sums[s + 3 * size] += d * d * d * d;
      }
      s += (POWERS - 1) * size;
    });
    if (pair) {
      const { data, rows: p } = kernels[kernels.length - 1];
      const { i, j, out } = pair;
      out.set([data[i * p + i], data[i * p + j], data[j * p + j]], 3 * (chunk * draws + draw));
    }
    release(...kernels);
  }
  streams.set(stream.state, 4 * chunk);
}

export const drawTask: Task<DrawArgs> = {
  name: 'drawPriorKernels',
  run: (args, chunk) => drawChunk(args, (args.layers ?? []).map(layerFrom), chunk),
};

/** Moments over draws of one layer's kernel, P×P each. */
export interface DrawnMoments {
  /** of every entry, P×P */
  readonly mean: Matrix;
  /** standard error of the mean, P×P */
  readonly meanError: Matrix;
  /** of every entry, unbiased, P×P */
  readonly variance: Matrix;
  /** standard error of the variance, P×P */
  readonly varianceError: Matrix;
}

/** Kernels of networks drawn from the prior, one by one. */
export interface Drawn {
  /** networks: as many as asked for, up to what shares them equally among streams */
  readonly draws: number;
  /** index l = 1..L; index 0 is empty */
  readonly layers: (DrawnMoments | undefined)[];
  /** draws × 3: entries (i,i), (i,j), (j,j) of the output kernel */
  readonly pair?: Matrix;
}

/**
 * Streams that draws are shared among, whatever the number of threads, so that results depend on the seed
 * alone.
 */
const CHUNKS = 8;
const ROUNDS = 25;

/** Numbers alive at once in `drawKernels`. @param sizes rows of the kernels 0..L */
export const drawnNumbers = (sizes: readonly number[]): number =>
  sizes.slice(1).reduce((sum, rows) => sum + (CHUNKS * POWERS + 6) * rows ** 2, 0) +
  8 * Math.max(...sizes) ** 2;

const entriesOf = (matrices: readonly Matrix[]): number =>
  matrices.reduce((sum, { data }) => sum + data.length, 0);

/**
 * Draws networks from the prior as chains of kernels, C⁽ˡ⁾ = (1/N_l) Σ_i 𝒯_l[φ(h_i)φ(h_i)ᵀ] + β_l with h_i
 * ~ N(0, C⁽ˡ⁻¹⁾) (theory §3), on all threads. In a residual block h_i = h_i' + what the block adds, and C⁽ˡ⁾
 * has (1/N) Σ_i h_i'h_i'ᵀ beside its own. Yields the share that is done; `drive` gives the moments.
 * @param network of any layers
 * @param origins a kernel near the mean for every layer 0..L, such as the NNGP, (P·positions)² each
 * @param options.pair two points whose drawn output kernel is kept
 * @param compute what to compute on
 * @throws InputError for what does not fit together, MemoryError for layers too wide
 */
export function* drawKernels(
  network: Network,
  origins: readonly Matrix[],
  options: { readonly draws: number; readonly seed: number; readonly pair?: readonly [number, number] },
  compute: Compute,
): Generator<number, Drawn, void> {
  checkNetwork(network);
  const architecture = architectureOf(network);
  const { layers } = architecture;
  const points = (origins?.[0]?.rows ?? 0) / architecture.input.positions;
  checkKernels('origins', origins, layers.length + 1, kernelSizes(architecture, points));
  checkObject('options', options, 'must be an object { draws, seed, pair }');
  checkCompute(compute);
  checkWhole('draws', options.draws, { least: 1, most: 1e8 });
  checkWhole('seed', options.seed, SEEDS);
  if (options.pair !== undefined) checkPoints('pair', options.pair, origins[layers.length].rows);
  requireWidth(layers, origins, compute);
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(options.draws / CHUNKS)));
  const perRound = Math.max(1, Math.round(options.draws / (CHUNKS * rounds)));
  const sums = allocate(CHUNKS * POWERS * entriesOf(origins.slice(1)));
  const streams = new BigUint64Array(allocate(4 * CHUNKS).buffer);
  const root = RandomStream.fromSeed(options.seed);
  for (let chunk = 0; chunk < CHUNKS; chunk++) streams.set(root.split(chunk).state, 4 * chunk);
  const args: DrawArgs = {
    layers: plainLayers(network),
    inputFactor: factorSemidefinite(compute.algebra, origins[0]),
    origins: origins.slice(1),
    streams,
    draws: perRound,
    sums,
    ...(options.pair
      ? { pair: { i: options.pair[0], j: options.pair[1], out: allocate(3 * CHUNKS * perRound) } }
      : {}),
  };
  const kept: Float64Array[] = [];
  for (let round = 0; round < rounds; round++) {
    if (args.layers) compute.executor.run(drawTask, args, CHUNKS);
    else
      serialExecutor.run(
        { name: 'drawHere', run: (a: DrawArgs, chunk) => drawChunk(a, layers, chunk) },
        args,
        CHUNKS,
      );
    if (args.pair) kept.push(args.pair.out.slice());
    yield (round + 1) / rounds;
  }
  const draws = rounds * perRound * CHUNKS;
  const moments = origins.map((_, l) =>
    l === 0 ? undefined : momentsOf(origins.slice(1), l - 1, sums, draws),
  );
  if (!args.pair) return { draws, layers: moments };
  const pair = zeros(draws, 3);
  kept.forEach((values, round) => {
    pair.data.set(values, round * values.length);
  });
  return { draws, layers: moments, pair };
}

/**
 * Every thread has the neurons of one layer at all points, before and after the transform. @throws
 * MemoryError
 */
function requireWidth(
  layers: readonly Layer[],
  origins: readonly Matrix[],
  { executor, memory }: Compute,
): void {
  const threads = Math.min(CHUNKS, executor.threads);
  layers.forEach(({ width }, k) => {
    const { rows } = origins[k];
    const bytes = 16 * width * rows * threads;
    if (bytes <= memory) return;
    throw new MemoryError(
      `network.width: layers of ${width} neurons at ${rows} points need ${gigabytes(bytes)} to be drawn, of which ${gigabytes(memory)} may be used`,
    );
  });
}

/** Of layer k of these kernels. */
function momentsOf(origins: readonly Matrix[], k: number, sums: Float64Array, n: number): DrawnMoments {
  const origin = origins[k];
  const p = origin.rows;
  const size = p * p;
  const stride = POWERS * entriesOf(origins);
  const first = POWERS * entriesOf(origins.slice(0, k));
  const [mean, meanError, variance, varianceError] = [zeros(p), zeros(p), zeros(p), zeros(p)];
  for (let i = 0; i < size; i++) {
    const m = [0, 0, 0, 0];
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const base = chunk * stride + first + i;
      for (let power = 0; power < POWERS; power++) m[power] += sums[base + power * size] / n;
    }
    const second = Math.max(0, m[1] - m[0] ** 2);
    const fourth = m[3] - 4 * m[0] * m[2] + 6 * m[0] ** 2 * m[1] - 3 * m[0] ** 4;
    mean.data[i] = origin.data[i] + m[0];
    variance.data[i] = (second * n) / (n - 1);
    meanError.data[i] = Math.sqrt(variance.data[i] / n);
    varianceError.data[i] = Math.sqrt(Math.max(0, fourth - second ** 2) / n);
  }
  return { mean, meanError, variance, varianceError };
}
