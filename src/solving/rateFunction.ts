import { architectureOf, kernelSizes, requireDense } from '../architecture/architecture.js';
import { denseLayer } from '../architecture/denseLayer.js';
import { gaussianOf } from '../likelihood/gaussian.js';
import { checkKernels, checkMatrix, checkNumbers, checkObject, checkSquare } from '../numerics/arguments.js';
import { checkReal, checkWhole, SEEDS } from '../numerics/bounds.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { affine } from '../numerics/entrywise.js';
import { leavesRegion } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { factorSemidefinite, logDeterminant } from '../numerics/linearAlgebra.js';
import {
  addScaled,
  copy,
  inner,
  type Matrix,
  relativeDistance,
  release,
  transpose,
  zeros,
} from '../numerics/matrix.js';
import { checkProblem } from '../problem/checkProblem.js';
import type { Network, Problem } from '../problem/problem.js';
import { legendreCost } from './evidence.js';
import { linearTilt } from './tilted/tilt.js';
import { TiltedSamples } from './tilted/tiltedSamples.js';

/** How averages behind a rate function are taken. */
export interface RateOptions {
  /** samples behind averages in the tilted measure; 32768 by default */
  readonly samples?: number;
  /** of these samples; 0 by default */
  readonly seed?: number;
  /** relative distance of g⟨φφᵀ⟩ + β from the kernel asked for; 1e-6 by default */
  readonly tolerance?: number;
}

/** The rate function of a layer at one kernel. */
export interface Rate {
  /**
   * Γ(C | C_prev) = sup_C̃ [tr C̃C − W(C̃ | C_prev)] ≥ 0, in nats; −ln p(C | C_prev) to leading order in N
   */
  readonly value: number;
  /** the C̃ at which it is attained, P×P: ∂Γ/∂C, in the full-matrix convention */
  readonly conjugate: Matrix;
  /** relative distance left between the kernel asked for and that of the tilted measure */
  readonly residual: number;
}

function checkedOptions(options: RateOptions): Required<RateOptions> {
  checkObject('options', options, 'must be an object { samples, seed, tolerance }');
  const { samples = 32768, seed = 0, tolerance = 1e-6 } = options as RateOptions;
  checkWhole('samples', samples, { least: 16, most: 1e8 });
  checkWhole('seed', seed, SEEDS);
  checkReal('tolerance', tolerance, { above: 0, below: 1 });
  return { samples, seed, tolerance };
}

const MOST_ITERATIONS = 200;
const SMALLEST_STEP = 1e-3;
const DEPTH = 8;
/** A step that raises the residual by this factor is taken back. */
const EXPLODED = 5;

/**
 * (N/2)[tr C_prev⁻¹M − ln det C_prev⁻¹M − P], M = (C − β)/g: the rate of a Wishart matrix, and C̃ =
 * (N/2g)(C_prev⁻¹ − M⁻¹).
 */
function linearRate(network: Network, l: number, below: Matrix, kernel: Matrix, { algebra }: Compute): Rate {
  const { gain: g, beta, width } = denseLayer(network, l);
  const m = affine(copy(kernel), 1 / g, -beta / g);
  const [prior, own] = [algebra.cholesky(copy(below)), algebra.cholesky(copy(m))];
  const [priorInverse, ownInverse] = [algebra.choleskyInverse(prior), algebra.choleskyInverse(own)];
  const value =
    0.5 * width * (inner(priorInverse, m) - logDeterminant(own) + logDeterminant(prior) - kernel.rows);
  const conjugate = affine(addScaled(priorInverse, -1, ownInverse), (0.5 * width) / g, 0);
  return { value, conjugate, residual: 0 };
}

/**
 * step ← (N/2g²) A⁻¹ (C − image) A⁻¹ with A = image/g: Newton's step where φφᵀ fluctuates as for Gaussian φ.
 */
function newtonStep(kernel: Matrix, image: Matrix, width: number, { algebra }: Compute): Matrix {
  const factor = factorSemidefinite(algebra, image);
  const difference = addScaled(copy(kernel), -1, image);
  const half = (a: Matrix) =>
    algebra.solveTriangular(factor, algebra.solveTriangular(factor, transpose(a)), { transpose: true });
  const step = half(half(difference));
  release(difference, factor);
  return affine(step, 0.5 * width, 0);
}

/**
 * The rate function of layer l (theory §4): what it costs the prior to have kernel C above C_prev. The
 * supremum is found by accelerated Newton steps on C̃, with one set of samples, so that value and gradient
 * belong together.
 *
 * @param network dense layers of one activation
 * @param l the layer, 1..L
 * @param below C⁽ˡ⁻¹⁾, P×P
 * @param kernel C⁽ˡ⁾, P×P; without bias it must be positive definite
 * @param compute what to compute on
 * @param options samples, their seed, and how near the kernel has to be met
 * @throws InputError for arguments that do not fit together
 * @throws NotPositiveDefiniteError where no tilt of the layer has this kernel within reach of the samples
 */
