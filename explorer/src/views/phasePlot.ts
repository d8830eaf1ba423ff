import { interpolateBlues } from 'd3-scale-chromatic';
import type { PhaseView as Diagram, PhaseMap } from '../engine/messages';
import { axis } from '../ui/figure';
import { short } from '../ui/number';
import { EDGE_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';
import { type Domain, HEIGHT, MARGINS, WIDTH } from './phasePlace';

export type Background = 'depth' | 'rise';
/** Depths that bands lie between, and the deepest that has a shade of its own. */
const DEPTHS = [1, 2, 3, 5, 8, 12, 20, 30, 50, 100];
const DEEPEST = 200;
/** The same as inverse depths, order negative and chaos positive. */
const BANDS = [-10, ...DEPTHS.map((depth) => -1 / depth), ...DEPTHS.toReversed().map((depth) => 1 / depth)];

/** The blue of the band above each of them. */
const SHADES = BANDS.map((from, k) => {
  const to = BANDS[k + 1] ?? 10;
  const depth = from < 0 && to > 0 ? DEEPEST : 1 / Math.sqrt(from * to);
  return interpolateBlues(Math.max(0, Math.log(depth / 0.5) / Math.log(DEEPEST / 0.5)));
});

/** Values of a map that are known, the least and the most of them. */
export function knownRange(map: PhaseMap | undefined): readonly [number, number] | undefined {
  const known = map ? Array.from(map.values).filter(Number.isFinite) : [];
  return known.length > 0 ? [Math.min(...known), Math.max(...known)] : undefined;
}

function contours(
  { weightVariances: ws, biasVariances: bs, values }: PhaseMap,
  depth: boolean,
): Plot.Markish {
  return Plot.contour(Array.from(values), {
    width: ws.length,
    height: bs.length,
    x1: ws[0],
    x2: ws[ws.length - 1],
    y1: bs[0],
    y2: bs[bs.length - 1],
    fill: Plot.identity,
    thresholds: depth ? BANDS : 12,
    stroke: 'var(--card)',
    strokeWidth: 0.4,
  });
}

/** The diagram: depth scales or rises of alignment behind the edge of chaos. */
export function phasePlot(
  map: PhaseMap | undefined,
  line: Diagram['line'],
  domain: Domain,
  background: Background,
): Plot.PlotOptions {
  const depth = background === 'depth';
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
      ? { type: 'linear', domain: BANDS, range: SHADES }
      : { type: 'linear', scheme: 'viridis', domain: [...(knownRange(map) ?? [0, 1])] },
    marks: [
      ...(map ? [contours(map, depth)] : []),
      Plot.line(line, {
        x: 'weightVariance',
        y: 'biasVariance',
        stroke: EDGE_COLOUR,
        strokeWidth: 3,
        clip: true,
      }),
      Plot.frame({ stroke: 'currentColor', strokeOpacity: 0.4 }),
    ],
  };
}

/** What the colours mean. */
export function coloursSaid(background: Background, map: Parameters<typeof knownRange>[0]): string {
  const range = knownRange(map);
  if (background === 'depth') return 'blue: depth scale ξ_c, darker is deeper';
  return range
    ? `rise of CKA by linear response, ${short(range[0], 2)} (dark) to ${short(range[1], 2)} (yellow)`
    : 'computing the rise of CKA by linear response …';
}
