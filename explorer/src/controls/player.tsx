import { useId } from 'react';
import type { Play, Walk } from '../hooks/usePlay';

const NAMES: readonly (readonly [Walk, string])[] = [
  ['width', 'width, wide to narrow'],
  ['layers', 'depth'],
  ['featureScale', 'feature scale γ'],
  ['iterations', 'iterations of the solver'],
];

/** A button that walks one number of the setup while kernels, alignment and spectrum follow. */
export function Player({ play, frames }: { readonly play: Play; readonly frames: number }) {
  const id = useId();
  const nothing = play.walk === 'iterations' && frames < 2;
  return (
    <div className="player">
      <button
        type="button"
        className="play"
        onClick={play.toggle}
        disabled={nothing}
        aria-label={play.playing ? 'Pause' : 'Play'}
      >
        {play.playing ? '❚❚' : '▶'}
      </button>
      <label htmlFor={id} className="hidden">
        What is played
      </label>
      <select id={id} value={play.walk} onChange={(event) => play.choose(event.target.value as Walk)}>
        {NAMES.map(([walk, name]) => (
          <option key={walk} value={walk}>
            {name}
          </option>
        ))}
      </select>
      {nothing && <span className="hint">this theory is solved in one step</span>}
    </div>
  );
}
