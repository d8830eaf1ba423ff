import { classQualityOf } from '../measures/classification.js';
import { predictedClasses, qualityOf } from '../measures/prediction.js';
import type { Matrix } from '../numerics/matrix.js';
import type { TestPrediction } from '../posterior/predict.js';
import type { Data } from '../problem/problem.js';
import { inTargetUnits } from '../problem/standardize.js';
import { alignColumns, percent } from './format.js';

/** Points that are shown on a terminal. */
const SHOWN = 10;

const outputNames = ({ columns, y }: Data): string[] =>
  columns?.targets.length === y.columns
    ? [...columns.targets]
    : Array.from({ length: y.columns }, (_, k) => (y.columns === 1 ? 'output' : `output_${k + 1}`));

/**
 * Rows of means in the units of the targets, one standard deviation, and the class where targets stand for
 * classes.
 */
function rowsOf(
  data: Data,
  { mean, variance, probabilities }: TestPrediction,
  written: (value: number) => string,
): string[][] {
  const { classes, targetScale } = data;
  const means = inTargetUnits(mean, targetScale);
  const unit = targetScale?.deviation ?? 1;
  const predicted = classes && predictedClasses(mean);
  const count = probabilities?.columns ?? 0;
  const chances = Array.from(
    { length: count },
    (_, c) => `p_${classes?.[c] ?? (count === 2 ? ['-1', '+1'][c] : c + 1)}`,
  );
  const head = [...outputNames(data), 'standard_deviation', ...chances, ...(classes ? ['class'] : [])];
  const rows = Array.from(variance, (value, t) => [
    ...Array.from(means.data.subarray(t * means.columns, (t + 1) * means.columns), written),
    written(unit * Math.sqrt(value)),
    ...Array.from(probabilities?.data.subarray(t * count, (t + 1) * count) ?? [], written),
    ...(predicted && classes ? [classes[predicted.data[t]]] : []),
  ]);
  return [head, ...rows];
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** A line a point. */
export const predictionCsv = (data: Data, predicted: TestPrediction): string =>
  rowsOf(data, predicted, String)
    .map((row) => `${row.map(quoted).join(',')}\n`)
    .join('');

/** The first points for a terminal, and errors where targets are known. */
export function predictionTable(data: Data, predicted: TestPrediction, y: Matrix | undefined): string {
  const [head, ...rows] = rowsOf(data, predicted, (value) => value.toPrecision(5));
  const numbered = [['point', ...head], ...rows.slice(0, SHOWN).map((row, t) => [String(t + 1), ...row])];
  const more = rows.length > SHOWN ? `\n… ${rows.length} points in all` : '';
  const table = `${alignColumns(numbered)}${more}`;
  if (!y) return table;
  if (predicted.probabilities) {
    const { logPredictiveDensity, accuracy } = classQualityOf(predicted.probabilities, y);
    return `${table}\n\nln p(y) per point ${logPredictiveDensity.toFixed(4)}, right ${percent(accuracy)}`;
  }
  const unit = data.targetScale?.deviation ?? 1;
  const { meanSquaredError, accuracy } = qualityOf(
    predicted.mean,
    { y, classes: data.classes },
    predicted.variance,
    unit,
  );
  const right = accuracy === undefined ? '' : `, right ${percent(accuracy)}`;
  return `${table}\n\nsquared error of the mean ${meanSquaredError.toFixed(4)}${right}`;
}
