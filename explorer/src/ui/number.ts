/** A number with the digits that its error leaves, and the error. */
export function withError(value: number, error?: number): string {
  if (!Number.isFinite(value)) return '–';
  if (error === undefined || !(error > 1e-14 * Math.abs(value))) return value.toFixed(4);
  const digits = Math.max(0, Math.min(8, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`;
}

/** The size of what a theory leaves out of a number, to two digits. */
export const leftOut = (size: number | undefined): string =>
  size === undefined ? '' : ` (left out of it: ${size === 0 ? 'nothing' : Number(size.toPrecision(2))})`;

/** The error that a theory has on problems like this one. */
export const expected = (error: number): string =>
  error === 0
    ? 'exact'
    : `off by about ${Number((100 * error).toPrecision(error < 0.1 ? 1 : 2))} % on such problems`;

export const short = (value: number, digits = 3): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : '∞';

export const duration = (seconds: number): string =>
  seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(1)} s`;
