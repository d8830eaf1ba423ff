// One measurement in a process of its own, so that its peak memory is its own: case.js NAME P [SAMPLES]
// REPEATS. Prints JSON: median seconds, share of them inside the linear algebra, peak memory.

import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { gaussianOf } from '../dist/likelihood/gaussian.js';
import { release, zeros } from '../dist/numerics/matrix.js';
import { RandomStream } from '../dist/numerics/random.js';
import { nngpKernels } from '../dist/prior/nngpKernels.js';
import { createProblem } from '../dist/problem/createProblem.js';
import { linearTilt } from '../dist/solving/tilted/tilt.js';
import { TiltedSamples } from '../dist/solving/tilted/tiltedSamples.js';
import { iterationOf } from '../dist/theories/perturbative.js';

const [name, ...numbers] = process.argv.slice(2);
const [samples, draws, repeats] =
  name === 'nngp' ? [Number(numbers[0]), 0, Number(numbers[1])] : numbers.map(Number);

let inside = 0;
/** The same algebra with a clock around every operation. */
function clocked(algebra) {
  return new Proxy(algebra, {
    get(target, key) {
      const value = target[key];
      if (typeof value !== 'function') return value;
      return (...args) => {
        const start = performance.now();
        try {
          return value.apply(target, args);
        } finally {
          inside += performance.now() - start;
        }
      };
    },
  });
}

const base = await nodeCompute();
const compute = { ...base, algebra: clocked(base.algebra) };
const x = zeros(samples, 784);
RandomStream.fromSeed(0).normals(x.data);
const y = Array.from({ length: samples }, (_, i) => Math.sign(x.data[i * 784]));
const network = {
  hiddenLayers: name === 'nngp' ? 3 : 2,
  width: 2 * samples,
  weightVariance: 1.2,
  biasVariance: name === 'nngp' ? 0.1 : 0,
};
const problem = createProblem({ data: { x, y }, network });

let work;
let effective;
if (name === 'nngp') work = () => release(...nngpKernels(problem.network, problem.data.x, compute));
else if (name === 'tilted') {
  const [below, top] = nngpKernels({ ...problem.network, hiddenLayers: 1 }, problem.data.x, compute);
  const tilt = linearTilt(gaussianOf(problem).conjugate(top, compute.algebra));
  const tilted = new TiltedSamples(() => problem.network.activation, compute, draws, 0);
  const width = 2 * samples;
  work = () => {
    tilted.refresh();
    const measure = tilted.measure(1, below, 1.2 / width, tilt);
    release(measure.secondMoment(), measure.conjugate(width));
    effective = draws * measure.effectiveShare;
  };
} else {
  const kernels = nngpKernels(problem.network, problem.data.x, compute);
  const iterate = iterationOf(problem, compute, { samples: draws, fourPoint: 'sampled' });
  work = () => release(...iterate(kernels).slice(1));
}
const runs = [];
for (let k = 0; k <= repeats; k++) {
  inside = 0;
  const start = performance.now();
  work();
  runs.push({ total: performance.now() - start, inside });
}
const [first, ...counted] = runs;
counted.sort((a, b) => a.total - b.total);
const middle = counted[Math.floor(counted.length / 2)];
console.log(
  JSON.stringify({
    seconds: middle.total / 1000,
    first: first.total / 1000,
    ...(effective === undefined ? {} : { effectivePerSecond: (1000 * effective) / middle.total }),
    algebraShare: middle.inside / middle.total,
    peakMB: process.resourceUsage().maxRSS / 1024,
    backend: base.algebra.name,
  }),
);
process.exit(0);
