import type { Found } from '../hooks/useSolution';
import { withError } from '../ui/number';
import { MathText } from '../ui/symbol';
import { differences } from '../ui/words';

interface Measure {
  readonly name: string;
  readonly now?: number;
  readonly before?: number;
  readonly error?: number;
}

/** Numbers of two setups, one beside the other, with the error of their difference where it is known. */
function measuresOf(now: Found, pinned: Found): Measure[] {
  const [a, b] = [now.solved, pinned.solved];
  const both = (x?: number, y?: number) => Math.hypot(x ?? 0, y ?? 0) || undefined;
  return [
    {
      name: 'CKA, output',
      now: a?.cka.at(-1),
      before: b?.cka.at(-1),
      error: both(a?.ckaError?.at(-1), b?.ckaError?.at(-1)),
    },
    {
      name: 'ln p(Y|X)',
      now: a?.logEvidence,
      before: b?.logEvidence,
      error: both(a?.evidenceStandardError, b?.evidenceStandardError),
    },
    { name: 'test loss', now: a?.testLoss, before: b?.testLoss },
    { name: 'accuracy', now: a?.testAccuracy, before: b?.testAccuracy },
  ].filter(({ now: x, before }) => x !== undefined && before !== undefined);
}

interface ComparisonProps {
  readonly now: Found;
  readonly pinned: Found;
  /** whether both have the same data */
  readonly comparable: boolean;
  unpin(): void;
}

/** The setup that is shown beside one that was pinned, and what is different. */
export function Comparison({ now, pinned, comparable, unpin }: ComparisonProps) {
  const changed = differences(pinned.setup, now.setup);
  const same = changed.length > 0 ? `Pinned: ${changed.join(', ')}` : 'Pinned: this setup. Change something.';
  return (
    <div className="comparison">
      <table>
        <caption>
          {comparable ? (
            <MathText text={same} />
          ) : (
            'What is pinned has other data: its numbers do not compare.'
          )}
        </caption>
        <thead>
          <tr>
            {['', 'now', 'pinned', 'difference'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(comparable ? measuresOf(now, pinned) : []).map(
            ({ name, now: x = Number.NaN, before: y = Number.NaN, error }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{withError(x)}</td>
                <td>{withError(y)}</td>
                <td>{`${x > y ? '+' : ''}${withError(x - y, error)}`.replace('-', '−')}</td>
              </tr>
            ),
          )}
        </tbody>
      </table>
      <button type="button" onClick={unpin}>
        Unpin
      </button>
    </div>
  );
}
