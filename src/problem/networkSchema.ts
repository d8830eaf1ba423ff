import * as z from 'zod';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { canonicalActivation } from './canonicalActivation.js';
import { parse } from './schemaErrors.js';
import { count, LARGEST, nonNegative, positive } from './schemaNumbers.js';
import { READOUTS } from './structure.js';

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

/** `network` of a problem file. */
export const networkSchema = z.strictObject({
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

/**
 * A network that is built: widths of all layers, which solvers scale, and its activation, which is looked at
 * elsewhere.
 */
const built = z.object({
  hiddenLayers: networkSchema.shape.hiddenLayers.unwrap(),
  widths: z.array(positive),
  weightVariance: z.array(positive),
  biasVariance: z.array(nonNegative),
  featureScale: networkSchema.shape.featureScale.unwrap(),
});

const equalLayers = z.object({ weightVariance: nonNegative, biasVariance: nonNegative });

/** `network` of a problem file, defaults filled in. */
export type NetworkSpec = z.output<typeof networkSchema>;
/** A layer as a problem file has it, with defaults left out or not. */
export type LayerSpec = z.input<typeof layer>;
/**
 * What networks say beyond the kinds of their values: names as outputs know them, and lists as long as layers
 * are many.
 * @param given the network before defaults
 * @throws InputError as `parseProblem`
 */
export function completeNetwork(
  parsed: NetworkSpec,
  given: Record<string, unknown> | undefined,
  where: string,
  hint?: ListHint,
): NetworkSpec {
  const network = parsed.layers ? fromLayers(parsed, given, where) : parsed;
  if (network.readout !== undefined && !network.layers?.some((entry) => entry.convolution))
    throw new InputError(
      `${where}: network.readout: "${network.readout}"; no convolution in network.layers has positions to be read out`,
    );
  checkLengths(network, where, { hint });
  return { ...network, activation: canonicalActivation(network.activation, where, 'network.activation') };
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

/** Checks the numbers of a network that is built. @throws InputError as `parseProblem` */
export function checkNumbersOf(network: unknown, where: string): void {
  const numbers = parse(built, network, where, ['network']);
  checkLengths({ ...numbers, width: numbers.widths }, where, { width: 'widths' });
}

/** Checks the variances of equal layers. @throws InputError as `parseProblem` */
export const checkVariances = (value: unknown, where: string): void =>
  void parse<unknown>(equalLayers, value, where, []);

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
