import { removeIfInterrupted } from '../io/leftovers.js';
import type { Compute } from '../numerics/compute.js';
import type { Problem } from '../problem/problem.js';
import { type SolvedTheory, withPredictions } from '../report/summary.js';
import { checkMemory } from '../theories/checkMemory.js';
import { withEvidenceError } from '../theories/evidenceError.js';
import { type TheoryOptions, theoryByName } from '../theories/registry.js';
import { solveWith } from '../theories/solve.js';
import { interruption, interruptionNote, stopIfInterrupted } from './interruption.js';
import { type ProgressLine, progressLine } from './progress.js';

/** Runs `work` with a progress line; Ctrl-C and its like end it. */
export async function withProgress<Result>(
  label: string,
  work: (line: ProgressLine, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const forget = stopIfInterrupted(() => controller.abort(interruption()));
  const line = progressLine(label);
  // The cursor comes back with the line's end.
  const forgetLine = removeIfInterrupted(() => line.stop());
  try {
    return await work(line, controller.signal);
  } finally {
    line.stop();
    forgetLine();
    forget();
  }
}

/**
 * Solves one theory, its predictions included.
 * @param always say what its evidence leaves out, however many points there are
 */
export function solveTheory(
  problem: Problem,
  theory: string,
  compute: Compute,
  options: TheoryOptions,
  label = theory,
  always = false,
): Promise<SolvedTheory> {
  return withProgress(label, async (line, signal) => {
    const start = performance.now();
    const solved = await solveWith(problem, theory, compute, { ...options, onProgress: line.update, signal });
    const seconds = (performance.now() - start) / 1000;
    line.update({ fraction: 0.98, stage: 'what is left out' });
    const posterior = await withEvidenceError(solved, compute, { seed: options.seed ?? 0, always }, signal);
    line.update({ fraction: 0.99, stage: 'predictions' });
    return withPredictions(posterior, seconds);
  });
}

/** Solves theories one by one, once it is known that all of them fit into memory. @throws MemoryError */
export async function solveTheories(
  names: readonly string[],
  problem: Problem,
  compute: Compute,
  options: TheoryOptions,
): Promise<SolvedTheory[]> {
  for (const name of names) checkMemory(theoryByName(name), problem, compute, options);
  const solved: SolvedTheory[] = [];
  for (const name of names) {
    const next = await solveTheory(problem, name, compute, options);
    // What auto takes may have been asked for by its name, too: one entry, which says why it was taken.
    const same = solved.findIndex(({ posterior }) => posterior.theory === next.posterior.theory);
    if (same < 0) solved.push(next);
    else if (next.posterior.details?.auto) solved[same] = next;
  }
  return solved;
}

/** Runs `work` with files that appear only if it succeeds. */
export async function withFolder<
  Folder extends { commit(): Promise<void>; discard(): Promise<void> },
  Result,
>(folder: Folder, work: (folder: Folder) => Promise<Result>): Promise<Result> {
  try {
    const result = await work(folder);
    await folder.commit();
    interruptionNote(() => 'interrupted; the results are written');
    return result;
  } finally {
    await folder.discard();
  }
}
