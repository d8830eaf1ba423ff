import * as z from 'zod';
import { activationByName } from '../activations/registry.js';
import { checkObject } from '../numerics/arguments.js';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { LIKELIHOODS, type LikelihoodName } from './likelihoodName.js';
import { parse } from './schemaErrors.js';
import { READOUTS } from './structure.js';

// Compiled checks need eval, which the explorer's page forbids; problem files are small.
z.config({ jitless: true });

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0);
const count = z.int().min(1);
const testSamples = z.int().min(0).default(0);
/** Numbers beyond these have squares, or inverses, that overflow somewhere. */
const LARGEST = 1e50;
const positive = z.number().positive().max(LARGEST);
const name = z.string().min(1);
const nonNegative = z.number().min(0).max(LARGEST);

/** p of the first layer's prior covariance Σᵖ; 0 if left out. */
const metric = { inputMetric: z.number().min(-4).max(4).optional() };

const xor = z.strictObject({
  dataset: z.literal('xor'),
  samples: count.default(64),
  testSamples,
  dimension: z.int().min(2).default(64),
  noise: nonNegative.default(1),
  ...metric,
  seed,
});

const teacher = z.strictObject({
  dataset: z.literal('teacher'),
  samples: count.default(100),
  testSamples,
  dimension: count.default(20),
  teacherWidth: count.default(5),
  teacherActivation: z.string().default('erf'),
  noise: nonNegative.default(0),
  ...metric,
  seed,
});

const ising = z.strictObject({
  dataset: z.literal('ising'),
  samples: count.default(100),
  testSamples,
  dimension: count.default(100),
  bias: z.number().min(0).max(1).default(0.1),
  ...metric,
  seed,
});

const mnist = z.strictObject({
  dataset: z.literal('mnist'),
  classes: z.array(z.int().min(0).max(9)).min(2).max(10).default([0, 3]),
  samples: count.default(100),
  testSamples,
  scaling: z.enum(['centred', 'raw']).default('centred'),
  idx: name.optional(),
  ...metric,
  seed,
});

const columns = z.strictObject({ inputs: z.boolean().optional(), targets: z.boolean().optional() });
const prepared = {
  labels: z.enum(['auto', 'classes', 'numbers']).optional(),
  standardize: z.union([z.boolean(), columns]).optional(),
  ...metric,
};
const npz = z.strictObject({ npz: name, ...prepared });
const npy = z.strictObject({ npy: name, targets: name, ...prepared });
const csv = z.strictObject({
  csv: name,
  target: z.union([name, z.array(name).min(1)]),
  testCsv: name.optional(),
  ...prepared,
});

const datasets = { xor, teacher, ising, mnist };
const files = { npz, npy, csv };

/** `data` of a problem file: XOR, defaults filled in. */
export type XorSpec = z.output<typeof xor>;
/** `data` of a problem file: a random teacher, defaults filled in. */
export type TeacherSpec = z.output<typeof teacher>;
/** `data` of a problem file: spins, defaults filled in. */
export type IsingSpec = z.output<typeof ising>;
/** `data` of a problem file: digits, defaults filled in. */
export type MnistSpec = z.output<typeof mnist>;
/** `data` of a problem file: files of one's own, defaults filled in. */
export type FileSpec = z.output<typeof npz> | z.output<typeof npy> | z.output<typeof csv>;
/** `data` of a problem file, with its defaults. */
export type DataSpec = XorSpec | TeacherSpec | IsingSpec | MnistSpec | FileSpec;

const perLayer = (entry: z.ZodNumber) => z.union([entry, z.array(entry)]);

/** One length along every axis, as a number or a list of one or two. */
const lengths = z.union([count, z.array(count).min(1).max(2)]);
const convolution = z.strictObject({
  patch: z.array(count).min(1).max(2),
  stride: lengths.default(1),
  padding: z.enum(['zero', 'circular']).default('zero'),
  width: count.default(100),
});
const layer = z.strictObject({
  dense: count.optional(),
  convolution: convolution.optional(),
  skip: count.optional(),
  activation: z.string().default('erf'),
});

const network = z.strictObject({
  /** layer by layer; then hiddenLayers, width and activation follow from them */
  layers: z.array(layer).min(1).max(1000).optional(),
  readout: z.enum(READOUTS).optional(),
  hiddenLayers: z.int().min(1).max(1000).default(2),
  width: z.union([count, z.array(count)]).default(100),
  activation: z.string().default('erf'),
  weightVariance: perLayer(positive).default(1.2),
  biasVariance: perLayer(nonNegative).default(0),
  featureScale: positive.min(1 / LARGEST).default(1),
});

const problem = z.strictObject({
  data: z.unknown().optional(),
  network: network.prefault({}),
  noiseVariance: nonNegative.optional(),
  likelihood: z.enum(LIKELIHOODS).optional(),
});

/** κ where a file says nothing. */
const NOISE = 0.1;

