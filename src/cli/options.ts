import { InvalidArgumentError, Option } from 'commander';
import type { TheoryOptions } from '../theories/theory.js';

/** Options that every solving command understands. */
export interface SolverFlags {
  readonly seed: number;
  readonly samples?: number;
  readonly fourPoint: 'auto' | 'exact' | 'sampled';
  readonly tolerance?: number;
  readonly maxIterations: number;
  readonly json?: boolean;
}

function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum || text.trim() === '')
      throw new InvalidArgumentError(`Give a whole number from ${minimum}.`);
    return value;
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a positive number.');
  return value;
}

export function solverOptions(): Option[] {
  return [
    new Option('--seed <number>', 'seed of the samples behind four-point functions; equal seeds give equal bits on one backend')
      .argParser(wholeNumber(0))
      .default(0),
    new Option('--samples <number>', 'samples behind four-point functions that are not exact (default: 8192)').argParser(
      wholeNumber(16),
    ),
    new Option('--four-point <how>', 'four-point functions exact, sampled, or exact where affordable')
      .choices(['auto', 'exact', 'sampled'])
      .default('auto'),
    new Option('--tolerance <number>', 'residual at which the equations count as solved (default: 1e-9; map 1e-10)').argParser(
      positiveNumber,
    ),
    new Option('--max-iterations <number>', 'iterations over all widths').argParser(wholeNumber(1)).default(500),
    new Option('--json', 'print the result as JSON on the standard output'),
  ];
}

export function theoryOptions({ seed, samples, fourPoint, tolerance, maxIterations }: SolverFlags): TheoryOptions {
  return {
    seed,
    fourPoint,
    maxIterations,
    ...(samples === undefined ? {} : { samples }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}
