import { rowMatrix } from '../../numerics/entrywise.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { Measured } from './measures.js';

/** Arrays of measure.npz that may lack what is undefined for equal targets. */
export const MEASURES_THAT_LACK = /_(cka|cka_se|tangent_cka|tangent_cka_se|weight_\d+|directions)$/;

/**
 * The numbers behind the figures, of every theory and of `yours`: NAME_layers, the layers, and by layer
 * NAME_cka, _cka_se, _shift, _effective_rank, _directions, _tangent_cka and _tangent_cka_se; for each layer l
 * NAME_eigenvalues_l and _weight_l.
 */
export function measureArrays(measured: readonly Measured[]): Record<string, Matrix> {
  const arrays: Record<string, Matrix> = {};
  for (const { name, layers } of measured) {
    arrays[`${name}_layers`] = rowMatrix(layers.map(({ layer }) => layer));
    arrays[`${name}_cka`] = rowMatrix(layers.map(({ cka }) => cka));
    arrays[`${name}_cka_se`] = rowMatrix(layers.map(({ ckaError }) => ckaError));
    arrays[`${name}_shift`] = rowMatrix(layers.map(({ shift }) => shift));
    arrays[`${name}_effective_rank`] = rowMatrix(layers.map(({ effectiveRank }) => effectiveRank));
    arrays[`${name}_directions`] = rowMatrix(layers.map(({ spectrum }) => spectrum.directions));
    const tangents = layers.flatMap(({ tangent }) => (tangent ? [tangent] : []));
    if (tangents.length > 0) {
      arrays[`${name}_tangent_cka`] = rowMatrix(tangents.map(({ cka }) => cka));
      arrays[`${name}_tangent_cka_se`] = rowMatrix(tangents.map(({ error }) => error));
    }
    for (const { layer, spectrum } of layers) {
      arrays[`${name}_eigenvalues_${layer}`] = rowMatrix(spectrum.eigenvalues);
      arrays[`${name}_weight_${layer}`] = rowMatrix(spectrum.weight);
    }
  }
  return arrays;
}
