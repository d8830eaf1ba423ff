import { kernelOfPoints } from '../../measures/alignment.js';
import { addScaled, copy, type Matrix } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';
import { heatmap, intensityMap, orderByClass, typicalMagnitude } from '../heatmap.js';
import type { SolvedTheory } from '../summary.js';
import { escaped, layerName, note, section } from './page.js';

const legend = (limit: number) =>
  `<span class="scale"><span>−${limit.toPrecision(2)}</span><i></i><span>+${limit.toPrecision(2)}</span></span>`;

/** A picture of values of one sign with its range. */
export function intensityCell(matrix: Matrix, order: Int32Array, label: string): string {
  // The diagonal is a class of its own, which would leave the rest one colour.
  const sorted = matrix.data.filter((_, p) => p % (matrix.rows + 1) !== 0).sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))];
  const [low, high] = [at(0.01), at(0.99)];
  const range: [number, number] = high > low ? [low, high] : [0, high || 1];
  const [from, to] = range.map((value) => value.toPrecision(3));
  const key = `<span class="scale"><span>${from}</span><i class="sequential"></i><span>${to}</span></span>`;
  return `<td><img alt="${escaped(label)}" src="${intensityMap(matrix, order, range)}">${key}</td>`;
}

/** One picture of a table of maps. */
export function mapCell(matrix: Matrix, order: Int32Array, limit: number, label: string): string {
  return `<td><img alt="${escaped(label)}" src="${heatmap(matrix, order, limit)}">${legend(limit)}</td>`;
}

export const emptyCell = (text: string): string => `<td class="empty">${text}</td>`;

/** More rows than this get smaller pictures. */
const MANY = 5;

export interface MapRow {
  readonly head: string;
  readonly cells: readonly string[];
}

/** Heat maps with a column for each of the layers. */
export function mapTable(layers: readonly number[], rows: readonly MapRow[]): string {
  const heads = layers.map((l) => `<th scope="col">${layerName(l)}</th>`).join('');
  const body = rows
    .map(({ head, cells }) => `<tr><th scope="row">${escaped(head)}</th>${cells.join('')}</tr>`)
    .join('');
  const size = rows.length > MANY ? 'maps many' : 'maps';
  return `<div class="wide"><table class="${size}"><thead><tr><td></td>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Kernels of every theory and layer, and how they differ from infinite width. */
export function kernelSection(problem: Problem, solved: readonly SolvedTheory[]): string {
  const order = orderByClass(problem.data.y);
  const ofSamples = (kernel: Matrix) => kernelOfPoints(kernel, problem.data.y.rows);
  const layers = solved[0].posterior.kernels.map((_, l) => l);
  const limits = layers.map((l) =>
    typicalMagnitude(solved.map(({ posterior }) => ofSamples(posterior.kernels[l]))),
  );
  const rows = solved.map(({ posterior }) => ({
    head: posterior.theory,
    cells: layers.map((l) =>
      mapCell(
        ofSamples(posterior.kernels[l]),
        order,
        limits[l],
        `kernel of ${layerName(l)}, ${posterior.theory}`,
      ),
    ),
  }));
  const adapted = solved.filter(({ posterior }) => posterior.kernels !== posterior.nngp);
  const differences = adapted.map(({ posterior }) => ({
    head: `${posterior.theory} − nngp`,
    cells: layers.map((l) => {
      if (l === 0) return emptyCell('fixed by the data');
      const difference = addScaled(copy(ofSamples(posterior.kernels[l])), -1, ofSamples(posterior.nngp[l]));
      return mapCell(
        difference,
        order,
        typicalMagnitude([difference]),
        `change of ${layerName(l)}, ${posterior.theory}`,
      );
    }),
  }));
  return section(
    'Kernels, points sorted by class',
    `${mapTable(layers, [...rows, ...differences])}${note('Red positive, blue negative; the colour range of each picture is written below it.')}`,
  );
}
