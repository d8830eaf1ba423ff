import { parseJson } from '../../formats/json.js';
import { type NpzFile, openNpz } from '../../formats/npz.js';
import { checkBytes, checkText } from '../../numerics/arguments.js';
import { type Compute, checkCompute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { createProblem } from '../../problem/createProblem.js';
import { observedBy } from '../../problem/likelihoodName.js';
import type { Problem } from '../../problem/problem.js';
import { theories } from '../registry.js';
import { solveWith } from '../solve.js';
import { decoded, FORMAT, HEAD, type Head, POSTERIOR_VERSION, posteriorOfParts } from './posteriorParts.js';

/** Whether bytes are those of a file that `savePosterior` made, of whatever version. */
export function isPosterior(bytes: Uint8Array): boolean {
  try {
    const file = openNpz(bytes, 'file');
    return (
      file.names.includes(HEAD) &&
      (JSON.parse(new TextDecoder().decode(file.bytes(HEAD))) as Partial<Head>).format === FORMAT
    );
  } catch {
    return false;
  }
}

/** Reads the head. @throws InputError for what is no such file, or of another version */
function readHead(file: NpzFile, name: string): Head {
  if (!file.names.includes(HEAD))
    throw new InputError(`${name}: is no posterior; give a file that solve --save has written`);
  const head = decoded(parseJson(file.bytes(HEAD), `${name}: ${HEAD}`)) as Head;
  const { format, version } = (typeof head === 'object' && head !== null ? head : {}) as Partial<Head>;
  if (format !== FORMAT)
    throw new InputError(`${name}: is no posterior; give a file that solve --save has written`);
  if (version !== POSTERIOR_VERSION) {
    const said = typeof version === 'number' ? `version ${version}` : 'a version that is none';
    throw new InputError(
      `${name}: is of ${said}, and this program reads version ${POSTERIOR_VERSION}; solve and save it again`,
    );
  }
  for (const key of ['network', 'data', 'posterior', 'options'] as const)
    if (typeof head[key] !== 'object' || head[key] === null)
      throw new InputError(`${name}: damaged: ${HEAD} has no ${key}`);
  const { convergence } = head.posterior;
  if (!Array.isArray(convergence?.widths))
    throw new InputError(`${name}: damaged: ${HEAD} has no posterior.convergence`);
  return head;
}

function problemOf(head: Head, array: (name: string) => Matrix | undefined): Problem {
  const directions = array('metric_directions');
  const metric = head.metric &&
    directions && {
      power: head.metric.power,
      variances: Float64Array.from(head.metric.variances),
      directions,
    };
  const preparation = { ...(head.scale ? { scale: head.scale } : {}), ...(metric ? { metric } : {}) };
  const [xTest, yTest] = [array('X_test'), array('Y_test')];
  return createProblem({
    data: {
      ...head.data,
      x: array('X'),
      y: array('Y'),
      ...(xTest ? { xTest } : {}),
      ...(yTest ? { yTest } : {}),
      ...(Object.keys(preparation).length > 0 ? { preparation } : {}),
    },
    network: head.network,
    ...observedBy(head),
  } as Parameters<typeof createProblem>[0]);
}

/**
 * The posterior that a file holds, to predict by: equal, to rounding, to the one that was saved. `nngp`,
 * `rescaling`, `exactLinear` and `linearResponse`, which have closed forms, are solved again from the problem
 * in the file.
 * @param bytes the whole file
 * @param name of the file, in errors
 * @param compute what predictions are computed on
 * @throws InputError for what is no such file, is damaged, or of another version: one line that begins with
 *   the name
 */
export async function restorePosterior(
  bytes: Uint8Array,
  name: string,
  compute: Compute,
): Promise<KernelPosterior> {
  checkBytes('bytes', bytes);
  checkText('name', name);
  checkCompute(compute);
  const file = openNpz(bytes, name);
  const head = readHead(file, name);
  const array = (key: string): Matrix | undefined =>
    file.names.includes(key) ? file.read(key).matrix(`${name}: ${key}`) : undefined;
  const theory = theories.find((each) => each.name === head.theory);
  if (!theory) throw new InputError(`${name}: theory ${String(head.theory)} is not one of this program`);
  try {
    const problem = problemOf(head, array);
    const found = posteriorOfParts(head, problem, { names: file.names, read: array }, compute);
    return found ?? (await solveWith(problem, theory, compute, head.options));
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(name)) throw error;
    throw new InputError(`${name}: ${error.message}`);
  }
}
