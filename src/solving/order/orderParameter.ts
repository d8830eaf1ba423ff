import { denseLayer } from '../../architecture/denseLayer.js';
import type { Compute } from '../../numerics/compute.js';
import { logDeterminant } from '../../numerics/linearAlgebra.js';
import { addScaled, addToDiagonal, copy, type Matrix, transpose, zeros } from '../../numerics/matrix.js';
import { checkTargets } from '../../posterior/reach.js';
import type { Problem } from '../../problem/problem.js';

/**
 * The output covariance Q⊗K' + 1⊗M, K' = K⁽ᴸ⁾ − β and M = κ + β, in the basis in which both are diagonal: Σ_i
 * ln det(α_iQ + μ_i) and projections y_i of the targets.
 */
export interface OutputModes {
  readonly alpha: Float64Array;
  readonly mu: Float64Array;
  /** row i: the n targets along mode i */
  readonly y: Matrix;
  /** ln det of the change of basis */
  readonly logJacobian: number;
  /** B = root · vectorsᵀ is the change of basis: K' = B α Bᵀ, M = B μ Bᵀ, Y = B y */
  readonly root: Matrix;
  readonly vectors: Matrix;
}

/** Eigenvalues below this, times the size, relative to the largest are rounding. */
const NOISE = 2e-16;

/**
 * @param kernel K⁽ᴸ⁾ with its bias β
 * @throws NotPositiveDefiniteError; InputError for targets beyond any scale that doubles resolve
 */
export function outputModes(problem: Problem, kernel: Matrix, { algebra }: Compute): OutputModes {
  checkTargets(problem, kernel);
  const { data, network, noiseVariance } = problem;
  const { beta } = denseLayer(network, network.hiddenLayers);
  const scaled = copy(kernel);
  const fixed = zeros(kernel.rows);
  for (let i = 0; i < scaled.data.length; i++) {
    scaled.data[i] -= beta;
    fixed.data[i] = beta;
  }
  addToDiagonal(fixed, noiseVariance);
  // Without noise only K' is sure to have an inverse, with it only M.
  const [base, other] = noiseVariance > 0 ? [fixed, scaled] : [scaled, fixed];
  const root = algebra.cholesky(base);
  const half = transpose(algebra.solveTriangular(root, other));
  const { values, vectors } = algebra.eigenSymmetric(algebra.solveTriangular(root, half));
  const ones = new Float64Array(values.length).fill(1);
  const y = algebra.gemm(vectors, algebra.solveTriangular(root, copy(data.y)));
  const least = NOISE * values.length * values[values.length - 1];
  const positive = values.map((value) => (value > least ? value : 0));
  const [alpha, mu] = noiseVariance > 0 ? [positive, ones] : [ones, positive];
  return { alpha, mu, y, logJacobian: logDeterminant(root), root, vectors };
}

/**
 * Σ_i f_i over modes for one output: ½[ln det(QK' + M) + Yᵀ(QK' + M)⁻¹Y] and its derivative with respect to
 * ln Q.
 */
export function scalarAction(
  { alpha, mu, y, logJacobian }: OutputModes,
  q: number,
): { value: number; slope: number } {
  let value = 0.5 * logJacobian;
  let slope = 0;
  for (let i = 0; i < alpha.length; i++) {
    const variance = q * alpha[i] + mu[i];
    const squared = y.data[i] ** 2 / variance;
    value += 0.5 * (Math.log(variance) + squared);
    slope += (0.5 * q * alpha[i] * (1 - squared)) / variance;
  }
  return { value, slope };
}

/**
 * The action at q less that at another, each mode's difference taken at once: what does not depend on q costs
 * no digits.
 */
export function actionDifference({ alpha, mu, y }: OutputModes, q: number, reference: number): number {
  let sum = 0;
  for (let i = 0; i < alpha.length; i++) {
    const [v, w] = [q * alpha[i] + mu[i], reference * alpha[i] + mu[i]];
    const change = (alpha[i] * (q - reference)) / w;
    sum += 0.5 * (Math.abs(change) < 0.5 ? Math.log1p(change) : Math.log(v / w));
    sum -= 0.5 * change * (y.data[i] / v) * y.data[i];
  }
  return sum;
}

