import { useSyncExternalStore } from 'react';

const query = () => matchMedia('(max-width: 799px)');

function subscribe(changed: () => void): () => void {
  const watched = query();
  watched.addEventListener('change', changed);
  return () => watched.removeEventListener('change', changed);
}

/** Whether the page is as narrow as a phone's. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query().matches);
