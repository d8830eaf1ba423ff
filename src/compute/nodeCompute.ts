import { availableParallelism } from 'node:os';
import { checkFunction, checkObject, checkText } from '../numerics/arguments.js';
import { isWithin, shownValue } from '../numerics/bounds.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { findBlas } from '../numerics/native/blas.js';
import { usableMemory } from '../numerics/native/memory.js';
import { checkLibrary, NativeLinearAlgebra } from '../numerics/native/nativeLinearAlgebra.js';
import { serialExecutor } from '../numerics/parallel/executor.js';
import { WasmLinearAlgebra } from '../numerics/wasm/wasmLinearAlgebra.js';
import { provideNative } from './nativeThreads.js';
import { ThreadExecutor } from './threads.js';

/** What `nodeCompute` is asked for; the environment says the rest (docs/problem-file.md). */
export interface ComputeOptions {
  /** a library file, or 'none' for the WASM backend; by default FINITE_WIDTH_BLAS, else whatever is found */
  readonly blas?: string | undefined;
  /** threads for everything; by default FINITE_WIDTH_THREADS, else the cores of the machine */
  readonly threads?: number | undefined;
  /** where a broken library is reported; by default the standard error */
  readonly warn?: (text: string) => void;
}

/** As many threads as any machine has. */
export const THREADS = { least: 1, most: 1024 } as const;

/**
 * Threads to use: those asked for, else FINITE_WIDTH_THREADS, else the cores of the machine. @throws
 * InputError
 */
export function threadCount(requested?: number): number {
  const text = process.env.FINITE_WIDTH_THREADS;
  const count = requested === undefined ? (text ? Number(text) : availableParallelism()) : requested;
  if (isWithin(count, THREADS)) return count;
  const [name, value] =
    requested === undefined ? ['FINITE_WIDTH_THREADS', text] : ['threads', shownValue(requested)];
  throw new InputError(
    `${name}: ${value} is not a number of threads; give a whole number from ${THREADS.least} to ${THREADS.most}`,
  );
}

const toStandardError = (text: string): void => void process.stderr.write(`warning: ${text}\n`);

/**
 * The fastest backend and all the cores this machine has.
 * @param options another library or number of threads than the environment asks for
 * @throws InputError for a library that cannot be loaded, and what is no number of threads
 */
export async function nodeCompute(options: ComputeOptions = {}): Promise<Compute> {
  checkObject('options', options, 'must be an object { blas, threads, warn }');
  const { blas, threads: asked, warn = toStandardError } = options as ComputeOptions;
  if (blas !== undefined) checkText('blas', blas, 'must be the path of a library, or none');
  checkFunction('warn', warn);
  const threads = threadCount(asked);
  const library = findBlas(checkLibrary, blas ?? process.env.FINITE_WIDTH_BLAS, warn);
  if (library) provideNative(library.file);
  const executor = threads > 1 ? await ThreadExecutor.start(threads, library?.file) : serialExecutor;
  const memory = usableMemory();
  if (!library) return { algebra: new WasmLinearAlgebra(executor), executor, memory };
  library.setThreads(threads);
  return { algebra: new NativeLinearAlgebra(library, threads, executor), executor, memory };
}

/**
 * Holds the library for threads that compute on their own: what it reads of the environment when it is loaded
 * only the first thread can set, and whoever loads it later finds it as it is.
 */
export const holdLibrary = (): void =>
  void findBlas(checkLibrary, process.env.FINITE_WIDTH_BLAS, () => undefined);

let shared: Promise<Compute> | undefined;

/**
 * One compute for the whole process, made at first use. @throws InputError for senseless FINITE_WIDTH_BLAS or
 * FINITE_WIDTH_THREADS
 */
export function defaultCompute(): Promise<Compute> {
  shared ??= nodeCompute();
  return shared;
}