/** Data as a program gives them: what arrays hold is looked at elsewhere. */
const arrays = z.strictObject({
  ...Object.fromEntries(
    ['x', 'y', 'xTest', 'yTest', 'targetScale', 'preparation', 'image'].map((key) => [
      key,
      z.unknown().optional(),
    ]),
  ),
  ...prepared,
  classes: z.array(z.string()).optional(),
  columns: z.object({ inputs: z.array(z.string()), targets: z.array(z.string()) }).optional(),
  description: z.string().optional(),
  notes: z.array(z.string()).optional(),
});

/**
 * A network that is built: widths of all layers, which solvers scale, and its activation, which is looked at
 * elsewhere.
 */
const built = z.object({
  hiddenLayers: network.shape.hiddenLayers.unwrap(),
  widths: z.array(positive),
  weightVariance: z.array(positive),
  biasVariance: z.array(nonNegative),
  featureScale: network.shape.featureScale.unwrap(),
});

const equalLayers = z.object({ weightVariance: nonNegative, biasVariance: nonNegative });

/** `network` of a problem file, defaults filled in. */
export type NetworkSpec = z.output<typeof network>;
/** A layer as a problem file has it, with defaults left out or not. */
export type LayerSpec = z.input<typeof layer>;
/** A problem file with every default filled in (docs/problem-file.md). */
export interface ProblemSpec {
  /** a data set, or files */
  readonly data: DataSpec;
  /** architecture and prior variances */
  readonly network: NetworkSpec;
  /** κ; left out where the likelihood has no noise */
  readonly noiseVariance?: number;
  /** left out where it is Gaussian */
  readonly likelihood?: LikelihoodName;
}

/**
 * Checks a problem file against the schema and fills in defaults. `where` names it in errors.
 * @param input the parsed JSON
 * @param hint what to say beside lists of the wrong length
 * @throws InputError: one line with the key, its value and what would be right
 */
export function parseProblem(input: unknown, where = 'problem', hint?: ListHint): ProblemSpec {
  const outer = parse(problem, input, where, []);
  const data = parseData((input as { data?: unknown }).data, where);
  if ('teacherActivation' in data)
    canonicalActivation(data.teacherActivation, where, 'data.teacherActivation');
  const given = (input as { network?: Record<string, unknown> }).network;
  const network = outer.network.layers ? fromLayers(outer.network, given, where) : outer.network;
  if (network.readout !== undefined && !network.layers?.some((entry) => entry.convolution))
    throw new InputError(
      `${where}: network.readout: "${network.readout}"; no convolution in network.layers has positions to be read out`,
    );
  const spec: ProblemSpec = { data, network, ...noiseOf(outer, where) };
  checkLengths(spec.network, where, { hint });
  return {
    ...spec,
    network: {
      ...spec.network,
      activation: canonicalActivation(spec.network.activation, where, 'network.activation'),
    },
  };
}

/** The likelihood with its noise. @throws InputError for a noise that it does not have */
function noiseOf(
  { likelihood = 'gaussian', noiseVariance }: z.output<typeof problem>,
  where: string,
): Pick<ProblemSpec, 'noiseVariance' | 'likelihood'> {
  if (likelihood === 'gaussian') return { noiseVariance: noiseVariance ?? NOISE };
  if (noiseVariance === undefined) return { likelihood };
  throw new InputError(
    `${where}: noiseVariance: ${noiseVariance}; likelihood "${likelihood}" has no noise: leave it out (a temperature T is a readout with weightVariance/T²)`,
  );
}

/** What follows from layers one by one. @throws InputError where the file says otherwise as well */
function fromLayers(
  network: NetworkSpec,
  given: Record<string, unknown> | undefined,
  where: string,
): NetworkSpec {
  const layers = (network.layers ?? []).map((entry, l) => {
    const key = `network.layers[${l}]`;
    if ((entry.dense === undefined) === (entry.convolution === undefined))
      throw new InputError(
        `${where}: ${key}: must have one of dense (a width) and convolution { patch, stride, padding, width }`,
      );
    const { patch, stride } = entry.convolution ?? { patch: [], stride: [] };
    if (Array.isArray(stride) && stride.length !== patch.length)
      throw new InputError(
        `${where}: ${key}.convolution.stride: ${stride.length} entries where patch has ${patch.length}`,
      );
    if (entry.skip !== undefined && entry.skip > l)
      throw new InputError(
        `${where}: ${key}.skip: ${entry.skip}; there are ${l} hidden layers below this one`,
      );
    return { ...entry, activation: canonicalActivation(entry.activation, where, `${key}.activation`) };
  });
  const follows = {
    hiddenLayers: layers.length,
    width: layers.map(({ dense, convolution }) => dense ?? convolution?.width ?? 0),
    activation: layers[0].activation,
  };
  for (const [key, value] of Object.entries(follows)) {
    if (given?.[key] === undefined || JSON.stringify(given[key]) === JSON.stringify(value)) continue;
    throw new InputError(
      `${where}: network.${key}: ${shownValue(given[key])}; leave it out, network.layers says it layer by layer`,
    );
  }
  return { ...network, ...follows, layers };
}

