// What scripts/validity.js makes of measured errors: the atlas of `auto`, the table of docs/validity.md, the
// cells of its pictures.
import { worstOf } from '../dist/measures/theoryErrors.js';

export const ORDER = ['nngp', 'rescaling', 'linearResponse', 'perturbative', 'map', 'multiscale'];
export const PICTURES = [
  [
    'cka',
    'largest relative error of the CKA of a layer',
    ({ cka }) => cka.reduce((worst, e) => (Math.abs(e) > Math.abs(worst) ? e : worst), 0),
  ],
  ['mean', 'means at new points: root mean square distance, relative', ({ testMean }) => testMean],
  ['training', 'root mean square training error, relative', ({ trainingError }) => trainingError],
  ['variance', 'mean variance at new points, relative', ({ variance }) => variance],
];

/** Map.groupBy, which Node 20 does not have. */
export function groupedBy(values, keyOf) {
  const groups = new Map();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

/** The errors as they are kept: four digits, a problem a line. */
export function textOf(rows) {
  const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  return `${JSON.stringify(rows, rounded).replaceAll('{"grid"', '\n{"grid"')}\n`;
}

/** src/theories/auto/atlas.ts */
export function atlasOf(rows) {
  const lines = rows.map(({ coupling, theories, reference }) => {
    // Rescaling linear networks is exact, which says nothing of others.
    const compared = Object.entries(theories).filter(
      ([theory]) => theory !== 'rescaling' || reference.theory === 'sampled',
    );
    const errors = compared.map(
      ([theory, found]) => `${theory}: ${found.converged ? Number(worstOf(found).toPrecision(2)) : null}`,
    );
    const { layers, fluctuation, pull } = coupling;
    const [tau, sigma] = [fluctuation, pull].map((x) => Number(x.toPrecision(3)));
    const half = Math.ceil(errors.length / 2);
    const table = [errors.slice(0, half), errors.slice(half)]
      .map((row) => `    ${row.join(', ')},`)
      .join('\n');
    return `  { layers: ${layers}, fluctuation: ${tau}, pull: ${sigma}, errors: {\n${table}\n  } },`;
  });
  return [
    "import type { AtlasProblem } from './coupling.js';",
    '',
    '/** Measured against networks, and against exact linear theory, by `npm run validity` (docs/validity.md). */',
    '// biome-ignore format: a table',
    'export const ATLAS: readonly AtlasProblem[] = [',
    ...lines,
    '];',
    '',
  ].join('\n');
}

const scaleOf = ({ featureScale }) => (featureScale === 1 ? '1' : 'N');

/** What a picture shows of every theory on every problem. */
export const cellsOf = (rows, of) =>
  rows.flatMap((row) =>
    Object.entries(row.theories).map(([theory, errors]) => ({
      theory,
      layers: row.coupling.layers,
      ratio: row.samples / row.width,
      data: row.grid.split('-')[0],
      panel: `${row.grid.split('-')[1]}, γ = ${scaleOf(row)}`,
      error: errors.converged ? of(errors) : undefined,
    })),
  );

const percent = (error) => (error < 0.995 ? (100 * error).toPrecision(2) : String(Math.round(100 * error)));

/** Median and worst of errors, and of how many problems there is a solution. */
function cell(errors) {
  const known = errors.filter((error) => error !== undefined).sort((a, b) => a - b);
  if (known.length === 0) return '–';
  const of = known.length < errors.length ? ` (${known.length} of ${errors.length})` : '';
  return `${percent(known[Math.floor(known.length / 2)])}, ${percent(known[known.length - 1])}${of}`;
}

/** Median and worst error of each theory, by P/N and γ, over layers and kinds of problems. */
export function tableOf(rows) {
  const groups = [
    ...groupedBy(rows, (row) => JSON.stringify([scaleOf(row), row.samples / row.width])).entries(),
  ]
    .map(([key, found]) => [...JSON.parse(key), found])
    .sort((a, b) => a[0].localeCompare(b[0]) || a[1] - b[1]);
  const lines = groups.map(([scale, ratio, found]) => {
    const columns = ORDER.map((theory) => {
      const asked = found.filter(
        ({ theories, reference }) =>
          theory in theories && (theory !== 'rescaling' || reference.theory === 'sampled'),
      );
      return cell(
        asked.map(({ theories }) => (theories[theory].converged ? worstOf(theories[theory]) : undefined)),
      );
    });
    return `| ${ratio} | ${scale} | ${columns.join(' | ')} |`;
  });
  const names = ORDER.map((theory) => `\`${theory}\``);
  return [
    `| P/N | γ | ${names.join(' | ')} |`,
    `| --- | --- | ${ORDER.map(() => '---').join(' | ')} |`,
    ...lines,
  ].join('\n');
}
