import type { Matrix } from '../numerics/matrix.js';
import { compareMoments, type MomentComparison, meanDeviation } from '../prior/compareMoments.js';
import type { Drawn, DrawnMoments } from '../prior/drawKernels.js';
import { drawnKurtosis, outputKurtosis } from '../prior/outputs.js';
import type { LayerMoments } from '../prior/priorMoments.js';
import { alignColumns, withError } from './format.js';

/** A layer of the prior: drawn kernels, beside moments to order 1/N where these are known. */
export interface PriorLayer extends Partial<Pick<MomentComparison, 'variance'>> {
  readonly layer: number;
  /** root mean square of the prior standard deviation of an entry, relative to that of the entries */
  readonly relativeDeviation: number;
  /** drawn mean less the analytic one; that of infinite width where no other is known */
  readonly mean: MomentComparison['mean'];
  /** mean over points, 3 at infinite width */
  readonly kurtosis: { readonly analytic?: number; readonly drawn: number; readonly error: number };
}

const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);

function summarised(nngp: Matrix, moments: LayerMoments | undefined, drawn: DrawnMoments) {
  const { kurtosis, error } = drawnKurtosis(drawn);
  // Points share their networks: their errors add up at worst.
  const sampled = { drawn: mean(kurtosis), error: mean(error) };
  if (!moments) return { ...meanDeviation(nngp, drawn), kurtosis: sampled };
  const analytic = mean(outputKurtosis(moments));
  return { ...compareMoments(moments, drawn), kurtosis: { analytic, ...sampled } };
}

/**
 * Layers 1..L as drawn, beside what is known of them.
 * @param nngp K⁽⁰⁾ … K⁽ᴸ⁾, (P·positions)² each
 * @param moments to order 1/N; undefined for layers for which there are none
 */
export const summariseLayers = (
  nngp: readonly Matrix[],
  moments: readonly LayerMoments[] | undefined,
  { layers }: Drawn,
): PriorLayer[] =>
  layers.flatMap((drawn, layer) =>
    drawn ? [{ layer, ...summarised(nngp[layer], moments?.[layer], drawn) }] : [],
  );

const relative = (value: number) => `${(100 * value).toFixed(2)} %`;

/**
 * The comparison for a terminal: deviations relative to the size of the moment, and in standard errors of the
 * draws.
 */
export function priorTable(layers: readonly PriorLayer[]): string {
  const analytic = layers.every(({ variance }) => variance);
  const rows = [
    analytic
      ? [
          'layer',
          'prior std / K',
          'drawn − analytic mean',
          'in s.e.',
          'variance',
          'in s.e.',
          'kurtosis of f',
          'drawn',
        ]
      : ['layer', 'drawn std / K', 'drawn mean − K', 'in s.e.', 'drawn kurtosis of f'],
  ];
  for (const { layer, relativeDeviation, mean, variance, kurtosis } of layers) {
    rows.push([
      String(layer),
      relative(relativeDeviation),
      relative(mean.relative),
      mean.standardErrors.toFixed(2),
      ...(variance
        ? [
            relative(variance.relative),
            variance.standardErrors.toFixed(2),
            (kurtosis.analytic ?? Number.NaN).toFixed(4),
          ]
        : []),
      withError(kurtosis.drawn, kurtosis.error),
    ]);
  }
  const known = analytic
    ? 'root mean squares over entries; in s.e.: of about 1 where the two agree'
    : 'K of infinite width, as moments to order 1/N are known of dense layers alone; root mean squares over entries';
  return `${alignColumns(rows)}\n\n${known}; kurtosis: mean over points, 3 at infinite width`;
}
