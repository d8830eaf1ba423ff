import { useEffect, useState } from 'react';

/** How many of `count` things to show: one more in every turn of the event loop, so that no turn is long. */
export function useRevealed(count: number): number {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (shown >= count) return;
    const timer = setTimeout(() => setShown(shown + 1));
    return () => clearTimeout(timer);
  }, [shown, count]);
  return shown;
}
