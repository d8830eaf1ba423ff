import { layerAlignment } from '../../measures/alignment.js';
import type { Problem } from '../../problem/problem.js';
import { withError } from '../format.js';
import { alignmentPlot, changePlot } from '../plots.js';
import type { SolvedTheory } from '../summary.js';
import { escaped } from './page.js';

/** Alignment and change of the kernels, layer by layer. */
export function alignmentSection(problem: Problem, solved: readonly SolvedTheory[]): string {
  const theories = solved.map(({ posterior }) => posterior.theory);
  const points = solved.flatMap(({ posterior }) =>
    posterior.alignment().map((cka, layer) => ({
      theory: posterior.theory,
      layer,
      cka,
      error: posterior.uncertainty?.cka[layer] ?? 0,
    })),
  );
  const changes = solved.flatMap(({ posterior }) =>
    posterior.change().map((change, layer) => ({ theory: posterior.theory, layer, change })),
  );
  const defined = points.every(({ cka }) => Number.isFinite(cka));
  const last = solved[solved.length - 1].posterior;
  const L = problem.network.hiddenLayers;
  const [from, to] = [last.nngp[L], last.kernels[L]].map((kernel) => layerAlignment(kernel, problem.data.y));
  const lead = defined
    ? `<p class="lead">Centred alignment of the output kernel with the targets: <b>${withError(from)}</b> at infinite width, <b>${withError(to, last.uncertainty?.cka[L])}</b> by <i>${escaped(last.theory)}</i>.</p>`
    : '<p class="lead">All targets are equal: alignment with them is undefined.</p>';
  return `<section><h2>How the layers align with the task</h2>${lead}<div class="row">${defined ? `<figure>${alignmentPlot(points, theories)}</figure>` : ''}<figure>${changePlot(changes, theories)}</figure></div></section>`;
}
