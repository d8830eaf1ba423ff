import { architectureOf, kernelSizes } from '../../architecture/architecture.js';
import { parseJson } from '../../formats/json.js';
import { type NpzFile, openNpz, writeNpz } from '../../formats/npz.js';
import { checkBytes, checkKernels, checkObject, checkText } from '../../numerics/arguments.js';
import { type Compute, checkCompute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { PosteriorFields, SavedState } from '../../posterior/fields.js';
import { type KernelPosterior, withCheckedInputs } from '../../posterior/posterior.js';
import { checkProblem } from '../../problem/checkProblem.js';
import { createProblem } from '../../problem/createProblem.js';
import { type LikelihoodName, observedBy } from '../../problem/likelihoodName.js';
import { activationOf, type Data, type Network, type Problem } from '../../problem/problem.js';
import type { LayerSpec } from '../../problem/schema.js';
import type { Readout } from '../../problem/structure.js';
import { version as program } from '../../version.js';
import { type TheoryOptions, theories } from '../registry.js';
import { solveWith } from '../solve.js';

/** What a file says it is. Files of other versions are refused: a version stays what it is. */
const FORMAT = 'finite-width posterior';
export const POSTERIOR_VERSION = 1;
/** The part of the archive that is not an array. */
const HEAD = 'posterior.json';

/** A network as in a problem file: layers one by one where they differ. */
interface SavedNetwork extends Omit<Network, 'activation' | 'widths' | 'structure'> {
  readonly width?: readonly number[];
  readonly activation?: string;
  readonly layers?: readonly LayerSpec[];
  readonly readout?: Readout;
}

function savedNetwork({ activation, widths, structure, ...numbers }: Network): SavedNetwork {
  if (!structure) return { ...numbers, width: widths, activation: activation.name };
  const layers = structure.layers.map(({ activation: own, convolution, skip }, l) => ({
    ...(convolution
      ? {
          convolution: {
            ...convolution,
            patch: [...convolution.patch],
            stride: [...convolution.stride],
            width: widths[l],
          },
        }
      : { dense: widths[l] }),
    activation: own.name,
    ...(skip === undefined ? {} : { skip }),
  }));
  return { ...numbers, layers, readout: structure.readout };
}

/** Everything about a posterior that is not a matrix. */
interface Head {
  readonly format: string;
  readonly version: number;
  readonly program: string;
  readonly theory: string;
  readonly options: TheoryOptions;
  readonly network: SavedNetwork;
  readonly noiseVariance?: number | undefined;
  readonly likelihood?: LikelihoodName | undefined;
  readonly data: Omit<Data, 'x' | 'y' | 'xTest' | 'yTest' | 'preparation'>;
  readonly scale?: NonNullable<Data['preparation']>['scale'];
  readonly metric?: { readonly power: number; readonly variances: readonly number[] };
  readonly posterior: Pick<
    PosteriorFields,
    'convergence' | 'logEvidence' | 'evidenceError' | 'fluctuationEvidence' | 'details'
  > & { readonly uncertainty?: Omit<NonNullable<PosteriorFields['uncertainty']>, 'kernels'> };
}

/** JSON has no NaN and no infinity. */
const encoded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;

function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === 'number' && typeof entries[0][1] === 'string')
    return Number(entries[0][1]);
  return Object.fromEntries(entries.map(([key, entry]) => [key, decoded(entry)]));
}

function headOf(posterior: KernelPosterior): Head {
  const { problem, theory, options = {}, uncertainty } = posterior;
  const { network, data } = problem;
  const { x: _, y: __, xTest: ___, yTest: ____, preparation, ...about } = data;
  const { convergence, logEvidence, evidenceError, fluctuationEvidence, details } = posterior;
  return {
    format: FORMAT,
    version: POSTERIOR_VERSION,
    program: `finite-width ${program}`,
    theory,
    options,
    network: savedNetwork(network),
    ...observedBy(problem),
    data: about,
    ...(preparation?.scale ? { scale: preparation.scale } : {}),
    ...(preparation?.metric
      ? { metric: { power: preparation.metric.power, variances: [...preparation.metric.variances] } }
      : {}),
    posterior: {
      convergence,
      logEvidence,
      ...(evidenceError === undefined ? {} : { evidenceError }),
      ...(fluctuationEvidence === undefined ? {} : { fluctuationEvidence }),
      ...(details === undefined ? {} : { details }),
      ...(uncertainty
        ? {
            uncertainty: {
              cka: uncertainty.cka,
              evidence: uncertainty.evidence,
              repetitions: uncertainty.repetitions,
            },
          }
        : {}),
    },
  };
}

const numbered = (name: string, matrices: readonly (Matrix | undefined)[]): Record<string, Matrix> =>
  Object.fromEntries(matrices.flatMap((matrix, l) => (matrix ? [[`${name}_${l}`, matrix] as const] : [])));

/**
 * A posterior as the bytes of a file (docs/problem-file.md, Saved posteriors): an npz that `restorePosterior`
 * makes a posterior of again, whose arrays NumPy reads.
 * @throws InputError for activations and theories that are functions of a program, which no file holds
 */
