// Kernels at infinite width, activation by activation: activations.js [P] [REPEATS] [NAME,NAME,…].
// Milliseconds of the processor (all threads) and of the clock for `nngpKernels` and for
// `solve(problem, 'nngp')`, medians of repeated calls in one process; data Gaussian, D = 784, L = 3.
import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { solve } from '../dist/index.js';
import { release, zeros } from '../dist/numerics/matrix.js';
import { RandomStream } from '../dist/numerics/random.js';
import { nngpKernels } from '../dist/prior/nngpKernels.js';
import { createProblem } from '../dist/problem/createProblem.js';

const [samples = 2000, repeats = 7] = process.argv.slice(2, 4).map(Number);
const BUILT_IN = 'erf,relu,gelu,tanh,sigmoid,silu,softplus,mish,softsign,elu,hardTanh,tanh(x) + 0.1*x';
const names = (process.argv[4] ?? BUILT_IN).split(',');
const compute = await nodeCompute();
const x = zeros(samples, 784);
RandomStream.fromSeed(0).normals(x.data);
const y = Array.from({ length: samples }, (_, i) => Math.sign(x.data[i * 784]));

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Medians of processor and clock, in ms, after one call that is not counted. */
async function timed(work) {
  const [busy, elapsed] = [[], []];
  for (let k = 0; k <= repeats; k++) {
    const [before, start] = [process.cpuUsage(), performance.now()];
    await work();
    const { user, system } = process.cpuUsage(before);
    if (k > 0) busy.push((user + system) / 1000);
    if (k > 0) elapsed.push(performance.now() - start);
  }
  return [median(busy), median(elapsed)].map((time) => time.toFixed(0));
}

console.log(`${compute.algebra.name}, P = ${samples}\nactivation, kernels: cpu ms, ms; solve: cpu ms, ms`);
for (const activation of names) {
  const network = { hiddenLayers: 3, width: 2 * samples, weightVariance: 1.2, biasVariance: 0.1, activation };
  const problem = createProblem({ data: { x, y }, network });
  const kernels = await timed(() => release(...nngpKernels(problem.network, problem.data.x, compute)));
  const whole = await timed(async () => release(...(await solve(problem, 'nngp', { compute })).kernels));
  console.log([activation.padEnd(18), ...[...kernels, ...whole].map((time) => time.padStart(8))].join(''));
}
process.exit(0);
