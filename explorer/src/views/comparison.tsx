import type { Found } from '../hooks/useSolution';
import { withError } from '../ui/number';
import { MathText } from '../ui/symbol';
import { differences } from '../ui/words';
import { measuresOf } from './comparedMeasures';

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
