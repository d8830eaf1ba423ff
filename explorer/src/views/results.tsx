import type { Found, Solution } from '../hooks/useSolution';
import type { Setup } from '../setup';
import { duration, expected, leftOut, withError } from '../ui/number';
import { MathText } from '../ui/symbol';
import { differences, networkOf } from '../ui/words';
import { Progress } from './progress';

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

interface ResultsProps {
  readonly setup: Setup;
  readonly solution: Solution;
  readonly pinned?: Found;
  pin(found: Found): void;
}

/**
 * Whose results stand below, in words and numbers; what is being computed; and a way to keep them for
 * comparison.
 */
export function Results({ setup, solution, pinned, pin }: ResultsProps) {
  const { found, stale } = solution;
  const earlier = found && stale ? differences(found.setup, setup) : [];
  return (
    <div className="results">
      <p className={stale ? 'facts stale' : 'facts'} data-testid="facts">
        {found ? (
          <MathText
            text={`${found.infinite.data.description} · ${networkOf(found.setup)} · ${numbersOf(found).join(' · ')}`}
          />
        ) : (
          'Loading …'
        )}
      </p>
      {earlier.length > 0 && (
        <p className="earlier">
          <MathText text={`Still shown: ${earlier.join(', ')}`} />
        </p>
      )}
      <Progress setup={setup} solution={solution} />
      {found?.solved && !stale && !pinned && (
        <button type="button" onClick={() => pin(found)}>
          Pin to compare
        </button>
      )}
    </div>
  );
}
