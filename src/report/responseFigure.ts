import * as Plot from '@observablehq/plot';
import type { Propagation } from '../criticality/responses.js';
import { arranged, standalone } from './picture.js';
import { colourOf, middleLabel, render } from './plots.js';

const WIDTH = 440;
const HEIGHT = 340;
const TOP = 36;
const SCALE = '#8891a0';
const LEAST = 1e-12;

interface Point {
  readonly name: string;
  readonly layer: number;
  readonly value: number;
}

function panel(
  points: readonly Point[],
  names: readonly string[],
  scale: readonly Point[],
  label: string,
  top: number,
): string {
  return render({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 72,
    marginRight: 20,
    marginTop: 24,
    marginBottom: 45,
    x: {
      label: 'layer',
      domain: [0, top],
      ticks: Math.min(top, 8),
      tickFormat: (l: number) => (l === 0 ? 'input' : String(l)),
      inset: 12,
      ...middleLabel,
    },
    y: { type: 'log', label, grid: true, ticks: 5, tickFormat: '~g', labelOffset: 64, ...middleLabel },
    color: { domain: [...names], range: names.map((name, k) => colourOf(name, k + 1)) },
    marks: [
      Plot.line(scale, { x: 'layer', y: 'value', stroke: SCALE, strokeDasharray: '6,4', strokeWidth: 1.5 }),
      Plot.line(points, { x: 'layer', y: 'value', z: 'name', stroke: 'name', strokeWidth: 2 }),
      Plot.dot(points, { x: 'layer', y: 'value', fill: 'name', r: 3.5 }),
    ],
  });
}

/**
 * How changes travel, as an SVG file: one of the input kernel forwards, one that is asked of the output
 * kernel backwards, in the directions of the data, beside exp(−l/ξ_c), the law near the fixed point of the
 * variances.
 */
export function responseFigure(propagations: readonly Propagation[], xi: number | null): string {
  const names = propagations.map(({ name }) => name);
  const top = propagations[0].backward.length - 1;
  const at = (value: (l: number, entry: Propagation) => number): Point[] =>
    propagations.flatMap((entry) =>
      entry.backward
        .map((_, layer) => ({ name: entry.name, layer, value: value(layer, entry) }))
        .filter((point) => point.value > LEAST),
    );
  const decay = (distance: (l: number) => number): Point[] =>
    xi === null || !Number.isFinite(xi)
      ? []
      : Array.from({ length: top + 1 }, (_, layer) => ({
          name: 'ξ',
          layer,
          value: Math.exp(-distance(layer) / xi),
        }));
  const forward = at((l, entry) => entry.forward[0][l]);
  const backward = at((l, entry) => entry.backward[l]);
  const plots = [
    panel(
      forward,
      names,
      decay((l) => l),
      'norm, from the input forwards',
      top,
    ),
    panel(
      backward,
      names,
      decay((l) => top - l),
      'norm, from the output backwards',
      top,
    ),
  ];
  return standalone(arranged(plots, 2, WIDTH, HEIGHT, TOP), [
    ...names.map((label, k) => ({ label, colour: colourOf(label, k + 1) })),
    ...(xi !== null && Number.isFinite(xi)
      ? [{ label: `exp(−l/ξ_c), ξ_c = ${Number(xi.toPrecision(3))}`, colour: SCALE }]
      : []),
  ]);
}