/** The name by which outputs and threads know an activation, however it was written. */
function canonicalActivation(name: string, where: string, key: string): string {
  try {
    return activationByName(name).name;
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${key}: ${error.message}`) : error;
  }
}

type Generated = { readonly [Name in keyof typeof datasets]: z.output<(typeof datasets)[Name]> };

/**
 * The specification of a data set that a program has generated, with defaults. @throws InputError as
 * `parseProblem`
 */
export function generatedSpec<Name extends keyof Generated>(dataset: Name, spec: unknown): Generated[Name] {
  checkObject(dataset, spec, 'must be an object such as data in a problem file');
  const parsed = parse(
    datasets[dataset] as unknown as z.ZodType<Generated[Name]>,
    { ...spec, dataset },
    dataset,
    [],
  );
  if ('teacherActivation' in parsed)
    canonicalActivation(parsed.teacherActivation, dataset, 'teacherActivation');
  return parsed;
}

/** @throws InputError for keys of data that do not exist, or whose values are of the wrong kind */
export const checkArrays = (data: unknown): void => void parse<unknown>(arrays, data, 'problem', ['data']);

/** Checks the numbers of a network that is built. @throws InputError as `parseProblem` */
export function checkNumbersOf(network: unknown, where: string): void {
  const numbers = parse(built, network, where, ['network']);
  checkLengths({ ...numbers, width: numbers.widths }, where, { width: 'widths' });
}

/** Checks the variances of equal layers. @throws InputError as `parseProblem` */
export const checkVariances = (value: unknown, where: string): void =>
  void parse<unknown>(equalLayers, value, where, []);

/** Data as a problem file has them, with defaults. @throws InputError as `parseProblem` */
export const dataSpec = (data: unknown): DataSpec => parseData(data, 'problem');

function parseData(data: unknown, where: string): DataSpec {
  if (typeof data !== 'object' || data === null) {
    const choices = [...Object.keys(files).map((key) => `{"${key}": …}`), '{"dataset": …}'].join(', ');
    throw new InputError(
      `${where}: data: ${data === undefined ? 'missing' : shownValue(data)}; give ${choices}`,
    );
  }
  for (const [key, schema] of Object.entries(files)) {
    if (key in data) return parse(schema as z.ZodType<FileSpec>, data, where, ['data']);
  }
  const name = (data as { dataset?: unknown }).dataset;
  if (name === undefined) {
    const key = Object.keys(data)[0];
    throw new InputError(
      `${where}: data: no source${key ? ` in {"${key}": …}` : ''}; give one of npz, npy, csv, dataset`,
    );
  }
  if (typeof name !== 'string' || !Object.hasOwn(datasets, name)) {
    throw new InputError(
      `${where}: data.dataset: unknown data set ${shownValue(name)}; there are ${Object.keys(datasets).join(', ')}`,
    );
  }
  return parse(datasets[name as keyof typeof datasets] as z.ZodType<DataSpec>, data, where, ['data']);
}

/**
 * What else a list of the wrong length may have been meant as, said after what is wrong; told the keys of
 * these lists.
 */
export type ListHint = (keys: readonly string[]) => string;

/** Names all lists of wrong length at once: who changes the number of layers has to change them all. */
function checkLengths(
  spec: Omit<NetworkSpec, 'activation'>,
  where: string,
  { width = 'width', hint }: LengthsSaid = {},
): void {
  const { hiddenLayers } = spec;
  const lengths = {
    width: hiddenLayers,
    weightVariance: hiddenLayers + 1,
    biasVariance: hiddenLayers + 1,
  } as const;
  const wrong = Object.entries(lengths).flatMap(([key, need]) => {
    const value = spec[key as keyof typeof lengths];
    return Array.isArray(value) && value.length !== need ? [{ key, need, length: value.length }] : [];
  });
  if (wrong.length === 0) return;
  const listed = (of: (list: (typeof wrong)[number]) => unknown) =>
    wrong
      .map(of)
      .join(', ')
      .replace(/, ([^,]*)$/, ' and $1');
  const keys = listed(({ key }) => (key === 'width' ? width : key));
  const layers = `${hiddenLayers} hidden layer${hiddenLayers === 1 ? ' needs' : 's need'}`;
  const one = width === 'width' ? `, or one number${wrong.length > 1 ? ' each' : ''}` : '';
  const counts = `${listed(({ length }) => length)} entries where ${layers} ${listed(({ need }) => need)}`;
  throw new InputError(
    `${where}: network.${keys}: ${counts}${one}${hint?.(wrong.map(({ key }) => key)) ?? ''}`,
  );
}

interface LengthsSaid {
  /** what widths are called */
  readonly width?: string;
  readonly hint?: ListHint | undefined;
}
