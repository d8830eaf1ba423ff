import * as Plot from '@observablehq/plot';
import { interpolateBlues } from 'd3-scale-chromatic';
import type { PhaseDiagram } from '../criticality/diagram.js';
import type { Phase } from '../criticality/phase.js';
import { standalone } from './picture.js';
import { middleLabel, render } from './plots.js';

/** Depth scales at which colours change, in layers. */
const LEVELS = [1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100];
const EDGE = '#d55e00';
/** Depth scales that the legend names. */
const NAMED = [1, 3, 10, 30, 100];

/** Light to dark blue over the logarithm of the depth scale. */
const shade = (depth: number): string =>
  interpolateBlues(0.1 + 0.4 * Math.min(2, Math.max(0, Math.log10(depth))));

/** Mean place of the grid points of one phase, for its name. */
function centres({ weightVariances, biasVariances, phases }: PhaseDiagram) {
  return (['ordered', 'chaotic', 'unbounded'] as const).flatMap((name) => {
    const places = phases.flatMap((row, i) =>
      row.flatMap((phase, j) => (phase.phase === name ? [[i, j]] : [])),
    );
    // A sliver has no room for a name.
    if (places.length < 0.04 * weightVariances.length * biasVariances.length) return [];
    const mean = (k: number) => places.reduce((sum, place) => sum + place[k], 0) / places.length;
    return [{ name, x: weightVariances[Math.round(mean(1))], y: biasVariances[Math.round(mean(0))] }];
  });
}

/**
 * −ln of the slope of the correlation map, 1/ξ_c, counted negative in the chaotic phase: smooth across the
 * edge of chaos.
 */
const signedRate = ({ chi, xiC }: Phase): number => {
  if (Number.isNaN(xiC)) return Number.NaN;
  return (chi > 1 ? -1 : 1) * Math.min(10, 1 / Math.max(1e-3, xiC));
};

const RATES = [...LEVELS.map((level) => -1 / level), ...LEVELS.toReversed().map((level) => 1 / level)];

/**
 * Depth scale ξ_c of correlations as colours, and the critical line, over weight and bias variance. An SVG
 * file.
 */
export function phaseFigure(diagram: PhaseDiagram, activation: string): string {
  const { weightVariances: gs, biasVariances: betas, phases, line } = diagram;
  const [x1, x2, y1, y2] = [gs[0], gs[gs.length - 1], betas[0], betas[betas.length - 1]];
  const [dx, dy] = [(x2 - x1) / (gs.length - 1), (y2 - y1) / (betas.length - 1)];
  // Each value stands at the centre of a cell.
  const cells = { x1: x1 - dx / 2, x2: x2 + dx / 2, y1: y1 - dy / 2, y2: y2 + dy / 2 };
  const rates = phases.flatMap((row) => row.map(signedRate));
  const unbounded = phases.flatMap((row, i) =>
    row.flatMap(({ phase }, j) =>
      phase === 'unbounded'
        ? [{ x1: gs[j] - dx / 2, x2: gs[j] + dx / 2, y1: betas[i] - dy / 2, y2: betas[i] + dy / 2 }]
        : [],
    ),
  );
  const shades = LEVELS.map((level) => shade(level * 1.2));
  const svg = render({
    width: 580,
    height: 430,
    marginLeft: 64,
    marginRight: 24,
    marginTop: 48,
    marginBottom: 48,
    x: { domain: [x1, x2], label: 'weight variance σ_w²', ...middleLabel },
    y: { domain: [y1, y2], label: 'bias variance σ_b²', ...middleLabel },
    color: {
      type: 'threshold',
      domain: RATES,
      range: [shade(0.7), ...shades, ...shades.slice(0, -1).reverse(), shade(0.7)],
    },
    marks: [
      Plot.contour(rates, {
        ...cells,
        width: gs.length,
        height: betas.length,
        fill: Plot.identity,
        thresholds: [-20, ...RATES],
        stroke: 'white',
        strokeWidth: 0.5,
        clip: true,
      }),
      // Where nothing is reached there is no depth scale.
      Plot.rect(unbounded, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: '#ececec', clip: true }),
      Plot.line(line, { x: 'weightVariance', y: 'biasVariance', stroke: EDGE, strokeWidth: 3, clip: true }),
      Plot.text(centres(diagram), {
        x: 'x',
        y: 'y',
        text: 'name',
        fontSize: 15,
        fontWeight: 600,
        fill: '#1d2330',
        stroke: 'white',
        strokeWidth: 4,
      }),
      Plot.frame({ stroke: '#8891a0' }),
    ],
  });
  const depths = NAMED.map((depth, k) => ({
    label: k === 0 ? `ξ_c = ${depth}` : k === NAMED.length - 1 ? `${depth} layers` : String(depth),
    colour: shade(depth),
  }));
  return standalone(svg, [{ label: `${activation}: edge of chaos`, colour: EDGE }, ...depths]);
}
