import { scale } from '../numerics/entrywise.js';
import { copy } from '../numerics/matrix.js';
import type { MomentMap } from './layer.js';

/** All neurons of a layer feed all above, with weights of variance g/N: 𝒯[S] = g S. */
export const dense = (gain: number): MomentMap => ({
  gain,
  positions: 1,
  positionsAbove: 1,
  lift(moments, into) {
    if (!into) return scale(copy(moments), gain);
    into.data.set(moments.data);
    return scale(into, gain);
  },
  lower: (conjugate) => scale(copy(conjugate), gain),
  lowerVectors: (a) => scale(copy(a), Math.sqrt(gain)),
  liftRows: ({ cross, own }) => ({ cross: scale(copy(cross), gain), own: own.map((value) => gain * value) }),
});
