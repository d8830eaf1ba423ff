import type { Activation } from '../activations/activation.js';
import { activationByName } from '../activations/registry.js';
import { requireDense } from '../architecture/architecture.js';
import { checkKernels, checkObject, checkPoints } from '../numerics/arguments.js';
import { checkWhole, SEEDS } from '../numerics/bounds.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { addConstant } from '../numerics/entrywise.js';
import { MemoryError } from '../numerics/errors.js';
import { factorSemidefinite, type LinearAlgebra } from '../numerics/linearAlgebra.js';
import { allocate, type Matrix, release, zeros } from '../numerics/matrix.js';
import { serialExecutor, type Task } from '../numerics/parallel/executor.js';
import { RandomStream } from '../numerics/random.js';
import { gigabytes } from '../numerics/shown.js';
import { WasmLinearAlgebra } from '../numerics/wasm/wasmLinearAlgebra.js';
import { gains, type Network } from '../problem/problem.js';

/**
 * One kernel chain C⁽¹⁾ … C⁽ᴸ⁾ of a network of the given widths: neurons of layer l are independent draws of
 * N(0, C⁽ˡ⁻¹⁾).
 */
export function drawChain(
  { widths, hiddenLayers, biasVariance, ...network }: ChainNetwork,
  activation: Activation,
  inputFactor: Matrix,
  stream: RandomStream,
  algebra: LinearAlgebra,
): Matrix[] {
  const kernels: Matrix[] = [];
  let factor = inputFactor;
  for (let l = 1; l <= hiddenLayers; l++) {
    const width = widths[l - 1];
    const normals = zeros(width, factor.rows);
    stream.normals(normals.data);
    const h = algebra.multiplyTriangular(normals, factor, { transpose: true });
    activation.value(h.data, h.data);
    const kernel = algebra.syrk(h, { transpose: true, alpha: network.gains[l] / width });
    addConstant(kernel, biasVariance[l]);
    kernels.push(kernel);
    if (l < hiddenLayers) factor = factorSemidefinite(algebra, kernel);
  }
  return kernels;
}

/** What a chain needs of a network; plain data, for other threads. */
export interface ChainNetwork {
  readonly hiddenLayers: number;
  readonly widths: readonly number[];
  readonly biasVariance: readonly number[];
  /** g_l, index l */
  readonly gains: readonly number[];
}

export const chainNetwork = (network: Network): ChainNetwork => ({
  hiddenLayers: network.hiddenLayers,
  widths: network.widths,
  biasVariance: network.biasVariance,
  gains: gains(network),
});

