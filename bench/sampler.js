// Networks sampled from their posterior: gradients per second and effective draws of CKA per second, warm-up
// included, as ratios against NumPy (and PyTorch, BlackJAX where the interpreter has them) in the same run.
// Usage: node bench/sampler.js [--quick]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { writeNpz } from '../dist/formats/npz.js';
import { zeros } from '../dist/numerics/matrix.js';
import { RandomStream } from '../dist/numerics/random.js';
import { createProblem } from '../dist/problem/createProblem.js';
import { alignColumns } from '../dist/report/format.js';
import { SamplingRun } from '../dist/sampling/run.js';
import { samplingSettings } from '../dist/sampling/settings.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = process.env.PYTHON ?? 'python3';

/** What a reference script measures; undefined where the interpreter lacks what it needs. */
function reference(script, args) {
  const { status, stdout, stderr } = spawnSync(
    python,
    [join(here, 'reference', script), ...args.map(String)],
    {
      encoding: 'utf8',
    },
  );
  if (status === 0) return JSON.parse(stdout.trim().split('\n').at(-1));
  if (/ModuleNotFoundError|not found in the system path/.test(stderr)) return undefined;
  throw new Error(`${script}: ${stderr}`);
}

/** Gaussian inputs, the sign of the first coordinate as target; also in a file for the references. */
function makeData([dimension, , , samples]) {
  const x = zeros(samples, dimension);
  const y = zeros(samples, 1);
  RandomStream.fromSeed(0).normals(x.data);
  for (let i = 0; i < samples; i++) y.data[i] = Math.sign(x.data[i * dimension]);
  const file = join(mkdtempSync(join(tmpdir(), 'finite-width-bench-')), 'data.npz');
  writeFileSync(file, writeNpz({ X: x, Y: y }));
  return { x, y, file };
}

/** Seconds that a run takes, and what it has found. */
function timed(problem, compute, choices) {
  const run = new SamplingRun(
    problem,
    compute,
    samplingSettings({ chains: compute.executor.threads, ...choices }),
  );
  const start = performance.now();
  for (const _ of run.steps());
  return { run, seconds: (performance.now() - start) / 1000 };
}

function ours([, width, hiddenLayers], { x, y }, draws, compute) {
  const problem = createProblem({
    data: { x, y },
    network: { hiddenLayers, width, activation: 'erf', weightVariance: 1.2 },
  });
  const chains = compute.executor.threads;
  // A fixed mean number of steps makes gradients countable; the default, a quarter turn, mixes best.
  const counted = timed(problem, compute, { draws: 16, warmUp: 16, thin: 5, steps: 8 });
  const { run, seconds } = timed(problem, compute, { draws: Math.ceil(draws / chains) });
  const cka = run.diagnoses().find(({ name }) => name === `cka ${hiddenLayers}`);
  return {
    gradientsPerSecond: (chains * 8 * 5 * 32) / counted.seconds,
    effectivePerSecond: cka.bulk / seconds,
    mean: cka.mean,
  };
}

const native = await nodeCompute();
const wasm = await nodeCompute({ blas: 'none' });
const rows = [
  ['D, N, L, P', 'program', 'gradients/s', 'ratio to NumPy', 'effective draws/s', 'ratio to NumPy', 'CKA'],
];
const quick = process.argv.includes('--quick');
for (const [sizes, draws] of [
  [[100, 500, 2, 80], quick ? 200 : 600],
  [[20, 60, 1, 40], quick ? 500 : 2000],
]) {
  const data = makeData(sizes);
  const numpy = reference('sampler.py', [data.file, ...sizes.slice(1, 3), draws]);
  const measured = {
    ...(native.algebra.name === 'native' ? { native: ours(sizes, data, draws, native) } : {}),
    wasm: ours(sizes, data, draws, wasm),
    numpy,
    'PyTorch, gradient': reference('sampler_torch.py', [data.file, ...sizes.slice(1, 3)]),
    'BlackJAX, NUTS': reference('sampler_blackjax.py', [data.file, ...sizes.slice(1, 3), quick ? 100 : 300]),
  };
  for (const [name, result] of Object.entries(measured)) {
    if (!result) continue;
    const { gradientsPerSecond: gradients, effectivePerSecond: effective, mean } = result;
    const per = (value, key) => (value === undefined ? '–' : numpy ? (value / numpy[key]).toFixed(2) : '–');
    rows.push([
      sizes.join(', '),
      name,
      gradients?.toFixed(0) ?? '–',
      per(gradients, 'gradientsPerSecond'),
      effective?.toPrecision(3) ?? '–',
      per(effective, 'effectivePerSecond'),
      mean?.toFixed(4) ?? '–',
    ]);
  }
}
console.log(alignColumns(rows));
process.exit(0);
