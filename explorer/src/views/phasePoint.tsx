import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import type { Update } from '../hooks/useSetup';
import type { Setup } from '../setup';
import { type Domain, placeOf, variancesAt } from './phasePlace';

const STEP = 0.02;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

interface PhasePointProps {
  readonly setup: Setup;
  readonly domain: Domain;
  readonly update: Update;
  readonly children: ReactNode;
}

/** The network as a point on the diagram, to be dragged or moved by keys. */
export function PhasePoint({ setup, domain, update, children }: PhasePointProps) {
  const held = useRef(false);
  const { weightVariance, biasVariance } = setup;
  const [[w0, w1], [b0, b1]] = [domain.weightVariance, domain.biasVariance];
  const move = ([w, b]: readonly [number, number]) => {
    const within = (value: number, low: number, high: number) =>
      Number(Math.max(low, Math.min(high, value)).toFixed(3));
    update({ weightVariance: within(w, Math.max(0.01, w0), w1), biasVariance: within(b, b0, b1) });
  };
  const drag = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLDivElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    move(variancesAt((clientX - left) / width, (clientY - top) / height, domain));
  };
  const press = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    move([weightVariance + step[0] * (w1 - w0), biasVariance + step[1] * (b1 - b0)]);
  };
  return (
    <div
      className="draggable"
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => held.current && drag(event)}
      onPointerUp={() => (held.current = false)}
      onPointerCancel={() => (held.current = false)}
    >
      {children}
      <button
        type="button"
        className="handle"
        style={placeOf(setup, domain)}
        aria-label={`Network at weight variance ${weightVariance}, bias variance ${biasVariance}; move it with the arrow keys`}
        onKeyDown={press}
      />
    </div>
  );
}
