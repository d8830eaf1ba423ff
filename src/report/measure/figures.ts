import * as Plot from '@observablehq/plot';
import { arranged, type LegendEntry, standalone } from '../picture.js';
import { type AlignmentPoint, colourOf, layerPlot, middleLabel, render } from '../plots.js';
import type { Measured } from './measures.js';

const WIDTH = 440;
const HEIGHT = 340;
const TOP = 36;
const PANEL = { width: 360, height: 280 };
/** Layers of which spectra are drawn, at most. */
const MOST_LAYERS = 4;
/** Eigenvalues below this share of the largest are rounding. */
const LEAST = 1e-9;

const legendOf = (measured: readonly Measured[]): LegendEntry[] =>
  measured.map(({ name }, k) => ({ label: name, colour: colourOf(name, k) }));

const names = (measured: readonly Measured[]): string[] => measured.map(({ name }) => name);

/**
 * Alignment with the targets, and how far layers are from infinite width, as an SVG file; undefined where all
 * targets are equal.
 */
export function measureFigure(measured: readonly Measured[]): string | undefined {
  const points = (
    value: (layer: Measured['layers'][number]) => readonly [number, number],
  ): AlignmentPoint[] =>
    measured.flatMap(({ name, layers }) =>
      layers.map((layer) => {
        const [cka, error] = value(layer);
        return { theory: name, layer: layer.layer, cka, error };
      }),
    );
  const alignment = points(({ cka, ckaError }) => [cka, ckaError]);
  if (alignment.some(({ cka }) => Number.isNaN(cka))) return undefined;
  const plots = [
    layerPlot(alignment, names(measured), 'CKA of the kernel with YYᵀ'),
    layerPlot(
      points(({ shift }) => [shift, 0]),
      names(measured),
      '‖C − K‖/‖K‖',
    ),
  ];
  return standalone(arranged(plots, 2, WIDTH, HEIGHT, TOP), legendOf(measured));
}

/**
 * The layer alignment, CKA of the tangent kernel of each layer's weights with the targets, as an SVG file;
 * undefined where there is none.
 */
export function profileFigure(measured: readonly Measured[]): string | undefined {
  const points = measured.flatMap(({ name, layers }) =>
    layers.flatMap(({ layer, tangent }): AlignmentPoint[] =>
      tangent && Number.isFinite(tangent.cka)
        ? [{ theory: name, layer, cka: tangent.cka, error: tangent.error }]
        : [],
    ),
  );
  if (points.length === 0) return undefined;
  const kernels = measured.flatMap(({ name, layers }) =>
    layers.map(({ layer, cka, ckaError }): AlignmentPoint => ({ theory: name, layer, cka, error: ckaError })),
  );
  const plots = [
    layerPlot(points, names(measured), 'CKA of the tangent kernel of a layer with YYᵀ'),
    layerPlot(kernels, names(measured), 'CKA of its feature kernel with YYᵀ'),
  ];
  return standalone(arranged(plots, 2, WIDTH, HEIGHT, TOP), legendOf(measured));
}

/** The last layer, the first, and others evenly between. */
function shownLayers(count: number): number[] {
  if (count <= MOST_LAYERS) return Array.from({ length: count }, (_, k) => k + 1);
  const at = Array.from(
    { length: MOST_LAYERS },
    (_, k) => 1 + Math.round((k * (count - 1)) / (MOST_LAYERS - 1)),
  );
  return [...new Set(at)];
}

interface SpectrumPoint {
  readonly name: string;
  readonly rank: number;
  readonly value: number;
}

function spectrumPanel(
  points: readonly SpectrumPoint[],
  labels: readonly string[],
  y: Plot.ScaleOptions,
  title: string,
): string {
  return render({
    ...PANEL,
    marginLeft: 72,
    marginRight: 16,
    marginTop: 34,
    marginBottom: 45,
    x: { type: 'log', label: 'k', ticks: 4, tickFormat: ',', ...middleLabel },
    y: { grid: true, labelOffset: 62, ...middleLabel, ...y },
    color: { domain: [...labels], range: labels.map(colourOf) },
    marks: [
      Plot.text([title], { frameAnchor: 'top', dy: -22, fontSize: 13 }),
      Plot.line(points, { x: 'rank', y: 'value', z: 'name', stroke: 'name', strokeWidth: 2 }),
    ],
  });
}

/**
 * Feature maps of hidden layers as an SVG file: eigenvalues of the centred kernels, over their sum, and below
 * the weight of the targets on the first k eigenvectors. Undefined where all targets are equal.
 */
export function spectraFigure(measured: readonly Measured[], hiddenLayers: number): string | undefined {
  const layers = shownLayers(hiddenLayers);
  const labels = names(measured);
  const pointsOf = (
    layer: number,
    values: (spectrum: Measured['layers'][number]['spectrum']) => Float64Array,
  ) =>
    measured.flatMap(({ name, layers: all }) => {
      const found = all.find((each) => each.layer === layer);
      return found ? Array.from(values(found.spectrum), (value, k) => ({ name, rank: k + 1, value })) : [];
    });
  const shares = (eigenvalues: Float64Array) => {
    const total = eigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
    return eigenvalues.map((value) => value / total);
  };
  const above = layers.map((layer) => {
    const points = pointsOf(layer, ({ eigenvalues }) => shares(eigenvalues)).filter(
      ({ value }) => value > LEAST,
    );
    return spectrumPanel(
      points,
      labels,
      { type: 'log', label: 'share of the variance', tickFormat: '~g', ticks: 5 },
      `layer ${layer}`,
    );
  });
  const weights = layers.map((layer) => pointsOf(layer, ({ weight }) => weight));
  if (weights.some((points) => points.some(({ value }) => Number.isNaN(value)))) return undefined;
  const below = weights.map((points) =>
    spectrumPanel(points, labels, { domain: [0, 1], label: 'weight of the targets on the first k' }, ''),
  );
  const svg = arranged([...above, ...below], layers.length, PANEL.width, PANEL.height, TOP);
  return standalone(svg, legendOf(measured));
}
