import { useEffect, useState } from 'react';
import type { Solution } from './useSolution';

/** Milliseconds after which nothing waits for the first solution any more. */
const LONGEST_WAIT = 3000;

/**
 * Whether the first solution has come, or will not soon: until then it has the cores, and what is computed
 * for views below it waits.
 */
export function useBegun({ found, error }: Solution): boolean {
  const [begun, setBegun] = useState(false);
  const first = found?.solved !== undefined || error !== undefined;
  useEffect(() => {
    const timer = setTimeout(() => setBegun(true), first ? 0 : LONGEST_WAIT);
    return () => clearTimeout(timer);
  }, [first]);
  return begun;
}
