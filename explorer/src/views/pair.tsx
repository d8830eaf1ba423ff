import { useMemo } from 'react';
import { EngineClient } from '../engine/client';
import type { PairView as Pair } from '../engine/messages';
import type { Update } from '../hooks/useSetup';
import { useTask } from '../hooks/useTask';
import { INFINITE, problemFile, type Setup } from '../setup';
import { Card } from '../ui/card';
import { axis, Figure, margins, upright } from '../ui/figure';
import { INFINITE_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

const client = new EngineClient();
/** Milliseconds that leave the cores to the first picture of the kernels. */
const AFTER_PICTURE = 600;
const BINS = 44;
const PRIOR = '#0072b2';

/** Densities of C_αβ before and after the targets, over common bins. */
function histogram({ values, weights }: Pair) {
  const sorted = values.toSorted();
  const [low, high] = [sorted[Math.floor(0.002 * sorted.length)], sorted[Math.ceil(0.998 * (sorted.length - 1))]];
  const step = (high - low) / BINS || 1;
  const bins = Array.from({ length: BINS }, (_, k) => ({ x1: low + k * step, x2: low + (k + 1) * step, prior: 0, posterior: 0 }));
  values.forEach((value, s) => {
    const bin = bins[Math.floor((value - low) / step)];
    if (!bin) return;
    bin.prior += 1 / (values.length * step);
    bin.posterior += weights[s] / step;
  });
  return bins;
}

/** The prior over the kernel of two samples and what their targets make of it. */
export function PairView({
  setup,
  update,
  samples,
}: {
  readonly setup: Setup;
  readonly update: Update;
  readonly samples: number;
}) {
  const file = JSON.stringify(problemFile(setup));
  const infinite = setup.width === INFINITE;
  const pair = setup.pair.split(',').map(Number) as [number, number];
  const { result, busy, error } = useTask<Pair>(
    client,
    async (engine, show) => show(await engine.pair(JSON.parse(file), pair)),
    [file, setup.pair],
    { rest: AFTER_PICTURE, wanted: !infinite && samples > 0 },
  );
  const options = useMemo((): Plot.PlotOptions | undefined => {
    if (!result) return undefined;
    const bins = histogram(result);
    return {
      width: 430,
      height: 240,
      ...margins,
      x: { label: `output kernel C of samples ${result.pair[0]} and ${result.pair[1]}`, ...axis },
      y: { label: 'density over networks', grid: true, nice: true, ...upright },
      marks: [
        Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'prior', fill: PRIOR, fillOpacity: 0.45 }),
        Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'posterior', fill: THEORY_COLOUR, fillOpacity: 0.5 }),
        Plot.ruleX([result.infinite], { stroke: INFINITE_COLOUR, strokeWidth: 3 }),
      ],
    };
  }, [result]);
  const choose = (k: 0 | 1, text: string) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < 0) return;
    update({ pair: k === 0 ? `${value},${pair[1]}` : `${pair[0]},${value}` });
  };
  const sign = (value: number) => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`;
  return (
    <Card
      id="pair"
      busy={busy}
      title="The prior is a superposition"
      says="Networks drawn before data scatter around infinite width, the more the narrower they are; targets favour those networks that see the two samples as the targets do."
      tex={String.raw`p(Y)=\int\!dC\;p(C)\,\mathcal N(Y\mid0,\,C+\kappa),\quad \mathrm{Var}\,C\propto \tfrac1N`}
      section="3-the-prior-over-kernels"
      controls={
        <span className="numbers">
          {[0, 1].map((k) => (
            <label key={k}>
              sample
              <input
                type="number"
                min={0}
                max={Math.max(0, samples - 1)}
                value={pair[k as 0 | 1]}
                onChange={(event) => choose(k as 0 | 1, event.target.value)}
              />
            </label>
          ))}
        </span>
      }
    >
      {infinite ? (
        <p className="empty">At infinite width every network has the same kernel: there is nothing to choose between.</p>
      ) : error ? (
        <p className="error">{error}</p>
      ) : (
        options && (
          <>
            <p className="key">
              <span>
                <i style={{ background: PRIOR }} /> networks from the prior
              </span>
              <span>
                <i style={{ background: THEORY_COLOUR }} /> reweighed by y = {sign(result?.targets[0] ?? 0)},{' '}
                {sign(result?.targets[1] ?? 0)}
              </span>
              <span>
                <i style={{ background: INFINITE_COLOUR }} /> infinite width
              </span>
            </p>
            <Figure
              options={options}
              label={`Distribution of the output kernel of samples ${pair.join(' and ')} over networks`}
            />
          </>
        )
      )}
    </Card>
  );
}
