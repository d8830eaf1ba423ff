import type { CrossCovariance } from '../../activations/operators/cross.js';
import { type DenseLayer, denseLayer, denseLayers } from '../../architecture/denseLayer.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { copy, type Matrix, transpose, zeros } from '../../numerics/matrix.js';
import type { PosteriorFields } from '../../posterior/fields.js';
import { predictInBlocks, type TestPrediction } from '../../posterior/predict.js';
import { type Extend, pathBy } from '../../posterior/rowPath.js';
import type { Network, Problem } from '../../problem/problem.js';
import { type ModeMoments, MomentSum } from './modeMoments.js';
import type { OrderAverage } from './orderAverage.js';
import type { OutputModes } from './orderParameter.js';

/** B = root · vectorsᵀ: from modes to points. */
const toPoints = ({ root, vectors }: OutputModes, { algebra }: Compute): Matrix =>
  algebra.gemm(root, vectors, { transposeB: true });

/** B⁻ᵀ */
const dualBasis = ({ root, vectors }: OutputModes, { algebra }: Compute): Matrix =>
  algebra.solveTriangular(root, transpose(vectors), { transpose: true });

/** B X Bᵀ */
const conjugated = (basis: Matrix, x: Matrix, { algebra }: Compute): Matrix =>
  algebra.gemm(algebra.gemm(basis, x), basis, { transposeB: true });

/** β_L Bᵀ⁻¹ 1: the readout's bias in the modes. */
export function biasInModes(network: Network, modes: OutputModes, compute: Compute): Float64Array {
  const { beta } = denseLayer(network, network.hiddenLayers);
  const p = modes.alpha.length;
  if (beta === 0) return new Float64Array(p);
  const ones = zeros(1, p);
  ones.data.fill(beta);
  return compute.algebra.gemm(ones, dualBasis(modes, compute)).data;
}

/**
 * Moments of one output from the nodes of p(Q|Y); those that kernels of linear networks need only if `layers`
 * is L and not 0.
 */
export function scalarMoments(
  average: OrderAverage,
  { network }: Problem,
  modes: OutputModes,
  layers: number,
  compute: Compute,
): ModeMoments {
  const sum = new MomentSum(modes, biasInModes(network, modes, compute), layers, compute);
  const numbers = (values: Float64Array) => Array.from(values, (value) => [value]);
  for (const { q, weight, below, above } of average.nodes.toSorted((a, b) => b.weight - a.weight)) {
    const [lower, upper] = layers ? [numbers(below.subarray(0, layers)), numbers(above)] : [[], []];
    sum.add({ weight, q: [q], vectors: [1], lower, upper });
  }
  return sum.finish();
}

/** G_l = g_l ⋯ g_L for l = 1 … L + 1, where it is one, at l − 1. */
const gainsFrom = (layers: readonly DenseLayer[]): number[] =>
  [...layers, { gain: 1 }].map((_, k) => layers.slice(k).reduce((product, { gain }) => product * gain, 1));

/**
 * E[C⁽ˡ⁾|Y] of a deep linear network without biases in the hidden layers. The outputs of a layer along which
 * the readout looks are f itself, all other directions are free draws from the layer below: with Q_l the
 * share of layer l in Q and r = min(n, N_l, …, N_L) directions,
 *
 *     E[C⁽ˡ⁾|Y] = g_l [(1 − r/N_l) E[C⁽ˡ⁻¹⁾|Y] + (1/N_l) E[f (G_lQ_l ⋯ Q_L)⁻¹ fᵀ | Y]] (+ β_L)
 */
export function linearKernels(
  network: Network,
  input: Matrix,
  modes: OutputModes,
  moments: ModeMoments,
  compute: Compute,
): Matrix[] {
  const basis = toPoints(modes, compute);
  const layers = denseLayers(network);
  const above = gainsFrom(layers);
  const kernels = [input];
  layers.forEach(({ width, gain, beta }, k) => {
    const kernel = conjugated(basis, moments.fields[k], compute);
    const share = gain / (width * above[k]);
    const rest = gain * (1 - modes.y.columns / width);
    const shift = k === layers.length - 1 ? beta : 0;
    const { data } = kernels[k];
    for (let i = 0; i < kernel.data.length; i++)
      kernel.data[i] = share * kernel.data[i] + rest * data[i] + shift;
    kernels.push(kernel);
  });
  return kernels;
}

