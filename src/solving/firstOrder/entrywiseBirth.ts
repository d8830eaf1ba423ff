import { applyActivation } from '../../activations/operators/apply.js';
import { type CrossCovariance, crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { denseLayer } from '../../architecture/denseLayer.js';
import type { Compute } from '../../numerics/compute.js';
import { dropNoisePivots, factorSemidefinite, type ProductOptions } from '../../numerics/linearAlgebra.js';
import {
  diagonal,
  type Matrix,
  mirrorLower,
  release,
  scratch,
  transpose,
  zeros,
} from '../../numerics/matrix.js';
import { RandomStream } from '../../numerics/random.js';
import type { RowPath } from '../../posterior/rowPath.js';
import { newFields } from '../../prior/weightedSums.js';
import { activationOf, type Network, width } from '../../problem/problem.js';
import type { Birth, Pair } from './birth.js';
import {
  type EntryResponse,
  extendResponse,
  extendTraining,
  identityResponse,
  respond,
} from './entryResponse.js';

/**
 * Up to this many points A⁻¹ = Σ zzᵀ is summed over all its columns; beyond, one random z a draw
 * (Hutchinson 1990).
 */
const ALL_PROBES = 8;
/** Jumps of a layer's stream that others use. */
const RESERVED = 64;
/** Draws treated at once. */
export const DRAWS_AT_ONCE = 1024;

/** Where the draws of one group come from. */
export interface Draws {
  readonly count: number;
  readonly stream: RandomStream;
}

interface Block {
  readonly z: Matrix;
  readonly phi: Matrix;
  readonly extra: Float64Array;
  /** probes of A⁻¹, each a row for every draw, with the mean over probes that stands for their sum */
  readonly inverse: readonly Matrix[];
}

/**
 * Fluctuations of one neuron of a layer below the last, δ = R⁽ᴸ⁾ … R⁽ᵏ⁺¹⁾ (g φφᵀ − ⟨gφφᵀ⟩): 𝒳[S] = ⟨δSδ⟩/N_k
 * as a mean over draws. With S = Σ zzᵀ only products δz are needed, and as responses act entry by entry,
 *
 * δz = φ∘(slope(φ∘z)) + φ²∘(left z) + right(φ²∘z) − ⟨δ⟩z,
 *
 * which for all draws together are products of matrices: O(S P²), never P³ a draw.
 */
export class EntrywiseBirth implements Birth {
  private readonly response: EntryResponse;
  private readonly factor: Matrix;
  private readonly mean: Matrix;

  /**
   * @param root lower triangular L with LLᵀ = A
   * @param dual a, P×n
   */
  constructor(
    private readonly network: Network,
    private readonly k: number,
    private readonly nngp: readonly Matrix[],
    private readonly root: Matrix,
    private readonly dual: Matrix,
    private readonly draws: readonly Draws[],
    private readonly compute: Compute,
  ) {
    const below = nngp[k - 1];
    this.factor = dropNoisePivots(factorSemidefinite(compute.algebra, below), below);
    this.response = this.responses()[network.hiddenLayers];
    const kernel = kernelOf(activationOf(network, k), below, compute);
    this.mean = respond(this.response, { cross: kernel, own: diagonal(kernel) }, diagonal(kernel)).cross;
    const p = kernel.rows;
    for (let i = 0; i < p; i++) this.mean.data[i * (p + 1)] = this.response.own[i] * kernel.data[i * (p + 1)];
  }

  /** From layer k to every layer m ≥ k, the gain of layer k included. */
  private responses(): EntryResponse[] {
    const { network, k, nngp, compute } = this;
    const p = nngp[0].rows;
    const responses: EntryResponse[] = [];
    responses[k] = scaled(identityResponse(p, p), denseLayer(network, k).gain);
    for (let m = k + 1; m <= network.hiddenLayers; m++) {
      responses[m] = extendTraining(network, m, nngp[m - 1], responses[m - 1], compute);
    }
    return responses;
  }

  private *blocks(): Generator<Block, void, void> {
    const { network, k, compute, factor, root } = this;
    const { algebra } = compute;
    const p = factor.rows;
    for (const { count, stream: source } of this.draws) {
      const stream = source.clone();
      for (let from = 0; from < count; from += DRAWS_AT_ONCE) {
        const z = zeros(Math.min(DRAWS_AT_ONCE, count - from), p);
        stream.normals(z.data);
        const extra = stream.normals(new Float64Array(z.rows));
        const phi = algebra.multiplyTriangular(z, factor, { transpose: true });
        applyActivation(activationOf(network, k), phi.data, phi.data, compute);
        yield { z, phi, extra, inverse: probes(z.rows, root, stream, compute) };
      }
    }
  }

  private get total(): number {
    return this.draws.reduce((sum, { count }) => sum + count, 0);
  }

  /** Every column of a as a probe. */
  private dualProbes(rows: number): Matrix[] {
    return Array.from({ length: this.dual.columns }, (_, j) => repeated(column(this.dual, j), rows));
  }

  /** δz of all draws, S×P. */
  private moved(phi: Matrix, z: Matrix): Matrix {
    const { slope, left, right } = this.response;
    return movedBy({ slope, left, right, mean: this.mean }, phi, phi, z, this.compute);
  }

  train(): Pair<Matrix> {
    const { algebra } = this.compute;
    const p = this.factor.rows;
    const [inverse, dual] = [zeros(p), zeros(p)];
    const alpha = 1 / (width(this.network, this.k) * this.total);
    for (const block of this.blocks()) {
      const add = (probe: Matrix, into: Matrix) => {
        const moved = this.moved(block.phi, probe);
        algebra.syrk(moved, { transpose: true, alpha, beta: 1, into, mirror: false });
        release(moved);
      };
      for (const probe of block.inverse) add(probe, inverse);
      for (const probe of this.dualProbes(block.z.rows)) add(probe, dual);
    }
    return { inverse: mirrorLower(inverse), dual: mirrorLower(dual) };
  }

  rows(path: RowPath): Pair<CrossCovariance> {
    const { network, k, nngp, compute, factor } = this;
    const { algebra } = compute;
    const known = this.responses();
    const points = path[0].own.length;
    let response = scaled(identityResponse(points, factor.rows), denseLayer(network, k).gain);
    for (let m = k + 1; m <= network.hiddenLayers; m++) {
      response = extendResponse(network, m, nngp[m - 1], path[m - 1], response, known[m - 1].own, compute);
    }
    const below = path[k - 1];
    const kernelDiagonal = diagonal(kernelOf(activationOf(network, k), nngp[k - 1], compute));
    const plain = crossKernel(activationOf(network, k), diagonal(nngp[k - 1]), below, compute, 1, 0);
    const mean = respond(response, plain, kernelDiagonal).cross;
    const coordinates = algebra.solveTriangular(
      factorSemidefinite(algebra, nngp[k - 1]),
      transpose(below.cross),
    );
    for (let j = 0; j < factor.rows; j++) {
      if (factor.data[j * (factor.rows + 1)] !== 0) continue;
      coordinates.data.fill(0, j * coordinates.columns, (j + 1) * coordinates.columns);
    }
    const sums = () => ({ cross: zeros(points, factor.rows), own: new Float64Array(points) });
    const result = { inverse: sums(), dual: sums() };
    const alpha = 1 / (width(network, k) * this.total);
    for (const { z, phi, extra, inverse } of this.blocks()) {
      const fresh = newFields(algebra.gemm(z, coordinates), coordinates, below.own, extra);
      applyActivation(activationOf(network, k), fresh.data, fresh.data, compute);
      const add = (probe: Matrix, { cross, own }: CrossCovariance) => {
        const row = movedBy({ ...response, mean }, fresh, phi, probe, compute);
        const moved = this.moved(phi, probe);
        algebra.gemm(row, moved, { transposeA: true, alpha, beta: 1, into: cross });
        for (let s = 0, i = 0; s < row.rows; s++) {
          for (let t = 0; t < points; t++, i++) own[t] += alpha * row.data[i] * row.data[i];
        }
        release(row, moved);
      };
      for (const probe of inverse) add(probe, result.inverse);
      for (const probe of this.dualProbes(z.rows)) add(probe, result.dual);
    }
    return result;
  }
}

const scaled = (response: EntryResponse, factor: number): EntryResponse => {
  for (let i = 0; i < response.slope.data.length; i++) response.slope.data[i] *= factor;
  return { ...response, own: response.own.map((value) => factor * value) };
};

/**
 * φ_t∘(slope(φ∘z)) + φ_t²∘(left z) + right(φ²∘z) − mean z, a row for every draw; φ_t of the points of the
 * rows, φ of the known ones.
 */
function movedBy(
  { slope, left, right, mean }: Omit<EntryResponse, 'own'> & { readonly mean: Matrix },
  ofRows: Matrix,
  phi: Matrix,
  z: Matrix,
  { algebra }: Compute,
): Matrix {
  const [once, twice] = [scratch(z.rows, z.columns), scratch(z.rows, z.columns)];
  for (let i = 0; i < z.data.length; i++) {
    once.data[i] = z.data[i] * phi.data[i];
    twice.data[i] = once.data[i] * phi.data[i];
  }
  const product = (a: Matrix, b: Matrix, options: ProductOptions = {}) =>
    algebra.gemm(a, b, { transposeB: true, into: scratch(a.rows, b.rows), ...options });
  const out = product(twice, right);
  product(z, mean, { alpha: -1, beta: 1, into: out });
  const first = product(once, slope);
  const second = product(z, left);
  for (let i = 0; i < out.data.length; i++) {
    out.data[i] += ofRows.data[i] * (first.data[i] + ofRows.data[i] * second.data[i]);
  }
  release(once, twice, first, second);
  return out;
}

const column = ({ rows, columns, data }: Matrix, j: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns + j]);

