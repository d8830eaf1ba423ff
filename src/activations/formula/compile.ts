import type jsep from 'jsep';
import { InputError } from '../../numerics/errors.js';
import { elementary } from '../../numerics/kernels/elementary.js';

/** A function at many points at once, with its derivative where that is asked for. */
interface Dual {
  readonly value: Float64Array;
  readonly slope?: Float64Array | undefined;
}

export type Node = (x: Float64Array, slopes: boolean) => Dual;

export interface Compiled {
  readonly node: Node;
  /** u(x) whose zeros are kinks: arguments of abs and relu, differences in max and min */
  readonly hinges: readonly Node[];
}

/** Points that are evaluated at once. */
export const BLOCK = 1024;

/** A loop: many times as fast as the method of typed arrays. */
function map(x: Float64Array, f: (value: number) => number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) out[i] = f(x[i]);
  return out;
}

/** Functions of one argument with their derivatives, from the value where that is cheaper. */
const FUNCTIONS: Readonly<
  Record<string, { f(u: Float64Array): Float64Array; df(u: Float64Array, f: Float64Array): Float64Array }>
> = {
  exp: { f: (u) => elementary('exp', u.slice()), df: (_, f) => f },
  log: { f: (u) => map(u, Math.log), df: (u) => map(u, (v) => 1 / v) },
  sqrt: { f: (u) => map(u, Math.sqrt), df: (_, f) => map(f, (v) => 0.5 / v) },
  sin: { f: (u) => map(u, Math.sin), df: (u) => map(u, Math.cos) },
  cos: { f: (u) => map(u, Math.cos), df: (u) => map(u, (v) => -Math.sin(v)) },
  atan: { f: (u) => map(u, Math.atan), df: (u) => map(u, (v) => 1 / (1 + v * v)) },
  sinh: { f: (u) => map(u, Math.sinh), df: (u) => map(u, Math.cosh) },
  cosh: { f: (u) => map(u, Math.cosh), df: (u) => map(u, Math.sinh) },
  tanh: { f: (u) => elementary('tanh', u.slice()), df: (_, f) => map(f, (v) => (1 - v) * (1 + v)) },
  erf: { f: (u) => elementary('erf', u.slice()), df: (u) => elementary('erfDerivative', u.slice()) },
  sigmoid: { f: (u) => map(u, sigmoid), df: (_, f) => map(f, (v) => v * (1 - v)) },
  softplus: {
    f: (u) => map(u, (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))),
    df: (u) => map(u, sigmoid),
  },
  abs: { f: (u) => map(u, Math.abs), df: (u) => map(u, Math.sign) },
  relu: { f: (u) => map(u, (v) => Math.max(v, 0)), df: (u) => map(u, (v) => 0.5 + 0.5 * Math.sign(v)) },
};
const HINGED = ['abs', 'relu'];
const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

function sigmoid(v: number): number {
  return 1 / (1 + Math.exp(-v));
}

/** One number as often as needed; nobody writes into what nodes return. */
function repeated(value: number): (count: number) => Float64Array {
  const block = new Float64Array(BLOCK).fill(value);
  return (count) => (count <= BLOCK ? block.subarray(0, count) : new Float64Array(count).fill(value));
}
const zeros = repeated(0);
const ones = repeated(1);

function constant(value: number): Compiled {
  const values = repeated(value);
  return {
    node: ({ length }, slopes) => ({ value: values(length), slope: slopes ? zeros(length) : undefined }),
    hinges: [],
  };
}

const identity: Compiled = {
  node: (x, slopes) => ({ value: x, slope: slopes ? ones(x.length) : undefined }),
  hinges: [],
};

function applied(name: string, inner: Compiled): Compiled {
  const { f, df } = FUNCTIONS[name];
  const node: Node = (x, slopes) => {
    const u = inner.node(x, slopes);
    const value = f(u.value);
    if (!u.slope) return { value };
    const slope = df(u.value, value);
    const chained = new Float64Array(x.length);
    // Where the argument does not move, the slope of the outer function may be infinite.
    for (let i = 0; i < x.length; i++) chained[i] = u.slope[i] === 0 ? 0 : u.slope[i] * slope[i];
    return { value, slope: chained };
  };
  return { node, hinges: HINGED.includes(name) ? [...inner.hinges, inner.node] : inner.hinges };
}

/**
 * out = f(a, b), and the slope of that by the chain rule: a loop of its own for each operator, which a common
 * one with a function to call is ten times as slow as.
 */
interface Operator {
  value(a: Float64Array, b: Float64Array, out: Float64Array): void;
  slope(a: Float64Array, da: Float64Array, b: Float64Array, db: Float64Array, out: Float64Array): void;
}

