import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Square } from './square';

const extent = (values: Float64Array): [number, number] => [
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
];

/** The predictor on a plane through the data, with its uncertainty. */
export function SliceView({ solution: { found, pending, stale } }: { readonly solution: Solution }) {
  const slice = found?.slice;
  const limit = slice ? Math.max(...extent(slice.mean).map(Math.abs), 1e-9) : 1;
  const plane = slice ? slice.axes.filter(Boolean).join(' and ') : '…';
  return (
    <Card
      id="slice"
      busy={pending !== undefined || slice === undefined}
      stale={stale}
      title="What the network predicts"
      says={`Mean output and its standard deviation over networks, on a plane through the data (${plane}); dots are training points, filled for positive targets.`}
      equation="slice"
      section="6-predictions"
      numbers={
        slice &&
        (() => ({ matrices: { size: slice.size, of: { mean: slice.mean, deviation: slice.deviation } } }))
      }
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
