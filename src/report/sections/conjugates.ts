import { kernelOfPoints } from '../../measures/alignment.js';
import type { Problem } from '../../problem/problem.js';
import { orderByClass, typicalMagnitude } from '../heatmap.js';
import type { SolvedTheory } from '../summary.js';
import { mapCell, mapTable } from './kernels.js';
import { layerName, note, section } from './page.js';

/**
 * Conjugate kernels C̃ of the theories that have them: what the data ask of every layer, from the output
 * backwards.
 */
export function conjugateSection(problem: Problem, solved: readonly SolvedTheory[]): string {
  const order = orderByClass(problem.data.y);
  const layers = Array.from({ length: problem.network.hiddenLayers }, (_, k) => k + 1);
  const rows = solved.flatMap(({ posterior: { conjugates, theory } }) => {
    if (!conjugates) return [];
    const cells = layers.map((l) => {
      if (!conjugates[l]) return '<td></td>';
      const matrix = kernelOfPoints(conjugates[l], problem.data.y.rows);
      return mapCell(
        matrix,
        order,
        typicalMagnitude([matrix]),
        `conjugate kernel of ${layerName(l)}, ${theory}`,
      );
    });
    return [{ head: theory, cells }];
  });
  if (rows.length === 0) return '';
  return section(
    'Conjugate kernels',
    `${mapTable(layers, rows)}${note('C̃<sup>(l)</sup>, the gradient of the log likelihood with respect to the kernel of layer l: where it is red the data ask for more similarity. It starts at the output and is carried backwards by the responses of the layers.')}`,
  );
}
