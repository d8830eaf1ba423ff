// Fits the cost models of theories: seconds of each theory on one thread against terms in P, N, L and numbers
// of samples, and checks it on sizes that the fit has not seen. Prints coefficients to be copied into their
// files, and the table of docs/scaling.md.
import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { loadData } from '../dist/datasets/loadData.js';
import { createProblem } from '../dist/problem/createProblem.js';
import { parseProblem } from '../dist/problem/schema.js';
import { theoryByName } from '../dist/theories/registry.js';
import { solveWith } from '../dist/theories/solve.js';

const only = process.argv.slice(2);
const compute = await nodeCompute({ threads: 1, warn: () => {} });

/** sizes [P, N, L] of the fit, and of the check */
const SIZES = {
  nngp: {
    fit: [
      [50, 100, 1],
      [100, 100, 3],
      [200, 100, 2],
      [400, 100, 1],
      [400, 100, 4],
      [800, 100, 2],
    ],
    check: [[600, 100, 3]],
  },
  // biome-ignore format: a table
  rescaling: { fit: [[50, 100, 1], [100, 100, 3], [200, 100, 2], [400, 100, 2]], check: [[300, 100, 3]] },
  // biome-ignore format: a table
  exactLinear: { fit: [[50, 100, 1], [100, 100, 3], [200, 100, 2], [400, 100, 2]], check: [[300, 100, 3]] },
  linearResponse: {
    fit: [
      [16, 100, 2],
      [24, 100, 1],
      [32, 100, 2],
      [40, 100, 1],
      [80, 100, 2],
      [80, 100, 4],
      [160, 100, 1],
      [160, 100, 3],
      [240, 100, 2],
    ],
    check: [[200, 100, 3]],
  },
  perturbative: {
    fit: [
      [16, 100, 2],
      [24, 100, 1],
      [32, 100, 2],
      [40, 100, 1],
      [80, 100, 2],
      [80, 100, 4],
      [160, 100, 1],
      [160, 100, 3],
      [240, 100, 2],
    ],
    check: [[200, 100, 3]],
  },
  // biome-ignore format: a table
  map: { fit: [[20, 60, 1], [40, 60, 2], [40, 60, 3], [80, 120, 1], [80, 120, 2]], check: [[60, 100, 2]] },
  multiscale: {
    fit: [
      [20, 60, 1],
      [40, 60, 2],
      [40, 60, 3],
      [80, 120, 1],
      [80, 120, 2],
    ],
    check: [[60, 100, 2]],
  },
  sampled: {
    fit: [
      [20, 40, 1],
      [40, 100, 1],
      [40, 60, 3],
      [80, 60, 2],
      [80, 200, 1],
      [120, 100, 2],
    ],
    check: [[100, 100, 2]],
  },
};

const ERF = { activation: 'erf', biasVariance: 0.05 };
const LINEAR = { activation: 'linear', biasVariance: 0 };

async function measure(theory, [samples, width, hiddenLayers]) {
  const spec = parseProblem({
    data: { dataset: 'xor', samples, testSamples: 0, dimension: 20, seed: 1 },
    network: { hiddenLayers, width, weightVariance: 1.5, ...(theory === 'exactLinear' ? LINEAR : ERF) },
  });
  const data = await loadData(spec.data, { memory: 1e9 });
  const problem = createProblem({ data, network: spec.network, noiseVariance: spec.noiseVariance });
  const options = { seed: 0 };
  const start = performance.now();
  const { convergence } = await solveWith(problem, theory, compute, options);
  const seconds = (performance.now() - start) / 1000;
  const terms = theoryByName(theory).cost.terms(problem, options);
  return { theory, size: [samples, width, hiddenLayers], seconds, terms, converged: convergence.converged };
}

/** Non-negative coefficients with the least sum of squared relative errors, by cyclic coordinate descent. */
function fitted(runs) {
  const rows = runs.map(({ terms, seconds }) => terms.map((term) => term / seconds));
  const count = rows[0].length;
  const x = new Array(count).fill(0);
  for (let sweep = 0; sweep < 20000; sweep++) {
    for (let k = 0; k < count; k++) {
      let [top, bottom] = [0, 0];
      for (const row of rows) {
        const rest = 1 - row.reduce((sum, value, j) => sum + (j === k ? 0 : value * x[j]), 0);
        top += rest * row[k];
        bottom += row[k] ** 2;
      }
      x[k] = Math.max(0, top / bottom);
    }
  }
  return x;
}

const dot = (a, b) => a.reduce((sum, value, k) => sum + value * b[k], 0);
for (const [theory, { fit, check }] of Object.entries(SIZES)) {
  if (only.length > 0 && !only.includes(theory)) continue;
  await measure(theory, fit[0]);
  const runs = [];
  for (const size of fit) runs.push(await measure(theory, size));
  const coefficients = fitted(runs);
  console.log(`  ${theory}: [${coefficients.map((value) => value.toPrecision(2)).join(', ')}],`);
  for (const run of runs)
    console.log(
      `    P N L ${run.size.join(' ')}: ${run.seconds.toPrecision(3)} s, model ${dot(coefficients, run.terms).toPrecision(3)} s${run.converged ? '' : ' (not converged)'}`,
    );
  for (const size of check) {
    const run = await measure(theory, size);
    console.log(
      `    check ${size.join(' ')}: ${run.seconds.toPrecision(3)} s, model ${dot(coefficients, run.terms).toPrecision(3)} s, ratio ${(run.seconds / dot(coefficients, run.terms)).toFixed(2)}`,
    );
  }
}
