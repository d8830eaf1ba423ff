import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lock. */
export interface Holder {
  readonly run: string;
  readonly pid: number;
  readonly host: string;
  /**
   * processes see each other only within one place: one start of a machine, one space of process ids
   * (containers have their own)
   */
  readonly place: string;
  /** when the process began, in ticks of its machine: process ids are used again */
  readonly began: string;
  readonly since: string;
}

/** The start time of a process, or undefined if there is none; '' where the system does not tell. */
function beginningOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    // The name of the program, in brackets, may hold anything; the start time is the 20th field after it, the
    // state the first.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return '';
  }
}

function place(): string {
  try {
    const machine = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${machine} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/** This process. */
export function thisHolder(run: string): Holder {
  const began = beginningOf(process.pid) ?? '';
  return { run, pid: process.pid, host: hostname(), place: place(), began, since: new Date().toISOString() };
}

/** Whether a holder still runs: 'unknown' where this process cannot see it. */
export function stateOf({ pid, place: where, began }: Holder): 'runs' | 'ended' | 'unknown' {
  if (where !== place()) return 'unknown';
  return beginningOf(pid) === began ? 'runs' : 'ended';
}
