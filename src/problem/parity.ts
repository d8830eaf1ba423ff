import { type Activation, identityOf } from '../activations/activation.js';
import { valuesOf } from '../activations/nonlinearity.js';
import type { Parity } from '../measures/targetParity.js';
import type { Network } from './problem.js';

/**
 * Where φ(h) and φ(−h) are compared: from 10⁻³ to 10 in irregular steps, so that kinks and periods hide
 * nothing.
 */
const POINTS = Float64Array.from({ length: 97 }, (_, k) => 10 ** (-3 + (4 * (k + 0.37 * Math.sin(k))) / 97));
const ROUNDING = 1e-9;

/** How φ behaves when h changes its sign. */
export interface ActivationParity {
  readonly parity: Parity;
  /** φ is odd about this value, (φ(h) + φ(−h))/2: ½ for the sigmoid */
  readonly offset: number;
}

/** The parity of φ apart from a constant, found from its values; undefined if it has none. */
export function activationParity(phi: Pick<Activation, 'value'>): ActivationParity | undefined {
  const there = valuesOf(phi, POINTS);
  const back = valuesOf(
    phi,
    POINTS.map((h) => -h),
  );
  const near = (difference: number, k: number) =>
    Math.abs(difference) <= ROUNDING * Math.max(Math.abs(there[k]), Math.abs(back[k]));
  if (there.every((value, k) => near(value - back[k], k))) return { parity: 'even', offset: 0 };
  const offset = 0.5 * (there[0] + back[0]);
  if (there.every((value, k) => near(value + back[k] - 2 * offset, k)))
    return { parity: 'odd', offset: Math.abs(offset) <= ROUNDING ? 0 : offset };
  return undefined;
}

/**
 * The parity that all networks of the prior have, apart from a constant: undefined if they have none.
 *
 * Without a bias in the first layer its preactivations are odd in the input. An even φ makes an even function
 * of them, and so does all that follows, whatever the biases. An odd φ stays odd as long as no hidden layer
 * has a bias; a constant offset of φ acts as one in the layers above the first. The readout's bias adds a
 * constant alone. Linear networks are odd about a constant with any biases.
 */
export function networkParity({
  activation,
  hiddenLayers,
  biasVariance,
  structure,
}: Network): Parity | undefined {
  // Layers of different activations are not looked through.
  const own = identityOf(activation);
  if (structure?.layers.some((layer) => identityOf(layer.activation) !== own)) return undefined;
  if (activation.linear) return 'odd';
  if (biasVariance[0] > 0) return undefined;
  const found = activationParity(activation);
  if (found?.parity !== 'odd') return found?.parity;
  const shifted =
    biasVariance.slice(0, hiddenLayers).some((variance) => variance > 0) ||
    (found.offset !== 0 && hiddenLayers > 1);
  return shifted ? undefined : 'odd';
}
