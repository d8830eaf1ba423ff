import { classesOf } from '../../measures/prediction.js';
import { classCount, classIndices } from '../../problem/likelihoodName.js';
import type { Problem } from '../../problem/problem.js';
import { orderByClass } from '../heatmap.js';
import { type PredictionPoint, predictionPlot, THEORY_COLOURS } from '../plots.js';
import type { SolvedTheory } from '../summary.js';
import { escaped, note, section } from './page.js';

/** Test points shown: more make bars that cannot be told apart. */
const MOST_POINTS = 80;

/**
 * Predictions on test points against their targets, bars of one standard deviation over networks; the first
 * output if there are several.
 */
export function predictionSection(problem: Problem, solved: readonly SolvedTheory[]): string {
  const { yTest } = problem.data;
  if (!yTest) return '';
  const sorted = orderByClass(yTest);
  const stride = Math.max(1, Math.ceil(sorted.length / MOST_POINTS));
  const chosen = [...sorted].filter((_, rank) => rank % stride === 0);
  const n = yTest.columns;
  const { targetScale: scale } = problem.data;
  const [unit, offset] = [scale?.deviation ?? 1, scale?.mean[0] ?? 0];
  const byRank = classesOf({ y: yTest, classes: problem.data.classes }) !== undefined;
  // Of two classes that of +1, of more the first.
  const ofClasses = classCount(problem) > 0;
  const shownClass = n === 1 ? 1 : 0;
  const classes = classIndices(yTest);
  const figures = solved.flatMap(({ posterior, test }, k) => {
    if (!test) return [];
    const { probabilities } = test;
    const points = chosen.map((t, rank): PredictionPoint => {
      if (probabilities) {
        const came = Number(classes[t] === shownClass);
        return {
          x: rank,
          target: came,
          mean: probabilities.data[t * probabilities.columns + shownClass],
          deviation: 0,
        };
      }
      const target = unit * yTest.data[t * n] + offset;
      const mean = unit * test.mean.data[t * n] + offset;
      return { x: byRank ? rank : target, target, mean, deviation: unit * Math.sqrt(test.variance[t]) };
    });
    const ordinate = probabilities ? 'probability' : 'output';
    const label = byRank ? 'test point, sorted by class' : 'target';
    return [
      `<figure>${predictionPlot(points, THEORY_COLOURS[k % THEORY_COLOURS.length], posterior.theory, label, ordinate)}</figure>`,
    ];
  });
  if (figures.length === 0) return '';
  const name = problem.data.classes?.[shownClass] ?? (n === 1 ? '+1' : '1');
  const which = ofClasses ? `, probability of class ${name}` : n > 1 ? `, first of ${n} outputs` : '';
  const shown = `${chosen.length} of ${yTest.rows} test points${which}`;
  return section(
    'Predictions',
    `<div class="row">${figures.join('')}</div>${note(`${escaped(shown)}. ${ofClasses ? 'Dots: outputs averaged over; line: 1 for points of this class.' : 'Dots: mean of the networks; bars: one standard deviation over networks, without noise; line: the target.'}`)}`,
  );
}
