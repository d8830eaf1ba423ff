import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import type { Likelihood } from '#src/likelihood/likelihood.js';
import { LogisticLikelihood } from '#src/likelihood/logistic.js';
import { logisticMoments } from '#src/likelihood/logisticNormal.js';
import { SoftmaxLikelihood } from '#src/likelihood/softmax.js';
import { fromRows, type Matrix, zeros } from '#src/numerics/matrix.js';
import { largestDifference, randomMatrix, referenceJson } from '../support.js';

const { algebra } = await nodeCompute();
const reference = referenceJson('classes.json');

const column = (values: readonly number[]): Matrix => ({ rows: values.length, columns: 1, data: Float64Array.from(values) });
const oneHot = (classes: readonly number[], count: number): Matrix =>
  fromRows(classes.map((c) => Array.from({ length: count }, (_, k) => Number(k === c))));
const newPoint = ({ cross, own }: { cross: number[]; own: number }) => ({ cross: fromRows([cross]), own: Float64Array.of(own) });

const { shared, propagation, laplace, scikit } = reference;
const kernel = fromRows(shared.kernel as number[][]);
const logistic = new LogisticLikelihood(column(shared.y));
const softmax = new SoftmaxLikelihood(oneHot(shared.classes, 3));

/** ∂ ln p/∂C_ij by central differences, both of a symmetric pair together, which is twice the entry of C̃. */
function slope(likelihood: Likelihood, i: number, j: number): number {
  const at = (step: number) => {
    const moved = { ...kernel, data: kernel.data.slice() };
    moved.data[i * kernel.rows + j] += step;
    if (i !== j) moved.data[j * kernel.rows + i] += step;
    return likelihood.logEvidence(moved, algebra);
  };
  return (at(1e-4) - at(-1e-4)) / (i === j ? 2e-4 : 4e-4);
}

/** Outputs of a few points integrated over. */
interface Exact {
  readonly kernel: number[][];
  readonly cross: number[];
  readonly own: number;
  readonly logEvidence: number;
  readonly conjugate: number[][];
}
interface ExactLogistic extends Exact {
  readonly y: number[];
  readonly mean: number[];
  readonly probability: number;
}
interface ExactSoftmax extends Exact {
  readonly classes: number[];
  readonly probabilities: number[];
}
const withErrors = <Entry>(entries: Entry[], errors: number[]) =>
  entries.map((entry, k) => [errors[k], entry] as [number, Entry]);

describe.each([logistic, softmax] as Likelihood[])('likelihood: $name', (likelihood) => {
  it('its energy has the gradient of finite differences, and exp(−energy) of the classes adds up to one', () => {
    const { rows, columns } = likelihood.y;
    const output = randomMatrix(rows, columns, 4);
    const gradient = zeros(rows, columns);
    const energy = likelihood.energy(output, gradient);
    for (let k = 0; k < output.data.length; k++) {
      const at = (step: number) => {
        const moved = { ...output, data: output.data.slice() };
        moved.data[k] += step;
        return likelihood.energy(moved, zeros(rows, columns));
      };
      expect(gradient.data[k]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 8);
    }
    const probabilities = likelihood.probabilities?.(output) as Matrix;
    const right = likelihood === logistic ? shared.y.map((y: number) => Number(y > 0)) : shared.classes;
    let total = 0;
    for (let i = 0; i < rows; i++) {
      const row = probabilities.data.subarray(i * probabilities.columns, (i + 1) * probabilities.columns);
      expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      total -= Math.log(row[right[i]]);
    }
    expect(total).toBeCloseTo(energy, 10);
  });

  it('its conjugate kernel is the derivative of its evidence', () => {
    const conjugate = likelihood.conjugate(kernel, algebra);
    for (const [i, j] of [
      [0, 0],
      [3, 7],
      [11, 2],
      [8, 8],
    ])
      expect(conjugate.data[i * kernel.rows + j]).toBeCloseTo(slope(likelihood, i, j), 8);
  });

  it('takes kernels from tiny to huge, singular ones and points without variance', () => {
    for (const scale of [1e-12, 1e5]) {
      const scaled = { ...kernel, data: kernel.data.map((value) => scale * value) };
      const evidence = likelihood.logEvidence(scaled, algebra);
      expect(evidence).toBeLessThan(0);
      if (scale < 1) expect(evidence).toBeCloseTo(-12 * Math.log(Math.max(2, likelihood.y.columns)), 8);
    }
    const rank1 = zeros(12);
    for (let i = 1; i < 12; i++) for (let j = 1; j < 12; j++) rank1.data[i * 12 + j] = 2;
    expect(likelihood.logEvidence(rank1, algebra)).toBeLessThan(0);
  });
});

