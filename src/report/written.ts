import { writeNpz } from '../formats/npz.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';

/**
 * What results may lack, by the end of its path: null in JSON. All other numbers are finite, or nothing is
 * written. Each is documented in docs/problem-file.md, Results.
 */
const MAY_LACK: readonly string[] = [
  // Alignment compares points: there is none of a single one, of equal targets, or of a kernel that is the
  // same everywhere.
  ...['cka', 'ckaStandardError', 'ckaNngp', 'uncentredAlignment', 'besideNetworks.layers.cka'],
  // Differences from networks where neither side has an error to measure them in.
  ...['ckaInErrors', 'inErrors'],
  // Layers measured: of equal targets there is nothing to carry.
  ...['tangentCka', 'tangentCkaStandardError', 'directions'],
  // Chains that stand still at different places.
  'rhat',
  // Equations that could not be iterated even once.
  'residual',
  // Phases: infinite slopes of discontinuous functions, infinite depth scales, variances that end nowhere.
  ...['qStar', 'chi', 'chiQ', 'cStar', 'chiC', 'xiQ', 'xiC', 'criticalPoints.q', 'criticalLine.q'],
  ...['fixedPoints.angle', 'fixedPoints.variance'],
  // Networks that the theory which judges does not reach, or has no bound for; problems without test targets.
  ...['ranking.ckaError', 'ranking.logEvidence', 'ranking.evidenceLeftOut', 'ranking.testLoss'],
];

const ADVICE =
  'scale inputs and targets to about 1, take variances and feature scale nearer to 1, or fewer layers';

/** @throws InputError that names the number */
function refuse(name: string, value: number): never {
  const what = Number.isNaN(value) ? 'no number (NaN)' : `beyond double precision (${value})`;
  throw new InputError(`${name} is ${what}, so nothing is written; ${ADVICE}`);
}

const mayLack = (path: string): boolean =>
  MAY_LACK.some((name) => path === name || path.endsWith(`.${name}`));

/** A copy with null for what may be lacking; entries of lists go by the name of the list. */
function checked(value: unknown, path: string): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return mayLack(path) ? null : refuse(path, value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => checked(entry, path));
  const inner = (key: string) => (path === '' ? key : `${path}.${key}`);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, checked(entry, inner(key))]));
}

/**
 * A result as JSON: what it may lack (`MAY_LACK`) becomes null.
 * @throws InputError that names any other number that is not finite
 */
export const resultJson = (result: unknown, indent = 2): string =>
  JSON.stringify(checked(result, ''), undefined, indent);

/**
 * Arrays of a result as an .npz file.
 * @param lacking names of arrays in which NaN and infinity have a documented meaning
 * @throws InputError that names any other array with a number that is not finite, and the entry
 */
export function resultNpz(arrays: Readonly<Record<string, Matrix>>, lacking?: RegExp): Uint8Array {
  for (const [name, { data, columns }] of Object.entries(arrays)) {
    if (lacking?.test(name)) continue;
    const k = data.findIndex((value) => !Number.isFinite(value));
    if (k >= 0) refuse(`${name}[${Math.floor(k / columns)}, ${k % columns}]`, data[k]);
  }
  return writeNpz(arrays);
}
