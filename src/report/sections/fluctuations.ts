import { untreated } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import type { Matrix } from '../../numerics/matrix.js';
import { type LayerMoments, priorMoments } from '../../prior/priorMoments.js';
import type { Problem } from '../../problem/problem.js';
import { orderByClass } from '../heatmap.js';
import { intensityCell, mapTable } from './kernels.js';
import { layerName, note, section } from './page.js';

/** Points up to which the variance of every entry is worth its time in a report. */
const LIMIT = 400;

const rooted = (variance: Matrix): Matrix => ({
  ...variance,
  data: variance.data.map((value) => Math.sqrt(Math.max(0, value))),
});

function momentsOf({ network, data }: Problem, compute: Compute): LayerMoments[] {
  const steps = priorMoments(network, data.x, compute);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** Prior standard deviation of every kernel entry: what feature learning has to work with. */
export function fluctuationSection(problem: Problem, compute: Compute): string {
  if (untreated(problem.network, '')) return '';
  const points = problem.data.x.rows;
  const title = 'Fluctuations of the prior';
  if (points > LIMIT) return section(title, note(`Left out: ${points} points are more than ${LIMIT}.`));
  const order = orderByClass(problem.data.y);
  const layers = Array.from({ length: problem.network.hiddenLayers }, (_, k) => k + 1);
  const moments = momentsOf(problem, compute);
  const cells = layers.map((l) => {
    const deviation = rooted(moments[l].variance);
    return intensityCell(deviation, order, `prior standard deviation of ${layerName(l)}`);
  });
  return section(
    title,
    `${mapTable(layers, [{ head: 'standard deviation', cells }])}${note('Standard deviation of every kernel entry over networks drawn from the prior, to order 1/N; pale to dark as written below each picture. Without fluctuations a posterior cannot move kernels: they set how strongly features are learned.')}`,
  );
}
