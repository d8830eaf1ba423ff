import { denseLayer } from '../../architecture/denseLayer.js';
import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { factorSemidefinite, logDeterminant } from '../../numerics/linearAlgebra.js';
import { addToDiagonal, copy, type Matrix, transpose, zeros } from '../../numerics/matrix.js';
import { solvedWidth } from '../../posterior/fields.js';
import type { Extend } from '../../posterior/rowPath.js';
import type { Problem } from '../../problem/problem.js';
import { legendreCost } from '../evidence.js';
import type { LayerEquations, Solution } from '../forwardBackward.js';

/**
 * With C = F Fᵀ and s = 2g/N: the Cholesky factor of 1 − s FᵀC̃F. It exists exactly where the tilted measure
 * can be normalised.
 * @throws NotPositiveDefiniteError elsewhere
 */
function tilt(c: Matrix, conjugate: Matrix, s: number, { algebra }: Compute) {
  const factor = factorSemidefinite(algebra, c);
  const cf = algebra.gemm(conjugate, factor);
  const metric = algebra.gemm(factor, cf, { transposeA: true, alpha: -s });
  return { factor, cf, metric: algebra.cholesky(addToDiagonal(metric, 1)) };
}

/** into += alpha · B (1 − sFᵀC̃F)⁻¹ Bᵀ for B = F or C̃F and the Cholesky factor `metric` of the middle. */
function addSandwich(metric: Matrix, b: Matrix, alpha: number, into: Matrix, { algebra }: Compute): Matrix {
  const rows = algebra.solveTriangular(metric, transpose(b));
  return algebra.syrk(rows, { transpose: true, alpha, beta: 1, into });
}

/**
 * φ(h) = h (theory §5): ⟨hhᵀ⟩ = C(1 − sC̃C)⁻¹ = F(1 − sFᵀC̃F)⁻¹Fᵀ and C̃⁽ˡ⁾ = gC̃(1 − sCC̃)⁻¹ = g[C̃ + s
 * C̃F(1 − sFᵀC̃F)⁻¹FᵀC̃], s = 2g/N.
 */
export function linearEquations({ network }: Problem, compute: Compute): LayerEquations {
  return {
    forward(l, width, below, conjugate) {
      const { gain: g, beta } = denseLayer(network, l);
      const { factor, metric } = tilt(below, conjugate, (2 * g) / width, compute);
      const shift = zeros(below.rows);
      shift.data.fill(beta);
      return addSandwich(metric, factor, g, shift, compute);
    },
    backward(l, width, kernel, above) {
      const { gain: g } = denseLayer(network, l + 1);
      const s = (2 * g) / width;
      const { cf, metric } = tilt(kernel, above, s, compute);
      const scaled = copy(above);
      scale(scaled, g);
      return addSandwich(metric, cf, g * s, scaled, compute);
    },
  };
}

/** ln⟨exp((g/N) hᵀC̃h)⟩ = −½ ln det(1 − sFᵀC̃F) of layer l. */
const logNormaliser = (
  { network }: Problem,
  l: number,
  width: number,
  below: Matrix,
  conjugate: Matrix,
  compute: Compute,
): number =>
  -0.5 * logDeterminant(tilt(below, conjugate, (2 * denseLayer(network, l).gain) / width, compute).metric);

/** ln p(Y|X) at the maximum a posteriori kernels of a linear network. */
export function linearEvidence(
  problem: Problem,
  { kernels, conjugates, convergence }: Solution,
  compute: Compute,
): number {
  const { network } = problem;
  const { hiddenLayers } = network;
  let total = gaussianOf(problem).logEvidence(kernels[hiddenLayers], compute.algebra);
  for (let l = 1; l <= hiddenLayers; l++) {
    const width = solvedWidth(network, convergence, l);
    const conjugate = conjugates[l] as Matrix;
    const logZ = logNormaliser(problem, l, width, kernels[l - 1], conjugate, compute);
    total -= legendreCost(conjugate, kernels[l], denseLayer(network, l).beta, width, logZ);
  }
  return total;
}

/**
 * New rows: ⟨h_*hᵀ⟩ = C_* + C_*X C and ⟨h_*²⟩ = C_** + C_*X C_*ᵀ with X = sC̃(1 − sCC̃)⁻¹, which is (2/N)
 * times what `backward` returns.
 */
export function extendLinear(
  { network }: Problem,
  { kernels, conjugates, convergence }: Solution,
  equations: LayerEquations,
  { algebra }: Compute,
): Extend {
  return (l, below) => {
    const { gain: g, beta } = denseLayer(network, l);
    const width = solvedWidth(network, convergence, l);
    // `backward` takes its gain from the layer above the kernel: layer l sits above the kernel l − 1.
    const x = equations.backward(l - 1, width, kernels[l - 1], conjugates[l] as Matrix);
    const tilted = algebra.gemm(below.cross, x, { alpha: 2 / width });
    const cross = algebra.gemm(tilted, kernels[l - 1], { alpha: g });
    for (let i = 0; i < cross.data.length; i++) cross.data[i] += g * below.cross.data[i] + beta;
    const p = cross.columns;
    const own = below.own.map((value, t) => {
      let sum = value;
      for (let i = t * p; i < (t + 1) * p; i++) sum += tilted.data[i] * below.cross.data[i];
      return g * sum + beta;
    });
    return { cross, own };
  };
}
