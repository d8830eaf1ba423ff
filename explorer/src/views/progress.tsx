import { useEffect, useState } from 'react';
import type { Solution } from '../hooks/useSolution';
import type { Setup } from '../setup';
import { commandLine } from '../takeaway';

/** Seconds after which a solve that has as many to go is too long for a page. */
const TOO_LONG = 10;

/** The clock, a few times a second, while something runs. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(0);
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(performance.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** What is being computed: how far it is, how long it will take, and a way out. */
export function Progress({ setup, solution }: { readonly setup: Setup; readonly solution: Solution }) {
  const { pending, cancel, cancelled, again } = solution;
  const now = useNow(pending !== undefined);
  if (cancelled)
    return (
      <p className="progress">
        Cancelled.{' '}
        <button type="button" onClick={again}>
          Compute it
        </button>
      </p>
    );
  const elapsed = pending ? (now - pending.since) / 1000 : 0;
  if (!pending || elapsed < 0.4) return null;
  const fraction = Math.min(1, pending.advance?.fraction ?? 0);
  const left = fraction > 0.02 ? (elapsed * (1 - fraction)) / fraction : undefined;
  return (
    <div className="progress">
      <progress value={fraction} max={1} aria-label="Progress of the solver" />
      <span role="status">
        {`${Math.round(100 * fraction)} %${left === undefined ? '' : `, about ${Math.max(1, Math.round(left))} s left`}`}
      </span>
      <button type="button" onClick={cancel}>
        Cancel
      </button>
      {elapsed > TOO_LONG && (left ?? TOO_LONG) >= TOO_LONG && (
        <p className="long">
          This takes longer than a page should. On the command line, with all cores:{' '}
          <code>{commandLine(setup)}</code>
        </p>
      )}
    </div>
  );
}
