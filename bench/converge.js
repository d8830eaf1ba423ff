// Time and sweeps that a sampled theory takes to its end, standard errors included: converge.js P THEORY.
// XOR, D = 20, two layers of width 2P.

import { createProblem, solve, xor } from '../dist/index.js';
import { withError } from '../dist/report/format.js';

const [samples, theory] = [Number(process.argv[2]), process.argv[3]];
const data = xor({ dataset: 'xor', samples, testSamples: 0, dimension: 20, noise: 1, seed: 0 });
const network = { hiddenLayers: 2, width: 2 * samples, activation: 'erf', weightVariance: 1.5 };
const start = performance.now();
const { convergence, uncertainty, ...posterior } = await solve(createProblem({ data, network }), theory);
console.log(
  JSON.stringify({
    seconds: (performance.now() - start) / 1000,
    iterations: convergence.iterations,
    converged: convergence.converged,
    cka: withError(posterior.alignment()[2], uncertainty?.cka[2]),
  }),
);
process.exit(0);
