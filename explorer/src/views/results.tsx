import { useEffect, useState } from 'react';
import type { Found, Solution } from '../hooks/useSolution';
import type { Setup } from '../setup';
import { commandLine } from '../takeaway';
import { duration, expected, leftOut, withError } from '../ui/number';
import { differences, networkOf } from '../ui/words';
import { Comparison } from './comparison';

/** Seconds after which a solve that has as many to go is too long for a page. */
const TOO_LONG = 10;

/** What is known of a solution in numbers. */
function numbersOf({ infinite, solved }: Found): string[] {
  if (!solved) return [`nngp ${duration(infinite.seconds)}`];
  return [
    solved.converged ? 'solved' : 'not converged',
    `${solved.theory} ${duration(solved.seconds)}`,
    ...(solved.expectedError === undefined ? [] : [expected(solved.expectedError)]),
    `ln p(Y|X) ${withError(solved.logEvidence, solved.evidenceStandardError)}${leftOut(solved.leftOut)}`,
    ...(solved.testLoss === undefined ? [] : [`test loss ${solved.testLoss.toFixed(4)}`]),
    ...(solved.testAccuracy === undefined ? [] : [`accuracy ${(100 * solved.testAccuracy).toFixed(1)} %`]),
  ];
}

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
function Progress({ setup, solution }: { readonly setup: Setup; readonly solution: Solution }) {
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
          This takes longer than a page should. On the command line, with all cores: <code>{commandLine(setup)}</code>
        </p>
      )}
    </div>
  );
}

interface ResultsProps {
  readonly setup: Setup;
  readonly solution: Solution;
  readonly pinned?: Found;
  pin(found: Found | undefined): void;
}

/** Whose results stand below, in words and numbers; what is being computed; and the setup that they are compared with. */
export function Results({ setup, solution, pinned, pin }: ResultsProps) {
  const { found, stale } = solution;
  const earlier = found && stale ? differences(found.setup, setup) : [];
  return (
    <div className="results">
      <p className={stale ? 'facts stale' : 'facts'} data-testid="facts">
        {found ? `${found.infinite.data.description} · ${networkOf(found.setup)} · ${numbersOf(found).join(' · ')}` : 'Loading …'}
      </p>
      {earlier.length > 0 && <p className="earlier">Below still: {earlier.join(', ')}</p>}
      <Progress setup={setup} solution={solution} />
      {found?.solved && !stale && !pinned && (
        <button type="button" onClick={() => pin(found)}>
          Pin to compare
        </button>
      )}
      {pinned && found && <Comparison now={found} pinned={pinned} unpin={() => pin(undefined)} />}
    </div>
  );
}
