import { useSyncExternalStore } from 'react';

/** The two samples whose entry is read, wherever that is. */
export interface Pointed {
  readonly row: number;
  readonly column: number;
}

let pointed: Pointed | undefined;
const listeners = new Set<() => void>();

/** Says which samples are read; all views that show them follow. */
export function point(entry: Pointed | undefined): void {
  if (entry?.row === pointed?.row && entry?.column === pointed?.column) return;
  pointed = entry;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The samples that are read anywhere on the page. */
export const usePointed = (): Pointed | undefined => useSyncExternalStore(subscribe, () => pointed);
