// npm run validity [-- NAMES]: measures every theory against networks sampled from the posterior (against
// exact linear theory where networks are linear), on the grids of validity/, and makes of it
// validity/errors.json, the atlas that `auto` reads, and the pictures and tables of docs/validity.md. Takes
// hours; what is done is kept in runs/validity and not done again. --gather solves nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeCompute } from '../dist/compute/nodeCompute.js';
import { loadData } from '../dist/datasets/loadData.js';
import { readNpz } from '../dist/formats/npz.js';
import { packagedDigits } from '../dist/io/digits.js';
import { errorsOf } from '../dist/measures/theoryErrors.js';
import { nngpKernels } from '../dist/prior/nngpKernels.js';
import { createProblem } from '../dist/problem/createProblem.js';
import { validityFigure } from '../dist/report/validityFigure.js';
import { loadGrid } from '../dist/sweep/gridFile.js';
import { couplingOf } from '../dist/theories/auto/coupling.js';
import { atlasOf, cellsOf, groupedBy, ORDER, PICTURES, tableOf, textOf } from './validityTables.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const GRIDS = join(root, 'validity');
const RUNS = process.env.FINITE_WIDTH_VALIDITY ?? join(root, 'runs/validity');
const asked = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
// biome-ignore format: one line
const names = readdirSync(GRIDS).filter((file) => file.endsWith('-grid.json')).map((file) => file.replace('-grid.json', ''));
const unknown = asked.find((name) => !names.includes(name));
if (unknown) throw new Error(`no grid ${unknown}; there are ${names.join(', ')}`);

function solve(name) {
  const args = [
    'bin/finite-width.js',
    'sweep',
    join(GRIDS, `${name}-grid.json`),
    '--out',
    join(RUNS, name),
    '--update',
  ];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // 1: some theory has no solution somewhere, which the pictures show.
  if (status !== 0 && status !== 1) throw new Error(`${name} ended with status ${status}`);
}

/**
 * What `errorsOf` compares, from the files of a task; without a solution if it failed, undefined if it is not
 * done.
 */
function outcomeOf(folder, key) {
  if (existsSync(join(folder, 'failures', `${key}.json`))) return { result: { converged: false } };
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
    rows.push({
      grid: name,
      samples: data.x.rows,
      width: widths[0],
      featureScale,
      coupling,
      reference: {
        theory: reference.result.theory,
        seconds: reference.result.seconds,
        rhat: reference.result.rhat,
      },
      theories,
    });
  }
  return rows;
}

if (!process.argv.includes('--gather')) for (const name of asked.length > 0 ? asked : names) solve(name);
const compute = await nodeCompute({ threads: 1, warn: () => {} });
const rows = [];
for (const name of names) rows.push(...(await gather(name, compute)));
// Everything else is made of what is kept, so that it can be made again of it.
const text = textOf(rows);
const kept = JSON.parse(text);
writeFileSync(join(GRIDS, 'errors.json'), text);
writeFileSync(join(root, 'src/theories/auto/atlas.ts'), atlasOf(kept));
for (const [picture, caption, of] of PICTURES) {
  const figure = validityFigure(cellsOf(kept, of), ORDER, `${caption}, in per cent`);
  writeFileSync(join(root, 'docs/pictures', `validity-${picture}.svg`), figure);
}
const page = join(root, 'docs/validity.md');
const before = readFileSync(page, 'utf8');
const table = (_, start, end) => `${start}\n${tableOf(kept)}\n${end}`;
writeFileSync(page, before.replace(/(<!-- table -->\n)[\s\S]*?(\n<!-- end -->)/, table));
console.log(`${kept.length} problems`);
process.exit(0);
