/** Choices that a seed determines. */
export class Dice {
  constructor(private state: number) {}
  /** from 0 to 1: a Weyl sequence, scrambled */
  private next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  }
  /** a whole number below n */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

/** A file with some bytes changed, cut off, repeated or filled. */
export function mutateBytes(bytes: Uint8Array, dice: Dice): Uint8Array {
  let result: Uint8Array = bytes.slice();
  for (let k = 1 + dice.below(3); k > 0 && result.length > 0; k--) {
    const at = dice.below(result.length);
    const length = 1 + dice.below(Math.min(64, result.length - at));
    switch (dice.below(6)) {
      case 0:
        result[at] ^= 1 << dice.below(8);
        break;
      case 1:
        result = result.slice(0, at);
        break;
      case 2:
        result.fill(dice.pick([0, 255, 0x80]), at, at + dice.pick([1, 2, 4, 8]));
        break;
      case 3:
        result = join(result.subarray(0, at + length), result.subarray(at));
        break;
      case 4:
        result = join(result.subarray(0, at), result.subarray(at + length));
        break;
      default:
        for (let i = at; i < at + length; i++) result[i] = dice.below(256);
    }
  }
  return result;
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const result = new Uint8Array(first.length + second.length);
  result.set(first);
  result.set(second, first.length);
  return result;
}

const WORDS = [
  '', ' ', '0', '-1', '1.5', '1e309', '-1e308', '1e-320', 'NaN', 'nan', 'Infinity', '-inf', '0x10',
  '1_000', '1,5',
  '"', '""', "'", ';', '\t',
  'null', 'true', '[]', '{}', '\u0000', '\u001b[31m', '💥', '\uD800', '..', '/', '-', '--',
  '99999999999999999999', '9007199254740993', '1e6',
  'x'.repeat(2000), 'a\nb', 'toString', '__proto__', 'constructor', '1..0', '5..5', '0..1:1e9',
  '1,2,3', '%s%n', '−1', '１',
] as const; // biome-ignore format: a list of words

/** A word that nobody expects. */
export const word = (dice: Dice): string => dice.pick(WORDS);

const HEADERS: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /\(\d+, ?\d*\)/g,
    [
      '(-2, 3)',
      '(8L, 3L)',
      '(1e9, )',
      '(99999999999, 1)',
      '()',
      '(0, 3)',
      '(3, 0)',
      '(2.5,)',
      '(1, 1, 1, 24)',
    ],
  ],
  [/<f8/g, ['>f8', '<f2', '<c8', '|O8', '<U2', '|b1', '<i8', '<M8', '   ', '<f4']],
  [/False/g, ['True ', 'false', 'None ']],
];

/** An array with another header of the same length where it fits, as a sloppy program might write it. */
export function mutateHeader(bytes: Uint8Array, dice: Dice): Uint8Array {
  const [pattern, replacements] = dice.pick(HEADERS);
  const replacement = dice.pick(replacements);
  const text = Buffer.from(bytes).toString('latin1');
  return new Uint8Array(
    Buffer.from(
      text.replace(pattern, (old) => replacement.padEnd(old.length)),
      'latin1',
    ),
  );
}

/** A table with cells, lines, names or separators changed. */
export function mutateCsv(text: string, dice: Dice): Uint8Array {
  const lines = text.split('\n');
  for (let k = 1 + dice.below(3); k > 0; k--) {
    const i = dice.below(lines.length);
    const cells = lines[i].split(',');
    switch (dice.below(7)) {
      case 0:
      case 1:
        cells[dice.below(cells.length)] = word(dice);
        lines[i] = cells.join(',');
        break;
      case 2:
        lines.splice(
          i,
          dice.below(3),
          ...Array.from({ length: dice.below(3) }, () => lines[dice.below(lines.length)]),
        );
        break;
      case 3:
        lines[i] = lines[i].replaceAll(',', dice.pick([';', '\t', ',,', ' ', '","']));
        break;
      case 4:
        cells.splice(dice.below(cells.length), 1);
        lines[i] = cells.join(',');
        break;
      case 5:
        cells[0] = cells[cells.length - 1];
        lines[i] = cells.join(',');
        break;
      default:
        lines.splice(i, 0, '');
    }
    if (lines.length === 0) lines.push('');
  }
  const whole = lines.join(dice.pick(['\n', '\n', '\r\n', '\r']));
  const separated = dice.chance(0.2) ? whole.replaceAll(',', dice.pick([';', '\t'])) : whole;
  return new Uint8Array(Buffer.from(separated, dice.pick(['utf8', 'utf8', 'utf8', 'utf16le', 'latin1'])));
}

