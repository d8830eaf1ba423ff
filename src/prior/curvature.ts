import type { Activation } from '../activations/activation.js';
import { crossDerivatives } from '../activations/operators/cross.js';
import type { Compute } from '../numerics/compute.js';
import { copy, diagonal, type Matrix, zeros } from '../numerics/matrix.js';

/** Covariances of the entries of a kernel, P×P each, as in `LayerMoments`. */
export interface EntryCovariances {
  readonly variance: Matrix;
  readonly withOwn: Matrix;
  readonly ofDiagonals: Matrix;
}

/** Step of the finite differences that give second derivatives of kernels, relative to the variances. */
const STEP = 1e-4;
/** Pairs whose correlation is closer to ±1 than this count as one point. */
const SAME = 1e-3;

/** First derivatives of ⟨φφᵀ⟩ on both sides of a kernel. */
function derivativesAround(activation: Activation, c: Matrix, compute: Compute) {
  const p = c.rows;
  const own = diagonal(c);
  const scaledOwn = (factor: number) => own.map((value) => factor * value);
  const along = (i: number, j: number) => {
    const scale = Math.sqrt(own[i] * own[j]);
    return STEP * scale * Math.min(1, scale === 0 ? 1 : 1 - Math.abs(c.data[i * p + j]) / scale);
  };
  const shifted = (sign: number) => {
    const cross = copy(c);
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) cross.data[i * p + j] += sign * along(i, j);
    return crossDerivatives(activation, own, { cross, own }, compute);
  };
  const [up, down] = [shifted(1), shifted(-1)];
  const [wider, narrower] = [1 + STEP, 1 - STEP].map((factor) =>
    crossDerivatives(activation, own, { cross: c, own: scaledOwn(factor) }, compute),
  );
  const [slopeUp, slopeDown] = [1 + STEP, 1 - STEP].map(
    (factor) => activation.prepare(scaledOwn(factor), compute.algebra).diagonalSlope,
  );
  return { own, along, up, down, wider, narrower, slopeUp, slopeDown };
}

/**
 * ∂²⟨φφᵀ⟩:Cov of every entry at the kernel c below, P×P, a linear function of the covariances of its entries;
 * second derivatives by central differences of the first, which are taken once.
 * @param c kernel of the pre-activations, P×P
 */
export function curvatureAt(
  activation: Activation,
  c: Matrix,
  compute: Compute,
): (below: EntryCovariances) => Matrix {
  let around: ReturnType<typeof derivativesAround> | undefined;
  return (below) => {
    if (activation.linear || below.variance.data.every((value) => value === 0)) return zeros(c.rows);
    around ??= derivativesAround(activation, c, compute);
    return curvature(c, around, below);
  };
}

function curvature(
  c: Matrix,
  { own, along, up, down, wider, narrower, slopeUp, slopeDown }: ReturnType<typeof derivativesAround>,
  below: EntryCovariances,
): Matrix {
  const p = c.rows;
  const sum = zeros(p);
  const per = (a: Matrix, b: Matrix, k: number, step: number) =>
    step === 0 ? 0 : (a.data[k] - b.data[k]) / (2 * step);
  for (let i = 0; i < p; i++) {
    const vi = below.variance.data[i * p + i];
    if (own[i] > 0) sum.data[i * p + i] = ((slopeUp[i] - slopeDown[i]) / (2 * STEP * own[i])) * vi;
  }
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < i; j++) {
      const [ij, ji] = [i * p + j, j * p + i];
      const scale = Math.sqrt(own[i] * own[j]);
      const rho = scale === 0 ? 0 : c.data[ij] / scale;
      if (1 - Math.abs(rho) < SAME) {
        // One point seen twice, up to a sign: its entries fluctuate together.
        const value = Math.sign(rho) * 0.5 * (sum.data[i * p + i] + sum.data[j * p + j]);
        sum.data[ij] = sum.data[ji] = value;
        continue;
      }
      const [vij, vi, vj] = [
        below.variance.data[ij],
        below.variance.data[i * p + i],
        below.variance.data[j * p + j],
      ];
      const [fi, fj, d] = [below.withOwn.data[ij], below.withOwn.data[ji], below.ofDiagonals.data[ij]];
      const [h, hi, hj] = [along(i, j), STEP * own[i], STEP * own[j]];
      const byC = {
        c: per(up.slope, down.slope, ij, h),
        i: 0.5 * per(up.left, down.left, ij, h),
        j: 0.5 * per(up.right, down.right, ij, h),
      };
      // Row ij of the widened derivatives has the variance of i changed, row ji that of j.
      const ii = 0.5 * per(wider.left, narrower.left, ij, hi);
      const jj = 0.5 * per(wider.left, narrower.left, ji, hj);
      const mixed = 0.5 * per(wider.right, narrower.right, ij, hi);
      sum.data[ij] = sum.data[ji] =
        byC.c * vij + ii * vi + jj * vj + 2 * (byC.i * fi + byC.j * fj + mixed * d);
    }
  }
  return sum;
}
