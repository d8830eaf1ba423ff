import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Arrays } from './arrays.js';
import type { Store } from './store.js';

/** Parameters of a request, which nobody has looked at yet. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What a request works with. */
export interface Context {
  readonly arrays: Arrays;
  readonly store: Store;
  compute(): Promise<Compute>;
  /** aborted when the caller wants to stop */
  readonly signal: AbortSignal;
  progress(step: { readonly fraction: number; readonly stage: string; readonly residual?: number }): void;
}

/** An answer: plain values, and arrays by name. */
export interface Answer {
  readonly value: unknown;
  readonly arrays?: Readonly<Record<string, Matrix | Float64Array>>;
}

/** Answers one kind of request. One a file, or a few of a kind; listed in requests.ts. */
export type Handler = (parameters: Parameters, context: Context) => Promise<Answer>;
