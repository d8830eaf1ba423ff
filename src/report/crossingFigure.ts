import * as Plot from '@observablehq/plot';
import type { Matrix } from '../numerics/matrix.js';
import { arranged, standalone } from './picture.js';
import { colourOf, curves, middleLabel, render } from './plots.js';

const WIDTH = 400;
const HEIGHT = 300;
const TOP = 40;
const EDGE = '#8891a0';
const BEFORE = '#1d2330';

/** What a cut through the phases shows: a landscape of one bias variance. */
export interface Cut {
  readonly weightVariances: Float64Array;
  readonly theories: readonly string[];
  /** by name, 1 × weight variances */
  readonly measures: Readonly<Record<string, Matrix>>;
}

interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly values: Float64Array;
  readonly errors?: Float64Array;
}

interface Point {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

function panel(title: string, lines: readonly Curve[], xs: Float64Array, edges: readonly number[]): string {
  const points = lines.flatMap(({ label, values, errors }) =>
    Array.from(xs, (x, k): Point => ({ label, x, y: values[k], error: errors?.[k] ?? 0 })),
  );
  const inside = edges.filter((x) => x >= xs[0] && x <= xs[xs.length - 1]);
  return render({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 62,
    marginRight: 20,
    marginTop: 34,
    marginBottom: 42,
    x: {
      label: 'weight variance σ_w²',
      domain: [xs[0], xs[xs.length - 1]],
      inset: 8,
      ticks: 6,
      ...middleLabel,
    },
    y: { label: null, grid: true, nice: true, ticks: 6 },
    color: { domain: lines.map(({ label }) => label), range: lines.map(({ colour }) => colour) },
    marks: [
      Plot.ruleX(inside, { stroke: EDGE, strokeWidth: 2.5, strokeDasharray: '6,4' }),
      ...curves(points, { x: 'x', y: 'y', colour: 'label' }, 3),
      Plot.text([title], {
        frameAnchor: 'top-left',
        dy: -22,
        fontSize: 13,
        fontWeight: 600,
        fill: 'currentColor',
      }),
    ],
  });
}

/**
 * Order, edge and chaos along the weight variance as an SVG file: how far kernels fluctuate before data, what
 * of a change in the first layer reaches the output, alignment at infinite width, and how far theories rise
 * above it. Points without a solution are left out.
 */
export function crossingFigure(
  { weightVariances, theories, measures }: Cut,
  edges: readonly number[],
  caption: string,
): string {
  const single = (name: string): Curve[] => [{ label: name, colour: BEFORE, values: measures[name].data }];
  const rises = theories.map((theory, k): Curve => {
    const [values, errors] = [measures[`${theory}.gain`].data, measures[`${theory}.gainError`].data];
    return { label: theory, colour: colourOf(theory, k + 1), values, errors };
  });
  const plots = [
    panel('prior fluctuations of C, √ΣVar C/‖C‖', single('priorDeviation'), weightVariances, edges),
    panel('response of C to layer 1 along YYᵀ', single('response'), weightVariances, edges),
    panel('CKA of C at infinite width', single('ckaNngp'), weightVariances, edges),
    panel('rise of CKA of C by the data', rises, weightVariances, edges),
  ];
  return standalone(arranged(plots, 2, WIDTH, HEIGHT, TOP), [
    { label: 'edge of chaos', colour: EDGE },
    ...rises.map(({ label, colour }) => ({ label, colour })),
    { label: `C of the output, ${caption}`, colour: BEFORE },
  ]);
}
