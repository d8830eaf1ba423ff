import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';

/** The text of a file; undefined where there is none, as on other systems than Linux. */
export type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

const NONE = Number.POSITIVE_INFINITY;
/** A limit in bytes; `max` and what is no positive number are none. */
const bytesOf = (text: string | undefined): number => {
  const value = Number(text?.trim() || Number.NaN);
  return value > 0 ? value : NONE;
};

/** The least limit of a control group and those that it lies in: each bounds all below it. */
function alongPath(mount: string, path: string, file: string, read: ReadText): number {
  let least = bytesOf(read(join(mount, file)));
  for (let at = join('/', path); at !== '/'; at = dirname(at))
    least = Math.min(least, bytesOf(read(join(mount, at, file))));
  return least;
}

/** The memory limit of this process' control groups, of version 1 and 2, in bytes; infinite without. */
export function groupLimit(read: ReadText = readText): number {
  let least = Math.min(
    bytesOf(read('/sys/fs/cgroup/memory.max')),
    bytesOf(read('/sys/fs/cgroup/memory/memory.limit_in_bytes')),
  );
  for (const line of (read('/proc/self/cgroup') ?? '').split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') least = Math.min(least, alongPath('/sys/fs/cgroup', path, 'memory.max', read));
    if (controllers.split(',').includes('memory'))
      least = Math.min(least, alongPath('/sys/fs/cgroup/memory', path, 'memory.limit_in_bytes', read));
  }
  return least;
}

/** The address space that `ulimit -v` allows, in bytes; infinite without. */
export const addressSpaceLimit = (read: ReadText = readText): number =>
  bytesOf(/^Max address space\s+(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1]);

/** What a limit of the address space does, and what to do about it. */
export const withinAddressSpace = (does: 'allows' | 'leaves', bytes: number, why: string): string =>
  `ulimit -v ${does} ${(bytes / 1e9).toFixed(1)} GB of address space, ${why}; lift it, and bound memory by a control group instead`;

/** What `ulimit -v` leaves of the address space, in bytes; infinite without. */
export function addressSpaceLeft(read: ReadText = readText): number {
  const limit = addressSpaceLimit(read);
  const used = Number(/^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status') ?? '')?.[1] ?? 0) * 1024;
  return Math.max(0, limit - used);
}

/** Share of the memory that computations may take together. */
const SHARE = 0.8;

/**
 * Bytes that computations may use: a share of the machine, or of what control groups and `ulimit -v` leave of
 * it.
 */
export function usableMemory(read: ReadText = readText): number {
  return (
    SHARE *
    Math.min(totalmem(), process.constrainedMemory() || NONE, groupLimit(read), addressSpaceLeft(read))
  );
}
