import { describe, expect, it } from 'vitest';
import { distributedTheory, requireTreated } from '#src/distributed/theories.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import { theories } from '#src/theories/registry.js';

const data = { x: [[1], [2], [4]], y: [1, -1, 1] };

describe('what several processes do not solve', () => {
  it('is any theory but nngp, by its name', () => {
    for (const { name } of theories.filter((theory) => theory.name !== 'nngp'))
      expect(() => distributedTheory(name)).toThrow(
        `--distributed: theory ${name} is not solved by several processes yet; give --theory nngp`,
      );
  });

  it.each<[Partial<ProblemInput>, string]>([
    [{ likelihood: 'logistic' }, 'treats Gaussian noise alone, and not likelihood "logistic"'],
    [
      { network: { layers: [{ dense: 9 }, { dense: 9, skip: 1 }] } },
      'does not treat residual blocks (skip) yet, but dense layers',
    ],
  ])('is %j', (more, message) => {
    const problem = createProblem({ data, ...more } as ProblemInput);
    expect(() => requireTreated(distributedTheory('nngp'), problem)).toThrow(
      `--distributed: theory nngp ${message}`,
    );
  });

  it('is no network of dense layers, each of its own activation', () => {
    const network = { layers: [{ dense: 9, activation: 'relu' as const }, { dense: 9 }] };
    expect(() => requireTreated(distributedTheory('nngp'), createProblem({ data, network }))).not.toThrow();
  });
});
