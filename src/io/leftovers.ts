import { rmdirSync, rmSync } from 'node:fs';

/** What has to be undone if the program ends before its time: synchronous, so that nothing comes between. */
type Undo = () => void;

/**
 * The same as plain data, for a thread that has to do it when this one does not come to it: what to remove,
 * and folders to remove if empty.
 */
export interface Leftover {
  readonly remove: readonly string[];
  readonly ifEmpty: readonly string[];
}

const open = new Map<Undo, Leftover | undefined>();
let changed: (leftovers: readonly Leftover[]) => void = () => {};

const tell = () => changed([...open.values()].filter((leftover) => leftover !== undefined).reverse());

/** Hears of what is open now, and whenever that changes. */
export function watchLeftovers(listener: (leftovers: readonly Leftover[]) => void): void {
  changed = listener;
  tell();
}

/** Remembers how to remove something that must not outlive an interruption. @returns forgets it again */
export function removeIfInterrupted(undo: Undo, leftover?: Leftover): () => void {
  open.set(undo, leftover);
  if (leftover) tell();
  return () => {
    open.delete(undo);
    if (leftover) tell();
  };
}

/** Undoes all that is open, the latest first. */
export function removeLeftovers(): void {
  for (const undo of [...open.keys()].reverse()) {
    open.delete(undo);
    attempt(undo);
  }
}

/** The same from another thread. */
export function removeAll(leftovers: readonly Leftover[]): void {
  for (const { remove } of leftovers)
    for (const path of remove) attempt(() => rmSync(path, { recursive: true, force: true }));
  for (const { ifEmpty } of leftovers) removeEmpty(ifEmpty);
}

/** Removes folders, the innermost first; those that hold something are not empty and stay. */
export function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) attempt(() => rmdirSync(folder));
}

/** What cannot be removed stays; the rest still has to go. */
function attempt(undo: Undo): void {
  try {
    undo();
  } catch {
    // see above
  }
}
