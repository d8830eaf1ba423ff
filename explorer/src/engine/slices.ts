import { type Compute, type KernelPosterior, type Matrix, zeros } from 'finite-width/browser';
import type { SliceView } from './messages';

/** A plane through the mean of the inputs, spanned by orthonormal rows u and v. */
interface Plane {
  readonly centre: Float64Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
  readonly axes: readonly [string, string];
}

function meanOf({ rows, columns, data }: Matrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) mean[i % columns] += data[i] / rows;
  return mean;
}

/** The first two principal axes of the inputs, from the eigenvectors of their Gram matrix. */
function principalPlane(x: Matrix, centre: Float64Array, compute: Compute): Plane {
  const { rows, columns } = x;
  const centred = zeros(rows, columns);
  for (let i = 0; i < x.data.length; i++) centred.data[i] = x.data[i] - centre[i % columns];
  const gram = compute.algebra.gemm(centred, centred, { transposeB: true });
  const { vectors } = compute.algebra.eigenSymmetric(gram);
  const axis = (k: number) => {
    const direction = new Float64Array(columns);
    const row = vectors.data.subarray((rows - 1 - k) * rows, (rows - k) * rows);
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) direction[j] += row[i] * centred.data[i * columns + j];
    const norm = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    return direction.map((value) => value / (norm || 1));
  };
  return { centre, u: axis(0), v: axis(1), axes: ['first principal axis', 'second'] };
}

const coordinatePlane = (x: Matrix, centre: Float64Array): Plane => ({
  centre,
  u: Float64Array.from({ length: x.columns }, (_, j) => Number(j === 0)),
  v: Float64Array.from({ length: x.columns }, (_, j) => Number(j === 1)),
  axes: ['first input', 'second input'],
});

/**
 * Mean and standard deviation of the output on a square of the plane of the two inputs that matter (XOR), or
 * of the principal axes.
 */
export async function sliceOf(
  { problem, predict }: KernelPosterior,
  source: string,
  size: number,
  compute: Compute,
  signal: AbortSignal,
): Promise<SliceView> {
  const { x, y } = problem.data;
  const centre = meanOf(x);
  const coordinates = source === 'xor' || x.columns === 2;
  if (x.columns < 2) return line(problem, predict, size);
  const plane = coordinates ? coordinatePlane(x, centre) : principalPlane(x, centre, compute);
  const along = (row: Float64Array, axis: Float64Array) =>
    row.reduce((sum, value, j) => sum + (value - centre[j]) * axis[j], 0);
  const points = Array.from({ length: x.rows }, (_, i) => {
    const row = x.data.subarray(i * x.columns, (i + 1) * x.columns);
    return { x: along(row, plane.u), y: along(row, plane.v), target: y.data[i * y.columns] };
  });
  const limit =
    1.1 * points.reduce((most, point) => Math.max(most, Math.abs(point.x), Math.abs(point.y)), 1e-9);
  const inputs = zeros(size * size, x.columns);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [s, t] = [limit * ((2 * column) / (size - 1) - 1), limit * (1 - (2 * row) / (size - 1))];
      const at = (row * size + column) * x.columns;
      for (let j = 0; j < x.columns; j++) inputs.data[at + j] = centre[j] + s * plane.u[j] + t * plane.v[j];
    }
  }
  const { mean, variance } = await inRows(inputs, size, predict, signal);
  return { size, limit, mean, deviation: deviations(variance), points, axes: plane.axes };
}

/** Predictions of the first output, a row of the square at a time: between two of them a task may be left. */
async function inRows(
  inputs: Matrix,
  size: number,
  predict: KernelPosterior['predict'],
  signal: AbortSignal,
): Promise<{ mean: Float64Array; variance: Float64Array }> {
  const [mean, variance] = [new Float64Array(inputs.rows), new Float64Array(inputs.rows)];
  for (let from = 0; from < inputs.rows; from += size) {
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
    const { columns } = inputs;
    const data = inputs.data.subarray(from * columns, (from + size) * columns);
    const row = predict({ rows: size, columns, data });
    mean.set(firstOf(row.mean), from);
    variance.set(row.variance, from);
  }
  return { mean, variance };
}

const firstOf = ({ rows, columns, data }: Matrix) =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns]);
const deviations = (variance: Float64Array) => variance.map((value) => Math.sqrt(Math.max(0, value)));

/** One input alone: every row of the square is the same. */
function line(
  { data: { x, y } }: KernelPosterior['problem'],
  predict: KernelPosterior['predict'],
  size: number,
): SliceView {
  const limit = 1.1 * x.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  const inputs = zeros(size, 1);
  for (let k = 0; k < size; k++) inputs.data[k] = limit * ((2 * k) / (size - 1) - 1);
  const { mean, variance } = predict(inputs);
  const [m, d] = [firstOf(mean), deviations(variance)];
  const square = (values: Float64Array) =>
    Float64Array.from({ length: size * size }, (_, k) => values[k % size]);
  const points = Array.from(x.data, (value, i) => ({ x: value, y: 0, target: y.data[i * y.columns] }));
  return { size, limit, mean: square(m), deviation: square(d), points, axes: ['the input', ''] };
}
