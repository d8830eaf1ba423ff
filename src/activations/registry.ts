import { checkText } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import { abs } from './abs.js';
import type { Activation } from './activation.js';
import { asWritten } from './aliases.js';
import { cos } from './cos.js';
import { elu } from './elu.js';
import { erf } from './erf.js';
import { formulaActivation, looksLikeFormula } from './formula.js';
import { gaussianBump } from './gaussianBump.js';
import { gelu } from './gelu.js';
import { hardTanh } from './hardTanh.js';
import { leakyRelu } from './leakyRelu.js';
import { linear } from './linear.js';
import { mish } from './mish.js';
import { monomial } from './monomial.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { selu } from './selu.js';
import { sigmoid } from './sigmoid.js';
import { sign } from './sign.js';
import { silu } from './silu.js';
import { sin } from './sin.js';
import { softplus } from './softplus.js';
import { softsign } from './softsign.js';
import { tanh } from './tanh.js';

const broken = [relu, abs, hardTanh, relu6];
const gated = [gelu, silu, softplus, mish, elu, selu];
const plain = [erf, ...broken, linear, sign, sin, cos, gaussianBump, tanh, sigmoid, softsign, ...gated];
const fixed = new Map(plain.map((activation) => [activation.name, activation]));
const families: Readonly<Record<string, (parameter?: number) => Activation>> = { leakyRelu, monomial };

/** How each activation is written in a problem file. */
export const activationNames: readonly string[] = [...fixed.keys(), 'leakyRelu(0.01)', 'monomial(2)'];

/** Formulas are found again and again by their text, in every thread. */
const formulas = new Map<string, Activation>();

function formulaByText(text: string): Activation {
  const known = formulas.get(text);
  if (known) return known;
  const made = formulaActivation(text);
  formulas.set(text, made);
  return made;
}

/**
 * The activation of a name such as `erf` or `leakyRelu(0.1)`, as people write it (`ReLU`, `leaky_relu`,
 * `swish`: `aliases.ts`), or of a formula such as `tanh(x) + 0.1*x`. Its `name` is the canonical one.
 * @param text a name or a formula
 * @throws InputError that says which name is near, lists the names there are, or says what is wrong with a
 *   formula
 */
export function activationByName(text: string): Activation {
  checkText(
    'activation',
    text,
    'must be a name or a formula such as tanh(x) + 0.1*x; functions become activations by defineActivation',
  );
  const known = fixed.get(text);
  if (known) return known;
  if (looksLikeFormula(text)) return formulaByText(text);
  const { name, parameter } = asWritten(text, [...fixed.keys(), ...Object.keys(families)]);
  if (looksLikeFormula(name) && parameter === undefined) return formulaByText(name);
  const family = Object.hasOwn(families, name) ? families[name] : undefined;
  const plainOne = fixed.get(name);
  if (plainOne && parameter !== undefined)
    throw new InputError(`activation "${text}": ${name} takes no parameter`);
  if (plainOne) return plainOne;
  if (!family) throw new InputError(unknownActivation(text));
  if (parameter === undefined) return family();
  const value = Number(parameter);
  if (parameter === '' || !Number.isFinite(value))
    throw new InputError(`activation "${text}": ${parameter} is not a number`);
  return family(value);
}

function unknownActivation(text: string): string {
  const nearest = nearestName(text, activationNames);
  const shown = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  const hint = nearest
    ? `did you mean "${nearest}"?`
    : `there are ${activationNames.join(', ')}, and formulas such as tanh(x) + 0.1*x`;
  return `unknown activation "${shown}"; ${hint}`;
}