/** q − 1 − ln q, the rate of Q_l ~ Gamma(N/2, N/2) per N/2. */
const gammaRate = (q: number): number => q - 1 - Math.log(q);

export interface OrderParameter {
  /** Q_1 … Q_L */
  readonly layers: number[];
  /** Σ (N_l/2)(Q_l − 1 − ln Q_l) + ½ ln det(QK' + M) + ½ Yᵀ(QK' + M)⁻¹Y, without (P/2) ln 2π */
  readonly action: number;
}

/**
 * Saddle of the action of Q = ∏Q_l for one output (Li and Sompolinsky 2021). Stationarity in every Q_l at
 * given T = −dS/d ln Q is Q_l = 1 + 2T/N_l, which leaves one equation in ln Q; of several roots the one of
 * least action is taken. There may be none where narrow layers make no peak.
 */
export function scalarSaddle(modes: OutputModes, widths: readonly number[]): OrderParameter | undefined {
  const layersAt = (q: number) => {
    const pull = -scalarAction(modes, q).slope;
    return widths.map((width) => 1 + (2 * pull) / width);
  };
  const mismatch = (x: number) => {
    const layers = layersAt(Math.exp(x));
    return layers.some((value) => value <= 0)
      ? Number.NEGATIVE_INFINITY
      : layers.reduce((sum, value) => sum + Math.log(value), 0) - x;
  };
  // From targets of zero in narrow layers to targets far above the kernel.
  const grid = Array.from({ length: 2401 }, (_, k) => -120 + 0.07 * k);
  const saddles: OrderParameter[] = [];
  for (let k = 1; k < grid.length; k++) {
    const [low, high] = [mismatch(grid[k - 1]), mismatch(grid[k])];
    if (!(low > 0 !== high > 0)) continue;
    const layers = layersAt(Math.exp(bisect(mismatch, grid[k - 1], grid[k])));
    if (layers.some((value) => !(value > 0))) continue;
    const q = layers.reduce((product, value) => product * value, 1);
    const prior = layers.reduce((sum, value, l) => sum + 0.5 * widths[l] * gammaRate(value), 0);
    saddles.push({ layers, action: prior + scalarAction(modes, q).value });
  }
  return saddles.sort((a, b) => a.action - b.action)[0];
}

function bisect(f: (x: number) => number, low: number, high: number): number {
  const sign = f(low) > 0;
  let [a, b] = [low, high];
  for (let k = 0; k < 200 && b - a > 1e-16 * Math.max(1, Math.abs(a)); k++) {
    const middle = 0.5 * (a + b);
    if (f(middle) > 0 === sign) a = middle;
    else b = middle;
  }
  return 0.5 * (a + b);
}

/** f(a) for symmetric a by its eigenvalues. */
export function functionOf(a: Matrix, f: (value: number) => number, { algebra }: Compute): Matrix {
  const { values, vectors } = algebra.eigenSymmetric(a);
  const scaled = copy(vectors);
  for (let i = 0; i < scaled.data.length; i++) scaled.data[i] *= f(values[Math.floor(i / a.rows)]);
  return algebra.gemm(vectors, scaled, { transposeA: true });
}

/**
 * T = −Q^{1/2} (dS/dQ) Q^{1/2} for n outputs, S = ½ ln det(Q⊗K' + 1⊗M) + ½ vec(Y)ᵀ(…)⁻¹vec(Y), and S itself.
 */
