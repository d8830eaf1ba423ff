// Phase diagrams against iterated maps in NumPy (when python3, or the interpreter in PYTHON, has it), and
// what a landscape costs by grid size and cores.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { activationByName } from '../dist/activations/registry.js';
import { phaseDiagram } from '../dist/criticality/diagram.js';
import { portableCompute } from '../dist/numerics/compute.js';
import { alignColumns, duration } from '../dist/report/format.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const python = process.env.PYTHON ?? 'python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy, scipy']).status === 0;
const SIDE = 50;
const REFERENCE_SIDE = 10;

function ours(name, side) {
  const axis = (from, to) =>
    Float64Array.from({ length: side }, (_, k) => from + ((to - from) * k) / (side - 1));
  const start = performance.now();
  const steps = phaseDiagram(activationByName(name), axis(0.4, 3), axis(0, 0.4), portableCompute());
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { phases } = step.value;
  return {
    seconds: (performance.now() - start) / 1000,
    corners: [0, side - 1].flatMap((i) => [0, side - 1].map((j) => phases[i][j])),
  };
}

const rows = [
  ['activation', 'points', 'seconds', 'per point', 'NumPy, per point', 'ratio', 'largest difference of χ'],
];
for (const name of ['tanh', 'erf']) {
  const whole = ours(name, SIDE);
  const each = whole.seconds / SIDE ** 2;
  const line = [name, `${SIDE} × ${SIDE}`, duration(whole.seconds), duration(each)];
  if (hasNumpy) {
    const { stdout } = spawnSync(python, [join(here, 'reference/phase.py'), name, String(REFERENCE_SIDE)], {
      encoding: 'utf8',
    });
    const { seconds, corners } = JSON.parse(stdout);
    const small = ours(name, REFERENCE_SIDE);
    const difference = Math.max(...corners.map(([chi], k) => Math.abs(chi - small.corners[k].chi)));
    line.push(
      duration(seconds / REFERENCE_SIDE ** 2),
      (seconds / REFERENCE_SIDE ** 2 / each).toFixed(0),
      difference.toExponential(0),
    );
  }
  rows.push(line);
}
console.log(alignColumns(rows));

const folder = mkdtempSync(join(tmpdir(), 'finite-width-bench-'));
const costs = [['landscape of xor', 'workers', 'seconds', 'per point']];
for (const [side, threads] of [
  [4, 1],
  [4, 2],
  [8, 1],
  [8, 2],
]) {
  // biome-ignore format: a table
  const args = ['landscape', 'xor', '--weight-variance', `0.5..3:${side}`, '--bias-variance', `0..0.3:${side}`, '--out', join(folder, `${side}-${threads}`)];
  const start = performance.now();
  const { status } = spawnSync(process.execPath, [join(here, '../bin/finite-width.js'), ...args], {
    env: { ...process.env, FINITE_WIDTH_THREADS: String(threads) },
  });
  const seconds = (performance.now() - start) / 1000;
  costs.push([
    `${side} × ${side}${status === 0 ? '' : ' (failed)'}`,
    String(threads),
    duration(seconds),
    duration(seconds / side ** 2),
  ]);
}
rmSync(folder, { recursive: true });
console.log(`\n${alignColumns(costs)}`);
