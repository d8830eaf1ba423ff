import { useEffect, useRef } from 'react';
import type { SliceView as Slice } from '../engine/messages';
import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
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

const extent = (values: Float64Array): [number, number] => [
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
];

function Square({ label, slice, values, range: [low, high], dots }: SquareProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDark();
  const { size } = slice;
  const signed = low < 0;
  useEffect(() => {
    const shares = signed ? values : values.map((value) => (value - low) / (high - low || 1));
    const shades = diverging(shares, signed ? high : 1, dark);
    canvas.current?.getContext('2d')?.putImageData(new ImageData(shades, size, size), 0, 0);
  }, [values, low, high, signed, dark, size]);
  const percent = (value: number) => `${50 + (50 * value) / slice.limit}%`;
  return (
    <figure>
      <div className="square">
        <canvas ref={canvas} width={size} height={size} className="smooth" role="img" aria-label={label} />
        {dots &&
          slice.points.map((point, k) => (
            <i
              // biome-ignore lint/suspicious/noArrayIndexKey: samples have no other name
              key={k}
              className={point.target > 0 ? 'sample positive' : 'sample'}
              style={{ left: percent(point.x), bottom: percent(point.y) }}
            />
          ))}
      </div>
      <figcaption>
        {label}
        <span className="scale">
          {low.toPrecision(2).replace('-', '−')} <i style={{ background: gradient(dark, !signed) }} /> {high.toPrecision(2)}
        </span>
      </figcaption>
    </figure>
  );
}

/** The predictor on a plane through the data, with its uncertainty. */
export function SliceView({ solution: { slice, busy, solved } }: { readonly solution: Solution }) {
  const limit = slice ? Math.max(...extent(slice.mean).map(Math.abs), 1e-9) : 1;
  return (
    <Card
      id="slice"
      busy={busy || (solved !== undefined && slice === undefined)}
      title="What the network predicts"
      says={`Mean output and its standard deviation over networks, on a plane through the data (${slice ? slice.axes.filter(Boolean).join(' and ') : '…'}); dots are training samples, filled for positive targets.`}
      tex={String.raw`\begin{gathered}\langle f_*\rangle=C_{*}\,(C+\kappa)^{-1}Y\\ \mathrm{Var}f_*=C_{**}-C_{*}\,(C+\kappa)^{-1}C_{*}^{\top}\end{gathered}`}
      section="6-predictions"
    >
      {slice ? (
        <div className="maps half">
          <Square label="mean output" slice={slice} values={slice.mean} range={[-limit, limit]} dots />
          <Square
            label="standard deviation"
            slice={slice}
            values={slice.deviation}
            range={extent(slice.deviation)}
            dots={false}
          />
        </div>
      ) : (
        <p className="empty">After the solution come predictions …</p>
      )}
    </Card>
  );
}
