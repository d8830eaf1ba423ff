// npm run validity [-- NAMES]: measures every theory against networks sampled from the posterior (against exact linear theory where networks are linear), on
// the grids of validity/, and makes of it validity/errors.json, the atlas that `auto` reads, and the pictures and tables of docs/validity.md. Takes hours; what
// is done is kept in runs/validity and not done again. --gather solves nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { loadData } from '../dist/datasets/loadData.js';
import { readNpz } from '../dist/formats/npz.js';
import { packagedDigits } from '../dist/io/digits.js';
import { errorsOf, worstOf } from '../dist/measures/theoryErrors.js';
import { nngpKernels } from '../dist/prior/nngpKernels.js';
import { createProblem } from '../dist/problem/createProblem.js';
import { validityFigure } from '../dist/report/validityFigure.js';
import { loadGrid } from '../dist/sweep/gridFile.js';
import { couplingOf } from '../dist/theories/auto/coupling.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const GRIDS = join(root, 'validity');
const RUNS = process.env.FINITE_WIDTH_VALIDITY ?? join(root, 'runs/validity');
const ORDER = ['nngp', 'rescaling', 'linearResponse', 'perturbative', 'map', 'multiscale'];
const PICTURES = [
  [
    'cka',
    'largest relative error of the CKA of a layer',
    ({ cka }) => cka.reduce((worst, e) => (Math.abs(e) > Math.abs(worst) ? e : worst), 0),
  ],
  ['mean', 'means at new points: root mean square distance, relative', ({ testMean }) => testMean],
  ['training', 'root mean square training error, relative', ({ trainingError }) => trainingError],
  ['variance', 'mean variance at new points, relative', ({ variance }) => variance],
];

const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const names = readdirSync(GRIDS).filter((file) => file.endsWith('-grid.json')).map((file) => file.replace('-grid.json', '')); // biome-ignore format: one line
const unknown = asked.find((name) => !names.includes(name));
if (unknown) throw new Error(`no grid ${unknown}; there are ${names.join(', ')}`);

