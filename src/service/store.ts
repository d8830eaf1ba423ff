import type { Matrix } from '../numerics/matrix.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import type { DataInput } from '../problem/createData.js';
import type { Problem } from '../problem/problem.js';
import { type SolvedTheory, withPredictions } from '../report/summary.js';
import { LostError } from './failures.js';

/** A problem that a program holds. */
export interface HeldProblem {
  readonly problem: Problem;
  /** the data as they were given, where they were standardised: new inputs go the same way */
  readonly raw: DataInput | undefined;
  readonly warnings: readonly string[];
}

/** A posterior that a program holds, with what it may be asked. */
export interface Held {
  readonly of: HeldProblem;
  readonly posterior: KernelPosterior;
  readonly seconds: number;
  /** draws of what was watched, chains × draws each, of sampled networks */
  readonly traces?: Readonly<Record<string, Matrix>>;
  /** with predictions, which are made when they are first asked for */
  solved(): SolvedTheory;
}

/** Predictions of a posterior, made once, when they are first asked for. */
export function predictedOnce(posterior: KernelPosterior, seconds: number): () => SolvedTheory {
  let known: SolvedTheory | undefined;
  return () => {
    known ??= withPredictions(posterior, seconds);
    return known;
  };
}

/** Problems and posteriors by number, until the program lets go of them. */
export class Store {
  private readonly problems = new Map<number, HeldProblem>();
  private readonly posteriors = new Map<number, Held>();
  private last = 0;

  keepProblem(held: HeldProblem): number {
    this.problems.set(++this.last, held);
    return this.last;
  }

  keep(held: Held): number {
    this.posteriors.set(++this.last, held);
    return this.last;
  }

  /** @throws LostError for one that was let go, or belongs to an earlier process */
  problem = (handle: unknown): HeldProblem => found(this.problems, handle, 'problem');
  /** @throws LostError likewise */
  get = (handle: unknown): Held => found(this.posteriors, handle, 'posterior');

  release(handles: readonly number[]): void {
    for (const handle of handles) if (!this.posteriors.delete(handle)) this.problems.delete(handle);
  }
}

function found<T>(all: ReadonlyMap<number, T>, handle: unknown, what: string): T {
  const held = all.get(handle as number);
  if (!held) throw new LostError(`${what} ${String(handle)} is not held by this process`);
  return held;
}
