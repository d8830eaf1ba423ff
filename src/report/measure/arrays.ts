import type { Matrix } from '../../numerics/matrix.js';
import type { Measured } from './measures.js';

const row = (values: ArrayLike<number>): Matrix => ({ rows: 1, columns: values.length, data: Float64Array.from(values) });

/** Arrays of measure.npz that may lack what is undefined for equal targets. */
export const MEASURES_THAT_LACK = /_(cka|cka_se|tangent_cka|tangent_cka_se|weight_\d+|directions)$/;

/**
 * The numbers behind the figures, of every theory and of `yours`: NAME_layers, the layers, and by layer NAME_cka, _cka_se, _shift, _effective_rank, _directions,
 * _tangent_cka and _tangent_cka_se; for each layer l NAME_eigenvalues_l and _weight_l.
 */
export function measureArrays(measured: readonly Measured[]): Record<string, Matrix> {
  const arrays: Record<string, Matrix> = {};
  for (const { name, layers } of measured) {
    arrays[`${name}_layers`] = row(layers.map(({ layer }) => layer));
    arrays[`${name}_cka`] = row(layers.map(({ cka }) => cka));
    arrays[`${name}_cka_se`] = row(layers.map(({ ckaError }) => ckaError));
    arrays[`${name}_shift`] = row(layers.map(({ shift }) => shift));
    arrays[`${name}_effective_rank`] = row(layers.map(({ effectiveRank }) => effectiveRank));
    arrays[`${name}_directions`] = row(layers.map(({ spectrum }) => spectrum.directions));
    const tangents = layers.flatMap(({ tangent }) => (tangent ? [tangent] : []));
    if (tangents.length > 0) {
      arrays[`${name}_tangent_cka`] = row(tangents.map(({ cka }) => cka));
      arrays[`${name}_tangent_cka_se`] = row(tangents.map(({ error }) => error));
    }
    for (const { layer, spectrum } of layers) {
      arrays[`${name}_eigenvalues_${layer}`] = row(spectrum.eigenvalues);
      arrays[`${name}_weight_${layer}`] = row(spectrum.weight);
    }
  }
  return arrays;
}
