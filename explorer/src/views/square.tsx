import { useEffect, useRef } from 'react';
import type { SliceView as Slice } from '../engine/messages';
import { point, usePointed } from '../hooks/usePointed';
import { diverging, gradient } from '../ui/palette';
import { useDark } from '../ui/useDark';

interface SquareProps {
  readonly label: string;
  readonly slice: Slice;
  readonly values: Float64Array;
  /** values of the colours' ends: blue to red if they are opposite, else pale to red */
  readonly range: readonly [low: number, high: number];
  readonly dots: boolean;
}

/** Training samples on the plane; those that are read anywhere stand out. */
function Samples({ slice }: { readonly slice: Slice }) {
  const pointed = usePointed();
  const percent = (value: number) => `${50 + (50 * value) / slice.limit}%`;
  return slice.points.map((sample, k) => (
    <i
      // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other name
      key={k}
      className={`sample${sample.target > 0 ? ' positive' : ''}${k === pointed?.row || k === pointed?.column ? ' read' : ''}`}
      style={{ left: percent(sample.x), bottom: percent(sample.y) }}
      onPointerEnter={() => point({ row: k, column: k })}
      onPointerLeave={() => point(undefined)}
    />
  ));
}

/** The plane in colours, with their scale. */
export function Square({ label, slice, values, range: [low, high], dots }: SquareProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const { size } = slice;
  const signed = low < 0;
  useEffect(() => {
    const shares = signed ? values : values.map((value) => (value - low) / (high - low || 1));
    const shades = diverging(shares, signed ? high : 1, dark);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(shades, size, size), 0, 0);
  }, [values, low, high, signed, dark, size]);
  return (
    <figure>
      <div className="square">
        <canvas ref={canvas} width={size} height={size} className="smooth" role="img" aria-label={label} />
        {dots && <Samples slice={slice} />}
      </div>
      <figcaption>
        <span className="caption">{label}</span>
        <span className="scale">
          {low.toPrecision(2).replace('-', '−')} <i style={{ background: gradient(dark, !signed) }} />{' '}
          {high.toPrecision(2)}
        </span>
      </figcaption>
    </figure>
  );
}
