import { useCallback, useEffect, useState } from 'react';
import { useHost } from '../host';
import type { Setup } from '../setup';

/** Milliseconds without a change after which a setup becomes a step of the history. */
const QUIET = 500;

export type Update = (changes: Partial<Setup>) => void;

/** The setup that the host of the page holds, and what in it made no sense. */
export function useSetup(): { setup: Setup; update: Update; ignored: readonly string[] } {
  const host = useHost();
  const [{ setup, ignored }, set] = useState(() => host.read());
  const update = useCallback<Update>((changes) => {
    set((now) => ({ setup: { ...now.setup, ...changes }, ignored: [] }));
  }, []);

  useEffect(() => {
    if (ignored.length > 0) return;
    const timer = setTimeout(() => host.write(setup), QUIET);
    return () => clearTimeout(timer);
  }, [host, setup, ignored]);

  useEffect(
    () =>
      host.follow((changes, unread) =>
        set((now) => ({ setup: { ...now.setup, ...changes }, ignored: unread })),
      ),
    [host],
  );
  return { setup, update, ignored };
}
