import { setMaxListeners } from 'node:events';
import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Data } from '../problem/problem.js';
import type { ProblemSpec } from '../problem/schema.js';
import type { TheoryOptions } from '../theories/theory.js';
import { measuresOf, type PointTask } from './measurePoint.js';
import type { PointResult } from './pointWorker.js';

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

function taskAt({ data, spec, weightVariances, biasVariances, theories, options }: LandscapeJob, point: number): PointTask {
  const weightVariance = weightVariances[point % weightVariances.length];
  const biasVariance = biasVariances[Math.floor(point / weightVariances.length)];
  const network = { ...spec.network, weightVariance, biasVariance };
  return { data, network, noiseVariance: spec.noiseVariance, theories, options };
}

/**
 * Measures every point that is not done yet, on all cores, one thread a point. Results do not depend on their number.
 * @param reached called after every point
 * @throws the signal's reason when aborted; InputError of a point that makes no sense
 */
export async function measureLandscape(
  job: LandscapeJob,
  progress: Progress,
  reached: (progress: Progress, fraction: number) => void,
  signal: AbortSignal,
): Promise<Landscape> {
  const names = measuresOf(job.theories);
  const left = Array.from(progress.done.data, (done, point) => (done ? -1 : point)).filter((point) => point >= 0);
  const pool = new Piscina({
    filename: new URL('./pointWorker.js', import.meta.url).href,
    maxThreads: Number(process.env.FINITE_WIDTH_THREADS) || availableParallelism(),
  });
  const total = progress.done.data.length;
  let count = total - left.length;
  // Every point that waits listens to it.
  setMaxListeners(0, signal);
  try {
    await Promise.all(
      left.map(async (point) => {
        const result: PointResult = await pool.run(taskAt(job, point), { signal });
        if ('refused' in result) throw new InputError(result.refused);
        names.forEach((name, k) => {
          progress.values.data[point * names.length + k] = result.record[name];
        });
        progress.done.data[point] = 1;
        reached(progress, ++count / total);
      }),
    );
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await pool.destroy();
  }
  return landscapeOf(job, progress);
}

function landscapeOf({ weightVariances, biasVariances, theories }: LandscapeJob, { values }: Progress): Landscape {
  const names = measuresOf(theories);
  const measures = Object.fromEntries(
    names.map((name, k) => {
      const matrix = zeros(biasVariances.length, weightVariances.length);
      for (let point = 0; point < matrix.data.length; point++) matrix.data[point] = values.data[point * names.length + k];
      return [name, matrix];
    }),
  );
  return { weightVariances, biasVariances, theories, measures };
}