function matrixAction(
  { alpha, mu, y, logJacobian }: OutputModes,
  q: Matrix,
  compute: Compute,
): { value: number; pull: Matrix } {
  const { algebra } = compute;
  const n = q.rows;
  const { values, vectors } = algebra.eigenSymmetric(q);
  const rotated = algebra.gemm(y, vectors, { transposeB: true });
  let value = 0.5 * n * logJacobian;
  // In the eigenbasis of Q: G_ab = ½ Σ_i α_i [δ_ab/v_a − y_a y_b/(v_a v_b)], v_a = α_i q_a + μ_i.
  const pull = zeros(n);
  const v = new Float64Array(n);
  for (let i = 0; i < alpha.length; i++) {
    for (let a = 0; a < n; a++) {
      v[a] = alpha[i] * values[a] + mu[i];
      value += 0.5 * (Math.log(v[a]) + rotated.data[i * n + a] ** 2 / v[a]);
    }
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        const data = (rotated.data[i * n + a] * rotated.data[i * n + b]) / (v[a] * v[b]);
        const gradient = 0.5 * alpha[i] * ((a === b ? 1 / v[a] : 0) - data);
        pull.data[a * n + b] -= Math.sqrt(values[a] * values[b]) * gradient;
      }
    }
  }
  return { value, pull: algebra.gemm(vectors, algebra.gemm(pull, vectors), { transposeA: true }) };
}

export interface MatrixOrderParameter {
  /** Q, n×n */
  readonly q: Matrix;
  /** Q_1 … Q_L, which commute with Q */
  readonly layers: Matrix[];
  readonly action: number;
  /** relative change that one more iteration would make */
  readonly residual: number;
}

/**
 * The same for n outputs: every layer has an n×n order parameter, Wishart before the data, Q_l = 1 + 2T/N_l
 * at the saddle, Q = ∏Q_l. Iterated in ln Q with damping that halves whenever the mismatch grows.
 */
export function matrixSaddle(
  modes: OutputModes,
  widths: readonly number[],
  compute: Compute,
): MatrixOrderParameter {
  const n = modes.y.columns;
  const norm = (a: Matrix) => Math.sqrt(a.data.reduce((sum, value) => sum + value * value, 0));
  const layersFor = (pull: Matrix) =>
    widths.map((width) => functionOf(pull, (t) => 1 + (2 * t) / width, compute));
  /** ln ∏(1 + 2T/N_l), or undefined outside the region where all factors are positive */
  const logProduct = (pull: Matrix): Matrix | undefined => {
    const result = functionOf(
      pull,
      (t) => widths.reduce((sum, width) => sum + Math.log(1 + (2 * t) / width), 0),
      compute,
    );
    return result.data.every(Number.isFinite) ? result : undefined;
  };
  let logQ = zeros(n);
  let damping = 0.5;
  let best = { logQ, mismatch: zeros(n), size: Number.POSITIVE_INFINITY };
  for (let iteration = 0; iteration < 2000; iteration++) {
    const { pull } = matrixAction(modes, functionOf(logQ, Math.exp, compute), compute);
    const target = logProduct(pull);
    const mismatch = target && addScaled(copy(target), -1, logQ);
    const size = mismatch ? norm(mismatch) : Number.NaN;
    if (mismatch && size < best.size) {
      best = { logQ, mismatch, size };
      damping = Math.min(0.5, damping * 1.2);
    } else {
      if (!Number.isFinite(best.size)) {
        // Not even the start is inside: move Q up or down along the pull by a little.
        logQ = addScaled(copy(logQ), 0.1 / Math.max(1, norm(pull)), pull);
        continue;
      }
      damping /= 2;
    }
    if (best.size < 1e-13 || damping < 1e-10) break;
    logQ = addScaled(copy(best.logQ), damping, best.mismatch);
  }
  const q = functionOf(best.logQ, Math.exp, compute);
  const { value, pull } = matrixAction(modes, q, compute);
  const layers = layersFor(pull);
  const prior = layers.reduce((sum, layer, l) => {
    const { values } = compute.algebra.eigenSymmetric(layer);
    return sum + values.reduce((total, eigenvalue) => total + 0.5 * widths[l] * gammaRate(eigenvalue), 0);
  }, 0);
  return { q, layers, action: value + prior, residual: best.size };
}