/** The same row again and again. */
function repeated(row: Float64Array, rows: number): Matrix {
  const out = zeros(rows, row.length);
  for (let s = 0; s < rows; s++) out.data.set(row, s * row.length);
  return out;
}

/** Vectors z with Σ⟨zzᵀ⟩ = A⁻¹: the columns of L⁻ᵀ, or L⁻ᵀ times random signs. */
function probes(rows: number, root: Matrix, stream: RandomStream, { algebra }: Compute): Matrix[] {
  const p = root.rows;
  if (p <= ALL_PROBES) {
    const columns = zeros(p);
    for (let i = 0; i < p; i++) columns.data[i * (p + 1)] = 1;
    algebra.solveTriangular(root, columns, { transpose: true });
    return Array.from({ length: p }, (_, j) => repeated(column(columns, j), rows));
  }
  const signs = zeros(p, rows);
  stream.normals(signs.data);
  for (let i = 0; i < signs.data.length; i++) signs.data[i] = signs.data[i] < 0 ? -1 : 1;
  return [transpose(algebra.solveTriangular(root, signs, { transpose: true }))];
}

/**
 * Draws of the birth in layer k, in independent groups; the first jumps of each layer's stream are those of
 * `MonteCarloFourPoint`.
 */
export function drawGroups(seed: number, k: number, samples: number, groups: number): Draws[] {
  const count = Math.max(2, Math.ceil(samples / groups));
  const stream = RandomStream.fromSeed(seed).split(k);
  for (let used = 0; used < RESERVED; used++) stream.jump();
  return Array.from({ length: groups }, () => ({ count, stream: stream.jump().clone() }));
}
