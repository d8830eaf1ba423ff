/** Other names of activations, in lower case without separators; some stand for a formula. */
const ALIASES: Readonly<Record<string, string>> = {
  identity: 'linear',
  id: 'linear',
  none: 'linear',
  swish: 'silu',
  logistic: 'sigmoid',
  lrelu: 'leakyRelu',
  absolute: 'abs',
  htanh: 'hardTanh',
  signum: 'sign',
  sine: 'sin',
  cosine: 'cos',
  gaussianbump: 'gaussian',
  geluerf: 'gelu',
  gelutanh: '0.5*x*(1 + tanh(0.7978845608028654*(x + 0.044715*x^3)))',
  gelunew: '0.5*x*(1 + tanh(0.7978845608028654*(x + 0.044715*x^3)))',
  hardsigmoid: 'max(0, min(1, x/6 + 0.5))',
  hardswish: 'x*max(0, min(1, x/6 + 0.5))',
  relu2: 'relu(x)^2',
  quadratic: 'monomial(2)',
  square: 'monomial(2)',
  cubic: 'monomial(3)',
};

/** What people put before a name: the module of their library. */
const MODULE = /^(?:(?:torch|nn|functional|f|jax|tf|keras|activations)\.)+/i;

const bare = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '');

/**
 * A name as people write it, such as `ReLU`, `nn.LeakyReLU(negative_slope=0.1)`, `hard_tanh` or `swish`, as
 * one of the names `known` or a formula, and the parameter in its brackets. A name that is not known comes
 * back as it is.
 */
export function asWritten(
  text: string,
  known: readonly string[],
): { readonly name: string; readonly parameter?: string } {
  const match = /^([^()]*?)\s*(?:\(\s*(?:\w+\s*=\s*)?([^()=]*?)\s*\))?$/.exec(
    text.trim().replace(MODULE, ''),
  );
  if (!match) return { name: text };
  const key = bare(match[1]);
  const target =
    known.find((name) => bare(name) === key) ?? (Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined);
  const given = match[2] === '' ? undefined : match[2];
  const [, name, own] = /^(\w+)\(([\d.]+)\)$/.exec(target ?? '') ?? [];
  const parameter = given ?? own;
  return { name: name ?? target ?? text, ...(parameter === undefined ? {} : { parameter }) };
}
