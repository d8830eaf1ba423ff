import { useSyncExternalStore } from 'react';
import { isDark } from './palette';

function subscribe(changed: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', changed);
  // A notebook says its own.
  const watcher = new MutationObserver(changed);
  watcher.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => {
    query.removeEventListener('change', changed);
    watcher.disconnect();
  };
}

/** Whether the reader's setting, or the notebook around, is dark, as it changes. */
export const useDark = (): boolean => useSyncExternalStore(subscribe, isDark);
