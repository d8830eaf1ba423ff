import type { Compute } from '../numerics/compute.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { type Matrix, relativeDistance, release, scratch, zeros } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { topConjugate } from './layers.js';
import type { Convergence } from './posterior.js';
import type { Progress } from './theory.js';

/** The two equations of one layer, for given widths (theory §4 and §5). */
export interface LayerEquations {
  /** C⁽ˡ⁾ from C⁽ˡ⁻¹⁾ and C̃⁽ˡ⁾. @throws NotPositiveDefiniteError outside the region where the equations hold */
  forward(l: number, width: number, below: Matrix, conjugate: Matrix): Matrix;
  /** C̃⁽ˡ⁾ from C̃⁽ˡ⁺¹⁾ and C⁽ˡ⁾; `width` is N_{l+1} */
  backward(l: number, width: number, kernel: Matrix, conjugateAbove: Matrix): Matrix;
}

export interface Solution {
  readonly kernels: Matrix[];
  /** index l = 1..L; index 0 is empty */
  readonly conjugates: (Matrix | undefined)[];
  readonly convergence: Convergence;
}

export interface SolverOptions {
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Residual that is good enough on the way to the widths asked for. */
const WAYPOINT_TOLERANCE = 1e-3;
/** Iterations after which a waypoint counts as failed. */
const PATIENCE = 40;
const LAST_PATIENCE = 150;
/** Annealing gives up when a step lowers the widths by less than this factor. */
const SMALLEST_STEP = 0.97;
/** The first widths are such that the first correction moves no kernel by more than this. */
const FIRST_SHIFT = 0.05;
const ANDERSON_DEPTH = 6;

/** C̃⁽¹⁾ … C̃⁽ᴸ⁾ given all kernels: the top equation, then layer by layer downwards. */
function conjugatesOf(
  problem: Problem,
  kernels: readonly Matrix[],
  equations: LayerEquations,
  scale: number,
  compute: Compute,
): (Matrix | undefined)[] {
  const { hiddenLayers, widths } = problem.network;
  const conjugates: (Matrix | undefined)[] = Array.from({ length: hiddenLayers + 1 });
  let above = topConjugate(problem, kernels[hiddenLayers], compute);
  conjugates[hiddenLayers] = above;
  for (let l = hiddenLayers - 1; l >= 1; l--) {
    above = equations.backward(l, scale * widths[l], kernels[l], above);
    conjugates[l] = above;
  }
  return conjugates;
}

/** One backward and one forward sweep: the map whose fixed point is sought. */
export function sweep(problem: Problem, kernels: readonly Matrix[], equations: LayerEquations, scale: number, compute: Compute) {
  const conjugates = conjugatesOf(problem, kernels, equations, scale, compute);
  const image = [kernels[0]];
  for (let l = 1; l < kernels.length; l++) {
    image.push(equations.forward(l, scale * problem.network.widths[l - 1], image[l - 1], conjugates[l] as Matrix));
  }
  return { image, conjugates };
}

const residualOf = (kernels: readonly Matrix[], image: readonly Matrix[]): number =>
  kernels.reduce((worst, kernel, l) => (l === 0 ? worst : Math.max(worst, relativeDistance(image[l], kernel))), 0);

/** Lower triangles of C⁽¹⁾ … C⁽ᴸ⁾ in one vector. */
function pack(kernels: readonly Matrix[]): Float64Array {
  const n = kernels[0].rows;
  const packed = new Float64Array(((kernels.length - 1) * n * (n + 1)) / 2);
  let p = 0;
  for (const { data } of kernels.slice(1)) {
    for (let i = 0; i < n; i++) {
      packed.set(data.subarray(i * n, i * n + i + 1), p);
      p += i + 1;
    }
  }
  return packed;
}

function unpack(packed: Float64Array, input: Matrix): Matrix[] {
  const n = input.rows;
  const layers = packed.length / ((n * (n + 1)) / 2);
  const kernels = [input];
  let p = 0;
  for (let l = 1; l <= layers; l++) {
    const kernel = scratch(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) kernel.data[i * n + j] = kernel.data[j * n + i] = packed[p++];
    }
    kernels.push(kernel);
  }
  return kernels;
}

