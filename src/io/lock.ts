import {
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../numerics/errors.js';
import { RUN } from './atomic.js';
import { type Holder, stateOf, thisHolder } from './holder.js';
import { removeIfInterrupted } from './leftovers.js';

/** Seconds between signs of life, and without one after which a holder that cannot be seen has ended. */
const [SIGN, SILENCE] = [20, 900];

type Code = NodeJS.ErrnoException;

/** What a lock says; undefined if there is none, null if it says nothing (a machine that lost power). */
function read(
  path: string,
): { readonly text: string; readonly holder: Holder | null; readonly touched: number } | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    const touched = statSync(path).mtimeMs;
    try {
      const holder = JSON.parse(text) as Holder | null;
      return { text, holder: typeof holder?.pid === 'number' ? holder : null, touched };
    } catch {
      return { text, holder: null, touched };
    }
  } catch (error) {
    if ((error as Code).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes `path` from a finished file, in one step. @returns whether it was not there before */
function place(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as Code).code === 'EEXIST') return false;
  }
  // File systems without hard links.
  try {
    writeFileSync(path, readFileSync(own), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as Code).code === 'EEXIST') return false;
    throw error;
  }
}

/** Takes a lock out of the way, unless it became another's meanwhile. */
function remove(path: string, text: string): void {
  const aside = `${path}.${RUN}.old`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, 'utf8') !== text) place(aside, path);
  } catch (error) {
    if ((error as Code).code !== 'ENOENT') throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

const hasEnded = (holder: Holder | null, silence: number) => {
  const state = holder ? stateOf(holder) : 'unknown';
  return { state, ended: state === 'ended' || (state === 'unknown' && silence > SILENCE) };
};

/** Removes what runs have left that were killed while they placed a lock or took one out of the way. */
function clearStages(path: string, now: number): void {
  const [folder, stem] = [dirname(path), `${basename(path)}.`];
  for (const entry of readdirSync(folder)) {
    if (!entry.startsWith(stem) || !/^[0-9a-f]{16}(\.old)?$/.test(entry.slice(stem.length))) continue;
    const found = read(join(folder, entry));
    if (found && hasEnded(found.holder, (now - found.touched) / 1000).ended)
      rmSync(join(folder, entry), { force: true });
  }
}

/**
 * One run at a time: a file that names its holder. Locks of processes that ended are taken over; those of
 * other machines and containers, whose processes cannot be seen, when they gave no sign of life for a quarter
 * of an hour. Released by the holder, interrupted or not.
 * @param shown what is locked, for the message
 * @returns releases it
 * @throws InputError if another run holds it; errors of the file system as they are
 */
export function lock(path: string, shown: string): () => void {
  const own = `${path}.${RUN}`;
  const text = JSON.stringify(thisHolder(RUN));
  const forgetOwn = removeIfInterrupted(() => rmSync(own, { force: true }));
  try {
    writeFileSync(own, text);
    // By the clock of the file system: those of two machines differ.
    const now = statSync(own).mtimeMs;
    clearStages(path, now);
    for (let attempt = 0; !place(own, path); attempt++) {
      const found = read(path);
      if (!found) continue;
      const { holder, touched } = found;
      const { state, ended } = hasEnded(holder, (now - touched) / 1000);
      if (!ended || attempt > 20) throw held(path, shown, holder, state);
      remove(path, found.text);
    }
  } finally {
    rmSync(own, { force: true });
    forgetOwn();
  }
  return holdLock(path, text);
}

function held(path: string, shown: string, holder: Holder | null, state: string): InputError {
  const who = holder
    ? `process ${holder.pid} on ${holder.host}, since ${holder.since.slice(0, 16)}Z`
    : 'it does not say who';
  const gone = state === 'runs' ? '' : `; if that has ended, remove ${path}`;
  return new InputError(
    `${shown}: another run is at work there (${who}); wait for it or give another folder${gone}`,
  );
}

/** Shows signs of life until it is released. */
function holdLock(path: string, text: string): () => void {
  const timer = setInterval(() => {
    try {
      const now = new Date();
      utimesSync(path, now, now);
    } catch {
      // Nobody needs it more than the run itself.
    }
  }, 1000 * SIGN).unref();
  const release = () => {
    clearInterval(timer);
    if (read(path)?.text === text) rmSync(path, { force: true });
  };
  const forget = removeIfInterrupted(release, { remove: [path], ifEmpty: [] });
  return () => {
    release();
    forget();
  };
}
