import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { twoDigits } from '../numerics/shown.js';

/** Looks at the variances of layer l = 0 … L, one layer after the other. @throws InputError that names it */
export type SizeCheck = (variances: Float64Array, l: number) => void;

/** Whether the kernels of inputs x stay within double precision. */
export function sizeCheck(x: Matrix): SizeCheck {
  // Squares of tiny inputs vanish, where those of none are zero.
  let below = largestOf(x.data);
  return (variances, l) => {
    // Variances bound all other entries.
    const size = largestOf(variances);
    checkSize(size, below, l);
    below = size;
  };
}

/** NaN if one of them is. */
function largestOf(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}

/**
 * Fourth powers of kernels, which errors of their variances have, are within double precision up to here, and
 * down to the inverse.
 */
const LARGEST = 1e75;

/** @throws InputError if the variances of a layer, or what is computed from them, leave double precision */
function checkSize(size: number, below: number, l: number): void {
  const tooSmall = size < 1 / LARGEST && (size > 0 || below > 0);
  if (!tooSmall && size <= LARGEST) return;
  const how = tooSmall ? 'raise' : 'lower';
  const power = `reaches ${twoDigits(size)}, whose fourth power ${tooSmall ? 'vanishes' : 'is not finite'}`;
  const reached = Number.isFinite(size) ? power : 'is not finite';
  const culprit =
    l === 0
      ? `scale X, or ${how} weightVariance`
      : `${how} weightVariance, or take fewer layers or an activation that grows ${tooSmall ? 'more' : 'less'}`;
  throw new InputError(`network: the kernel of layer ${l} ${reached}; ${culprit}`);
}
