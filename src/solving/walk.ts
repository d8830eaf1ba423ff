import { leavesRegion } from '../numerics/errors.js';
import { addScaled, copy, type Matrix, release, zeros } from '../numerics/matrix.js';
import type { Annealed } from './annealing.js';
import { type KernelState, residualOf, unknownsOf, withUnknowns } from './kernelState.js';
import type { Conjugates, KernelSystem } from './kernelSystem.js';

/**
 * Where a walk is: a state, and C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾, which are means over steps as well. What one set of S
 * samples finds of these is noisy by √(P/S), and a layer tilted by it would adapt to that noise: beyond 100
 * points more than to the data.
 */
export interface Place<State extends KernelState> {
  readonly state: State;
  readonly conjugates: Conjugates;
}

/** All matrices of a place, in one order. */
export const matricesOf = <State extends KernelState>({ state, conjugates }: Place<State>): Matrix[] => [
  ...unknownsOf(state),
  ...conjugates.filter((conjugate) => conjugate !== undefined),
];

/** A place with other matrices in that order. */
export function placeOf<State extends KernelState>(
  like: Place<State>,
  matrices: readonly Matrix[],
): Place<State> {
  let next = unknownsOf(like.state).length;
  const conjugates = like.conjugates.map((conjugate) => conjugate && matrices[next++]);
  return { state: withUnknowns(like.state, matrices), conjugates };
}

/** What the equations make of a place: an image of its state, and of the conjugate kernels below the last. */
export function imageOf<State extends KernelState>(
  system: KernelSystem<State>,
  { state, conjugates: held }: { readonly state: State; readonly conjugates?: Conjugates | undefined },
  scale: number,
): Place<State> {
  const { image, conjugates } = (system.follow ?? system.sweep)(state, scale, held);
  const top = state.layers.length;
  release(conjugates[top]);
  return { state: image, conjugates: conjugates.map((conjugate, l) => (l < top ? conjugate : undefined)) };
}

/** A running mean of places. */
export class MeanPlace<State extends KernelState> {
  private count = 0;
  private readonly sums: Matrix[];

  constructor(private readonly like: Place<State>) {
    this.sums = matricesOf(like).map(({ rows }) => zeros(rows));
  }

  add(place: Place<State>): void {
    this.count++;
    matricesOf(place).forEach((matrix, k) => {
      addScaled(this.sums[k], 1, matrix);
    });
  }

  value(): Place<State> {
    const means = this.sums.map((sum) => addScaled(zeros(sum.rows), 1 / this.count, sum));
    return placeOf(this.like, means);
  }
}

/** A state that follows its noisy images. */
export class Walk<State extends KernelState> {
  readonly state: State;
  scale: number;
  iterations: number;
  residual: number;
  /** undefined until a first step found them */
  private conjugates: Conjugates | undefined;
  /** steps that conjugate kernels are a mean of */
  private found = 0;
  /**
   * residuals of the steps since it was asked whether the walk is lost; infinite for those whose samples
   * reached no image
   */
  private residuals: number[] = [];

  constructor(
    readonly system: KernelSystem<State>,
    start: Annealed<State>,
  ) {
    this.state = withUnknowns(start.state, unknownsOf(start.state).map(copy));
    this.scale = start.scale;
    this.iterations = start.convergence.iterations;
    this.residual = start.convergence.residual;
    system.typicalShare?.();
  }

  get place(): Place<State> {
    return { state: this.state, conjugates: this.conjugates ?? [] };
  }

  /**
   * state ← state + gain (image − state), a covariance as long as both are. The image, or undefined if these
   * samples do not reach it.
   */
  step(gain: number): Place<State> | undefined {
    this.iterations++;
    this.system.refresh?.();
    try {
      const image = imageOf(this.system, { state: this.state, conjugates: this.conjugates }, this.scale);
      this.residual = residualOf(this.state, image.state);
      this.residuals.push(this.residual);
      move(unknownsOf(this.state), unknownsOf(image.state), gain);
      this.remember(image.conjugates, gain);
      return image;
    } catch (error) {
      if (!leavesRegion(error)) throw error;
      this.residuals.push(Number.POSITIVE_INFINITY);
      return undefined;
    }
  }

  /** The mean of the first conjugate kernels, then one that forgets as the state does. */
  private remember(images: Conjugates, gain: number): void {
    this.found++;
    this.conjugates ??= images.map((image) => image && copy(image));
    const known = this.conjugates.filter((conjugate) => conjugate !== undefined);
    const found = images.filter((image) => image !== undefined);
    move(known, found, Math.max(gain, 1 / this.found));
  }

  /** Whether the steps since this was asked last were noise, or their samples too few that count. */
  isLost(): boolean {
    const noise = median(this.residuals);
    this.residuals = [];
    return (this.system.typicalShare?.() ?? 1) < LEAST_TYPICAL_SHARE || noise > MOST_NOISE;
  }
}

/** Noise of single steps that no number of them averages to a solution. */
const MOST_NOISE = 0.4;
/**
 * Below this effective share a few samples carry the averages, and their truncated weights a bias (measured
 * against slice sampling).
 */
const LEAST_TYPICAL_SHARE = 0.04;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** a ← a + gain (b − a), matrix by matrix */
function move(matrices: readonly Matrix[], towards: readonly Matrix[], gain: number): void {
  matrices.forEach(({ data }, k) => {
    for (let i = 0; i < data.length; i++) data[i] += gain * (towards[k].data[i] - data[i]);
  });
}
