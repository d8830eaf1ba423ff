import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { InputError } from '#src/numerics/errors.js';
import { parseProblem } from '#src/problem/schema.js';
import { parse } from '#src/problem/schemaErrors.js';

type Plain = Record<string, unknown>;

/** Copies of a value with an unknown key in one of its objects each, and the place of that key. */
function misspelled(value: unknown, place = ''): (readonly [place: string, copy: unknown])[] {
  if (Array.isArray(value))
    return value.flatMap((entry, k) =>
      misspelled(entry, `${place}[${k}]`).map(([at, copy]) => [at, value.with(k, copy)] as const),
    );
  if (typeof value !== 'object' || value === null) return [];
  const under = (key: string) => (place === '' ? key : `${place}.${key}`);
  return [
    [under('qqqqqqqq'), { ...value, qqqqqqqq: 1 }],
    ...Object.entries(value).flatMap(([key, part]) =>
      misspelled(part, under(key)).map(([at, copy]) => [at, { ...value, [key]: copy }] as const),
    ),
  ];
}

function lineOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'nothing';
}

describe('an unknown key', () => {
  const layers = [{ convolution: { patch: [3, 3] }, activation: 'relu' }, { dense: 5 }];
  const files: Plain[] = [
    { data: { dataset: 'xor' }, network: { width: 5 } },
    { data: { dataset: 'teacher' } },
    { data: { dataset: 'ising' } },
    { data: { dataset: 'mnist' }, network: { layers } },
    { data: { csv: 'a.csv', target: ['y', 'z'], standardize: { inputs: true } } },
    { data: { npz: 'a.npz', standardize: { targets: true } } },
    { data: { npy: 'a.npy', targets: 'b.npy' } },
  ];
  const everywhere = files.flatMap((file) => misspelled(file));

  it.each(everywhere)('of a problem file is answered by those that there are: %s', (place, file) => {
    const line = lineOf(() => parseProblem(file));
    expect(line.startsWith(`problem: ${place}: unknown key; known are `)).toBe(true);
    expect(line).toMatch(/known are \w+/);
  });

  const point = z.strictObject({ first: z.number(), second: z.number().optional() });
  const schema = z.strictObject({
    list: z.array(point).optional(),
    either: z.union([z.boolean(), point, z.array(point)]).optional(),
    inside: z.strictObject({ deep: z.array(z.array(point)).default([]) }).prefault({}),
    none: point.nullable().optional(),
  });
  const value = { first: 1 };
  const values: Plain[] = [
    { list: [value, value] },
    { either: value },
    { either: [value] },
    { inside: { deep: [[value]] } },
    { none: value },
  ];
  const of = values.flatMap((each) => misspelled(each)).filter(([place]) => place !== 'qqqqqqqq');

  it.each(of)('is answered so inside of lists and unions: %s', (place, input) => {
    const known = place === 'inside.qqqqqqqq' ? 'deep' : 'first, second';
    expect(lineOf(() => parse<unknown>(schema, input, 'it', []))).toBe(
      `it: ${place}: unknown key; known are ${known}`,
    );
  });

  it('that is nearly one of them is answered by that one', () => {
    const file = { data: { dataset: 'xor' }, network: { layers: [{ dens: 5 }] } };
    expect(lineOf(() => parseProblem(file))).toBe(
      'problem: network.layers[0].dens: unknown key; did you mean "dense"?',
    );
  });
});
