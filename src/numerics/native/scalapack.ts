import { InputError } from '../errors.js';
import { type Koffi, loadKoffi, type Routine, routinesOf } from './koffi.js';

/**
 * What is used of ScaLAPACK, and of BLACS, its messages over MPI: these hide what differs between
 * implementations of MPI, whose constants are in C headers alone.
 */
const ROUTINES = {
  blacs_pinfo_: 2,
  blacs_get_: 3,
  blacs_gridinit_: 4,
  blacs_gridinfo_: 5,
  blacs_gridexit_: 1,
  blacs_exit_: 1,
  blacs_abort_: 2,
  dgsum2d_: 9,
  pdpotrf_: 7,
  pdpotrs_: 12,
  pdtrsm_: 15,
} as const;

/** A routine by its Fortran name. */
export type Scalapack = (name: keyof typeof ROUTINES) => Routine;

/** Where it is usually found; names without a path are left to the dynamic linker. */
const CANDIDATES = ['libscalapack-openmpi.so.2.2', 'libscalapack-openmpi.so', 'libscalapack.so'] as const;

const ADVICE =
  'on Debian: apt-get install libscalapack-openmpi2.2 openmpi-bin; elsewhere name the library in FINITE_WIDTH_SCALAPACK';

/**
 * ScaLAPACK with the MPI that it is made for.
 * @param requested a library file; by default FINITE_WIDTH_SCALAPACK, else whatever is found
 * @throws InputError where there is none
 */
export function openScalapack(requested = process.env.FINITE_WIDTH_SCALAPACK): Scalapack {
  let koffi: Koffi;
  try {
    koffi = loadKoffi();
  } catch (error) {
    throw new InputError(`--distributed: ${(error as Error).message}`);
  }
  for (const file of requested ? [requested] : CANDIDATES) {
    try {
      // Parts that MPI loads by itself look for its symbols among those of the whole process.
      return routinesOf(koffi.load(file, { global: true }), ROUTINES);
    } catch {
      // the next one may be there
    }
  }
  const where = requested ? `FINITE_WIDTH_SCALAPACK=${requested}` : `none of ${CANDIDATES.join(', ')}`;
  throw new InputError(`--distributed: no MPI found with ScaLAPACK (${where} can be loaded); ${ADVICE}`);
}

/** What programs that start processes call their number and the number of this one. */
const LAUNCHERS = [
  ['OMPI_COMM_WORLD_SIZE', 'OMPI_COMM_WORLD_RANK'],
  ['PMI_SIZE', 'PMI_RANK'],
  ['SLURM_STEP_NUM_TASKS', 'SLURM_PROCID'],
] as const;

/** What mpirun or srun says of the processes that it started, before MPI does; one where none did. */
export function launched(environment = process.env): { readonly size: number; readonly rank: number } {
  for (const [size, rank] of LAUNCHERS) {
    if (environment[size] !== undefined)
      return { size: Number(environment[size]), rank: Number(environment[rank]) };
  }
  return { size: 1, rank: 0 };
}
