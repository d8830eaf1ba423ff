import { createRequire } from 'node:module';

/** Fortran routines by their standard names; integers are passed as 64-bit cells with a zero upper half. */
export type Routine = (...args: unknown[]) => unknown;

/** A shared library in this process. */
export interface Loaded {
  func(name: string, result: string, args: string[]): Routine;
  unload(): void;
}

export interface Koffi {
  /** @param options `global`: later libraries find its symbols, as those do that it loads by itself */
  load(path: string, options?: { readonly global?: boolean }): Loaded;
}

/** @throws Error if the optional package is not there */
export function loadKoffi(): Koffi {
  try {
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch {
    throw new Error('the optional package koffi is not installed');
  }
}

/** Routines by their names, all of whose arguments are references. @throws Error where one is lacking */
export function routinesOf<Name extends string>(
  library: Loaded,
  argumentCounts: Readonly<Record<Name, number>>,
): (name: Name) => Routine {
  const routines = new Map<string, Routine>();
  for (const [name, count] of Object.entries<number>(argumentCounts))
    routines.set(name, library.func(name, 'void', Array<string>(count).fill('void *')));
  return (name) => routines.get(name) as Routine;
}

/**
 * An integer argument by reference, valid for libraries with 32-bit and (on little-endian machines) 64-bit
 * integers.
 */
export const integer = (value: number) => Int32Array.of(value, 0);
export const real = (value: number) => Float64Array.of(value);
export const letter = (value: string) => Uint8Array.of(value.charCodeAt(0));
