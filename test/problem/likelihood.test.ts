import { describe, expect, it } from 'vitest';
import { gaussianOf } from '#src/likelihood/gaussian.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import type { LikelihoodName } from '#src/problem/likelihoodName.js';
import { parseProblem } from '#src/problem/schema.js';
import { parseChange, parseVariation, variants, withChanges } from '#src/problem/variations.js';
import { warningsOf } from '#src/problem/warnings.js';

const x = [[1], [0.5], [-1]];
const problem = (y: unknown, likelihood: string, more: object = {}) =>
  createProblem({ data: { x, y, ...more }, likelihood: likelihood as LikelihoodName });

describe('the likelihood of a problem', () => {
  it('is Gaussian unless it is said, and said it is the same', () => {
    const data = { x, y: [1, 2, 3] };
    expect(createProblem({ data, likelihood: 'gaussian' })).toEqual(createProblem({ data }));
    expect(createProblem({ data }).noiseVariance).toBe(0.1);
    expect(parseProblem({ data: { dataset: 'xor' }, likelihood: 'gaussian' })).toEqual(
      parseProblem({ data: { dataset: 'xor' } }),
    );
  });

  it('of classes has no noise, and takes equal inputs', () => {
    const classes = problem([1, -1, -1], 'logistic');
    expect([classes.likelihood, classes.noiseVariance]).toEqual(['logistic', 0]);
    const twins = createProblem({ data: { x: [[1], [1], [2]], y: [1, -1, 1] }, likelihood: 'logistic' });
    expect(warningsOf(twins)[0]).toMatch(
      /rows 0 and 1 are equal; kernels are singular, which a likelihood of classes bears/,
    );
  });

  it('takes labels by name, and one-hot rows as they are or centred', () => {
    expect([...problem(['a', 'b', 'a'], 'logistic').data.y.data]).toEqual([-1, 1, -1]);
    const rows = [
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ];
    const data = { x: [...x, ...x], y: ['c', 'a', 'b', 'c', 'a', 'b'] };
    expect(createProblem({ data, likelihood: 'softmax' }).data.classes).toEqual(['a', 'b', 'c']);
    expect([...problem(rows, 'softmax').data.y.data]).toEqual(rows.flat());
  });

  it.each<[unknown, string, object, string]>([
    [
      [1, 0, 1],
      'logistic',
      {},
      'Y[1]: 0; likelihood "logistic" takes targets that are −1 or +1; data.labels: "classes" makes such targets of labels',
    ],
    [
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      'logistic',
      {},
      'likelihood: "logistic" has one output, and Y has 2 columns; take "softmax"',
    ],
    [
      [1, -1, 1],
      'softmax',
      {},
      'likelihood: "softmax" has an output for each class, and Y has one column; take "logistic" for two',
    ],
    [
      [
        [1, 0],
        [1, 1],
        [1, 0],
      ],
      'softmax',
      {},
      'Y[1]: [1, 1]; likelihood "softmax" takes targets that are one-hot (or centred); data.labels: "classes" makes such targets of labels',
    ],
    [
      [1, -1, 1],
      'logistic',
      { xTest: [[2]], yTest: [0.5] },
      'Y_test[0]: 0.5; likelihood "logistic" takes targets that are −1 or +1; data.labels: "classes" makes such targets of labels',
    ],
    [
      [1, -1, 1],
      'logistic',
      { standardize: true },
      'likelihood: "logistic" takes classes, and these targets are standardised; leave that out',
    ],
    [[1, -1, 1], 'probit', {}, 'problem: likelihood: "probit"; must be one of gaussian, logistic, softmax'],
  ])('refuses %j of %s %j', (y, likelihood, more, message) => {
    expect(() => problem(y, likelihood, more)).toThrow(message);
    expect(message.length).toBeLessThan(300);
  });

  it('refuses a noise that it does not have', () => {
    const input: ProblemInput = { data: { x, y: [1, -1, 1] }, likelihood: 'logistic', noiseVariance: 0.2 };
    expect(() => createProblem(input)).toThrow(
      'problem: noiseVariance: 0.2; likelihood "logistic" has no noise: leave it out (a temperature T is a readout with weightVariance/T²)',
    );
  });

  it('that is set takes the place of the noise, and comes back with it', () => {
    const spec = parseProblem({ data: { dataset: 'xor' }, noiseVariance: 0.3 });
    const changed = parseProblem(withChanges(spec, [parseChange('likelihood=logistic')]));
    expect(changed).toMatchObject({ likelihood: 'logistic' });
    expect(changed.noiseVariance).toBeUndefined();
    const both = variants(spec, [parseVariation('likelihood=gaussian,logistic')]).map((each) => each.spec);
    expect(both.map(({ likelihood, noiseVariance }) => [likelihood, noiseVariance])).toEqual([
      [undefined, 0.3],
      ['logistic', undefined],
    ]);
  });

  it('is refused where Gaussian noise alone is treated', () => {
    expect(() => gaussianOf(problem([1, -1, 1], 'logistic'))).toThrow(
      'likelihood: "logistic" is not treated here, Gaussian noise alone is; nngp, linearResponse and sampled do',
    );
  });
});
