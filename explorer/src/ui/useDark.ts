import { useSyncExternalStore } from 'react';
import { isDark } from './palette';

function subscribe(changed: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', changed);
  return () => query.removeEventListener('change', changed);
}

/** Whether the reader's setting is dark, as it changes. */
export const useDark = (): boolean => useSyncExternalStore(subscribe, isDark);
