import type { CrossCovariance } from '../../activations/crossGaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { Network } from '../../problem/problem.js';
import { ExactFourPoint } from './exactFourPoint.js';
import { GROUPS, SampledFourPoint } from './sampledFourPoint.js';

/** V:C̃ of one layer, exact or sampled. */
export interface FourPoint {
  contract(l: number, c: Matrix, conjugate: Matrix): Matrix;
  contractRows(l: number, c: Matrix, conjugate: Matrix, rows: CrossCovariance): CrossCovariance;
}

export interface FourPointOptions {
  /** exact where an exact form is affordable (`auto`), always, or never */
  readonly fourPoint?: 'auto' | 'exact' | 'sampled';
  /** samples behind sampled four-point functions, in 8 independent groups; 8192 by default */
  readonly samples?: number;
  readonly seed?: number;
}

/** Points up to which P⁴/24 exact integrals are cheaper than samples. */
const EXACT_POINTS = 32;
export const SAMPLES = 8192;

/** Whether V:C̃ carries no Monte Carlo error. @throws InputError if it should not, and cannot */
export function isExact({ activation }: Network, points: number, { fourPoint = 'auto' }: FourPointOptions): boolean {
  if (activation.linear) return true;
  if (fourPoint === 'exact' && !activation.fourPoint) {
    throw new InputError(`fourPoint: no exact four-point function is known for ${activation.name}; use "sampled"`);
  }
  return fourPoint === 'exact' || (fourPoint === 'auto' && activation.fourPoint !== undefined && points <= EXACT_POINTS);
}

/** `sampled` is set where the result carries a Monte Carlo error. */
export function fourPointOf(
  network: Network,
  points: number,
  compute: Compute,
  options: FourPointOptions,
): { fourPoint: FourPoint; sampled?: SampledFourPoint } {
  const { activation } = network;
  const exact = isExact(network, points, options);
  if (exact && !activation.linear) return { fourPoint: new ExactFourPoint(activation, compute) };
  const sampled = new SampledFourPoint(activation, compute, options.samples ?? SAMPLES, options.seed ?? 0);
  return exact ? { fourPoint: sampled } : { fourPoint: sampled, sampled };
}

/** Matrices of P×P doubles that self-consistent solutions with V:C̃ take. */
export function fourPointMatrices({ hiddenLayers }: Network, points: number, { samples = SAMPLES }: FourPointOptions): number {
  return 12 * hiddenLayers + 16 + (hiddenLayers * samples) / points + (4 * samples) / GROUPS / points;
}
