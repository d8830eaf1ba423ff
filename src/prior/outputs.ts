import { checkMatrix, checkNumbers, checkObject, checkSquare } from '../numerics/arguments.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import type { DrawnMoments } from './drawKernels.js';
import type { LayerMoments } from './priorMoments.js';

function checkedMoments<Moments extends object>(
  moments: Moments,
  names: readonly (keyof Moments & string)[],
): Moments {
  checkObject('moments', moments, `must be an object of matrices ${names.join(', ')}`);
  const [first] = names;
  checkSquare(`moments.${first}`, moments[first]);
  const { rows } = moments[first] as Matrix;
  for (const name of names) checkMatrix(`moments.${name}`, moments[name], rows, rows);
  return moments;
}

/**
 * Kurtosis ⟨f⁴⟩/⟨f²⟩² of one output at point α: 3 for a Gaussian; given the kernel f is Gaussian, so it is
 * 3⟨C²⟩/⟨C⟩² = 3(1 + Var C/⟨C⟩²) (theory §3). To order 1/N, for every point α.
 * @param moments of the output kernel, the last that `priorMoments` gives
 * @throws InputError for what are no moments
 */
export function outputKurtosis(moments: LayerMoments): Float64Array {
  const { nngp, variance } = checkedMoments(moments, ['nngp', 'variance']);
  return Float64Array.from({ length: nngp.rows }, (_, a) => {
    const k = a * nngp.rows + a;
    return 3 * (1 + variance.data[k] / nngp.data[k] ** 2);
  });
}

/**
 * The same from drawn kernels, with its standard error from that of the variance.
 * @param moments of the output kernel, the last that `drawKernels` gives
 * @throws InputError for what are no moments
 */
export function drawnKurtosis(moments: DrawnMoments): { kurtosis: Float64Array; error: Float64Array } {
  const { mean, variance, varianceError } = checkedMoments(moments, ['mean', 'variance', 'varianceError']);
  const p = mean.rows;
  const at = (values: Matrix) => Float64Array.from({ length: p }, (_, a) => values.data[a * p + a]);
  const [m, v, e] = [at(mean), at(variance), at(varianceError)];
  return { kurtosis: m.map((x, a) => 3 * (1 + v[a] / x ** 2)), error: m.map((x, a) => (3 * e[a]) / x ** 2) };
}

/** Density of (f_α, f_β) on a square grid. */
export interface PairDensity {
  /** grid of both outputs */
  readonly axis: Float64Array;
  /** row: f_β, column: f_α */
  readonly density: Float64Array;
}

/**
 * The prior of two outputs as a superposition of Gaussians, one for every drawn kernel (the paper's first
 * figure): the mean over draws of N(f | 0, C).
 *
 * @param pair draws × 3: C_αα, C_αβ, C_ββ
 * @param axis grid of both outputs
 * @throws InputError for what is no such matrix or grid
 */
export function mixtureDensity(pair: Matrix, axis: Float64Array): PairDensity {
  checkMatrix('pair', pair, undefined, 3);
  checkNumbers('axis', axis);
  const density = new Float64Array(axis.length ** 2);
  for (let draw = 0; draw < pair.rows; draw++) {
    const [a, c, b] = pair.data.subarray(3 * draw, 3 * draw + 3);
    const determinant = a * b - c * c;
    if (!(determinant > 1e-12 * a * b)) continue;
    const weight = 1 / (2 * Math.PI * Math.sqrt(determinant) * pair.rows);
    for (let row = 0, k = 0; row < axis.length; row++) {
      for (let column = 0; column < axis.length; column++, k++) {
        const [x, y] = [axis[column], axis[row]];
        density[k] += weight * Math.exp((-0.5 * (b * x * x - 2 * c * x * y + a * y * y)) / determinant);
      }
    }
  }
  return { axis, density };
}

/**
 * One draw of two outputs from every drawn kernel: (f_α, f_β) ~ N(0, C), draws × 2.
 * @param pair draws × 3: C_αα, C_αβ, C_ββ
 * @param seed of the outputs; another stream than that of kernels drawn with it
 * @throws InputError for what is no such matrix or seed
 */
export function drawOutputs(pair: Matrix, seed: number): Matrix {
  checkMatrix('pair', pair, undefined, 3);
  const outputs = zeros(pair.rows, 2);
  // A stream that the kernels, drawn from the first streams of the seed, do not use.
  RandomStream.fromSeed(seed).split(64).normals(outputs.data);
  for (let draw = 0; draw < pair.rows; draw++) {
    const [a, c, b] = pair.data.subarray(3 * draw, 3 * draw + 3);
    const [first, second] = outputs.data.subarray(2 * draw, 2 * draw + 2);
    const root = Math.sqrt(a);
    const slope = root > 0 ? c / root : 0;
    outputs.data[2 * draw] = root * first;
    outputs.data[2 * draw + 1] = slope * first + Math.sqrt(Math.max(0, b - slope * slope)) * second;
  }
  return outputs;
}
