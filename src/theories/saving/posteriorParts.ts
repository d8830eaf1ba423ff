import { architectureOf, kernelSizes } from '../../architecture/architecture.js';
import { checkKernels } from '../../numerics/arguments.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import {
  type Convergence,
  type PosteriorFields,
  type SavedState,
  solvedWidths,
} from '../../posterior/fields.js';
import { type KernelPosterior, withCheckedInputs } from '../../posterior/posterior.js';
import { type LikelihoodName, observedBy } from '../../problem/likelihoodName.js';
import type { LayerSpec } from '../../problem/networkSchema.js';
import type { Data, Network, Problem } from '../../problem/problem.js';
import type { Readout } from '../../problem/structure.js';
import { version as program } from '../../version.js';
import { type TheoryOptions, theories } from '../registry.js';

/** What a file says it is. Files of other versions are refused: a version stays what it is. */
export const FORMAT = 'finite-width posterior';
export const POSTERIOR_VERSION = 1;
/** The part of the archive that is not an array. */
export const HEAD = 'posterior.json';

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
export interface Head {
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
    'logEvidence' | 'evidenceError' | 'fluctuationEvidence' | 'details'
  > & {
    readonly convergence: Omit<Convergence, 'widthScale'> & { readonly widths: readonly number[] };
    readonly uncertainty?: Omit<NonNullable<PosteriorFields['uncertainty']>, 'kernels'>;
  };
}

function headOf(posterior: KernelPosterior): Head {
  const { problem, theory, options = {}, uncertainty } = posterior;
  const { network, data } = problem;
  const { x: _, y: __, xTest: ___, yTest: ____, preparation, ...about } = data;
  const { widthScale: _____, ...convergence } = posterior.convergence;
  const { logEvidence, evidenceError, fluctuationEvidence, details } = posterior;
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
      convergence: { ...convergence, widths: solvedWidths(network, posterior.convergence) },
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
 * What there is to keep of a posterior beside the data of its problem.
 * @param posterior of one of the theories
 * @returns the head, for `textOf`, and arrays by name
 */
export function partsOf(posterior: KernelPosterior): {
  readonly head: Head;
  readonly arrays: Readonly<Record<string, Matrix>>;
} {
  const { kernels, nngp, conjugates = [], effective, uncertainty } = posterior;
  const state = Object.entries(posterior.state?.() ?? {}).map(
    ([name, matrix]) => [`state_${name}`, matrix] as const,
  );
  const arrays = {
    ...numbered('kernel', kernels),
    ...numbered('nngp', nngp),
    ...numbered('conjugate', conjugates),
    ...(uncertainty ? numbered('kernel_se', uncertainty.kernels) : {}),
    ...(effective ? { effective } : {}),
    ...Object.fromEntries(state),
  };
  return { head: headOf(posterior), arrays };
}

/** JSON has no NaN and no infinity. */
const encoded = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;

export function decoded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decoded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0][0] === 'number' && typeof entries[0][1] === 'string')
    return Number(entries[0][1]);
  return Object.fromEntries(entries.map(([key, entry]) => [key, decoded(entry)]));
}

/** A head as JSON, which `decoded` makes of what was read. */
export const textOf = (head: Head): string => JSON.stringify(head, encoded, 1);

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
  const { uncertainty, convergence, ...told } = head.posterior;
  const { widths, ...solved } = convergence;
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
    convergence: { ...solved, widthScale: widths[0] / problem.network.widths[0] },
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

/** Arrays by name, as they were kept. */
export interface KeptArrays {
  readonly names: readonly string[];
  /** undefined for one that there is not */
  read(name: string): Matrix | undefined;
}

/**
 * The posterior of a problem that was kept; undefined of theories that are solved again.
 * @param head of `partsOf`
 * @param problem equal to the one that was solved
 * @param arrays of `partsOf`
 * @param compute what predictions are computed on
 * @throws InputError that begins with `damaged` for arrays that are missing or of another size
 */
export function posteriorOfParts(
  head: Head,
  problem: Problem,
  arrays: KeptArrays,
  compute: Compute,
): KernelPosterior | undefined {
  const theory = theories.find(({ name }) => name === head.theory);
  if (!theory?.restore) return undefined;
  const fields = fieldsOf(head, problem, arrays.read);
  checkConjugates(fields);
  const state: SavedState = Object.fromEntries(
    arrays.names
      .filter((key) => key.startsWith('state_'))
      .map((key) => [key.slice('state_'.length), arrays.read(key) as Matrix]),
  );
  const { options } = head;
  return { ...withCheckedInputs(theory.restore(fields, state, compute, options)), options: { ...options } };
}
