import { type Activation, identityOf } from '../../activations/activation.js';
import { averagesPositions, isResidual } from '../../architecture/architecture.js';
import type { PointRows } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import { activationOf, isLinear, type Network } from '../../problem/problem.js';
import { ExactFourPoint } from './exactFourPoint.js';
import { GROUPS } from './groupedNormals.js';
import { MonteCarloFourPoint } from './monteCarloFourPoint.js';
import { StreamFourPoint } from './streamFourPoint.js';

/** V:C̃ of one layer, exact or by Monte Carlo. */
export interface FourPoint {
  contract(l: number, c: Matrix, conjugate: Matrix): Matrix;
  contractRows(l: number, c: Matrix, conjugate: Matrix, rows: PointRows): PointRows;
  /** the same of neurons that are in several layers, where residual blocks make such */
  readonly streams?: StreamFourPoint;
}

/** How four-point functions may be had. */
export const FOUR_POINT = ['auto', 'exact', 'sampled'] as const;

export interface FourPointOptions {
  /** exact where an exact form is affordable (`auto`), always, or never */
  readonly fourPoint?: (typeof FOUR_POINT)[number];
  /** samples behind four-point functions, in 8 independent groups; 8192 by default */
  readonly samples?: number;
  readonly seed?: number;
}

/** Points up to which P⁴/24 exact integrals are cheaper than samples. */
const EXACT_POINTS = 16;
export const SAMPLES = 8192;

/** Terms of first order cancel, and few points cost little: samples for them, where none are asked for. */
export const samplesFor = (points: number): number =>
  SAMPLES * Math.max(1, Math.min(8, Math.floor((64 / points) ** 2)));

/** Whether V:C̃ carries no Monte Carlo error. @throws InputError if it should not, and cannot */
export function isExact(network: Network, points: number, { fourPoint = 'auto' }: FourPointOptions): boolean {
  if (isLinear(network)) return true;
  const activations = network.widths.map((_, k) => activationOf(network, k + 1));
  const without = activations.find((activation) => !activation.fourPoint && !activation.linear);
  if (fourPoint === 'exact' && without) {
    throw new InputError(
      `fourPoint: no exact four-point function is known for ${without.name}; use "sampled"`,
    );
  }
  if (fourPoint === 'exact' && isResidual(network)) {
    throw new InputError(
      'fourPoint: no exact four-point function is known for residual blocks (skip); use "sampled"',
    );
  }
  // Covariances among the positions of a new point, and of neurons in several layers, come from samples
  // alone.
  if (averagesPositions(network) || isResidual(network)) return false;
  return fourPoint === 'exact' || (fourPoint === 'auto' && without === undefined && points <= EXACT_POINTS);
}

/** Averages over one group of samples alone. */
export interface Grouped {
  only(group: number): FourPoint;
}

/** Layers of one activation share their contractions. */
const byLayer = (layers: readonly FourPoint[]): FourPoint =>
  layers.every((part) => part === layers[0])
    ? layers[0]
    : {
        contract: (l, c, conjugate) => layers[l - 1].contract(l, c, conjugate),
        contractRows: (l, c, conjugate, rows) => layers[l - 1].contractRows(l, c, conjugate, rows),
      };

/** `grouped` is set where the result carries a Monte Carlo error. */
export function fourPointOf(
  network: Network,
  points: number,
  compute: Compute,
  options: FourPointOptions,
): { fourPoint: FourPoint; grouped?: Grouped } {
  const exact = isExact(network, points, options);
  const of = (activation: Activation): FourPoint & Partial<Grouped> =>
    exact && !activation.linear
      ? new ExactFourPoint(activation, compute)
      : new MonteCarloFourPoint(activation, compute, options.samples ?? SAMPLES, options.seed ?? 0);
  const parts = new Map<string | Activation, FourPoint & Partial<Grouped>>();
  const activations = network.widths.map((_, k) => activationOf(network, k + 1));
  const names = activations.map(identityOf);
  for (const [k, name] of names.entries()) if (!parts.has(name)) parts.set(name, of(activations[k]));
  const layers = names.map((name) => parts.get(name) as FourPoint & Partial<Grouped>);
  const { samples = SAMPLES, seed = 0 } = options;
  const streams = isResidual(network) ? new StreamFourPoint(network, compute, samples, seed) : undefined;
  const withStreams = (part: FourPoint, of = streams): FourPoint =>
    of
      ? {
          contract: (...args) => part.contract(...args),
          contractRows: (...args) => part.contractRows(...args),
          streams: of,
        }
      : part;
  if (exact) return { fourPoint: withStreams(byLayer(layers)) };
  const only = (group: number): FourPoint => {
    const alone = new Map([...parts].map(([name, part]) => [name, part.only?.(group) ?? part]));
    return withStreams(byLayer(names.map((name) => alone.get(name) as FourPoint)), streams?.only(group));
  };
  const grouped = { only };
  return { fourPoint: withStreams(byLayer(layers)), grouped };
}

/** Matrices of P×P doubles that self-consistent solutions with V:C̃ take. */
export function fourPointMatrices(
  { hiddenLayers }: Network,
  points: number,
  { samples = SAMPLES }: FourPointOptions,
): number {
  return 12 * hiddenLayers + 16 + (hiddenLayers * samples) / points + (4 * samples) / GROUPS / points;
}
