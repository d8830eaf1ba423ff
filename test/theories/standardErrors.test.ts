import { expect, test } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';

const compute = await nodeCompute();
const SEEDS = 12;

const meanSquare = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value * value, 0) / values.length;

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
    const evidences: number[] = [];
    const errors: number[] = [];
    for (let seed = 0; seed < SEEDS; seed++) {
      const { logEvidence, uncertainty } = await solveWith(problem, theory, compute, { seed, samples: 2048 });
      evidences.push(logEvidence);
      errors.push(uncertainty?.evidence ?? 0);
    }
    const mean = evidences.reduce((sum, value) => sum + value / SEEDS, 0);
    const scatter = Math.sqrt((meanSquare(evidences.map((value) => value - mean)) * SEEDS) / (SEEDS - 1));
    const said = Math.sqrt(meanSquare(errors));
    expect(scatter / said).toBeGreaterThan(0.5);
    expect(scatter / said).toBeLessThan(1.6);
  },
);