const OPERATORS: Readonly<Record<string, Operator>> = {
  '+': {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
    },
    slope: (_, da, __, db, out) => {
      for (let i = 0; i < out.length; i++) out[i] = da[i] + db[i];
    },
  },
  '-': {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] - b[i];
    },
    slope: (_, da, __, db, out) => {
      for (let i = 0; i < out.length; i++) out[i] = da[i] - db[i];
    },
  },
  '*': {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] * b[i];
    },
    slope: (a, da, b, db, out) => {
      for (let i = 0; i < out.length; i++) out[i] = da[i] * b[i] + a[i] * db[i];
    },
  },
  '/': {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] / b[i];
    },
    slope: (a, da, b, db, out) => {
      for (let i = 0; i < out.length; i++) out[i] = (da[i] * b[i] - a[i] * db[i]) / (b[i] * b[i]);
    },
  },
  '^': {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = a[i] ** b[i];
    },
    slope: (a, da, b, db, out) => {
      for (let i = 0; i < out.length; i++) {
        const ofBase = da[i] === 0 || b[i] === 0 ? 0 : b[i] * a[i] ** (b[i] - 1) * da[i];
        out[i] = ofBase + (db[i] === 0 ? 0 : a[i] ** b[i] * Math.log(a[i]) * db[i]);
      }
    },
  },
  max: {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.max(a[i], b[i]);
    },
    slope: (a, da, b, db, out) => {
      for (let i = 0; i < out.length; i++)
        out[i] = a[i] === b[i] ? 0.5 * (da[i] + db[i]) : a[i] > b[i] ? da[i] : db[i];
    },
  },
  min: {
    value: (a, b, out) => {
      for (let i = 0; i < out.length; i++) out[i] = Math.min(a[i], b[i]);
    },
    slope: (a, da, b, db, out) => {
      for (let i = 0; i < out.length; i++)
        out[i] = a[i] === b[i] ? 0.5 * (da[i] + db[i]) : a[i] < b[i] ? da[i] : db[i];
    },
  },
};

function combined(name: string, left: Compiled, right: Compiled): Compiled {
  const operator = OPERATORS[name];
  const node: Node = (x, slopes) => {
    const [a, b] = [left.node(x, slopes), right.node(x, slopes)];
    const value = new Float64Array(x.length);
    operator.value(a.value, b.value, value);
    if (!a.slope || !b.slope) return { value };
    const slope = new Float64Array(x.length);
    operator.slope(a.value, a.slope, b.value, b.slope, slope);
    return { value, slope };
  };
  const hinges = [...left.hinges, ...right.hinges];
  if (name !== 'max' && name !== 'min') return { node, hinges };
  return { node, hinges: [...hinges, combined('-', left, right).node] };
}

/** A formula's tree as a function with its kinks. @throws InputError for names that are unknown */
export function compile(expression: jsep.Expression, text: string): Compiled {
  const refuse = (what: string): never => {
    const known = [...Object.keys(FUNCTIONS), 'max', 'min'].join(', ');
    throw new InputError(`formula "${text}": ${what}; write a function of x with + - * / ^ and ${known}`);
  };
  const node = expression as jsep.CoreExpression;
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number' ? constant(node.value) : refuse(`${node.raw} is no number`);
    case 'Identifier':
      if (node.name === 'x') return identity;
      return Object.hasOwn(CONSTANTS, node.name)
        ? constant(CONSTANTS[node.name])
        : refuse(`"${node.name}" is unknown`);
    case 'UnaryExpression': {
      const inner = compile(node.argument, text);
      if (node.operator === '+') return inner;
      return node.operator === '-'
        ? combined('*', constant(-1), inner)
        : refuse(`"${node.operator}" is no operator here`);
    }
    case 'BinaryExpression':
      if (node.operator === '^' && node.left.type === 'UnaryExpression')
        return refuse('put the power and its minus into brackets');
      if (!Object.hasOwn(OPERATORS, node.operator)) return refuse(`"${node.operator}" is no operator here`);
      return combined(node.operator, compile(node.left, text), compile(node.right, text));
    case 'CallExpression': {
      const name = node.callee.type === 'Identifier' ? String(node.callee.name) : '';
      const parts = node.arguments.map((argument) => compile(argument, text));
      if (Object.hasOwn(FUNCTIONS, name) && parts.length === 1) return applied(name, parts[0]);
      if ((name === 'max' || name === 'min') && parts.length === 2) return combined(name, parts[0], parts[1]);
      return refuse(
        `there is no function "${name}" of ${parts.length} argument${parts.length === 1 ? '' : 's'}`,
      );
    }
    default:
      return refuse(`it is no single expression`);
  }
}
