import { betterCore, processorFeatures } from './cores.js';
import { type Koffi, type Loaded, loadKoffi, type Routine, routinesOf } from './koffi.js';

export interface BlasLibrary {
  readonly file: string;
  /** the processor whose kernels it uses, where it says so */
  readonly core: string | undefined;
  readonly routine: (name: RoutineName) => Routine;
  setThreads(count: number): boolean;
}

const ROUTINES = {
  dgemm_: 13,
  dsyrk_: 10,
  dtrmm_: 11,
  dtrsm_: 11,
  dpotrf_: 5,
  dpotri_: 5,
  dsyevd_: 11,
} as const;
export type RoutineName = keyof typeof ROUTINES;

/**
 * Where a library that has both BLAS and LAPACK is usually found; names without a path are left to the
 * dynamic linker.
 */
const CANDIDATES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['libopenblas.so.0', 'libopenblas.so', 'libopenblasp.so.0', 'libmkl_rt.so.2', 'libmkl_rt.so'],
  darwin: [
    '/System/Library/Frameworks/Accelerate.framework/Accelerate',
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
  ],
};

/** The processor that OpenBLAS took this one for; undefined for other libraries. */
function coreOf(library: Loaded): string | undefined {
  try {
    return library.func('openblas_get_corename', 'str', [])() as string;
  } catch {
    return undefined;
  }
}

/**
 * Loads a library, once more if it did not know the processor: OpenBLAS reads both variables when it is
 * loaded.
 */
function load(koffi: Koffi, file: string): Loaded {
  // Idle threads spin for 2^26 cycles by default, on cores that our own threads need; 2^4 is its least.
  process.env.OPENBLAS_THREAD_TIMEOUT ??= '4';
  const library = koffi.load(file);
  const better = betterCore(coreOf(library) ?? '', processorFeatures());
  if (better === undefined || process.env.OPENBLAS_CORETYPE) return library;
  process.env.OPENBLAS_CORETYPE = better;
  library.unload();
  return koffi.load(file);
}

function open(koffi: Koffi, file: string): BlasLibrary {
  const library = load(koffi, file);
  const routine = routinesOf(library, ROUTINES);
  const setters = ['openblas_set_num_threads', 'MKL_Set_Num_Threads'];
  return {
    file,
    core: coreOf(library),
    routine,
    setThreads(count) {
      for (const setter of setters) {
        try {
          library.func(setter, 'void', ['int'])(count);
          return true;
        } catch {
          // this library has another setter, or none
        }
      }
      return false;
    },
  };
}

/** @throws Error if it cannot be loaded, or lacks a routine */
export const openBlas = (file: string): BlasLibrary => open(loadKoffi(), file);

const message = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/**
 * The first library that loads and passes `check`. A library that was asked for by name and fails is reported
 * through `warn`; candidates that are merely absent are not.
 */
export function findBlas(
  check: (library: BlasLibrary) => void,
  requested: string | undefined,
  warn: (text: string) => void,
): BlasLibrary | undefined {
  if (requested === 'none') return undefined;
  const candidates = requested ? [requested] : (CANDIDATES[process.platform] ?? []);
  let koffi: Koffi;
  try {
    koffi = loadKoffi();
  } catch (error) {
    if (requested) warn(`FINITE_WIDTH_BLAS=${requested}: ${message(error)}; using the WASM backend`);
    return undefined;
  }
  for (const file of candidates) {
    let library: BlasLibrary;
    try {
      library = open(koffi, file);
    } catch (error) {
      if (requested) warn(`FINITE_WIDTH_BLAS=${requested}: ${message(error)}; using the WASM backend`);
      continue;
    }
    try {
      check(library);
      return library;
    } catch (error) {
      warn(`${file}: ${message(error)}; not used`);
    }
  }
  return undefined;
}