export function savePosterior(posterior: KernelPosterior): Uint8Array {
  checkObject('posterior', posterior, 'must be what solve gives; await it first');
  const given = (posterior as KernelPosterior).problem;
  checkProblem(given);
  const sizes = kernelSizes(architectureOf(given.network), given.data.x.rows);
  checkKernels('posterior: kernels', (posterior as KernelPosterior).kernels, sizes.length, sizes);
  checkKernels('posterior: nngp', (posterior as KernelPosterior).nngp, sizes.length, sizes);
  const {
    theory,
    problem,
    kernels,
    nngp,
    conjugates = [],
    effective,
    uncertainty,
  } = posterior as KernelPosterior;
  checkSavable(theory, problem);
  const { x, y, xTest, yTest, preparation } = problem.data;
  const state = Object.entries((posterior as KernelPosterior).state?.() ?? {}).map(
    ([name, matrix]) => [`state_${name}`, matrix] as const,
  );
  const arrays = {
    X: x,
    Y: y,
    ...(xTest ? { X_test: xTest } : {}),
    ...(yTest ? { Y_test: yTest } : {}),
    ...(preparation?.metric ? { metric_directions: preparation.metric.directions } : {}),
    ...numbered('kernel', kernels),
    ...numbered('nngp', nngp),
    ...numbered('conjugate', conjugates),
    ...(uncertainty ? numbered('kernel_se', uncertainty.kernels) : {}),
    ...(effective ? { effective } : {}),
    ...Object.fromEntries(state),
  };
  return writeNpz(arrays, { [HEAD]: JSON.stringify(headOf(posterior as KernelPosterior), encoded, 1) });
}

/** @throws InputError for what a file could not give back; known before anything is solved */
export function checkSavable(theory: string, { network }: Pick<Problem, 'network'>): void {
  if (!theories.some(({ name }) => name === theory))
    throw new InputError(
      `theory ${theory}: is not one of ${theories.map(({ name }) => name).join(', ')}; a file cannot hold it`,
    );
  const kind = network.structure?.layers.find((layer) => layer.own)?.own;
  if (kind)
    throw new InputError(
      `network.layers: ${kind.name} is a kind of layer of this program; a file cannot hold it`,
    );
  const own = network.widths.map((_, l) => activationOf(network, l + 1)).find(({ portable }) => !portable);
  if (own)
    throw new InputError(
      `network.activation: ${own.name} is a function of this program; a file can hold names and formulas alone`,
    );
}

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

function layersOf(
  name: string,
  count: number,
  array: (name: string) => Matrix | undefined,
): (Matrix | undefined)[] {
  return Array.from({ length: count }, (_, l) => array(`${name}_${l}`));
}

function fieldsOf(
  head: Head,
  problem: Problem,
  array: (name: string) => Matrix | undefined,
): PosteriorFields {
  const { uncertainty, ...told } = head.posterior;
  const layers = problem.network.hiddenLayers + 1;
  const sizes = kernelSizes(architectureOf(problem.network), problem.data.x.rows);
  const kernels = layersOf('kernel', layers, array);
  const nngp = layersOf('nngp', layers, array);
  const conjugates = layersOf('conjugate', layers, array);
  const errors = layersOf('kernel_se', layers, array);
  checkKernels('damaged: kernel', kernels, layers, sizes);
  checkKernels('damaged: nngp', nngp, layers, sizes);
  const effective = array('effective');
  return {
    ...told,
    theory: head.theory,
    problem,
    kernels,
    nngp,
    ...(conjugates.some(Boolean) ? { conjugates } : {}),
    ...(effective ? { effective } : {}),
    ...(uncertainty ? { uncertainty: { ...uncertainty, kernels: errors as Matrix[] } } : {}),
  };
}

/** Theories whose predictions need the conjugate kernels of all hidden layers. */
function checkConjugates({ conjugates = [], problem, theory }: PosteriorFields): void {
  const sizes = kernelSizes(architectureOf(problem.network), problem.data.x.rows);
  const missing = conjugates.findIndex(
    (matrix, l) => l > 0 && (matrix?.rows !== sizes[l] || matrix.columns !== sizes[l]),
  );
  if (missing > 0 || (theory !== 'sampled' && conjugates.length === 0))
    throw new InputError(`damaged: array conjugate_${Math.max(1, missing)} is missing or of another size`);
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
    const { options } = head;
    if (!theory.restore) return await solveWith(problem, theory, compute, options);
    const fields = fieldsOf(head, problem, array);
    checkConjugates(fields);
    const state: SavedState = Object.fromEntries(
      file.names
        .filter((key) => key.startsWith('state_'))
        .map((key) => [key.slice('state_'.length), array(key) as Matrix]),
    );
    return { ...withCheckedInputs(theory.restore(fields, state, compute, options)), options: { ...options } };
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(name)) throw error;
    throw new InputError(`${name}: ${error.message}`);
  }
}
