import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { PhaseView as Diagram, PhaseMap, PointPhase } from '../engine/messages';
import type { Update } from '../hooks/useSetup';
import { useTask } from '../hooks/useTask';
import { problemFile, type Setup } from '../setup';
import { Card } from '../ui/card';
import { axis, Figure } from '../ui/figure';
import { short } from '../ui/number';
import { EDGE_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';
import { Segments } from '../ui/segments';

const client = new EngineClient();
const gainClient = new EngineClient();
type Background = 'depth' | 'gain';
const BACKGROUNDS: readonly (readonly [Background, string])[] = [
  ['depth', 'depth scale'],
  ['gain', 'feature learning'],
];

const WIDTH = 430;
const HEIGHT = 320;
const MARGINS = { left: 52, right: 16, top: 12, bottom: 40 };
const SIZE = [33, 21] as const;
const GAIN_SIZE = [8, 6] as const;
const STEP = 0.02;

/** The variances that the diagram covers: the usual ones, and more if the network is outside. */
const domainOf = ({ weightVariance, biasVariance }: Setup) => ({
  weightVariance: [0.3, Math.max(4, 1.25 * Math.ceil(weightVariance))] as const,
  biasVariance: [0, Math.max(0.5, 1.25 * biasVariance)] as const,
});

type Domain = ReturnType<typeof domainOf>;

function diagramPlot(map: PhaseMap | undefined, line: Diagram['line'], domain: Domain, background: Background): Plot.PlotOptions {
  const known = map ? Array.from(map.values).filter(Number.isFinite) : [];
  const depth = background === 'depth';
  const contours = map
    ? [
        Plot.contour(Array.from(map.values), {
          width: map.weightVariances.length,
          height: map.biasVariances.length,
          x1: map.weightVariances[0],
          x2: map.weightVariances[map.weightVariances.length - 1],
          y1: map.biasVariances[0],
          y2: map.biasVariances[map.biasVariances.length - 1],
          fill: Plot.identity,
          ...(depth ? { thresholds: [0, 1, 2, 3, 5, 8, 12, 20, 30, 50, 100, 300] } : { thresholds: 12 }),
          stroke: 'var(--card)',
          strokeWidth: 0.4,
        }),
      ]
    : [];
  return {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [...domain.weightVariance], label: 'weight variance σ_w²', ticks: 6, ...axis },
    y: { domain: [...domain.biasVariance], label: 'bias variance σ_b²', ticks: 5, ...axis },
    color: depth
      ? { type: 'log', domain: [0.7, 200], scheme: 'blues', clamp: true }
      : { type: 'linear', scheme: 'viridis', domain: known.length ? [Math.min(...known), Math.max(...known)] : [0, 1] },
    marks: [
      ...contours,
      Plot.line(line, { x: 'weightVariance', y: 'biasVariance', stroke: EDGE_COLOUR, strokeWidth: 3, clip: true }),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.4 }),
    ],
  };
}