interface Waypoint {
  readonly kernels: Matrix[];
  readonly residual: number;
  readonly solved: boolean;
}

/**
 * Fixed point at one width scale by Anderson acceleration. A step that leaves the region where the equations hold, or a residual that
 * explodes, sends it back to the best point with half the damping.
 */
function* fixedPoint(
  problem: Problem,
  start: Matrix[],
  equations: LayerEquations,
  scale: number,
  tolerance: number,
  patience: number,
  compute: Compute,
): Generator<number, Waypoint, void> {
  const mixer = new AndersonMixer(ANDERSON_DEPTH, 0.5);
  let kernels = start;
  let best: { kernels: Matrix[]; image: Matrix[] | undefined; residual: number } = {
    kernels: start,
    image: undefined,
    residual: Number.POSITIVE_INFINITY,
  };
  for (let iteration = 0; iteration < patience; iteration++) {
    let image: Matrix[] | undefined;
    try {
      const swept = sweep(problem, kernels, equations, scale, compute);
      image = swept.image;
      release(...swept.conjugates);
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
    }
    const residual = image ? residualOf(kernels, image) : Number.NaN;
    yield residual;
    if (image && residual <= tolerance) return { kernels, residual, solved: true };
    if (image && residual < best.residual) best = { kernels, image, residual };
    if (image && residual < 10 * best.residual) {
      kernels = unpack(mixer.next(pack(kernels), pack(image)), kernels[0]);
      // The input kernel, image[0], belongs to all iterations; the best image may be needed again.
      if (image !== best.image) release(...image.slice(1));
      continue;
    }
    if (!best.image || mixer.damping < 0.01) break;
    mixer.reset();
    mixer.damping /= 2;
    kernels = unpack(mixer.next(pack(best.kernels), pack(best.image)), kernels[0]);
  }
  return { kernels: best.kernels, residual: best.residual, solved: false };
}

/** Continues two solutions along 1/N, in which kernels are nearly linear, as a first guess for the next width. */
function extrapolate(
  now: { scale: number; kernels: Matrix[] },
  before: { scale: number; kernels: Matrix[] } | undefined,
  scale: number,
): Matrix[] {
  if (!before) return now.kernels;
  const weight = (1 / scale - 1 / now.scale) / (1 / now.scale - 1 / before.scale);
  const [x, y] = [pack(now.kernels), pack(before.kernels)];
  for (let i = 0; i < x.length; i++) x[i] += weight * (x[i] - y[i]);
  return unpack(x, now.kernels[0]);
}

/**
 * Solves the forward-backward equations by **width annealing** (theory §5): from widths at which the correction is small, down to those of
 * the problem, each solution the start of the next; steps grow after success and shrink after failure. If it gets stuck, the solution
 * at the smallest widths reached is returned, with `converged: false`.
 */
