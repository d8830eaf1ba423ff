import { describe, expect, it, test } from 'vitest';
import { architectureOf, kernelShapes } from '#src/architecture/architecture.js';
import { smallestArchitecture } from '#src/architecture/samePositions.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { likelihoodOf } from '#src/likelihood/likelihoodOf.js';
import { kernelOfPoints, samePositionsOf } from '#src/measures/alignment.js';
import { inner, type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { createPosterior } from '#src/posterior/posterior.js';
import { nngpKernels, nngpRows } from '#src/prior/nngpKernels.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { averagePooling } from '../outside/averagePooling.js';
import { structuredProblems } from '../reference/structuredProblems.js';

const compute = await nodeCompute();
const given = structuredProblems as unknown as Record<string, ProblemInput>;
const { data } = given.convolutions;
const conv = (patch: number[], stride: number, padding: 'zero' | 'circular', width = 8) => ({
  convolution: { patch, stride, padding, width },
  activation: 'erf',
});
const variances = { weightVariance: 1.5, biasVariance: 0.1 };

const flattened: Record<string, ProblemInput> = {
  'zero padding, strides': given.convolutions,
  'an edge of even patches, circular': {
    data,
    network: { layers: [conv([2, 3], 1, 'circular'), conv([3, 2], 2, 'circular')], ...variances },
  },
  'below a dense layer': given.belowDense,
  'quadrature, one axis': {
    data: { ...data, image: [12, 1] },
    network: {
      layers: [{ ...conv([3], 2, 'zero'), activation: 'tanh' }, conv([2], 1, 'zero')],
      ...variances,
    },
  },
  'residual block': {
    data,
    network: { layers: [conv([3, 3], 2, 'zero'), { ...conv([3, 3], 1, 'zero'), skip: 1 }], ...variances },
  },
};

function expectEqual(a: ArrayLike<number>, b: ArrayLike<number>): void {
  expect(a.length).toBe(b.length);
  expect(Array.from(a).findIndex((value, i) => !(Math.abs(value - b[i]) <= 1e-12))).toBe(-1);
}

describe.each(Object.entries(flattened))('flattened positions, %s', (_, input) => {
  const problem = createProblem(input);
  const { network } = problem;
  const { x, xTest } = problem.data as { x: Matrix; xTest: Matrix };
  const same = (kernel: Matrix) => samePositionsOf(kernel, x.rows);
  // Every pair of positions, as other theories have them.
  const all = nngpKernels(network, x, compute);
  const whole = createPosterior(
    {
      theory: 'nngp',
      problem,
      kernels: all,
      nngp: all,
      convergence: { converged: true, residual: 0, iterations: 1, widthScale: 1 },
      logEvidence: likelihoodOf(problem).logEvidence(all.at(-1) as Matrix, compute.algebra),
    },
    nngpRows(network, all, compute),
    compute,
  );

  it('kernels, evidence, measures and predictions are those of all pairs', async () => {
    const posterior = await solveWith(problem, 'nngp', compute);
    const shapes = kernelShapes(smallestArchitecture(network), x.rows);
    expect(shapes[0][1]).toBe(x.rows);
    expect(shapes[0][0]).toBeGreaterThan(x.rows);
    posterior.kernels.forEach((kernel, l) => {
      expect([kernel.rows, kernel.columns]).toEqual(shapes[l]);
      expectEqual(kernel.data, same(all[l]).data);
      expectEqual(kernelOfPoints(kernel, x.rows).data, kernelOfPoints(all[l], x.rows).data);
    });
    expect(posterior.logEvidence).toBeCloseTo(whole.logEvidence, 12);
    expectEqual(posterior.alignment(), whole.alignment());
    expectEqual(posterior.trainMean().data, whole.trainMean().data);
    const [found, wanted] = [posterior.predict(xTest), whole.predict(xTest)];
    expectEqual(found.mean.data, wanted.mean.data);
    expectEqual(found.variance, wanted.variance);
  });

  it('so are rows and covariances of new points', async () => {
    const posterior = await solveWith(problem, 'nngp', compute);
    const architecture = architectureOf(network);
    const joint = nngpKernels(network, xTest, compute);
    posterior.testCovariances?.(xTest).forEach((kernel, l) => {
      expectEqual(kernel.data, samePositionsOf(joint[l], xTest.rows).data);
    });
    const rows = [posterior, whole].map((each) => each.testKernels(xTest)?.kernels as readonly Matrix[]);
    kernelShapes(architecture, 1).forEach(([positions], l) => {
      const [found, wanted] = rows.map((kernels) => kernels[l]);
      expect(found.rows).toBe(positions * x.rows);
      expect(found.columns).toBe(xTest.rows);
      for (let mu = 0; mu < positions; mu++)
        for (let i = 0; i < x.rows; i++)
          for (let t = 0; t < xTest.rows; t++) {
            const at = (i * positions + mu) * wanted.columns + t * positions + mu;
            const value = found.data[(mu * x.rows + i) * found.columns + t];
            expect(Math.abs(value - wanted.data[at])).toBeLessThan(1e-12);
          }
    });
  });

  it('⟨T, 𝒯 S⟩ = ⟨𝒯ᵀT, S⟩ of every layer', () => {
    const stream = RandomStream.fromSeed(3);
    for (const { map } of smallestArchitecture(network).layers) {
      const [s, t] = [map.positions, map.positionsAbove].map((positions) => zeros(positions * 3, 3));
      for (const { data: entries } of [s, t]) stream.normals(entries);
      expect(inner(t, map.lift(s))).toBeCloseTo(inner(map.lower(t), s), 12);
    }
  });
});

test('layers that mix positions have all pairs', () => {
  const pooled = createProblem({
    data: { ...data, image: [12, 1] },
    network: {
      layers: [conv([2], 1, 'circular'), { own: averagePooling(2), dense: 8, activation: 'erf' }],
      ...variances,
    },
  });
  for (const { network } of [createProblem(given.averaged), createProblem(given.activations), pooled])
    expect(smallestArchitecture(network)).toBe(architectureOf(network));
});

test('200 images of 196 positions, whose kernels of all pairs would take 12 GB each, fit into one', async () => {
  const image = [28, 28, 1];
  const x = zeros(200, 784);
  RandomStream.fromSeed(1).normals(x.data);
  const problem = createProblem({
    data: { x, y: Array.from({ length: 200 }, (_, i) => (i % 2 ? 1 : -1)), image },
    network: { layers: [conv([3, 3], 2, 'zero')], ...variances },
  });
  const little = { ...compute, memory: 1e9 };
  const { kernels } = await solveWith(problem, 'nngp', little);
  expect(kernels[0].data).toHaveLength(196 * 200 ** 2);
  await expect(solveWith(problem, 'linearResponse', little)).rejects.toThrow(
    /200 points of 196 positions each need about .* GB of memory for linearResponse/,
  );
});
