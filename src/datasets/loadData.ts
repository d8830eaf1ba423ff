import { checkFunction, checkObject, refuse } from '../numerics/arguments.js';
import { MemoryError } from '../numerics/errors.js';
import { gigabytes } from '../numerics/shown.js';
import { type DataSpec, dataSpec, type FileSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';
import { ising } from './ising.js';
import { mnist, PIXELS } from './mnist.js';
import type { Sources } from './sources.js';
import { teacher } from './teacher.js';
import { xor } from './xor.js';

/**
 * The data that a problem file names.
 * @param data the key `data` of a problem file
 * @param sources where bytes come from
 * @throws InputError for what cannot be read or does not fit together; MemoryError for more than may be used
 */
export async function loadData(data: DataSpec, sources: Sources): Promise<Data> {
  const spec = dataSpec(data);
  checkSources(sources, spec);
  // Readers of files come when they are needed: a page seldom does.
  if (!('dataset' in spec)) return (await import('./fileData.js')).fromFiles(spec, sources);
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

function checkSources(sources: unknown, spec: DataSpec): void {
  checkObject('sources', sources, 'must be an object { bytes, digits, memory }');
  if (!('dataset' in spec)) checkFunction('sources.bytes', sources.bytes);
  else if (spec.dataset === 'mnist') checkFunction('sources.digits', sources.digits);
  if (typeof sources.memory !== 'number' || Number.isNaN(sources.memory))
    refuse('sources.memory', sources.memory, 'must be a number of bytes');
}

/** @throws MemoryError for more points than memory could hold, before any is drawn */
function checkSize(spec: Exclude<DataSpec, FileSpec>, memory: number): void {
  const dimension = 'dimension' in spec ? spec.dimension : PIXELS;
  const teacher =
    'teacherWidth' in spec ? spec.teacherWidth * (dimension + spec.samples + spec.testSamples) : 0;
  const bytes = 16 * ((spec.samples + spec.testSamples) * dimension + teacher);
  if (bytes <= memory) return;
  const tests = spec.testSamples > 0 ? ` and ${spec.testSamples} for tests (data.testSamples)` : '';
  const theirs =
    'teacherWidth' in spec ? ` and their teacher of width ${spec.teacherWidth} (data.teacherWidth)` : '';
  throw new MemoryError(
    `data.samples: ${spec.samples} points${tests} of dimension ${dimension}${theirs} need ${gigabytes(bytes)}; ${gigabytes(memory)} may be used`,
  );
}
