import { csvData } from '../formats/csv.js';
import { shownNames } from '../formats/names.js';
import { isTexts, type NpyArray, readHeader, readNpy } from '../formats/npy.js';
import { readNpyTexts } from '../formats/npyTexts.js';
import { type NpzFile, openNpz } from '../formats/npz.js';
import { InputError, MemoryError } from '../numerics/errors.js';
import { type Matrix, share } from '../numerics/matrix.js';
import { gigabytes } from '../numerics/shown.js';
import { createData } from '../problem/createData.js';
import type { FileSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';
import type { Sources } from './sources.js';

/**
 * @throws MemoryError for more points than a single kernel of them leaves room for, before any of them is
 *   unpacked
 */
function requireKernel(samples: number, memory: number): void {
  const bytes = 8 * samples ** 2;
  if (bytes <= memory) return;
  throw new MemoryError(
    `data: ${samples} points need ${gigabytes(bytes)} of memory for every kernel, and ${gigabytes(memory)} may be used; take fewer points`,
  );
}

/**
 * Inputs in rows, also those that are images of P×length×channels or P×height×width×channels.
 * @param image shape of the images of the training data, where these are images: others are refused
 */
export function inputRows(array: NpyArray, name: string, image?: readonly number[]): Matrix {
  const { shape, values } = array;
  const given = imageOf(shape);
  if (!given) return array.matrix(name);
  if (image && given.join() !== image.join())
    throw new InputError(
      `${name}: images of ${given.join('×')} where those of training are ${image.join('×')} (channels last)`,
    );
  return {
    rows: shape[0],
    columns: shape.slice(1).reduce((product, size) => product * size, 1),
    data: share(values),
  };
}

const imageOf = (shape: readonly number[]): readonly number[] | undefined =>
  shape.length === 3 || shape.length === 4 ? shape.slice(1) : undefined;

/**
 * X, Y, X_test, Y_test; the last two may be missing, and targets may be texts. Shapes are compared before
 * anything large is unpacked.
 */
function npzArrays(file: NpzFile, name: string, memory: number): (Matrix | readonly string[] | undefined)[] {
  const there = ['X', 'Y', ...['X_test', 'Y_test'].filter((array) => file.names.includes(array))];
  const rows = new Map(there.map((array) => [array, file.header(array).shape[0] ?? 1]));
  for (const [inputs, targets] of [
    ['X', 'Y'],
    ['X_test', 'Y_test'],
  ]) {
    if (rows.has(inputs) && rows.has(targets) && rows.get(inputs) !== rows.get(targets))
      throw new InputError(
        `${targets}: ${rows.get(targets)} rows where ${inputs} has ${rows.get(inputs)}; every data point needs one target`,
      );
  }
  requireKernel(rows.get('X') as number, memory);
  return ['X', 'Y', 'X_test', 'Y_test'].map((array) => {
    if (!there.includes(array)) return undefined;
    const label = `${name}: ${array}`;
    if (array === 'X') return inputRows(file.read(array), label);
    if (array === 'X_test') return inputRows(file.read(array), label, imageOf(file.header('X').shape));
    return file.holdsTexts(array) ? file.texts(array) : file.read(array).matrix(label);
  });
}

/** Targets of an npy file: numbers, or texts that are labels. */
function npyTargets(bytes: Uint8Array, path: string, memory: number): Matrix | readonly string[] {
  const { entries } = readHeader(bytes, path);
  return isTexts(entries) ? readNpyTexts(bytes, path, memory) : readNpy(bytes, path, memory).matrix(path);
}

/** The data of the user's own files, npz, npy or csv. @throws InputError */
export async function fromFiles(spec: FileSpec, sources: Sources): Promise<Data> {
  const prepared = {
    labels: spec.labels ?? 'auto',
    standardize: spec.standardize,
    inputMetric: spec.inputMetric,
  };
  if ('npz' in spec) {
    const file = openNpz(await sources.bytes(spec.npz), spec.npz, sources.memory);
    const [x, y, xTest, yTest] = npzArrays(file, spec.npz, sources.memory);
    const image = imageOf(file.header('X').shape);
    return createData({ x, y, xTest, yTest, image, ...prepared, description: described(spec.npz, spec) });
  }
  if ('npy' in spec) {
    const bytes = await sources.bytes(spec.npy);
    requireKernel(readHeader(bytes, spec.npy).shape[0] ?? 1, sources.memory);
    const array = readNpy(bytes, spec.npy, sources.memory);
    const x = inputRows(array, spec.npy);
    const y = npyTargets(await sources.bytes(spec.targets), spec.targets, sources.memory);
    return createData({
      x,
      y,
      image: imageOf(array.shape),
      ...prepared,
      description: described(spec.npy, spec),
    });
  }
  const targets = typeof spec.target === 'string' ? [spec.target] : spec.target;
  const train = csvData(await sources.bytes(spec.csv), spec.csv, targets, { labels: prepared.labels });
  const { x, y, notes } = train;
  const columns = { inputs: train.inputs, targets };
  const description = described(`${spec.csv}, columns ${shownNames(train.inputs)}`, spec, ' as they are');
  if (spec.testCsv === undefined) return createData({ x, y, columns, ...prepared, description, notes });
  // Test points have labels if training has: a single one may look like a number.
  const options = {
    labels: Array.isArray(y) ? ('classes' as const) : ('numbers' as const),
    inputs: train.inputs,
  };
  const test = csvData(await sources.bytes(spec.testCsv), spec.testCsv, targets, options);
  return createData({
    x,
    y,
    columns,
    xTest: test.x,
    yTest: test.y,
    ...prepared,
    description,
    notes: [...notes, ...test.notes],
  });
}

/** The source, and that inputs are what it has, unless they are standardised, which is said elsewhere. */
function described(source: string, { standardize }: FileSpec, asTheyAre = ', inputs as they are'): string {
  const inputs = typeof standardize === 'object' ? standardize.inputs : standardize;
  return inputs ? source : `${source}${asTheyAre}`;
}
