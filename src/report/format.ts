/** Errors below this part of a value are rounding. */
const ROUNDING = 1e-14;

/**
 * A value with its standard error, to the error's first two digits: 0.70842 ± 0.00023. Four decimals without
 * an error, or with one below rounding.
 */
export function withError(value: number | null, error?: number | null): string {
  if (value === null || !Number.isFinite(value)) return '–';
  if (error === undefined || error === null || !(error > ROUNDING * Math.abs(value))) return value.toFixed(4);
  const decimals = Math.min(8, Math.max(2, 1 - Math.floor(Math.log10(error))));
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}

/** The size of what a theory neglects, to two digits. */
export const leftOut = (error: number | undefined): string =>
  error === undefined ? '–' : error === 0 ? '0' : String(Number(error.toPrecision(2)));

/** 12 ms, 3.4 s, 2 min 05 s */
export function duration(seconds: number): string {
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Columns padded to their widest cell; numbers to the right, the first column to the left. */
export function alignColumns(rows: readonly (readonly string[])[], gap = '   '): string {
  const widths = rows[0].map((_, k) => Math.max(...rows.map((row) => row[k].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join(gap);
  const rule = widths.map((width) => '─'.repeat(width)).join(gap);
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].map((text) => text.trimEnd()).join('\n');
}

/** Columns of a comparison that every problem fills; without test targets or classes the rest are empty. */
const ALWAYS = 6;

/**
 * Rows of a comparison below its head, without the columns beyond the first that are always kept that have
 * nothing in them.
 */
export function withoutEmptyColumns(rows: readonly (readonly string[])[], always = ALWAYS): string[][] {
  const [head, ...body] = rows;
  const kept = head.map((_, k) => k < always || body.some((row) => row[k] !== '–'));
  return rows.map((row) => row.filter((_, k) => kept[k]));
}
