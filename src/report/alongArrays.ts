import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Along } from './along.js';

const filled = (rows: number, columns: number): Matrix => {
  const matrix = zeros(rows, columns);
  matrix.data.fill(Number.NaN);
  return matrix;
};

/**
 * The numbers of a comparison along a key, settings in rows: `value`, and of each theory THEORY_cka and
 * THEORY_cka_se by layer 0..L, THEORY_converged. NaN where a network has no such layer, or no error is known.
 */
export function alongArrays({ settings }: Along): Record<string, Matrix> {
  const layers = Math.max(...settings.flatMap(({ theories }) => theories.map(({ cka }) => cka.length)));
  const arrays: Record<string, Matrix> = {
    value: { rows: settings.length, columns: 1, data: Float64Array.from(settings, ({ value }) => value) },
  };
  settings[0].theories.forEach(({ theory }, k) => {
    const [cka, errors, converged] = [
      filled(settings.length, layers),
      filled(settings.length, layers),
      zeros(settings.length, 1),
    ];
    settings.forEach(({ theories }, s) => {
      theories[k].cka.forEach((value, l) => {
        cka.data[s * layers + l] = value ?? Number.NaN;
        errors.data[s * layers + l] = theories[k].ckaStandardError?.[l] ?? Number.NaN;
      });
      converged.data[s] = Number(theories[k].converged);
    });
    Object.assign(arrays, {
      [`${theory}_cka`]: cka,
      [`${theory}_cka_se`]: errors,
      [`${theory}_converged`]: converged,
    });
  });
  return arrays;
}