function solve(name) {
  const args = ['bin/finite-width.js', 'sweep', join(GRIDS, `${name}-grid.json`), '--out', join(RUNS, name), '--update'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // 1: some theory has no solution somewhere, which the pictures show.
  if (status !== 0 && status !== 1) throw new Error(`${name} ended with status ${status}`);
}

/** Map.groupBy, which Node 20 does not have. */
function groupedBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** What `errorsOf` compares, from the files of a task; undefined if it is not done. */
function outcomeOf(folder, key) {
  const path = join(folder, 'results', `${key}.json`);
  if (!existsSync(path)) return undefined;
  const result = JSON.parse(readFileSync(path, 'utf8'));
  const arrays = readNpz(readFileSync(path.replace('.json', '.npz')), key);
  const matrix = (name) => arrays.get(name)?.matrix(name);
  const layers = result.cka.map((_, l) => l);
  const errors = layers.map((l) => matrix(`kernel_${l}_se`));
  return {
    result,
    kernels: layers.map((l) => matrix(`kernel_${l}`)),
    kernelErrors: errors.every(Boolean) ? errors : undefined,
    cka: result.cka,
    ckaErrors: result.ckaStandardError,
    trainMean: matrix('train_mean'),
    mean: matrix('mean'),
    meanError: matrix('mean_se'),
    variance: matrix('variance'),
    logEvidence: result.logEvidence ?? undefined,
  };
}

/** Errors of all theories on the problems of a grid. */
async function gather(name, compute) {
  const folder = join(RUNS, name);
  const { tasks } = await loadGrid(join(GRIDS, `${name}-grid.json`));
  const problems = groupedBy(tasks, ({ settings }) => JSON.stringify(settings));
  const rows = [];
  for (const group of problems.values()) {
    const outcomes = new Map(group.map(({ theory, key }) => [theory, outcomeOf(folder, key)]));
    const reference = outcomes.get('exactLinear') ?? outcomes.get('sampled');
    if (!reference?.result.converged) continue;
    const [{ spec }] = group;
    const data = await loadData(spec.data, { memory: 1e9, digits: async () => packagedDigits() });
    const problem = createProblem({ data, network: spec.network, noiseVariance: spec.noiseVariance });
    const { hiddenLayers, widths, featureScale } = problem.network;
    const kernel = nngpKernels(problem.network, data.x, compute)[hiddenLayers];
    const coupling = couplingOf(problem, kernel, compute);
    const theories = {};
    for (const theory of ORDER) {
      const outcome = outcomes.get(theory);
      if (!outcome) continue;
      const { converged, seconds } = outcome.result;
      theories[theory] = { converged, seconds, ...(converged ? errorsOf(outcome, reference, data.y) : {}) };
    }
    rows.push({ grid: name, samples: data.x.rows, width: widths[0], featureScale, coupling, reference: { theory: reference.result.theory, seconds: reference.result.seconds, rhat: reference.result.rhat }, theories }); // biome-ignore format: one line
  }
  return rows;
}

const rounded = (value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
const text = (rows) => JSON.stringify(rows, (_, value) => rounded(value)).replaceAll('{"grid"', '\n{"grid"');

function writeAtlas(rows) {
  const lines = rows.map(({ coupling, theories, reference }) => {
    // Rescaling linear networks is exact, which says nothing of others.
    const compared = Object.entries(theories).filter(([theory]) => theory !== 'rescaling' || reference.theory === 'sampled');
    const errors = compared.map(
      ([theory, found]) => `${theory}: ${found.converged ? Number(worstOf(found).toPrecision(2)) : null}`,
    );
    const [layers, fluctuation, pull] = [coupling.layers, coupling.fluctuation, coupling.pull].map((x) =>
      Number(x.toPrecision(3)),
    );
    return `  { layers: ${layers}, fluctuation: ${fluctuation}, pull: ${pull}, errors: { ${errors.join(', ')} } },`;
  });
  const head =
    "import type { AtlasProblem } from './expectedError.js';\n\n/** Measured against networks, and against exact linear theory, by `npm run validity` (docs/validity.md). */\n// biome-ignore format: a table\n";
  writeFileSync(
    join(root, 'src/theories/auto/atlas.ts'),
    `${head}export const ATLAS: readonly AtlasProblem[] = [\n${lines.join('\n')}\n];\n`,
  );
}

function draw(rows) {
  for (const [picture, caption, of] of PICTURES) {
    const cells = rows.flatMap(({ grid, samples, width, featureScale, coupling, theories }) =>
      Object.entries(theories).map(([theory, errors]) => ({
        theory,
        layers: coupling.layers,
        ratio: samples / width,
        panel: `${grid.replace('-', ', ')}, γ = ${featureScale === 1 ? 1 : 'N'}`,
        error: errors.converged ? of(errors) : undefined,
      })),
    );
    writeFileSync(
      join(root, 'docs/pictures', `validity-${picture}.svg`),
      validityFigure(cells, ORDER, `${caption}, in per cent`),
    );
  }
}

/** Median and worst error of each theory among problems where it has a solution, by P/N and γ. */
function tableOf(rows) {
  const cell = (values) => {
    const known = values
      .filter((value) => value !== undefined)
      .map(Math.abs)
      .sort((a, b) => a - b);
    if (known.length === 0) return '–';
    const percent = (x) => (100 * x).toPrecision(2).replace(/e\+?\d+$/, (e) => e);
    const of = known.length < values.length ? ` (${known.length} of ${values.length})` : '';
    return `${percent(known[Math.floor(known.length / 2)])}, ${percent(known[known.length - 1])}${of}`;
  };
  const groups = groupedBy(rows, ({ samples, width, featureScale }) => `${samples / width}|${featureScale === 1 ? '1' : 'N'}`);
  const keys = [...groups.keys()].sort(
    (a, b) => a.split('|')[1].localeCompare(b.split('|')[1]) || Number.parseFloat(a) - Number.parseFloat(b),
  );
  const lines = keys.map((key) => {
    const [ratio, scale] = key.split('|');
    const found = groups.get(key);
    const columns = ORDER.map((theory) =>
      cell(found.map(({ theories }) => (theories[theory]?.converged ? worstOf(theories[theory]) : undefined))),
    );
    return `| ${ratio} | ${scale} | ${columns.join(' | ')} |`;
  });
  return [
    `| P/N | γ | ${ORDER.map((theory) => `\`${theory}\``).join(' | ')} |`,
    `| --- | --- | ${ORDER.map(() => '---').join(' | ')} |`,
    ...lines,
  ].join('\n');
}

if (!process.argv.includes('--gather')) for (const name of asked.length > 0 ? asked : names) solve(name);
const compute = await nodeCompute({ threads: 1, warn: () => {} });
const rows = [];
for (const name of names) rows.push(...(await gather(name, compute)));
writeFileSync(join(GRIDS, 'errors.json'), `${text(rows)}\n`);
writeAtlas(rows);
draw(rows);
const page = join(root, 'docs/validity.md');
if (existsSync(page)) {
  const before = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    before.replace(/(<!-- table -->\n)[\s\S]*?(\n<!-- end -->)/, (_, start, end) => `${start}\n${tableOf(rows)}\n${end}`),
  );
} else console.log(tableOf(rows));
console.log(`${rows.length} problems`);
process.exit(0);
