import { useCallback, useEffect, useState } from 'react';
import { fromHash, type Setup, toHash } from '../setup';

/** Milliseconds without a change after which a setup becomes a step of the history. */
const QUIET = 500;

export type Update = (changes: Partial<Setup>) => void;

/** The setup that the address of the page holds, and what in the address made no sense. */
export function useSetup(): { setup: Setup; update: Update; ignored: readonly string[] } {
  const [{ setup, ignored }, set] = useState(() => fromHash(location.hash));
  const update = useCallback<Update>((changes) => {
    set((now) => ({ setup: { ...now.setup, ...changes }, ignored: [] }));
  }, []);

  useEffect(() => {
    const hash = toHash(setup);
    if (hash === location.hash.replace(/^#/, '') || ignored.length > 0) return;
    const timer = setTimeout(
      () => history.pushState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`),
      QUIET,
    );
    return () => clearTimeout(timer);
  }, [setup, ignored]);

  useEffect(() => {
    const follow = () => set(fromHash(location.hash));
    addEventListener('popstate', follow);
    addEventListener('hashchange', follow);
    return () => {
      removeEventListener('popstate', follow);
      removeEventListener('hashchange', follow);
    };
  }, []);
  return { setup, update, ignored };
}