/** Values of a file in JSON that its schema does not expect; none is so large that it would only be slow. */
const VALUES = [
  0, -1, 1, 2, 3, 1.5, 1e308, -1e308, 1e-308, 1e15, 2 ** 53, null, true, false, '', 'erf', '1', [], {}, [1], [1, 2], [[]], [null], ['a'], { a: 1 },
  { range: [1, 2] }, { range: [] }, { range: [0, 1e12] }, { range: [2, 1] }, { dataset: 'xor' }, { __proto__: null, constructor: 1 }, 'x'.repeat(3000), 'a\nb', '\u0000', '💥',
  '../../../../etc', '/dev/null', '.', 'd.npz', 'd.csv',
] as const; // biome-ignore format: a list of values

type Json = unknown;
const isObject = (value: Json): value is Record<string, Json> => typeof value === 'object' && value !== null;

/** A file in JSON with a value replaced, a key removed, added or renamed, or its text damaged. */
export function mutateJson(input: Json, dice: Dice): string {
  const value = structuredClone(input);
  for (let k = 1 + dice.below(2); k > 0; k--) change(value, dice);
  const text = JSON.stringify(value);
  if (!dice.chance(0.15)) return text;
  return Buffer.from(mutateBytes(new Uint8Array(Buffer.from(text)), dice)).toString('latin1');
}

function change(value: Json, dice: Dice): void {
  if (!isObject(value)) return;
  const keys = Object.keys(value);
  const key = keys.length > 0 ? dice.pick(keys) : 'a';
  const part = value[key];
  if (isObject(part) && dice.chance(0.75)) {
    change(part, dice);
    return;
  }
  switch (dice.below(5)) {
    case 0:
      delete value[key];
      break;
    case 1:
      value[dice.pick(['extra', 'toString', '__proto__x', 'widht', 'x'.repeat(500), 'a\nb', ''])] =
        structuredClone(dice.pick<Json>(VALUES));
      break;
    default:
      value[key] = structuredClone(dice.pick<Json>(VALUES));
  }
}

const ATOMS = ['x', '1', '0', '0.5', '1e300', 'pi', 'e', 'y', '', '1e999', '.5', '0x1'];
const CALLS = [
  'tanh',
  'exp',
  'log',
  'sqrt',
  'abs',
  'relu',
  'sin',
  'erf',
  'max',
  'min',
  'sigmoid',
  'foo',
  'constructor',
  'toString',
];

/** A formula of some depth, mostly well formed. */
export function randomFormula(dice: Dice, depth = 3): string {
  if (depth === 0 || dice.chance(0.25)) return dice.pick(ATOMS);
  const part = () => randomFormula(dice, depth - 1);
  switch (dice.below(7)) {
    case 0:
      return `(${part()})`;
    case 1:
      return `${part()}${dice.pick(['+', '-', '*', '/', '^', ',', ' ', '&&', '=', '%'])}${part()}`;
    case 2:
    case 3:
      return `${dice.pick(CALLS)}(${part()})`;
    case 4:
      return `${dice.pick(['max', 'min'])}(${part()}, ${part()})`;
    case 5:
      return `-${part()}`;
    default:
      return dice.chance(0.1)
        ? dice.pick(['('.repeat(3000), `${'-'.repeat(5000)}x`, 'x+'.repeat(4000), word(dice)])
        : part();
  }
}
