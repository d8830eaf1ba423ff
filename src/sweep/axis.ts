import { InputError } from '../numerics/errors.js';

/** A key of a grid with the values it takes. */
export interface Axis {
  /** network.width, data.samples, options.draws, … */
  readonly key: string;
  readonly values: readonly unknown[];
}

/** Keys whose value may itself be a list: there a list of lists, or a range, is several values. */
const LISTS = [
  'network.width',
  'network.weightVariance',
  'network.biasVariance',
  'network.layers',
  'data.classes',
  'data.target',
];
/** Keys that take whole numbers, to which ranges are rounded. */
const WHOLE =
  /(^|\.)(width|hiddenLayers|samples|testSamples|dimension|teacherWidth|seed|seeds|draws|chains|warmUp|thin|maxIterations)$/;
const RANGES = ['values', 'linspace', 'logspace', 'range'] as const;
type RangeName = (typeof RANGES)[number];
/** Values of one key, beyond which a grid is a slip of the pen. */
const MOST_VALUES = 1e9;

/** Whether a value is {"logspace": …} or one of its like. */
export function isRange(value: unknown): value is Partial<Record<RangeName, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (RANGES as readonly string[]).includes(keys[0]);
}

const advice: Readonly<Record<RangeName, string>> = {
  values: 'give a list, such as {"values": [20, 50, 100]}',
  linspace: 'give from, to and how many, such as {"linspace": [0, 0.5, 6]}',
  logspace: 'give from, to and how many, such as {"logspace": [20, 2000, 12]}',
  range: 'give from and to, both included, and perhaps a step, such as {"range": [1, 9]}',
};

function numbersOf(key: string, name: RangeName, value: unknown, counts: readonly number[]): number[] {
  const numbers = Array.isArray(value) ? value : [];
  if (
    !counts.includes(numbers.length) ||
    numbers.some((entry) => typeof entry !== 'number' || !Number.isFinite(entry))
  )
    throw new InputError(`${key}: {"${name}": ${JSON.stringify(value)}}; ${advice[name]}`);
  return numbers;
}

function checkCount(key: string, count: number, shown: string): void {
  if (!(count >= 1)) throw new InputError(`${key}: ${shown} is empty`);
  if (count > MOST_VALUES) throw new InputError(`${key}: ${shown} has ${count.toLocaleString('en')} values`);
}

/** Values of a range; huge ones are counted by their length alone. */
function valuesOf(key: string, name: RangeName, value: unknown): readonly unknown[] {
  const shown = `{"${name}": ${JSON.stringify(value)}}`;
  if (name === 'values') {
    if (!Array.isArray(value)) throw new InputError(`${key}: ${shown}; ${advice.values}`);
    checkCount(key, value.length, shown);
    return value;
  }
  const tidy = (entry: number) => (WHOLE.test(key) ? Math.round(entry) : Number(entry.toPrecision(12)));
  if (name === 'range') {
    const [from, to, step = 1] = numbersOf(key, name, value, [2, 3]);
    const count = step > 0 ? Math.floor((to - from) / step + 1 + 1e-9) : 0;
    checkCount(key, count, shown);
    return lazily(count, (k) => tidy(from + k * step));
  }
  const [from, to, count] = numbersOf(key, name, value, [3]);
  if (!Number.isInteger(count)) throw new InputError(`${key}: ${shown}; ${advice[name]}`);
  checkCount(key, count, shown);
  if (name === 'logspace' && !(from > 0 && to > 0))
    throw new InputError(`${key}: ${shown}; equal ratios need positive ends; for others there is linspace`);
  const at = (k: number) => {
    const t = count === 1 ? 0 : k / (count - 1);
    return tidy(name === 'logspace' ? from * (to / from) ** t : from + (to - from) * t);
  };
  return lazily(count, at);
}

/** More values than this are not made before somebody has looked at their number. */
const MADE = 1_000_000;

/** Different values; of too many only the number, which is what they are refused by. */
function lazily(count: number, at: (k: number) => number): readonly unknown[] {
  if (count > MADE) return { length: count, 0: at(0) } as unknown as readonly unknown[];
  return [...new Set(Array.from({ length: count }, (_, k) => at(k)))];
}

/**
 * The axis that a value stands for, if it is a list or a range. @throws InputError for an empty or senseless
 * one
 */
export function axisOf(key: string, value: unknown): Axis | undefined {
  if (isRange(value)) {
    const [name] = Object.keys(value) as RangeName[];
    return { key, values: valuesOf(key, name, value[name]) };
  }
  if (!Array.isArray(value)) return undefined;
  if (LISTS.includes(key) && !value.some(Array.isArray)) return undefined;
  checkCount(key, value.length, '[]');
  return { key, values: value };
}
