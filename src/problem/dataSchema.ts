import * as z from 'zod';
import { checkObject } from '../numerics/arguments.js';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { canonicalActivation } from './canonicalActivation.js';
import { parse } from './schemaErrors.js';
import { count, nonNegative } from './schemaNumbers.js';

const seed = z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0);
const testSamples = z.int().min(0).default(0);
const name = z.string().min(1);

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

/**
 * Data as a problem file has them, with defaults. @param where names the file in errors
 * @throws InputError as `parseProblem`
 */
export function dataSpec(data: unknown, where = 'problem'): DataSpec {
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
  const schema = datasets[name as keyof typeof datasets] as z.ZodType<DataSpec>;
  const spec = parse(schema, data, where, ['data']);
  if ('teacherActivation' in spec)
    canonicalActivation(spec.teacherActivation, where, 'data.teacherActivation');
  return spec;
}