describe('logistic: expectation propagation', () => {
  it('averages σ and its moments over a normal distribution, far in the tails too', () => {
    // ⟨σ(f)⟩ of mean zero is ½ by symmetry; e^f far below zero.
    expect(logisticMoments(0, 7.3).logNormaliser).toBeCloseTo(Math.log(0.5), 14);
    expect(logisticMoments(-30, 1).logNormaliser).toBeCloseTo(-29.5, 11);
    expect(logisticMoments(4, 0).logNormaliser).toBeCloseTo(-Math.log1p(Math.exp(-4)), 14);
  });

  it('finds the sites that updates one by one find, and what follows from them', () => {
    const { sites } = logistic.given(kernel, algebra);
    expect(logistic.logEvidence(kernel, algebra)).toBeCloseTo(propagation.logEvidence, 8);
    expect(largestDifference(column(propagation.precision), column([...sites.precision]))).toBeLessThan(1e-8);
    expect(largestDifference(column(propagation.shift), sites.shift)).toBeLessThan(1e-8);
    const { mean, variance, probabilities } = logistic.given(kernel, algebra).predict(newPoint(shared));
    expect(mean.data[0]).toBeCloseTo(propagation.mean, 7);
    expect(variance[0]).toBeCloseTo(propagation.variance, 7);
    expect(probabilities?.data[1]).toBeCloseTo(propagation.probability, 8);
  });

  // As scale 0.5 and 3: outputs of a standard deviation of 0.7 and 1.7.
  it.each(withErrors(reference.exactLogistic as ExactLogistic[], [1e-5, 3e-4]))(
    'is within %f of integrals over all outputs',
    (error, entry) => {
      const exact = new LogisticLikelihood(column(entry.y));
      const c = fromRows(entry.kernel);
      expect(Math.abs(exact.logEvidence(c, algebra) - entry.logEvidence)).toBeLessThan(error);
      expect(largestDifference(exact.conjugate(c, algebra), fromRows(entry.conjugate))).toBeLessThan(error);
      const given = exact.given(c, algebra);
      expect(largestDifference(given.trainMean(), column(entry.mean))).toBeLessThan(5 * error);
      expect(Math.abs((given.predict(newPoint(entry)).probabilities?.data[1] as number) - entry.probability)).toBeLessThan(error);
    },
  );
});

describe('softmax: Laplace', () => {
  it('finds the mode, evidence and covariances of dense algebra over all outputs', () => {
    const given = softmax.given(kernel, algebra);
    expect(given.logEvidence()).toBeCloseTo(laplace.logEvidence, 9);
    expect(largestDifference(given.trainMean(), fromRows(laplace.mode))).toBeLessThan(1e-8);
    const { mean, variance, probabilities } = given.predict(newPoint(shared));
    expect(largestDifference(mean, fromRows([laplace.mean]))).toBeLessThan(1e-8);
    expect(variance[0]).toBeCloseTo(laplace.variance, 9);
    // The average over outputs is one over 4096 points.
    expect(largestDifference(probabilities as Matrix, fromRows([laplace.probabilities]))).toBeLessThan(4e-4);
  });

  it('of two classes is that of scikit-learn, whose one output is the difference of two', () => {
    const half = fromRows((scikit.kernel as number[][]).map((row) => row.map((value) => value / 2)));
    const two = new SoftmaxLikelihood(
      oneHot(
        (scikit.y as number[]).map((y) => Number(y > 0)),
        2,
      ),
    );
    expect(two.logEvidence(half, algebra)).toBeCloseTo(scikit.logEvidence, 7);
  });

  it.each(withErrors(reference.exactSoftmax as ExactSoftmax[], [0.04, 0.15]))(
    'is within %f of integrals over all outputs',
    (error, entry) => {
      const exact = new SoftmaxLikelihood(oneHot(entry.classes, 3));
      const c = fromRows(entry.kernel);
      expect(Math.abs(exact.logEvidence(c, algebra) - entry.logEvidence)).toBeLessThan(error);
      expect(largestDifference(exact.conjugate(c, algebra), fromRows(entry.conjugate))).toBeLessThan(error);
      const { probabilities } = exact.given(c, algebra).predict(newPoint(entry));
      expect(largestDifference(probabilities as Matrix, fromRows([entry.probabilities]))).toBeLessThan(error);
    },
  );
});