export function* solveForwardBackward(
  problem: Problem,
  nngp: readonly Matrix[],
  equations: LayerEquations,
  compute: Compute,
  options: SolverOptions,
): Generator<Progress, Solution, void> {
  const { widths } = problem.network;
  const first = sweep(problem, nngp, equations, 1e12, compute);
  const shift = residualOf(nngp, sweepAtFirstOrder(problem, nngp, first.conjugates, equations));
  const startScale = Math.max(1, shift / FIRST_SHIFT);
  let solved: { scale: number; kernels: Matrix[] } = { scale: Number.POSITIVE_INFINITY, kernels: [...nngp] };
  let before: typeof solved | undefined;
  let scale = startScale;
  let factor = 0.5;
  let iterations = 0;
  let residual = Number.POSITIVE_INFINITY;
  let message: string | undefined;
  for (;;) {
    const last = scale === 1;
    const guess = Number.isFinite(solved.scale) ? extrapolate(solved, before, scale) : solved.kernels;
    const patience = Math.min(last ? LAST_PATIENCE : PATIENCE, options.maxIterations - iterations);
    const tolerance = last ? options.tolerance : WAYPOINT_TOLERANCE;
    const search = fixedPoint(problem, guess, equations, scale, tolerance, patience, compute);
    let step = search.next();
    for (; !step.done; step = search.next()) {
      iterations++;
      const fraction = last
        ? lastFraction(step.value, options.tolerance)
        : 0.5 * (1 - Math.log(scale) / Math.log(Math.max(startScale, 2)));
      yield {
        iteration: iterations,
        residual: step.value,
        widthScale: scale,
        fraction: Math.max(0, Math.min(0.95, fraction)),
        stage: 'kernels',
      };
    }
    const { kernels, residual: reached, solved: success } = step.value;
    if (success) {
      before = Number.isFinite(solved.scale) ? solved : undefined;
      solved = { scale, kernels };
      residual = reached;
      if (last) break;
      factor = Math.max(0.25, factor * factor);
    } else {
      if (iterations >= options.maxIterations) message = `stopped after ${iterations} iterations`;
      else if (last && reached < WAYPOINT_TOLERANCE)
        message = `residual ${reached.toExponential(1)} did not fall to ${options.tolerance}`;
      if (message !== undefined && last && reached < Math.min(residual, WAYPOINT_TOLERANCE)) {
        solved = { scale, kernels };
        residual = reached;
      }
      factor = Math.sqrt(factor);
      if (message === undefined && factor > SMALLEST_STEP) message = 'no solution was found at smaller widths';
      if (message !== undefined) break;
    }
    scale = Math.max(1, Number.isFinite(solved.scale) ? solved.scale * factor : scale / factor);
  }
  const scaleReached = Number.isFinite(solved.scale) ? solved.scale : 1e12;
  const reachedWidths = widths.map((width) => width * scaleReached);
  const conjugates = conjugatesOf(problem, solved.kernels, equations, scaleReached, compute);
  const convergence: Convergence = {
    converged: message === undefined,
    residual,
    iterations,
    widths: reachedWidths,
    ...(message === undefined ? {} : { message }),
  };
  return { kernels: solved.kernels, conjugates, convergence };
}

const lastFraction = (residual: number, tolerance: number) =>
  0.5 + 0.45 * Math.min(1, Math.max(0, Math.log(residual) / Math.log(tolerance)));

/** The kernels after the correction that the conjugates at infinite width cause at the widths of the problem, layers not yet coupled. */
function sweepAtFirstOrder(
  problem: Problem,
  nngp: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  equations: LayerEquations,
): Matrix[] {
  // Far from the solution an equation may not hold at the real widths; there the correction is found at larger ones, where it is linear.
  for (let scale = 1; ; scale *= 10) {
    try {
      return nngp.map((kernel, l) => {
        if (l === 0) return kernel;
        const moved = equations.forward(l, scale * problem.network.widths[l - 1], nngp[l - 1], conjugates[l] as Matrix);
        const result = zeros(kernel.rows);
        for (let i = 0; i < kernel.data.length; i++) result.data[i] = kernel.data[i] + scale * (moved.data[i] - kernel.data[i]);
        return result;
      });
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError) || scale > 1e9) throw error;
    }
  }
}

/** Fixed point near a solution, at the widths of the problem, as for repetitions with other random numbers. */
export function refine(
  problem: Problem,
  start: Matrix[],
  equations: LayerEquations,
  scale: number,
  tolerance: number,
  compute: Compute,
): Matrix[] | undefined {
  const search = fixedPoint(problem, start, equations, scale, tolerance, PATIENCE, compute);
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value.solved ? step.value.kernels : undefined;
}
