import type { Activation } from './activation.js';

const degrees = new WeakMap<Activation, number | undefined>();

/** k if φ(λh) = λᵏφ(h) for all λ > 0, as of ReLU, |h|, h³ and sign; undefined for other functions. */
export function degreeOf(activation: Activation): number | undefined {
  if (!degrees.has(activation)) degrees.set(activation, findDegree(activation));
  return degrees.get(activation);
}

/** Over sixty octaves on either side of the origin, so that neither a bend nor an offset goes unseen. */
function findDegree(activation: Activation): number | undefined {
  const h = Float64Array.from({ length: 122 }, (_, k) => (k % 2 ? -1 : 1) * 1.37 * 2 ** ((k >> 1) - 30));
  const value = new Float64Array(h.length);
  activation.value(h, value);
  const candidates = [60, 61]
    .filter((k) => value[k] !== 0)
    .map((k) => Math.round(Math.log2(Math.abs(value[k + 2] / value[k]))));
  const [degree] = candidates;
  if (degree === undefined || !(degree >= 0) || candidates.some((other) => other !== degree))
    return undefined;
  const agrees = (_: number, k: number) => {
    const expected = value[60 + (k % 2)] * 2 ** (degree * ((k >> 1) - 30));
    return Math.abs(value[k] - expected) <= 1e-14 * Math.abs(expected);
  };
  return h.every(agrees) ? degree : undefined;
}