/**
 * What becomes of C⁽⁰⁾ in layer l = 0 … L along directions of the inputs that no training point has: there f
 * is a free draw given Q, so that the equation of `linearKernels` is one of numbers, a_l = g_l [(1 − n/N_l)
 * a_{l−1} + (G_1/(N_lG_l)) E tr Q(Q_l ⋯ Q_L)⁻¹], a_0 = 1.
 */
export function unseenFactors(network: Network, outputs: number, { shares }: ModeMoments): number[] {
  const layers = denseLayers(network);
  const above = gainsFrom(layers);
  const factors = [1];
  layers.forEach(({ width, gain }, k) => {
    const born = (above[0] * shares[k]) / (width * above[k]);
    factors.push(gain * ((1 - outputs / width) * factors[k] + born));
  });
  return factors;
}

/**
 * C̃⁽ˡ⁾ = E[∂ ln p(Y|C⁽ˡ⁾)/∂C⁽ˡ⁾ | Y] = E[G_{l+1}Q_{l+1} ⋯ Q_L (½ A⁻¹YYᵀA⁻¹ − ½ A⁻¹) | Y], A = QK' + M: the
 * posterior mean of the gradient, which the conjugate kernel of the saddle stands for.
 */
export function linearConjugates(
  network: Network,
  modes: OutputModes,
  { pulls }: ModeMoments,
  compute: Compute,
): (Matrix | undefined)[] {
  const basis = dualBasis(modes, compute);
  const above = gainsFrom(denseLayers(network));
  return pulls.map((pull, l) => {
    if (l === 0) return undefined;
    const conjugate = conjugated(basis, pull, compute);
    scale(conjugate, above[l]);
    return conjugate;
  });
}

/** Predictions averaged over Q: means, and variances that include the scatter of the mean. */
export function orderPredictors(
  { problem }: Pick<PosteriorFields, 'problem'>,
  nngpRows: Extend,
  modes: OutputModes,
  moments: ModeMoments,
  compute: Compute,
) {
  const { network, data, noiseVariance } = problem;
  const { algebra } = compute;
  const { hiddenLayers } = network;
  const { beta } = denseLayer(network, hiddenLayers);
  const inverse = dualBasis(modes, compute);
  return {
    /** Y − κ E[A⁻¹Y] */
    trainMean: (): Matrix =>
      algebra.gemm(inverse, moments.dual, { alpha: -noiseVariance, beta: 1, into: copy(data.y) }),
    predict(xTest: Matrix): TestPrediction {
      const bias = biasInModes(network, modes, compute);
      const pathOf = pathBy(problem, nngpRows, compute);
      return predictInBlocks(problem, xTest, (points) =>
        predictRows(pathOf(points)[hiddenLayers], beta, bias, inverse, modes, moments, compute),
      );
    },
  };
}

/**
 * For z = (k_* − β)B⁻ᵀ: mean = E[(Qz + o)y/v], variance = E[Q(k_** − β) + β − Σ(Qz + o)²/v] + Var[(Qz +
 * o)y/v].
 */
function predictRows(
  { cross, own }: CrossCovariance,
  beta: number,
  bias: Float64Array,
  inverse: Matrix,
  { alpha }: OutputModes,
  { coefficients, dual, scatter, explained, order }: ModeMoments,
  { algebra }: Compute,
): TestPrediction {
  const [t, p, n] = [cross.rows, cross.columns, coefficients.columns];
  const free = { ...cross, data: cross.data.map((value) => value - beta) };
  const z = algebra.gemm(free, inverse);
  const extended = zeros(t, p + 1);
  const mean = zeros(t, n);
  const variance = new Float64Array(t);
  for (let s = 0; s < t; s++) {
    let left = order * (own[s] - beta) + beta;
    for (let i = 0; i < p; i++) {
      // Covariances of new with old points have no part outside the range of K': what is found there is
      // rounding.
      const value = alpha[i] === 0 ? 0 : z.data[s * p + i];
      extended.data[s * (p + 1) + i] = value;
      left -=
        value * value * explained[0][i] + bias[i] * (2 * value * explained[1][i] + bias[i] * explained[2][i]);
      for (let k = 0; k < n; k++) {
        mean.data[s * n + k] += value * coefficients.data[i * n + k] + bias[i] * dual.data[i * n + k];
      }
    }
    extended.data[s * (p + 1) + p] = 1;
    variance[s] = Math.max(0, left);
  }
  const spread = algebra.gemm(extended, scatter);
  for (let s = 0; s < t; s++) {
    let scattered = 0;
    for (let i = s * (p + 1); i < (s + 1) * (p + 1); i++) scattered += spread.data[i] * extended.data[i];
    variance[s] += Math.max(0, scattered);
  }
  return { mean, variance };
}
