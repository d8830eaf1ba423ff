import type { Matrix } from '../numerics/matrix.js';
import type { Pass } from './pass.js';

/**
 * U(θ) = −ln p(Y|θ) up to a constant, with its gradient. Parameters are whitened, and their prior N(0, 1) is
 * left to the sampler: the density that is sampled is exp(−U(θ) − ½|θ|²).
 */
export interface Potential {
  /** U(θ); its gradient goes into `gradient`. +∞ where it is not defined. */
  evaluate(position: Float64Array, gradient: Float64Array): number;
}

/** A network at the training points; overwritten by the next call. */
export interface Observation {
  readonly pass: Pass;
  /** mean output given the parameters, P×n */
  readonly output: Matrix;
}

/**
 * Mean (T×n) and variance (T) of the output at other points, given the parameters, and probabilities of
 * classes (T × classes).
 */
export interface Outputs {
  readonly mean: Matrix;
  readonly variance: Float64Array;
  readonly probabilities?: Matrix;
}

/** The likelihood of a network. */
export interface NetworkPotential extends Potential {
  /** how many parameters it has */
  readonly size: number;
  observe(position: Float64Array): Observation;
  /**
   * Outputs at other points, of the network that was observed last.
   * @param fed what feeds the outputs there, T×F: φ of the last layer
   */
  outputs(position: Float64Array, fed: Matrix): Outputs;
}
