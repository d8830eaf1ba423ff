import { requireDense } from '../architecture/architecture.js';
import { InputError, MemoryError } from '../numerics/errors.js';
import { gigabytes } from '../numerics/shown.js';
import type { Problem } from '../problem/problem.js';
import { mostEntries } from './distributedMatrix.js';
import { POINTS_AT_ONCE } from './gaussianOutput.js';
import { nngp } from './nngp.js';
import type { ProcessGrid } from './processGrid.js';
import type { DistributedTask, DistributedTheory } from './solution.js';

/** All theories that several processes can solve together. */
export const distributedTheories: readonly DistributedTheory[] = [nngp];

/** Entries that ScaLAPACK, whose integers have 32 bits, can count on one process. */
const MOST_ENTRIES = 2 ** 31 - 1;

/** A theory by its name. @throws InputError that names those that there are */
export function distributedTheory(name: string): DistributedTheory {
  const theory = distributedTheories.find((each) => each.name === name);
  if (theory) return theory;
  const names = distributedTheories.map((each) => each.name).join(', ');
  throw new InputError(
    `--distributed: theory ${name} is not solved by several processes yet; give --theory ${names}`,
  );
}

/** @throws InputError for what of a problem several processes do not treat, in one line */
export function requireTreated(theory: DistributedTheory, problem: Problem): void {
  const { likelihood = 'gaussian', network } = problem;
  const who = `--distributed: theory ${theory.name}`;
  if (likelihood !== 'gaussian')
    throw new InputError(
      `${who} treats Gaussian noise alone, and not likelihood "${likelihood}"; leave it out`,
    );
  requireDense(network, who, ['activations'], 'leave --distributed out');
  const reason = theory.refuses?.(problem);
  if (reason) throw new InputError(`${who}: ${reason}`);
}

/**
 * Bytes on the process that has most, before any is taken: its part of the matrices, rows of X for it beside
 * X itself, and new points; of process 0 the kernels that it gathers, and their file.
 */
export function bytesOf(grid: ProcessGrid, theory: DistributedTheory, task: DistributedTask): number {
  const { x, y, xTest } = task.problem.data;
  const p = x.rows;
  const rows = p * (2 + 1 / grid.down.count + 1 / grid.across.count);
  const points = Math.min(POINTS_AT_ONCE, xTest?.rows ?? 0);
  const numbers =
    theory.matrices * mostEntries(grid, p, p) +
    rows * x.columns +
    3 * mostEntries(grid, points, p) +
    8 * p * (y.columns + 1);
  const gathered = task.kernels && grid.speaks ? 2 * (task.problem.network.hiddenLayers + 1) * p ** 2 : 0;
  return 8 * (numbers + gathered);
}

/**
 * Refuses what does not fit.
 * @param here processes on this machine, which share its memory
 * @throws MemoryError with the estimate
 */
export function requireFits(
  grid: ProcessGrid,
  theory: DistributedTheory,
  task: DistributedTask,
  here: number,
): void {
  const p = task.problem.data.x.rows;
  const bytes = bytesOf(grid, theory, task);
  const usable = task.compute.memory / here;
  const kernels = task.kernels ? ', the kernels on process 0 included' : '';
  if (bytes > usable)
    throw new MemoryError(
      `data: ${p} points need about ${gigabytes(bytes)} on each of ${grid.size} processes for ${theory.name}${kernels}, of which ${gigabytes(usable)} may be used (${here} on one machine); take more machines, or fewer points`,
    );
  if (mostEntries(grid, p, p) > MOST_ENTRIES)
    throw new MemoryError(
      `data: ${p} points are ${(mostEntries(grid, p, p) / 1e9).toFixed(1)}e9 entries of a kernel a process, more than ScaLAPACK counts (2.1e9); start at least ${Math.ceil(p ** 2 / MOST_ENTRIES) + 1} processes`,
    );
}
