import { InputError } from '../numerics/errors.js';

/**
 * A number, a list 1,2,3, or a range 0.5..3 of `count` values in equal steps, 0.5..3:40 of 40. @throws
 * InputError that names the option
 */
export function parseNumbers(text: string, option: string, count: number): Float64Array {
  const number = '\\s*([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)\\s*';
  const range = new RegExp(`^${number}\\.\\.${number}(?::\\s*(\\d+)\\s*)?$`).exec(text);
  const [from, to, steps] = range
    ? [Number(range[1]), Number(range[2]), Number(range[3] ?? count)]
    : [0, 0, 0];
  const values = range
    ? Float64Array.from({ length: steps }, (_, k) => from + ((to - from) * k) / (steps - 1))
    : Float64Array.from(text.split(','), (part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const senseless = range !== null && (steps < 2 || !(from < to) || steps > 1000);
  if (senseless || values.some((value) => !Number.isFinite(value)))
    throw new InputError(
      `${option} "${text}": give a number, a list such as 1,1.5,2, or a range such as 0.5..3 or 0.5..3:40`,
    );
  return values;
}
