import { describe, expect, test } from 'vitest';
import { NotPositiveDefiniteError, OutOfReachError } from '#src/numerics/errors.js';
import { type Matrix, zeros } from '#src/numerics/matrix.js';
import { stateOf } from '#src/solving/kernelState.js';
import { type MonteCarloEquations, solveByMonteCarlo } from '#src/solving/monteCarloSolution.js';
import type { TiltedSamples } from '#src/solving/tilted/tiltedSamples.js';

const scalar = (value: number): Matrix => {
  const matrix = zeros(1);
  matrix.data[0] = value;
  return matrix;
};

/** c ← 1 + 0.1 c²/scale, and an evidence that is what `evaluate` says. */
function solutionOf(evaluate: () => number) {
  const equations = (): MonteCarloEquations<ReturnType<typeof stateOf>> => ({
    system: {
      sweep: ({ input, layers: [{ data }] }, scale) => ({
        image: stateOf([input, scalar(1 + (0.1 * data[0] ** 2) / scale)]),
        conjugates: [],
      }),
    },
    reader: {
      samples: { refresh: () => undefined } as unknown as TiltedSamples,
      y: scalar(1),
      unreachable: undefined,
      evaluate: () => ({ conjugates: [undefined, scalar(1)], evidence: evaluate() }),
    },
  });
  const steps = solveByMonteCarlo(equations, 8192, 1024, stateOf([scalar(1), scalar(1)]), [10], {});
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

describe('evidence of a solution', () => {
  test('is the mean over sets of samples, with the error of that mean', () => {
    let k = 0;
    const { logEvidence, uncertainty } = solutionOf(() => k++);
    // 0 … 7: mean 3.5, variance 6.
    expect(logEvidence).toBeCloseTo(3.5, 12);
    expect(uncertainty?.evidence).toBeCloseTo(Math.sqrt(6 / 8), 12);
  });

  test('of means that are no covariances blames the samples, whatever failed', () => {
    const failing = () => {
      throw new NotPositiveDefiniteError('the matrix has a negative eigenvalue beyond rounding');
    };
    expect(() => solutionOf(failing)).toThrow(OutOfReachError);
    expect(() => solutionOf(failing)).toThrow(/^the samples reach the tilted measures too rarely/);
  });
});
