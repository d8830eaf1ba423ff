import type { Compute } from '../numerics/compute.js';
import type { Problem } from '../problem/problem.js';
import type { Solved } from '../report/summary.js';
import { solveWith } from '../theories/solve.js';
import type { TheoryOptions } from '../theories/theory.js';
import { Interrupted } from './exit.js';
import { progressLine } from './progress.js';

/** Solves one theory with a progress line, its predictions included; Ctrl-C ends it. */
export async function solveTheory(problem: Problem, theory: string, compute: Compute, options: TheoryOptions): Promise<Solved> {
  const controller = new AbortController();
  const stop = () => controller.abort(new Interrupted());
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const line = progressLine(theory);
  const start = performance.now();
  try {
    const posterior = await solveWith(problem, theory, compute, {
      ...options,
      onProgress: line.update,
      signal: controller.signal,
    });
    const seconds = (performance.now() - start) / 1000;
    const { xTest } = problem.data;
    line.update({ iteration: 0, residual: 0, widthScale: 1, fraction: 0.99, stage: 'predictions' });
    const trainMean = posterior.trainMean();
    return { posterior, seconds, trainMean, ...(xTest ? { test: posterior.predict(xTest) } : {}) };
  } finally {
    line.stop();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Runs `work` with files that appear only if it succeeds. */
export async function withFolder<Folder extends { commit(): Promise<void>; discard(): Promise<void> }, Result>(
  folder: Folder,
  work: (folder: Folder) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await work(folder);
    await folder.commit();
    return result;
  } finally {
    await folder.discard();
  }
}
