import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import type { Matrix } from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import { predictionArrays } from '#src/report/arrays.js';
import { reportPage } from '#src/report/html.js';
import { predictionCsv, predictionTable } from '#src/report/predictionTable.js';
import { summarise, withPredictions } from '#src/report/summary.js';
import { comparisonTable } from '#src/report/table.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const labels = ['cat', 'dog', 'owl', 'cat', 'dog', 'owl'];
const data = {
  x: randomMatrix(6, 3, 1),
  y: labels,
  xTest: randomMatrix(3, 3, 2),
  yTest: ['cat', 'dog', 'owl'],
};
const problem = createProblem({ data, network: { width: 200 }, likelihood: 'softmax' });
const solved = await Promise.all(
  ['nngp', 'linearResponse'].map(async (theory) =>
    withPredictions(await solveWith(problem, theory, compute), 1),
  ),
);

describe('reports of a likelihood of classes', () => {
  it('have measures of probabilities in place of errors of outputs', () => {
    const [summary] = solved.map(summarise);
    expect(Object.keys(summary.test ?? {})).toEqual([
      'accuracy',
      'logPredictiveDensity',
      'brierScore',
      'calibrationError',
    ]);
    expect(Object.keys(summary.train)).toEqual(['accuracy']);
    expect(summary.logEvidence).toBeLessThan(0);
    // The first order knows none of several classes.
    expect(summarise(solved[1]).logEvidence).toBeNull();
    const table = comparisonTable(solved);
    expect(table).toMatch(/at test points +ln p\(y\) per point +Brier score +calibration error +right/);
    expect(table).not.toMatch(/RMSE|bias²|training error/);
  });

  it('show how often what was given a probability came true', () => {
    const page = reportPage(problem, solved, compute, []);
    for (const said of ['share of points of this class', 'likelihood', 'softmax', 'Brier score'])
      expect(page).toContain(said);
    expect(page).not.toMatch(/noise variance|probability of the interval|NaN/);
  });

  it('write probabilities, by the names of classes', () => {
    const [{ test }] = solved;
    if (!test) throw new Error('no test points');
    expect(predictionArrays(solved[0]).probabilities).toEqual(test.probabilities);
    const [head, first] = predictionCsv(problem.data, test).split('\n');
    expect(head).toBe('output_1,output_2,output_3,standard_deviation,p_cat,p_dog,p_owl,class');
    const chances = first.split(',').slice(4, 7).map(Number);
    expect(chances).toEqual([...(test.probabilities as Matrix).data.slice(0, 3)]);
    expect(predictionTable(problem.data, test, problem.data.yTest)).toMatch(
      /ln p\(y\) per point −?-?\d+\.\d+, right \d+\.\d %$/,
    );
  });
});
