import { hostname } from 'node:os';
import { InputError, oneLine, reasonOf } from '../numerics/errors.js';
import { integer, letter } from '../numerics/native/koffi.js';
import { launched, openScalapack, type Scalapack } from '../numerics/native/scalapack.js';

const [ALL, ROW_MAJOR, DEFAULT_TOPOLOGY] = ['A', 'R', ' '].map(letter);
/** Where a sum goes: to all. */
const EVERYWHERE = -1;
/** Of a message that one process tells all others. */
const LONGEST = 300;

/** The two factors of a number that are closest to each other, the smaller one first. */
export function squarest(size: number): [number, number] {
  let least = Math.floor(Math.sqrt(size));
  while (size % least !== 0) least--;
  return [least, size / least];
}

/** A text as a number that equal texts share (FNV-1a). */
const fingerprint = (text: string): number =>
  [...text].reduce(
    (hash, character) => Math.imul(hash ^ character.charCodeAt(0), 16777619) >>> 0,
    2166136261,
  );

/**
 * The processes that mpirun or srun started, as a grid. All of them run the same program; whatever sums is
 * called by all together. Seen row by row, as everywhere here, rows of a matrix are dealt over the grid's
 * columns, and columns over its rows: ScaLAPACK sees the transpose.
 */
export class ProcessGrid {
  private constructor(
    readonly scalapack: Scalapack,
    /** ScaLAPACK's handle of the grid */
    readonly context: Int32Array,
    /** processes */
    readonly size: number,
    /** the number of this one, from 0 */
    readonly rank: number,
    /** over how many processes rows are dealt, and which of them this is */
    readonly down: { readonly count: number; readonly at: number },
    /** the same for columns */
    readonly across: { readonly count: number; readonly at: number },
  ) {}

  /** @throws InputError where there is no MPI, or processes that were started together do not meet */
  static open(): ProcessGrid {
    const scalapack = openScalapack();
    const cell = () => integer(0);
    const [rank, size, context] = [cell(), cell(), cell()];
    scalapack('blacs_pinfo_')(rank, size);
    const started = launched();
    if (size[0] === 1 && started.size > 1)
      throw new InputError(
        `--distributed: ${started.size} processes were started, and MPI knows of one: start them by mpirun or srun (--mpi=pmix) of the MPI that ScaLAPACK is made for (FINITE_WIDTH_SCALAPACK names another)`,
      );
    scalapack('blacs_get_')(integer(-1), integer(0), context);
    const [across, down] = squarest(size[0]);
    scalapack('blacs_gridinit_')(context, ROW_MAJOR, integer(across), integer(down));
    const [rows, columns, row, column] = [cell(), cell(), cell(), cell()];
    scalapack('blacs_gridinfo_')(context, rows, columns, row, column);
    return new ProcessGrid(
      scalapack,
      context,
      size[0],
      rank[0],
      { count: down, at: column[0] },
      { count: across, at: row[0] },
    );
  }

  /** Whether this process speaks for all. */
  get speaks(): boolean {
    return this.rank === 0;
  }

  /** values ← their sum over all processes, in place; with `onFirst` process 0 alone has it. */
  sum<Values extends Float64Array>(values: Values, onFirst = false): Values {
    const count = integer(values.length);
    const to = integer(onFirst ? 0 : EVERYWHERE);
    if (values.length > 0)
      this.scalapack('dgsum2d_')(
        this.context,
        ALL,
        DEFAULT_TOPOLOGY,
        count,
        integer(1),
        values,
        count,
        to,
        to,
      );
    return values;
  }

  /**
   * What this process works out alone, once it is known that no other one failed at it: bad input and lack of
   * memory on one of them end all, by the same line.
   * @throws InputError of the first that failed, on all processes
   */
  together<Result>(work: () => Result): Result {
    let result: Result | undefined;
    let reason: string | undefined;
    try {
      result = work();
    } catch (error) {
      reason = reasonOf(error);
      if (reason === undefined) throw error;
    }
    const failed = new Float64Array(this.size);
    if (reason !== undefined) failed[this.rank] = 1;
    this.sum(failed);
    const first = failed.indexOf(1);
    if (first < 0) return result as Result;
    const told = this.tell(first, reason ?? '');
    throw new InputError(failed.includes(0) ? `process ${first} of ${this.size}: ${told}` : told);
  }

  /** The text of one process, on all. */
  private tell(from: number, text: string): string {
    const letters = new Float64Array(LONGEST);
    if (from === this.rank)
      [...oneLine(text, LONGEST)].forEach((character, k) => {
        letters[k] = character.codePointAt(0) as number;
      });
    const told = this.sum(letters);
    return String.fromCodePoint(...told.subarray(0, told.indexOf(0) < 0 ? LONGEST : told.indexOf(0)));
  }

  /** How many of the processes are on this machine. */
  processesHere(): number {
    const machines = new Float64Array(this.size);
    machines[this.rank] = fingerprint(hostname());
    return this.sum(machines).filter((machine) => machine === machines[this.rank]).length;
  }

  /** Leaves MPI; the last that is called. */
  end(): void {
    this.scalapack('blacs_gridexit_')(this.context);
    this.scalapack('blacs_exit_')(integer(0));
  }

  /** Ends all processes, wherever they are. */
  abort(status: number): void {
    this.scalapack('blacs_abort_')(this.context, integer(status));
  }
}
