import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { diverging } from './palette';
import { useDark } from './useDark';

interface HeatmapProps {
  readonly label: string;
  readonly values: Float64Array;
  readonly size: number;
  /** order of rows and columns */
  readonly order: ArrayLike<number>;
  readonly limit: number;
  /** the entry under the pointer or the keys, in the given order; undefined when it is left */
  onPoint(entry: { readonly row: number; readonly column: number } | undefined): void;
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** A symmetric matrix as a picture whose entries can be read, by pointer or with the arrow keys. */
export function Heatmap({ label, values, size, order, limit, onPoint }: HeatmapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [cursor, setCursor] = useState<readonly [number, number]>([0, 0]);
  const dark = useDark();
  useEffect(() => {
    const sorted = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sorted[i * size + j] = values[order[i] * size + order[j]];
    canvas.current?.getContext('2d')?.putImageData(new ImageData(diverging(sorted, limit, dark), size, size), 0, 0);
  }, [values, size, order, limit, dark]);

  const point = (row: number, column: number) => {
    const within = (k: number) => Math.max(0, Math.min(size - 1, k));
    setCursor([within(row), within(column)]);
    onPoint({ row: order[within(row)], column: order[within(column)] });
  };
  const move = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLCanvasElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    point(Math.floor(((clientY - top) / height) * size), Math.floor(((clientX - left) / width) * size));
  };
  const press = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    point(cursor[0] + step[0], cursor[1] + step[1]);
  };
  return (
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
      onPointerLeave={() => onPoint(undefined)}
      onKeyDown={press}
      onFocus={() => point(cursor[0], cursor[1])}
      onBlur={() => onPoint(undefined)}
    />
  );
}
