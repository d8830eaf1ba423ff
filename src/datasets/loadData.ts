import { fromCsv } from '../formats/csv.js';
import { readNpy } from '../formats/npy.js';
import { readNpz } from '../formats/npz.js';
import { InputError, MemoryError } from '../numerics/errors.js';
import { createData, type Data } from '../problem/problem.js';
import type { DataSpec, FileSpec } from '../problem/schema.js';
import { ising } from './ising.js';
import { type Digits, mnist } from './mnist.js';
import { teacher } from './teacher.js';
import { xor } from './xor.js';

/** Where bytes come from: files on a disk, or what a page was given. */
export interface Sources {
  bytes(path: string): Promise<Uint8Array>;
  /** digits of the package, or of IDX files in a folder */
  digits(idxFolder: string | undefined): Promise<Digits>;
  /** bytes that data may take */
  readonly memory: number;
}

/** The data that a problem file names. @throws InputError */
export async function loadData(spec: DataSpec, sources: Sources): Promise<Data> {
  if (!('dataset' in spec)) return fromFiles(spec, sources);
  checkSize(spec, sources.memory);
  switch (spec.dataset) {
    case 'xor':
      return xor(spec);
    case 'teacher':
      return teacher(spec);
    case 'ising':
      return ising(spec);
    case 'mnist':
      return mnist(spec, await sources.digits(spec.idx));
  }
}

/** @throws MemoryError for more samples than memory could hold, before any is drawn */
function checkSize(spec: Exclude<DataSpec, FileSpec>, memory: number): void {
  const dimension = 'dimension' in spec ? spec.dimension : 784;
  const bytes = 16 * (spec.samples + spec.testSamples) * dimension;
  if (bytes <= memory) return;
  const total = (bytes / 1e9).toPrecision(2);
  throw new MemoryError(
    `data.samples: ${spec.samples} samples of dimension ${dimension} need ${total} GB; ${(memory / 1e9).toPrecision(2)} GB may be used`,
  );
}

async function fromFiles(spec: FileSpec, sources: Sources): Promise<Data> {
  if ('npz' in spec) {
    const arrays = readNpz(await sources.bytes(spec.npz), spec.npz);
    for (const name of ['X', 'Y']) {
      if (!arrays.has(name)) {
        const names = [...arrays.keys()].join(', ') || 'nothing';
        throw new InputError(`${spec.npz}: array ${name} is missing; the file holds ${names}`);
      }
    }
    const [x, y, xTest, yTest] = ['X', 'Y', 'X_test', 'Y_test'].map((name) => arrays.get(name)?.matrix(`${spec.npz}: ${name}`));
    return createData({ x, y, xTest, yTest, description: `${spec.npz}, inputs as they are` });
  }
  if ('npy' in spec) {
    const read = async (path: string) => readNpy(await sources.bytes(path), path).matrix(path);
    return createData({ x: await read(spec.npy), y: await read(spec.targets), description: `${spec.npy}, inputs as they are` });
  }
  const targets = typeof spec.target === 'string' ? [spec.target] : spec.target;
  const decode = async (path: string) => new TextDecoder().decode(await sources.bytes(path));
  const train = fromCsv(await decode(spec.csv), spec.csv, targets);
  const description = `${spec.csv}, columns ${train.inputs.join(', ')} as they are`;
  if (spec.testCsv === undefined) return createData({ x: train.x, y: train.y, description });
  const test = fromCsv(await decode(spec.testCsv), spec.testCsv, targets, train.inputs);
  return createData({ x: train.x, y: train.y, xTest: test.x, yTest: test.y, description });
}
