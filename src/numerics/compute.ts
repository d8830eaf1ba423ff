import { checkObject, refuse } from './arguments.js';
import { MemoryError } from './errors.js';
import type { LinearAlgebra } from './linearAlgebra.js';
import { type Executor, serialExecutor } from './parallel/executor.js';
import { gigabytes } from './shown.js';
import { WasmLinearAlgebra } from './wasm/wasmLinearAlgebra.js';

/** What a computation runs on: a linear-algebra backend, and threads for everything elementwise. */
export interface Compute {
  /** products and factorisations of matrices */
  readonly algebra: LinearAlgebra;
  /** runs tasks on all threads */
  readonly executor: Executor;
  /** bytes that computations may use; larger ones are refused before they start */
  readonly memory: number;
}

/** One thread and WebAssembly: runs everywhere, in a page or a web worker too. */
export const portableCompute = (): Compute => ({
  algebra: new WasmLinearAlgebra(),
  executor: serialExecutor,
  memory: 2e9,
});

/** @throws InputError for what is no `Compute` */
export function checkCompute(value: unknown): asserts value is Compute {
  const right = 'must be what nodeCompute(), defaultCompute() or portableCompute() gives';
  checkObject('compute', value, right);
  if (value instanceof Promise) refuse('compute', value, 'is a promise; await nodeCompute() first');
  const { algebra, executor, memory } = value as { [K in keyof Compute]?: Partial<Compute[K]> | null };
  if (typeof algebra?.cholesky !== 'function') refuse('compute.algebra', algebra, right);
  if (typeof executor?.run !== 'function') refuse('compute.executor', executor, right);
  if (typeof memory !== 'number' || Number.isNaN(memory))
    refuse('compute.memory', memory, 'must be a number of bytes');
}

/** Refuses what cannot fit, before anything is allocated. @throws MemoryError with the estimate */
export function requireMemory(
  { memory }: Compute,
  bytes: number,
  samples: number,
  purpose: string,
  positions = 1,
): void {
  if (bytes <= memory) return;
  throw new MemoryError(
    `data: ${samples} points${positions > 1 ? ` of ${positions} positions each` : ''} need about ${gigabytes(bytes)} of memory for ${purpose}, of which ${gigabytes(memory)} may be used; take fewer points${positions > 1 ? ', or larger strides' : ''}`,
  );
}
