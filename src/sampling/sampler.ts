/** One transition. */
export interface Transition {
  /** probability with which the proposal was accepted, or would have been */
  readonly acceptance: number;
  /** the energy error was beyond what any step size forgives */
  readonly divergent: boolean;
}

/** A Markov chain with the density exp(−U(θ) − ½|θ|²) as its stationary one, exactly or nearly. */
export interface Sampler {
  readonly position: Float64Array;
  /** U(θ) + ½|θ|² of the position */
  readonly energy: number;
  transition(stepSize: number): Transition;
}

/** Energy errors beyond this count as divergences. */
const DIVERGENCE = 1000;

/** What an energy error means for a proposal. */
export const judge = (error: number): Transition => ({
  acceptance: Number.isFinite(error) ? Math.min(1, Math.exp(-error)) : 0,
  divergent: !(error < DIVERGENCE),
});

export function halfSquare(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] * values[i];
  return 0.5 * sum;
}
