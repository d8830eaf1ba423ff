import { coverageAt, intervalsOf } from '../../measures/calibration.js';
import type { Problem } from '../../problem/problem.js';
import { calibrationPlot } from '../calibrationPlot.js';
import type { SolvedTheory } from '../summary.js';
import { note, section } from './page.js';

/** Probabilities of the intervals along the axis. */
const STEPS = Array.from({ length: 21 }, (_, k) => k / 20);

/** How many test targets are where each theory expects them. */
export function calibrationSection(problem: Problem, solved: readonly SolvedTheory[]): string {
  const { yTest } = problem.data;
  if (!yTest) return '';
  const points = solved.flatMap(({ posterior, test }) => {
    if (!test) return [];
    const shares = coverageAt(intervalsOf(test.mean, test.variance, problem.noiseVariance, yTest), STEPS);
    return STEPS.map((level, k) => ({ theory: posterior.theory, level, share: shares[k] }));
  });
  if (points.length === 0) return '';
  const names = solved.map(({ posterior }) => posterior.theory);
  const count = yTest.data.length;
  return section(
    'Calibration',
    `<figure>${calibrationPlot(points, names, count)}</figure>${note(`Share of the ${count} test targets inside of central intervals of the predictive distributions (mean, variance over networks and noise) against the probability that these should hold. On the diagonal: calibrated; above it: too wide; below: too sure. Band: two standard errors of ${count} independent targets.`)}`,
  );
}
