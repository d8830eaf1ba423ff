import { expect, test } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { Problem } from '#src/problem/problem.js';
import { solveWith } from '#src/theories/solve.js';

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