interface DrawArgs {
  readonly network: ChainNetwork;
  readonly activation: string;
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

function drawChunk(args: DrawArgs, activation: Activation, chunk: number): void {
  const { network, inputFactor, origins, streams, draws, sums, pair } = args;
  const algebra = new WasmLinearAlgebra();
  const p = inputFactor.rows;
  const size = p * p;
  const stream = RandomStream.fromState(streams.subarray(4 * chunk, 4 * chunk + 4));
  const base = chunk * network.hiddenLayers * POWERS * size;
  for (let draw = 0; draw < draws; draw++) {
    const kernels = drawChain(network, activation, inputFactor, stream, algebra);
    kernels.forEach(({ data }, k) => {
      const origin = origins[k].data;
      for (let i = 0, s = base + k * POWERS * size; i < size; i++, s++) {
        const d = data[i] - origin[i];
        sums[s] += d;
        sums[s + size] += d * d;
        sums[s + 2 * size] += d * d * d;
        sums[s + 3 * size] += d * d * d * d;
      }
    });
    if (pair) {
      const { data } = kernels[kernels.length - 1];
      const { i, j, out } = pair;
      out.set([data[i * p + i], data[i * p + j], data[j * p + j]], 3 * (chunk * draws + draw));
    }
    release(...kernels);
  }
  streams.set(stream.state, 4 * chunk);
}

export const drawTask: Task<DrawArgs> = {
  name: 'drawPriorKernels',
  run: (args, chunk) => drawChunk(args, activationByName(args.activation), chunk),
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

/** Matrices of P×P doubles alive at once in `drawKernels`. */
export const drawMatrices = ({ hiddenLayers }: Network): number => (CHUNKS * POWERS + 6) * hiddenLayers + 8;

/**
 * Draws networks from the prior as chains of kernels, C⁽ˡ⁾ = (g_l/N_l) Σ_i φ(h_i)φ(h_i)ᵀ + β_l with h_i ~
 * N(0, C⁽ˡ⁻¹⁾) (theory §3), on all threads. Yields the share that is done; `drive` gives the moments.
 * @param network dense layers of one activation
 * @param origins a kernel near the mean for every layer 0..L, such as the NNGP, P×P each
 * @param options.pair two points whose drawn output kernel is kept
 * @param compute what to compute on
 * @throws InputError for networks that it does not treat, and for what does not fit together
 */
export function* drawKernels(
  network: Network,
  origins: readonly Matrix[],
  options: { readonly draws: number; readonly seed: number; readonly pair?: readonly [number, number] },
  compute: Compute,
): Generator<number, Drawn, void> {
  requireDense(network, 'drawing kernels');
  checkKernels('origins', origins, network.hiddenLayers + 1);
  checkObject('options', options, 'must be an object { draws, seed, pair }');
  checkCompute(compute);
  const p = origins[0].rows;
  checkWhole('draws', options.draws, { least: 1, most: 1e8 });
  checkWhole('seed', options.seed, SEEDS);
  if (options.pair !== undefined) checkPoints('pair', options.pair, p);
  requireWidth(network, p, compute);
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(options.draws / CHUNKS)));
  const perRound = Math.max(1, Math.round(options.draws / (CHUNKS * rounds)));
  const { activation } = network;
  const sums = allocate(CHUNKS * network.hiddenLayers * POWERS * p * p);
  const streams = new BigUint64Array(allocate(4 * CHUNKS).buffer);
  const root = RandomStream.fromSeed(options.seed);
  for (let chunk = 0; chunk < CHUNKS; chunk++) streams.set(root.split(chunk).state, 4 * chunk);
  const args: DrawArgs = {
    network: chainNetwork(network),
    activation: activation.name,
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
    if (activation.portable) compute.executor.run(drawTask, args, CHUNKS);
    else
      serialExecutor.run(
        { name: 'drawHere', run: (a: DrawArgs, chunk) => drawChunk(a, activation, chunk) },
        args,
        CHUNKS,
      );
    if (args.pair) kept.push(args.pair.out.slice());
    yield (round + 1) / rounds;
  }
  const draws = rounds * perRound * CHUNKS;
  const layers = origins.map((origin, l) =>
    l === 0 ? undefined : momentsOf(origin, sums, l - 1, network.hiddenLayers, draws),
  );
  if (!args.pair) return { draws, layers };
  const pair = zeros(draws, 3);
  kept.forEach((values, round) => {
    pair.data.set(values, round * values.length);
  });
  return { draws, layers, pair };
}

/**
 * Every thread has the neurons of one layer at all points, before and after the transform. @throws
 * MemoryError
 */
function requireWidth({ widths }: Network, p: number, { executor, memory }: Compute): void {
  const widest = Math.max(...widths);
  const bytes = 16 * widest * p * Math.min(CHUNKS, executor.threads);
  if (bytes <= memory) return;
  throw new MemoryError(
    `network.width: layers of ${widest} neurons at ${p} points need ${gigabytes(bytes)} to be drawn, of which ${gigabytes(memory)} may be used`,
  );
}

function momentsOf(
  origin: Matrix,
  sums: Float64Array,
  layer: number,
  layers: number,
  n: number,
): DrawnMoments {
  const p = origin.rows;
  const size = p * p;
  const [mean, meanError, variance, varianceError] = [zeros(p), zeros(p), zeros(p), zeros(p)];
  for (let i = 0; i < size; i++) {
    const m = [0, 0, 0, 0];
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const base = (chunk * layers + layer) * POWERS * size + i;
      for (let k = 0; k < POWERS; k++) m[k] += sums[base + k * size] / n;
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