/** Order and chaos, with the network as a point that can be moved. */
export function PhaseView({ setup, update }: { readonly setup: Setup; readonly update: Update }) {
  const [background, setBackground] = useState<Background>('depth');
  const held = useRef(false);
  const [point, setPoint] = useState<PointPhase>();
  const { activation, weightVariance, biasVariance } = setup;
  const domain = domainOf(setup);
  const key = JSON.stringify(domain);

  const diagram = useTask<Diagram>(
    client,
    async (engine, show) => {
      show(await engine.phases(activation, domain, [11, 7]));
      show(await engine.phases(activation, domain, SIZE));
    },
    [activation, key],
    { rest: 300 },
  );
  const file = JSON.stringify(problemFile({ ...setup, weightVariance: 1, biasVariance: 0 }));
  const gains = useTask<PhaseMap>(
    gainClient,
    async (engine, show) => engine.gains(JSON.parse(file), domain, GAIN_SIZE, callback(show)),
    [file, key],
    { rest: 400, wanted: background === 'gain' },
  );
  useEffect(() => {
    let current = true;
    // Beside the diagram, which it must not end: asked of the other worker.
    gainClient
      .ask((engine) => engine.pointPhase(activation, weightVariance, biasVariance))
      .then((found) => current && setPoint(found))
      .catch(() => current && setPoint(undefined));
    return () => {
      current = false;
    };
  }, [activation, weightVariance, biasVariance]);

  const map = background === 'depth' ? diagram.result : gains.result;
  const line = diagram.result?.line;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the domain
  const options = useMemo(() => diagramPlot(map, line ?? [], domain, background), [map, line, key, background]);

  const [w0, w1] = domain.weightVariance;
  const [b0, b1] = domain.biasVariance;
  const place = {
    left: `${(100 * (MARGINS.left + ((weightVariance - w0) / (w1 - w0)) * (WIDTH - MARGINS.left - MARGINS.right))) / WIDTH}%`,
    top: `${(100 * (HEIGHT - MARGINS.bottom - ((biasVariance - b0) / (b1 - b0)) * (HEIGHT - MARGINS.top - MARGINS.bottom))) / HEIGHT}%`,
  };
  const move = (w: number, b: number) => {
    const within = (value: number, low: number, high: number) => Number(Math.max(low, Math.min(high, value)).toFixed(3));
    update({ weightVariance: within(w, Math.max(0.01, w0), w1), biasVariance: within(b, b0, b1) });
  };
  const drag = ({ clientX, clientY, currentTarget }: PointerEvent<HTMLDivElement>) => {
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    const [x, y] = [((clientX - left) / width) * WIDTH, ((clientY - top) / height) * HEIGHT];
    const share = [
      (x - MARGINS.left) / (WIDTH - MARGINS.left - MARGINS.right),
      (HEIGHT - MARGINS.bottom - y) / (HEIGHT - MARGINS.top - MARGINS.bottom),
    ];
    move(w0 + share[0] * (w1 - w0), b0 + share[1] * (b1 - b0));
  };
  const press = (event: KeyboardEvent) => {
    const [dw, db] = [STEP * (w1 - w0), STEP * (b1 - b0)];
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-dw, 0],
      ArrowRight: [dw, 0],
      ArrowUp: [0, db],
      ArrowDown: [0, -db],
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    move(weightVariance + step[0], biasVariance + step[1]);
  };
  const known = map ? Array.from(map.values).filter(Number.isFinite) : [];
  return (
    <Card
      id="phase"
      busy={diagram.busy || gains.busy}
      title="Order, chaos, and the edge"
      says="Drag the point. Signals of different samples become equal in the ordered phase and lose each other in the chaotic one; near the edge they travel deepest."
      tex={String.raw`\chi=\sigma_w^2\,\langle\phi'^2\rangle_{q^*}=1,\qquad \xi_c=-1/\ln\chi_c`}
      section="7-order-and-chaos"
      controls={<Segments<Background> label="Background" value={background} options={BACKGROUNDS} onChange={setBackground} />}
    >
      {diagram.error ? (
        <p className="empty">{diagram.error}</p>
      ) : (
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
          <Figure options={options} label={`Phase diagram of ${activation} with the edge of chaos`} />
          <button
            type="button"
            className="handle"
            style={place}
            aria-label={`Network at weight variance ${weightVariance}, bias variance ${biasVariance}; move it with the arrow keys`}
            onKeyDown={press}
          />
        </div>
      )}
      <p className="key">
        <span>
          <i style={{ background: EDGE_COLOUR }} /> edge of chaos
        </span>
        <span>
          {background === 'depth'
            ? 'blue: depth scale ξ_c, darker is deeper'
            : known.length
              ? `gain of CKA by linear response, ${short(Math.min(...known), 2)} (dark) to ${short(Math.max(...known), 2)} (yellow)`
              : 'computing the gain of CKA by linear response …'}
        </span>
      </p>
      <p className="state">
        {point
          ? `${point.phase}: χ = ${short(point.chi)}, ξ_c = ${short(point.xiC)} layers, the network has ${setup.layers}`
          : ''}
        {point?.remark ? `; ${point.remark}` : ''}
      </p>
    </Card>
  );
}
