/** A number as part of a sentence, to two digits: 150 rather than 1.5e+2. */
export function twoDigits(value: number): string {
  const rounded = Number(value.toPrecision(2));
  const plain = rounded === 0 || (Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e6);
  return plain ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}

export const gigabytes = (bytes: number): string => `${twoDigits(bytes / 1e9)} GB`;
