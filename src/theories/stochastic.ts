import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { addScaled, copy, frobenius, type Matrix, release, zeros } from '../numerics/matrix.js';
import { type Annealed, type KernelSystem, residualOf, STUCK } from './annealing.js';
import type { Progress } from './theory.js';

/** Share of the way to its image that a state moves in one step, first to forget its start, then to average the noise of the samples. */
const FIRST_GAIN = 0.12;
const GAIN = 0.05;
/** Factor of the widths in every step, where annealing got stuck above those asked for. */
const DESCENT = 0.97;
/** Factor of the widths after a step that leaves the region where the equations hold. */
export const RETREAT = 1.1;
/** Steps whose samples do not reach the measures: an unlucky draw, unless there are many. */
const MOST_FAILURES = 20;
/** Steps whose images are thrown away before any is averaged. */
const BURN_IN = 30;
/** Independent batches, whose scatter gives standard errors, and steps of each. */
export const BATCHES = 8;
const BATCH = 8;
/** What the mean state may miss its mean image by, in Monte Carlo errors of that mean, and at least. */
const MOST_ERRORS = 4;
const LEAST_RESIDUAL = 1e-4;
/** Noise beyond this is no solution, whatever its error. */
const MOST_RESIDUAL = 0.03;
/** Below this effective share a few samples carry the averages, and their truncated weights a bias (measured against slice sampling). */
const LEAST_TYPICAL_SHARE = 0.04;
/** Annealing that stopped above these widths has not begun. */
const HOPELESS = 1e6;

/** A solution for expectations instead of one set of samples. */
export interface Settled extends Annealed {
  /** means of the images over each batch of steps, each an independent estimate of the solution */
  readonly batches: readonly Matrix[][];
}

/** What every matrix of a state but the first, which all states share, becomes. */
const each = (state: readonly Matrix[], f: (matrix: Matrix, l: number) => Matrix): Matrix[] =>
  state.map((matrix, l) => (l === 0 ? matrix : f(matrix, l)));

const releaseState = (state: readonly Matrix[] | undefined): void => {
  if (state) release(...state.slice(1));
};

/** A running mean of states. */
class MeanState {
  private count = 0;
  private sum: Matrix[] | undefined;

  add(state: readonly Matrix[]): void {
    this.count++;
    this.sum ??= each(state, ({ rows }) => zeros(rows));
    const sum = this.sum;
    state.forEach((matrix, l) => {
      if (l > 0) addScaled(sum[l], 1, matrix);
    });
  }

  value(): Matrix[] {
    return each(this.sum ?? [], (matrix) => addScaled(zeros(matrix.rows), 1 / this.count, matrix));
  }
}

/** A state that follows its noisy images. */
class Walk {
  readonly state: Matrix[];
  scale: number;
  iterations: number;
  residual: number;
  failures = 0;

  constructor(
    private readonly system: KernelSystem,
    start: Annealed,
  ) {
    this.state = each(start.state, copy);
    this.scale = start.scale;
    this.iterations = start.convergence.iterations;
    this.residual = start.convergence.residual;
  }

  /** state ← state + gain (image − state), a covariance as long as both are. The image, or undefined if these samples do not reach it. */
  step(gain: number): Matrix[] | undefined {
    this.iterations++;
    this.system.refresh?.();
    try {
      const { image, conjugates } = this.system.sweep(this.state, this.scale);
      release(...conjugates);
      this.residual = residualOf(this.state, image);
      this.state.forEach(({ data }, l) => {
        if (l > 0) for (let i = 0; i < data.length; i++) data[i] += gain * (image[l].data[i] - data[i]);
      });
      return image;
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError) || this.failures >= MOST_FAILURES) throw error;
      this.failures++;
      return undefined;
    }
  }
}

/** Largest Monte Carlo error of a mean over batches, relative to the matrix, in the Frobenius norm. */
function relativeError(batches: readonly (readonly Matrix[])[], mean: readonly Matrix[]): number {
  const n = batches.length;
  return mean.reduce((worst, matrix, l) => {
    if (l === 0) return worst;
    const squares = batches.reduce((sum, batch) => sum + frobenius(addScaled(copy(batch[l]), -1, matrix)) ** 2, 0);
    return Math.max(worst, Math.sqrt(squares / (n * (n - 1))) / frobenius(matrix));
  }, 0);
}

/**
 * Robbins and Monro (1951) with Polyak's averages: every step draws new samples and moves a little towards its image, so that the mean over
 * steps solves the equations for exact expectations, where a fixed set of samples would leave its own error. It
 * starts from an annealed solution, lowers the widths further where annealing got stuck, and judges convergence against
 * the Monte Carlo error that remains.
 *
 * @param lowest the multiple of the widths to descend to
 * @throws NotPositiveDefiniteError when it is driven out of the region where the equations hold again and again
 */
export function* settle(
  system: KernelSystem,
  start: Annealed,
  widths: readonly number[],
  lowest: number,
): Generator<Progress, Settled, void> {
  if (start.scale > HOPELESS) return { ...start, batches: [] };
  const walk = new Walk(system, start);
  const descent = Math.ceil(Math.log(start.scale / lowest) / -Math.log(DESCENT));
  const total = descent + BURN_IN + BATCHES * BATCH;
  let done = 0;
  const progress = (stage: string): Progress => {
    const { iterations: iteration, residual, scale: widthScale, state } = walk;
    return { iteration, residual, widthScale, state, fraction: Math.min(0.99, ++done / total), stage };
  };
  while (walk.scale > lowest && walk.failures < MOST_FAILURES / 2) {
    const image = walk.step(FIRST_GAIN);
    walk.scale = image ? Math.max(lowest, walk.scale * DESCENT) : walk.scale * RETREAT;
    releaseState(image);
    yield progress('kernels');
  }
  for (let k = 0; k < BURN_IN; k++) {
    releaseState(walk.step(FIRST_GAIN));
    yield progress('kernels');
  }
  done = descent + BURN_IN;
  system.typicalShare?.();
  const [states, images] = [new MeanState(), new MeanState()];
  const batches: Matrix[][] = [];
  for (let b = 0; b < BATCHES; b++) {
    const batch = new MeanState();
    for (let k = 0; k < BATCH; k++) {
      states.add(walk.state);
      const image = walk.step(GAIN) ?? walk.state;
      batch.add(image);
      images.add(image);
      if (image !== walk.state) releaseState(image);
      yield progress('averages');
    }
    batches.push(batch.value());
  }
  if ((system.typicalShare?.() ?? 1) < LEAST_TYPICAL_SHARE) {
    throw new NotPositiveDefiniteError('the samples reach the tilted measures too rarely');
  }
  const state = images.value();
  const residual = residualOf(states.value(), state);
  const allowed = Math.min(MOST_RESIDUAL, Math.max(LEAST_RESIDUAL, MOST_ERRORS * relativeError(batches, state)));
  const moving = `averages still move by ${residual.toExponential(1)}; more samples would help`;
  const message = walk.scale > 1 ? STUCK : residual > allowed ? moving : undefined;
  const convergence = {
    converged: message === undefined,
    residual,
    iterations: walk.iterations,
    widths: widths.map((width) => width * walk.scale),
    ...(message === undefined ? {} : { message }),
  };
  return { state, scale: walk.scale, batches, convergence };
}
