import type { Activation } from '../activations/activation.js';
import { activationByName } from '../activations/registry.js';
import { tabulated } from '../activations/tabulated.js';
import { checkObject } from '../numerics/arguments.js';
import type { DataInput } from '../problem/createData.js';
import { createProblem, type NetworkInput } from '../problem/createProblem.js';
import type { Problem } from '../problem/problem.js';
import type { Arrays } from './arrays.js';

const ARRAYS = { x: 'X', y: 'Y', xTest: 'X_test', yTest: 'Y_test' } as const;

/** Data as `createProblem` takes them; targets may be texts. @throws InputError */
function dataOf(data: unknown, arrays: Arrays): DataInput {
  checkObject('data', data);
  const input: Record<string, unknown> = { ...data };
  for (const [key, name] of Object.entries(ARRAYS)) {
    const value = data[key];
    if (value === undefined) continue;
    checkObject(name, value);
    input[key] = value.texts ? arrays.texts(value, name) : arrays.matrix(value, name);
  }
  return input as unknown as DataInput;
}

/** A name or formula, or a table of any function. @throws InputError */
export function activationOf(value: unknown, arrays: Arrays): string | Activation | undefined {
  if (value === undefined || typeof value === 'string') return value;
  checkObject('activation', value);
  return tabulated({
    name: String(value.name),
    edges: arrays.vector(value.edges, 'activation: edges'),
    coefficients: arrays.matrix(value.coefficients, 'activation: coefficients'),
    kinks: Array.from(arrays.vector(value.kinks, 'activation: kinks')),
  });
}

/** The same where an activation has to be given. */
export function namedActivation(value: unknown, arrays: Arrays): Activation {
  const found = activationOf(value, arrays) ?? 'erf';
  return typeof found === 'string' ? activationByName(found) : found;
}

type Plain = Readonly<Record<string, unknown>>;
const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null;

/** A network or a layer, its activation a value where it has come as a table. @throws InputError */
function withActivation({ activation, ...rest }: Plain, arrays: Arrays): Plain {
  const chosen = isPlain(activation) ? activationOf(activation, arrays) : activation;
  return chosen === undefined ? rest : { ...rest, activation: chosen };
}

/** The problem of a request, and its data as they came. @throws InputError */
export function problemOf(
  given: unknown,
  arrays: Arrays,
): { readonly problem: Problem; readonly data: DataInput } {
  checkObject('problem', given);
  const data = dataOf(given.data, arrays);
  const { layers, ...network } = withActivation((given.network ?? {}) as Plain, arrays);
  const each = Array.isArray(layers)
    ? { layers: layers.map((layer) => (isPlain(layer) ? withActivation(layer, arrays) : layer)) }
    : { layers };
  const input = { ...given, data, network: { ...network, ...each } as NetworkInput };
  return { problem: createProblem(input), data };
}