export function rateFunction(
  network: Network,
  l: number,
  below: Matrix,
  kernel: Matrix,
  compute: Compute,
  options: RateOptions = {},
): Rate {
  requireDense(network, 'the rate function');
  checkWhole('l', l, { least: 1, most: network.hiddenLayers });
  checkSquare('below', below);
  checkMatrix('kernel', kernel, below.rows, below.rows);
  checkCompute(compute);
  const { samples, seed, tolerance } = checkedOptions(options);
  if (network.activation.linear) return linearRate(network, l, below, kernel, compute);
  const { gain: g, beta, width } = denseLayer(network, l);
  const tilted = new TiltedSamples(() => network.activation, compute, samples, seed);
  const at = (conjugate: Matrix) => {
    const measure = tilted.measure(l, below, g / width, linearTilt(conjugate));
    const image = affine(measure.secondMoment(), g, beta);
    const value = legendreCost(conjugate, kernel, beta, width, measure.logNormaliser());
    return { conjugate, image, value, residual: relativeDistance(image, kernel) };
  };
  let best = at(zeros(kernel.rows));
  const mixer = new AndersonMixer(DEPTH, 1);
  let start = best;
  for (let k = 0; k < MOST_ITERATIONS && best.residual > tolerance && mixer.damping > SMALLEST_STEP; k++) {
    const target = addScaled(newtonStep(kernel, start.image, width, compute), 1, start.conjugate);
    const next = { ...target, data: mixer.next(start.conjugate.data, target.data) };
    try {
      start = at(next);
    } catch (error) {
      if (!leavesRegion(error)) throw error;
      start = best;
    }
    if (start.residual < best.residual) best = start;
    else if (start === best || start.residual > EXPLODED * best.residual) {
      mixer.reset();
      mixer.damping /= 2;
      start = best;
    }
    release(target);
  }
  return { value: best.value, conjugate: best.conjugate, residual: best.residual };
}

/**
 * ln p(Y, C⁽¹⁾ … C⁽ᴸ⁾) ≃ ln N(Y|0, C⁽ᴸ⁾ + κ) − Σ_l Γ(C⁽ˡ⁾ | C⁽ˡ⁻¹⁾), in nats: greatest at the maximum a
 * posteriori kernels (theory §4).
 * @param problem data, network, noise
 * @param kernels C⁽⁰⁾ … C⁽ᴸ⁾, P×P each
 * @param compute what to compute on
 * @param options as of `rateFunction`
 * @throws InputError as `rateFunction`
 * @throws NotPositiveDefiniteError as `rateFunction`
 */
export function jointLogPosterior(
  problem: Problem,
  kernels: readonly Matrix[],
  compute: Compute,
  options: RateOptions = {},
): number {
  checkProblem(problem);
  requireDense(problem.network, 'the joint posterior of kernels');
  const { network, data } = problem;
  const sizes = kernelSizes(architectureOf(network), data.x.rows);
  checkKernels('kernels', kernels, sizes.length, sizes);
  checkCompute(compute);
  let total = gaussianOf(problem).logEvidence(kernels[network.hiddenLayers], compute.algebra);
  for (let l = 1; l <= network.hiddenLayers; l++)
    total -= rateFunction(network, l, kernels[l - 1], kernels[l], compute, options).value;
  return total;
}

/**
 * The joint log posterior along the straight path C(t) = (1 − t) from + t to, at every t: a section through
 * its landscape (theory §4).
 * @param problem data, network, noise
 * @param from C⁽⁰⁾ … C⁽ᴸ⁾ at t = 0, P×P each
 * @param to C⁽⁰⁾ … C⁽ᴸ⁾ at t = 1, P×P each
 * @param compute what to compute on
 * @param options as of `rateFunction`
 * @throws InputError as `rateFunction`
 * @throws NotPositiveDefiniteError as `rateFunction`
 */
export function posteriorAlong(
  problem: Problem,
  from: readonly Matrix[],
  to: readonly Matrix[],
  t: readonly number[],
  compute: Compute,
  options: RateOptions = {},
): number[] {
  checkProblem(problem);
  requireDense(problem.network, 'the joint posterior of kernels');
  const sizes = kernelSizes(architectureOf(problem.network), problem.data.x.rows);
  checkKernels('from', from, sizes.length, sizes);
  checkKernels('to', to, sizes.length, sizes);
  checkNumbers('t', t);
  return Array.from(t, (weight) => {
    const kernels = from.map((kernel, l) => addScaled(affine(copy(kernel), 1 - weight, 0), weight, to[l]));
    return jointLogPosterior(problem, kernels, compute, options);
  });
}
