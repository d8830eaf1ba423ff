import { checkObject, refuse } from '../numerics/arguments.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { PairExpectations } from './pairs/pairFormula.js';
import type { PairQuadrature } from './quadrature/pairQuadrature.js';

/** A point-wise nonlinearity φ and its Gaussian expectations. One implementation a file. */
export interface Activation {
  /** as it stands in a problem file, parameters included: `erf`, `leakyRelu(0.1)` */
  readonly name: string;
  /** φ in one line, for people */
  readonly formula: string;
  /** found by its name in other threads; false for functions defined by the user */
  readonly portable: boolean;
  /** φ is a multiple of h, so that theories have closed forms */
  readonly linear?: boolean;
  /** φ jumps somewhere, so that averages of φ' over samples miss what happens there */
  readonly discontinuous?: boolean;
  /** where φ or φ' jumps, for quadrature over samples of a function without closed forms */
  readonly kinks?: readonly number[];
  /** out[i] = φ(h[i]); `out` may be `h` */
  value(h: Float64Array, out: Float64Array): void;
  /** out[i] = φ'(h[i]); the mean of the two sides at a kink; `out` may be `h` */
  derivative(h: Float64Array, out: Float64Array): void;
  /**
   * What ⟨φ(h_α)φ(h_β)⟩ and its derivatives need of each point, for h ~ N(0, C) with diagonal `variances`.
   * @param algebra the backend, for activations whose expansions are products of matrices
   */
  prepare(variances: Float64Array, algebra: LinearAlgebra): PairExpectations;
  /**
   * One pair with variances a, b and covariance c by quadrature: what a power series leaves undone (`hermite`
   * pairs).
   */
  pairByQuadrature?(a: number, b: number, c: number): PairQuadrature;
  /**
   * ⟨φ₁φ₂φ₃φ₄⟩ for the 4×4 covariance `c` (row by row), where a closed form or a one-dimensional integral
   * exists.
   */
  fourPoint?(c: Float64Array): number;
}

/**
 * What two activations have in common exactly if they are the same: functions of a program may share a name.
 * @param activation any
 * @returns a name, or the activation itself
 */
export const identityOf = (activation: Activation): string | Activation =>
  activation.portable ? activation.name : activation;

/** @throws InputError for what is no activation, such as its name */
export function checkActivation(name: string, value: unknown): asserts value is Activation {
  const right = 'must be what activationByName(name) or defineActivation gives';
  checkObject(name, value, right);
  const functions = [value.value, value.derivative, value.prepare];
  if (typeof value.name !== 'string' || functions.some((f) => typeof f !== 'function'))
    refuse(name, value, right);
}
