import type { Update } from '../hooks/useSetup';
import type { Setup } from '../setup';

export interface PairProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly samples: number;
}

/** Which two points are followed. */
export function ChoosePair({ setup, update, samples }: PairProps) {
  const pair = setup.pair.split(',');
  const choose = (k: number, text: string) => {
    const value = Number(text);
    if (text !== '' && Number.isInteger(value) && value >= 0)
      update({ pair: pair.with(k, String(value)).join() });
  };
  return (
    <span className="numbers">
      {pair.map((value, k) => (
        <label key={k === 0 ? 'first' : 'second'}>
          point
          <input
            type="number"
            min={0}
            max={Math.max(0, samples - 1)}
            value={value}
            onChange={(event) => choose(k, event.target.value)}
          />
        </label>
      ))}
    </span>
  );
}
