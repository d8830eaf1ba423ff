import { expect, test } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { likelihoodOf } from '#src/likelihood/likelihoodOf.js';
import { layerAlignment } from '#src/measures/alignment.js';
import { addScaled, copy } from '#src/numerics/matrix.js';
import { type FourPoint, fourPointOf } from '#src/prior/fourPoint/fourPoint.js';
import { GROUPS } from '#src/prior/fourPoint/groupedNormals.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { ownMoments, responsesByOrigin, sourcesBelow, totalResponse } from '#src/prior/response.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import type { Problem } from '#src/problem/problem.js';
import { errorOfMean } from '#src/solving/repetitions.js';
import { solveWith } from '#src/theories/solve.js';
import { structuredProblems } from '../reference/structuredProblems.js';

const compute = await nodeCompute();
const SEEDS = 12;

const meanSquare = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

/** Evidences of many seeds, and what each says of its error. */
async function scatterOf(problem: Problem, theory: string, samples: number) {
  const evidences: number[] = [];
  const errors: number[] = [];
  for (let seed = 0; seed < SEEDS; seed++) {
    const { logEvidence, uncertainty } = await solveWith(problem, theory, compute, { seed, samples });
    evidences.push(logEvidence);
    errors.push(uncertainty?.evidence ?? 0);
  }
  const mean = evidences.reduce((sum, value) => sum + value / SEEDS, 0);
  const scatter = Math.sqrt((meanSquare(evidences.map((value) => value - mean)) * SEEDS) / (SEEDS - 1));
  return { scatter, said: Math.sqrt(meanSquare(errors)) };
}

// What is said of one run is compared with what other runs give: errors of twelve seeds scatter by a fifth,
// those said by groups of eight by a tenth.
test.each([
  ['linearResponse', 2],
  ['perturbative', 2],
  ['perturbative', 3],
  ['map', 1],
  ['multiscale', 2],
])(
  '%s, %d layers: the evidence scatters between seeds as its standard error says',
  async (theory, hiddenLayers) => {
    const data = xor({ dataset: 'xor', samples: 10, testSamples: 1, dimension: 6, noise: 0, seed: 1 });
    const network = { hiddenLayers, width: 30, activation: 'erf', weightVariance: 1.5, biasVariance: 0.1 };
    const problem = createProblem({ data, network, noiseVariance: 0.1 });
    const { scatter, said } = await scatterOf(problem, theory, 2048);
    expect(scatter / said).toBeGreaterThan(0.5);
    expect(scatter / said).toBeLessThan(1.6);
  },
);

// Corrections of their means are drawn, too.
test.each([
  ['convolution', 'linearResponse'],
  ['convolution', 'perturbative'],
  ['residual', 'linearResponse'],
])('%s, %s: the evidence scatters between seeds as its standard error says', async (kind, theory) => {
  const convolution = { patch: [2], stride: 2, width: 10 };
  const first = kind === 'convolution' ? { convolution } : { dense: 10 };
  const skip = kind === 'residual' ? { skip: 1 } : {};
  const layers = [first, { dense: 10, ...skip }, { dense: 10, ...skip }];
  const problem = createProblem({
    data: {
      ...xor({ dataset: 'xor', samples: 6, testSamples: 0, dimension: 6, noise: 0, seed: 1 }),
      image: [6, 1],
    },
    network: {
      layers: layers.map((layer) => ({ ...layer, activation: 'erf' })) as never,
      weightVariance: 1.6,
      biasVariance: 0.1,
    },
    noiseVariance: 0.1,
  });
  // So many samples that what is left is mostly the noise of the corrections.
  const { scatter, said } = await scatterOf(problem, theory, 2048);
  expect(scatter / said).toBeGreaterThan(0.5);
  expect(scatter / said).toBeLessThan(1.6);
});

/** Standard deviation of values around their mean, and root mean square of what is said of it. */
const scatterOver = (values: readonly number[], said: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const square = meanSquare(values.map((value) => value - mean)) * (values.length / (values.length - 1));
  return Math.sqrt(square / meanSquare(said));
};

// Draws have heavy tails: of 24 seeds the same ratio scatters by a third (seeds 0 to 23 give 1.43), of 200 by
// a tenth.
test('residual blocks: CKA scatters between 200 seeds as its standard error says', () => {
  const problem = createProblem(structuredProblems.residual as unknown as ProblemInput);
  const { network, data } = problem;
  const nngp = nngpKernels(network, data.x, compute);
  const top = network.hiddenLayers;
  const conjugate = likelihoodOf(problem).conjugate(nngp[top], compute.algebra);
  const sources = sourcesBelow(network, nngp, top, conjugate, compute);
  const alignmentsBy = (fourPoint: FourPoint): number[] => {
    const byOrigin = responsesByOrigin(network, nngp, sources, fourPoint, compute);
    const own = ownMoments(network, nngp, sources, fourPoint);
    return totalResponse(byOrigin, data.x.rows).map((shift, l) => {
      const kernel = addScaled(copy(nngp[l]), 1, shift);
      return layerAlignment(addScaled(kernel, own[l] ? 1 : 0, own[l] ?? shift), data.y);
    });
  };
  const found = Array.from({ length: 200 }, (_, k) => {
    const options = { samples: 1024, seed: 1000 + k };
    const { fourPoint, grouped } = fourPointOf(network, data.x.rows, compute, options);
    const groups = Array.from({ length: GROUPS }, (__, g) => alignmentsBy(grouped?.only(g) as FourPoint));
    const errors = nngp.map((__, l) => errorOfMean(groups.map((group) => group[l])));
    return { alignments: alignmentsBy(fourPoint), errors };
  });
  for (let l = 1; l <= top; l++) {
    const ratio = scatterOver(
      found.map(({ alignments }) => alignments[l]),
      found.map(({ errors }) => errors[l]),
    );
    expect(ratio, `layer ${l}`).toBeGreaterThan(0.8);
    expect(ratio, `layer ${l}`).toBeLessThan(1.25);
  }
});
