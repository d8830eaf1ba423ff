import { type Activation, checkActivation, identityOf } from '../activations/activation.js';
import { activationByName } from '../activations/registry.js';
import { duplicateRows } from '../measures/equalRows.js';
import { checkObject, refuse } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import { connectionsOf } from './connection.js';
import { createData, type DataInput } from './createData.js';
import { checkClasses, type LikelihoodName, likelihoodNameOf } from './likelihoodName.js';
import type { LayerSpec, NetworkSpec } from './networkSchema.js';
import type { Data, Network, Problem } from './problem.js';
import { parseProblem } from './schema.js';
import type { OwnKind, Structure } from './structure.js';

const spread = (value: number | readonly number[], length: number): number[] =>
  typeof value === 'number' ? Array<number>(length).fill(value) : [...value];

/**
 * The network of a problem file, for inputs that are images of this shape, if they are.
 * @throws InputError for an activation that does not exist
 */
export const networkOf = (spec: NetworkSpec, image?: readonly number[]): Network =>
  toNetwork(spec, activationByName(spec.activation), image);

function toNetwork(
  spec: NetworkSpec,
  activation: Activation,
  image: readonly number[] | undefined,
  own: readonly OwnParts[] = [],
): Network {
  const { hiddenLayers } = spec;
  const structure = structureOf(spec, image, own);
  return {
    ...(structure ? { structure } : {}),
    hiddenLayers,
    widths: spread(spec.width, hiddenLayers),
    activation,
    weightVariance: spread(spec.weightVariance, hiddenLayers + 1),
    biasVariance: spread(spec.biasVariance, hiddenLayers + 1),
    featureScale: spec.featureScale,
  };
}

/** Layers one by one; dense layers of one activation need none. */
function structureOf(
  { layers, readout }: NetworkSpec,
  image: readonly number[] | undefined,
  own: readonly OwnParts[],
): Structure | undefined {
  const activations = layers?.map(({ activation }, l) => own[l]?.activation ?? activationByName(activation));
  const alike = layers?.every(
    (layer, l) =>
      !own[l]?.kind &&
      !layer.convolution &&
      layer.skip === undefined &&
      identityOf((activations as Activation[])[l]) === identityOf((activations as Activation[])[0]),
  );
  if (!layers || !activations || alike) return undefined;
  return {
    layers: layers.map(({ convolution, skip }, l) => ({
      activation: activations[l],
      ...(own[l]?.kind ? { own: own[l].kind } : {}),
      ...(skip === undefined ? {} : { skip }),
      ...(convolution ? { convolution: { ...convolution, stride: strides(convolution) } } : {}),
    })),
    readout: readout ?? 'flatten',
    ...(image ? { image } : {}),
  };
}

const strides = ({
  patch,
  stride,
}: {
  patch: readonly number[];
  stride: number | readonly number[];
}): readonly number[] => (typeof stride === 'number' ? patch.map(() => stride) : stride);

/**
 * A network as in a problem file (docs/problem-file.md); the activation may also be one made by
 * `defineActivation`.
 */
export type NetworkInput = {
  [K in keyof Omit<NetworkSpec, 'activation' | 'layers'>]?: NetworkSpec[K] | undefined;
} & {
  /** φ of all hidden layers: a name, a formula, or what `defineActivation` gives */
  readonly activation?: string | Activation;
  /** layer by layer, where not all are dense with one activation */
  readonly layers?: readonly LayerInput[] | undefined;
};

/**
 * A layer as in a problem file; its activation may be one made by `defineActivation`, and its `dense` neurons
 * may be above a connection of a kind of one's own.
 */
export type LayerInput = Omit<LayerSpec, 'activation'> & {
  /** φ: a name, a formula, or what `defineActivation` gives; erf by default */
  readonly activation?: string | Activation | undefined;
  /** the connection below its neurons */
  readonly own?: OwnKind;
};

function checkWeights(where: string, value: unknown): void {
  const right = 'must be an object of functions { fanIn, gather, scatter }';
  checkObject(where, value, right);
  const { fanIn, gather, scatter } = value;
  if (![fanIn, gather, scatter].every((part) => typeof part === 'function')) refuse(where, value, right);
}

/** What of a layer no file holds. */
interface OwnParts {
  readonly kind?: OwnKind;
  readonly activation?: Activation;
}

