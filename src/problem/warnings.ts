import { duplicateRows } from '../measures/equalRows.js';
import { type Parity, targetParity } from '../measures/targetParity.js';
import { refuse } from '../numerics/arguments.js';
import type { Matrix } from '../numerics/matrix.js';
import { checkNetwork, checkProblem } from './checkProblem.js';
import { shortened } from './labels.js';
import { networkParity } from './parity.js';
import type { Data, Network, Problem } from './problem.js';

/**
 * How many standard deviations of the targets their mean may be away from zero, where networks have theirs.
 */
const OFF_CENTRE = 3;

/**
 * Things worth knowing about a problem that are no errors, a sentence each; with other `networks` on the same
 * data in place of its own.
 * @throws InputError for what is no problem or network
 */
export function warningsOf(problem: Problem, networks: readonly Network[] = [problem?.network]): string[] {
  checkProblem(problem);
  if (!Array.isArray(networks)) refuse('networks', networks, 'must be a list of networks');
  for (const other of networks) checkNetwork(other);
  const { data } = problem;
  const { x, y, classes, notes = [] } = data;
  const result = [...notes];
  const twins = duplicateRows(x);
  if (twins)
    result.push(
      `X: rows ${twins[0]} and ${twins[1]} are equal; kernels are singular, ${problem.likelihood ? 'which a likelihood of classes bears' : 'and only noiseVariance tells the two apart'}`,
    );
  if (!classes) result.push(...offCentre(y));
  result.push(...parityWarning(data, networks));
  const constant = y.data.every((value, i) => value === y.data[i % y.columns]);
  if (y.rows === 1)
    result.push(
      'X: one data point; alignment with the targets (CKA), which compares points, is undefined and shown as –',
    );
  else if (constant)
    result.push('Y: all targets are equal; alignment with the targets (CKA) is undefined and shown as –');
  return result;
}

function offCentre({ rows, columns, data }: Matrix): string[] {
  for (let j = 0; j < columns; j++) {
    const values = Array.from({ length: rows }, (_, i) => data[i * columns + j]);
    // Squares of tiny targets would vanish.
    const unit = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const mean = values.reduce((sum, value) => sum + value / rows, 0);
    const deviation =
      unit * Math.sqrt(values.reduce((sum, value) => sum + ((value - mean) / unit) ** 2 / rows, 0));
    if (!(deviation > 0 && Math.abs(mean) > OFF_CENTRE * deviation)) continue;
    const column = columns > 1 ? `, column ${j}` : '';
    return [
      `Y${column}: the mean ${mean.toPrecision(3)} is far from zero for a standard deviation of ${deviation.toPrecision(3)}, and networks have mean zero; "standardize": { "targets": true } in data centres targets`,
    ];
  }
  return [];
}

const EQUATIONS: Readonly<Record<Parity, string>> = { even: 'f(−x) = f(x)', odd: 'f(−x) = −f(x)' };

/** What gives a network that is blind for these targets the other parity too. */
function remedy({ activation, biasVariance }: Network): string {
  if (activation.linear) return 'take another activation';
  const hidden = biasVariance.slice(0, -1);
  return hidden.every((variance) => variance === 0)
    ? 'set network.biasVariance, for example to 0.1'
    : 'give network.biasVariance of the first layer, for example 0.1';
}

/** A sentence if some of the networks have the parity that the targets have not. */
export function parityWarning({ x, y }: Pick<Data, 'x' | 'y'>, networks: readonly Network[]): string[] {
  const parities = networks.map(networkParity);
  if (parities.every((parity) => parity === undefined)) return [];
  const targets = targetParity(x, y);
  const blind = networks.filter((_, k) => targets && parities[k] && parities[k] !== targets);
  if (!targets || blind.length === 0) return [];
  const [network] = blind;
  const parity = targets === 'even' ? 'odd' : 'even';
  const some =
    blind.length < networks.length ? ` (${blind.length} of the ${networks.length} settings here)` : '';
  const biases = network.activation.linear
    ? ''
    : parity === 'odd'
      ? ' without hidden biases'
      : ' without a bias in the first layer';
  const constant =
    parity === 'odd' && network.biasVariance.some((variance) => variance > 0) ? ' up to a constant' : '';
  const name = shortened(network.activation.name, 24);
  return [
    `Y: targets are ${targets} in x as far as these data tell, and networks of ${name}${biases}${some} are ${parity}${constant}, ${EQUATIONS[parity]}: they may fit training points but cannot generalise; ${remedy(network)}`,
  ];
}
