import { InputError } from '../numerics/errors.js';
import { abs } from './abs.js';
import type { Activation } from './activation.js';
import { cos } from './cos.js';
import { erf } from './erf.js';
import { formulaActivation, looksLikeFormula } from './formula.js';
import { gaussianBump } from './gaussianBump.js';
import { gelu } from './gelu.js';
import { leakyRelu } from './leakyRelu.js';
import { linear } from './linear.js';
import { monomial } from './monomial.js';
import { relu } from './relu.js';
import { sigmoid } from './sigmoid.js';
import { sign } from './sign.js';
import { silu } from './silu.js';
import { sin } from './sin.js';
import { softplus } from './softplus.js';
import { tanh } from './tanh.js';

const plain = [erf, relu, abs, linear, sign, sin, cos, gaussianBump, tanh, gelu, silu, softplus, sigmoid];
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
 * The activation of a name such as `erf` or `leakyRelu(0.1)`, or of a formula such as `tanh(x) + 0.1*x`.
 * @throws InputError that lists the names there are, or says what is wrong with a formula
 */
export function activationByName(name: string): Activation {
  const known = fixed.get(name);
  if (known) return known;
  if (looksLikeFormula(name)) return formulaByText(name);
  const match = /^(\w+)(?:\(\s*([-+.\deE]+)\s*\))?$/.exec(name);
  const family = match && Object.hasOwn(families, match[1]) ? families[match[1]] : undefined;
  if (!family)
    throw new InputError(
      `unknown activation "${name}"; there are ${activationNames.join(', ')}, and formulas such as tanh(x) + 0.1*x`,
    );
  if (match?.[2] === undefined) return family();
  const parameter = Number(match[2]);
  if (!Number.isFinite(parameter)) throw new InputError(`activation "${name}": ${match[2]} is not a number`);
  return family(parameter);
}
