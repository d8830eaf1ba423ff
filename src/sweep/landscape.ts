import { type Matrix, zeros } from '../numerics/matrix.js';
import { observedBy } from '../problem/likelihoodName.js';
import type { Data } from '../problem/problem.js';
import type { ProblemSpec } from '../problem/schema.js';
import type { TheoryOptions } from '../theories/registry.js';
import { measuresOf, type PointTask } from './measurePoint.js';
import { measurePoints } from './pool.js';

/** Measures over weight variance (columns) and bias variance (rows), the same in all layers. */
export interface Landscape {
  readonly weightVariances: Float64Array;
  readonly biasVariances: Float64Array;
  readonly theories: readonly string[];
  /** by name, bias variances × weight variances */
  readonly measures: Readonly<Record<string, Matrix>>;
}

export interface LandscapeJob {
  readonly data: Data;
  readonly spec: ProblemSpec;
  readonly weightVariances: Float64Array;
  readonly biasVariances: Float64Array;
  readonly theories: readonly string[];
  readonly options: TheoryOptions;
}

/** What is known so far: points × measures, and which points are done. */
export interface Progress {
  readonly values: Matrix;
  readonly done: Matrix;
}

export const newProgress = ({ weightVariances, biasVariances, theories }: LandscapeJob): Progress => {
  const points = weightVariances.length * biasVariances.length;
  return { values: zeros(points, measuresOf(theories).length), done: zeros(points, 1) };
};

function taskAt(
  { data, spec, weightVariances, biasVariances, theories, options }: LandscapeJob,
  point: number,
): PointTask {
  const weightVariance = weightVariances[point % weightVariances.length];
  const biasVariance = biasVariances[Math.floor(point / weightVariances.length)];
  const network = { ...spec.network, weightVariance, biasVariance };
  return { data, network, observed: observedBy(spec), theories, options };
}

/**
 * Measures every point that is not done yet.
 * @param reached called after every point
 * @throws as `measurePoints` does
 */
export async function measureLandscape(
  job: LandscapeJob,
  progress: Progress,
  reached: (progress: Progress, fraction: number) => void,
  signal: AbortSignal,
): Promise<Landscape> {
  const names = measuresOf(job.theories);
  const total = progress.done.data.length;
  const left = Array.from({ length: total }, (_, point) => point).filter(
    (point) => progress.done.data[point] === 0,
  );
  let count = total - left.length;
  const store = (index: number, record: Readonly<Record<string, number>>) => {
    const point = left[index];
    names.forEach((name, k) => {
      progress.values.data[point * names.length + k] = record[name];
    });
    progress.done.data[point] = 1;
    reached(progress, ++count / total);
  };
  const tasks = left.map((point) => taskAt(job, point));
  await measurePoints(tasks, store, signal);
  return landscapeOf(job, progress);
}

function landscapeOf(
  { weightVariances, biasVariances, theories }: LandscapeJob,
  { values }: Progress,
): Landscape {
  const names = measuresOf(theories);
  const measures = Object.fromEntries(
    names.map((name, k) => {
      const matrix = zeros(biasVariances.length, weightVariances.length);
      for (let point = 0; point < matrix.data.length; point++)
        matrix.data[point] = values.data[point * names.length + k];
      return [name, matrix];
    }),
  );
  return { weightVariances, biasVariances, theories, measures };
}
