// Gaussian expectations of functions with kinks against adaptive quadrature in SciPy (when python3, or the
// interpreter in PYTHON, has it), one pair at a time and as entries of a kernel, which for a broken line
// (hardTanh) have a closed form.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelOf } from '../dist/activations/operators/kernel.js';
import { pullback } from '../dist/activations/operators/response.js';
import { pairByQuadrature } from '../dist/activations/quadrature/pairQuadrature.js';
import { activationByName } from '../dist/activations/registry.js';
import { portableCompute } from '../dist/numerics/compute.js';
import { zeros } from '../dist/numerics/matrix.js';
import { RandomStream } from '../dist/numerics/random.js';
import { alignColumns, duration } from '../dist/report/format.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const hasScipy = spawnSync(python, ['-c', 'import scipy']).status === 0;
const FORMULAS = {
  hardTanh: 'max(-1, min(1, x))',
  softsign: 'x/(1 + abs(x))',
  elu: 'max(x, 0) + exp(min(x, 0)) - 1',
};
const PAIRS = [
  [1, 1, 0.95],
  [1.3, 0.9, 1.06],
  [2.5, 2.4, -2.4],
];
const POINTS = 200;

/** Seconds of one call, the best of some that fill a quarter of a second. */
function best(call) {
  let least = Number.POSITIVE_INFINITY;
  const end = performance.now() + 250;
  do {
    const start = performance.now();
    call();
    least = Math.min(least, (performance.now() - start) / 1000);
  } while (performance.now() < end);
  return least;
}

const micro = (seconds) => `${Number((1e6 * seconds).toPrecision(2))} µs`;

/** A covariance whose points are alike by `rho` and otherwise random. */
function covariance(rho) {
  const x = zeros(POINTS, 30);
  RandomStream.fromSeed(1).normals(x.data);
  const c = zeros(POINTS);
  for (let i = 0; i < POINTS; i++) {
    for (let j = 0; j < POINTS; j++) {
      let sum = 0;
      for (let k = 0; k < 30; k++) sum += x.data[i * 30 + k] * x.data[j * 30 + k];
      c.data[i * POINTS + j] = rho + ((1 - rho) * sum) / 30;
    }
  }
  return c;
}

const compute = portableCompute();
const pairs = [['function', 'a pair by nested quadrature', 'adaptive, SciPy', 'ratio', 'largest difference']];
const kernels = [['function', `kernel, P = ${POINTS}, ρ about`, 'seconds', 'an entry', 'backwards']];
for (const [name, formula] of Object.entries(FORMULAS)) {
  // Variances are remembered, so each round asks for other ones.
  const phi = activationByName(formula);
  let round = 0;
  const seconds = best(() => {
    round++;
    for (const [a, b, c] of PAIRS) pairByQuadrature(phi, a * (1 + round * 1e-9), b, c);
  });
  const line = [name, micro(seconds / PAIRS.length)];
  if (hasScipy) {
    const args = [join(here, 'reference/kinked.py'), name, ...PAIRS.map((pair) => pair.join(','))];
    const reference = JSON.parse(spawnSync(python, args, { encoding: 'utf8' }).stdout);
    const difference = PAIRS.map(([a, b, c], k) =>
      Math.abs(pairByQuadrature(phi, a, b, c).value - reference.values[k]),
    );
    line.push(micro(reference.seconds), (reference.seconds / (seconds / PAIRS.length)).toFixed(0));
    line.push(Math.max(...difference).toExponential(0));
  }
  pairs.push(line);
  for (const rho of [0, 0.6]) {
    const c = covariance(rho);
    const other = () => {
      round++;
      return { ...c, data: c.data.map((x) => x * (1 + round * 1e-9)) };
    };
    const forwards = best(() => kernelOf(phi, other(), compute));
    const backwards = best(() => pullback(phi, other(), c, compute));
    kernels.push([
      name,
      String(rho),
      duration(forwards),
      micro(forwards / ((POINTS * (POINTS + 1)) / 2)),
      duration(backwards),
    ]);
  }
}
console.log(alignColumns(pairs));
console.log(alignColumns(kernels));
