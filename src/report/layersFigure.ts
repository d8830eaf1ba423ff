import { layerAlignment } from '../measures/alignment.js';
import type { Matrix } from '../numerics/matrix.js';
import { arranged, standalone } from './picture.js';
import { type AlignmentPoint, colourOf, layerPlot } from './plots.js';
import type { SolvedTheory } from './summary.js';

const WIDTH = 440;
const HEIGHT = 340;
const TOP = 36;

const rowOf = (values: readonly number[]): Matrix => ({
  rows: 1,
  columns: values.length,
  data: Float64Array.from(values),
});

/**
 * CKA of the conjugate kernels with the targets by layer, NaN for the input; undefined for theories without.
 */
function conjugateAlignment({ posterior: { conjugates, problem } }: SolvedTheory): number[] | undefined {
  return (
    conjugates &&
    Array.from(conjugates, (matrix) => (matrix ? layerAlignment(matrix, problem.data.y) : Number.NaN))
  );
}

/**
 * The numbers behind a comparison's figure: THEORY_cka, THEORY_cka_se, THEORY_conjugate_cka and
 * THEORY_change, by layer 0..L.
 */
export function layerArrays(solved: readonly SolvedTheory[]): Record<string, Matrix> {
  const arrays: Record<string, Matrix> = {};
  for (const entry of solved) {
    const { theory, uncertainty } = entry.posterior;
    arrays[`${theory}_cka`] = rowOf(entry.posterior.alignment());
    arrays[`${theory}_change`] = rowOf(entry.posterior.change());
    if (uncertainty) arrays[`${theory}_cka_se`] = rowOf(uncertainty.cka);
    const conjugate = conjugateAlignment(entry);
    if (conjugate) arrays[`${theory}_conjugate_cka`] = rowOf(conjugate);
  }
  return arrays;
}

/**
 * Layer by layer as an SVG file: how well the kernels align with the targets, and how well what the data ask
 * of them does, which starts at the output and travels backwards. Undefined where all targets are equal.
 */
export function layersFigure(solved: readonly SolvedTheory[]): string | undefined {
  const theories = solved.map(({ posterior }) => posterior.theory);
  const kernels = solved.flatMap(({ posterior: { theory, uncertainty, alignment } }) =>
    alignment().map(
      (cka, layer): AlignmentPoint => ({ theory, layer, cka, error: uncertainty?.cka[layer] ?? 0 }),
    ),
  );
  if (kernels.some(({ cka }) => !Number.isFinite(cka))) return undefined;
  const conjugates = solved.flatMap((entry) =>
    (conjugateAlignment(entry) ?? []).flatMap((cka, layer): AlignmentPoint[] =>
      Number.isFinite(cka) ? [{ theory: entry.posterior.theory, layer, cka, error: 0 }] : [],
    ),
  );
  const plots = [layerPlot(kernels, theories, 'CKA of the kernel with YYᵀ')];
  if (conjugates.length > 0)
    plots.push(layerPlot(conjugates, theories, 'CKA of the conjugate kernel with YYᵀ'));
  return standalone(
    arranged(plots, plots.length, WIDTH, HEIGHT, TOP),
    theories.map((label, k) => ({ label, colour: colourOf(label, k) })),
  );
}
