import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { point, usePointed } from '../hooks/usePointed';
import { diverging } from './palette';
import { useDark } from './useDark';

interface HeatmapProps {
  readonly label: string;
  readonly values: Float64Array;
  readonly size: number;
  /** order of rows and columns */
  readonly order: ArrayLike<number>;
  readonly limit: number;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The lines through the entry that is read on any map of the page. */
function Crosshair({ order, size }: { readonly order: ArrayLike<number>; readonly size: number }) {
  const pointed = usePointed();
  const places = useMemo(
    () => new Map(Array.from(order, (sample, place) => [sample, place] as const)),
    [order],
  );
  const row = pointed && places.get(pointed.row);
  const column = pointed && places.get(pointed.column);
  if (row === undefined || column === undefined) return null;
  const share = (place: number) => `${(100 * (place + 0.5)) / size}%`;
  return (
    <>
      <i className="cross across" style={{ top: share(row) }} />
      <i className="cross down" style={{ left: share(column) }} />
    </>
  );
}

/** A symmetric matrix as a picture whose entries can be read, by pointer or with the arrow keys. */
export function Heatmap({ label, values, size, order, limit }: HeatmapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState<readonly [number, number]>([0, 0]);
  const dark = useDark();
  useEffect(() => {
    const sorted = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) sorted[i * size + j] = values[order[i] * size + order[j]];
    canvas.current
      ?.getContext('2d')
      ?.putImageData(new ImageData(diverging(sorted, limit, dark), size, size), 0, 0);
  }, [values, size, order, limit, dark]);

  const read = (row: number, column: number) => {
    const within = (k: number) => Math.max(0, Math.min(size - 1, k));
    setCursor([within(row), within(column)]);
    point({ row: order[within(row)], column: order[within(column)] });
  };
  const move = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLCanvasElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    read(Math.floor(((clientY - top) / height) * size), Math.floor(((clientX - left) / width) * size));
  };
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    read(cursor[0] + step[0], cursor[1] + step[1]);
  };
  return (
    <div className="map">
      <canvas
        ref={canvas}
        width={size}
        height={size}
        className="heatmap"
        tabIndex={0}
        role="img"
        aria-label={`${label}; arrow keys read single entries`}
        onPointerMove={move}
        onPointerDown={move}
        onPointerLeave={() => point(undefined)}
        onKeyDown={press}
        onFocus={() => read(cursor[0], cursor[1])}
        onBlur={() => point(undefined)}
      />
      <Crosshair order={order} size={size} />
    </div>
  );
}
