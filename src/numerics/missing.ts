/**
 * What NumPy, pandas, R and spreadsheets write where there is no value. `Na`, `None` and `none` may be names.
 */
const MISSING = new Set([
  '',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '<NA>',
  'NaN',
  'nan',
  'NAN',
  '-nan',
  'NULL',
  'null',
]);

/** Whether a text stands for a value that is missing. */
export const isMissing = (text: string): boolean => MISSING.has(text.trim());
