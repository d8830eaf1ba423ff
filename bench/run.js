// The benchmarks, as ratios from one run: this package on both backends against the same mathematics in NumPy
// and SciPy, when python3 (or the interpreter in PYTHON) has them. Every measurement runs in a fresh process;
// the programs take turns.
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alignColumns, duration } from '../dist/report/format.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const quick = process.argv.includes('--quick');
const python = process.env.PYTHON ?? 'python3';
const hasNumpy = spawnSync(python, ['-c', 'import numpy, scipy']).status === 0;

function measure(command, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
  return JSON.parse(stdout);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** Programs in turn, `rounds` times: the ratio of each round compares neighbours in time. */
function contest(script, args, rounds) {
  const programs = {
    native: () => measure(process.execPath, [join(here, 'case.js'), script, ...args]),
    wasm: () =>
      measure(process.execPath, [join(here, 'case.js'), script, ...args], { FINITE_WIDTH_BLAS: 'none' }),
    ...(hasNumpy ? { numpy: () => measure(python, [join(here, `reference/${script}.py`), ...args]) } : {}),
  };
  const results = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++)
    for (const name of Object.keys(programs)) results[name].push(programs[name]());
  return Object.fromEntries(
    Object.entries(results).map(([name, list]) => {
      const ratios = (key) =>
        hasNumpy ? median(list.map((entry, round) => results.numpy[round][key] / entry[key])) : undefined;
      const share =
        list[0].algebraShare === undefined ? undefined : median(list.map(({ algebraShare }) => algebraShare));
      return [
        name,
        {
          first: median(list.map(({ first }) => first)),
          seconds: median(list.map(({ seconds }) => seconds)),
          peakMB: Math.max(...list.map(({ peakMB }) => peakMB)),
          firstRatio: ratios('first'),
          ratio: ratios('seconds'),
          share,
          effectivePerSecond: median(list.map(({ effectivePerSecond }) => effectivePerSecond ?? 0)),
          movesPerSecond: median(list.map(({ movesPerSecond }) => movesPerSecond ?? 0)),
          backend: list[0].backend ?? 'numpy',
        },
      ];
    }),
  );
}

const rows = [
  ['case', 'program', 'first', 'NumPy / first', 'again', 'NumPy / again', 'in linear algebra', 'peak memory'],
];
const times = (ratio) => (ratio === undefined ? '–' : ratio.toFixed(2));
function report(label, results) {
  for (const [name, { first, firstRatio, seconds, ratio, share, peakMB, backend }] of Object.entries(
    results,
  )) {
    if (name === 'native' && backend !== 'native') continue;
    rows.push([
      label,
      name,
      duration(first),
      times(firstRatio),
      duration(seconds),
      times(ratio),
      share === undefined ? '–' : `${Math.round(100 * share)} %`,
      `${Math.round(peakMB)} MB`,
    ]);
  }
}

const notes = [];
const rounds = quick ? 1 : 3;
for (const samples of quick ? [500, 2000] : [500, 2000, 5000])
  report(`nngp P=${samples}`, contest('nngp', [String(samples), samples > 4000 ? '8' : '15'], rounds));
for (const samples of quick ? [100, 500] : [100, 500, 1000]) {
  report(`perturbative P=${samples}`, contest('perturbative', [String(samples), '8192', '5'], rounds));
}

for (const samples of quick ? [100] : [50, 100, 200, 500]) {
  const draws = Math.round(4e6 / samples);
  const results = contest('tilted', [String(samples), String(draws), '7'], rounds);
  report(`tilted P=${samples}`, results);
  const each = (f) =>
    Object.entries(results)
      .map(([name, result]) => `${name} ${f(result).toPrecision(3)}`)
      .join(', ');
  notes.push(
    `tilted P=${samples}, ${draws} samples: 1e9 samples · P² per second: ${each(({ seconds }) => (draws * samples * samples) / seconds / 1e9)}`,
    ...(results.numpy
      ? [
          `  1e9 particle moves · P² per second of slice sampling in NumPy: ${((results.numpy.movesPerSecond * samples * samples) / 1e9).toPrecision(3)}`,
        ]
      : []),
    `  1e3 effective samples per second (numpy: elliptical slice sampling): ${each(({ effectivePerSecond }) => effectivePerSecond / 1e3)}`,
  );
}
for (const samples of quick ? [50] : [50, 100, 200, 500]) {
  for (const theory of ['map', 'multiscale']) {
    const { seconds, iterations, converged, cka } = measure(process.execPath, [
      join(here, 'converge.js'),
      String(samples),
      theory,
    ]);
    notes.push(
      `${theory} P=${samples}, N=${2 * samples}: ${duration(seconds)}, ${iterations} sweeps, ${converged ? 'converged' : 'not converged'}, CKA ${cka}`,
    );
  }
}

console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
if (!hasNumpy) console.log(`${python} has no numpy and scipy: no reference in this run`);
console.log(
  `medians of ${rounds} processes each; nngp: erf, L = 3, D = 784; perturbative: one iteration, erf, L = 2, 8192 samples; tilted: one visit to a layer, erf, N = 2P`,
);
console.log(
  'first: the first computation of a process; again: the median of those that follow, in memory already touched\n',
);
console.log(alignColumns(rows));
console.log(`\n${notes.join('\n')}`);