/** @throws InputError for what is no kind of layer */
function checkKind(name: string, own: unknown): asserts own is OwnKind {
  const right = 'must be an object { name, positionsAbove, moments }';
  checkObject(name, own, right);
  if (typeof own.positionsAbove !== 'function' || typeof own.moments !== 'function') refuse(name, own, right);
  if (own.weights !== undefined) checkWeights(`${name}.weights`, own.weights);
}

/** Takes what no file holds out of layers. @throws InputError for what is neither kind nor activation */
function withoutOwn(layers: readonly LayerInput[]): [LayerSpec[], OwnParts[]] {
  const own = layers.map((layer, l): OwnParts => {
    const { own: kind, activation } = (layer as LayerInput | null) ?? {};
    if (kind !== undefined) checkKind(`network.layers[${l}].own`, kind);
    const custom = ownActivation(`network.layers[${l}].activation`, activation);
    return { ...(kind ? { kind } : {}), ...(custom ? { activation: custom } : {}) };
  });
  const rest = layers.map((layer, l) => {
    if (!own[l].kind && !own[l].activation) return layer;
    const { own: _, activation, ...others } = layer;
    return typeof activation === 'string' ? { ...others, activation } : others;
  });
  return [rest as LayerSpec[], own];
}

/** An activation that is no name or formula. @throws InputError for what is neither */
function ownActivation(name: string, activation: unknown): Activation | undefined {
  if (activation === undefined || typeof activation === 'string') return undefined;
  if (typeof activation !== 'object')
    refuse(
      name,
      activation,
      'must be a name, a formula, or what defineActivation({ name, value }) makes of a function',
    );
  checkActivation(name, activation);
  return activation;
}

/** A problem as a program has it: what `createProblem` checks and fills in. */
export interface ProblemInput {
  /** inputs and targets, as nested arrays or matrices, or data from one of the generators */
  readonly data: Data | DataInput;
  /** what is left out has the default of a problem file */
  readonly network?: NetworkInput;
  /** κ, 0.1 by default; of a Gaussian likelihood alone */
  readonly noiseVariance?: number | undefined;
  /** what targets are, given outputs: Gaussian by default */
  readonly likelihood?: LikelihoodName | undefined;
}

/**
 * The one way to a `Problem`: validates everything once and fills in the defaults of a problem file
 * (docs/problem-file.md).
 * @param input data, P×D inputs and P×n targets, network and noise variance
 * @throws InputError naming the key or array, its value and what would be right
 */
export function createProblem(input: ProblemInput): Problem {
  checkObject('problem', input, 'must be an object { data, network, noiseVariance }');
  const { data, network = {}, ...rest } = input as ProblemInput;
  checkObject('network', network, 'must be an object such as network in a problem file');
  const { activation, ...numbers } = network as NetworkInput;
  const custom = ownActivation('network.activation', activation);
  if (custom !== undefined && numbers.layers !== undefined)
    throw new InputError('network.activation: leave it out, network.layers says it layer by layer');
  const named = custom === undefined && activation !== undefined ? { activation } : {};
  const { layers, ...others } = numbers;
  const [known, own] = Array.isArray(layers) ? withoutOwn(layers) : [layers, []];
  const all = { ...others, ...(known === undefined ? {} : { layers: known }), ...named };
  const spec = parseProblem({ ...rest, data: { dataset: 'xor' }, network: all });
  const checked = createData(data);
  const problem: Problem = {
    data: checked,
    network: toNetwork(
      spec.network,
      custom ?? own[0]?.activation ?? activationByName(spec.network.activation),
      checked.image,
      own,
    ),
    noiseVariance: spec.noiseVariance ?? 0,
    ...(spec.likelihood ? { likelihood: spec.likelihood } : {}),
  };
  checkClasses(likelihoodNameOf(problem), checked);
  // Shapes of images and patches have to fit.
  connectionsOf(problem.network);
  const exact = problem.noiseVariance === 0 && problem.likelihood === undefined;
  const twins = exact ? duplicateRows(problem.data.x) : undefined;
  if (twins) {
    throw new InputError(
      `X: rows ${twins[0]} and ${twins[1]} are equal, which needs noiseVariance > 0; without noise the kernel is singular`,
    );
  }
  return problem;
}
