import { dirname, resolve } from 'node:path';
import { loadData } from '../datasets/loadData.js';
import type { Sources } from '../datasets/sources.js';
import { parseJson } from '../formats/json.js';
import { checkObject, checkText, refuse } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import { usableMemory } from '../numerics/native/memory.js';
import { createProblem } from '../problem/createProblem.js';
import { observedBy } from '../problem/likelihoodName.js';
import { preset, presetNames } from '../problem/presets.js';
import type { Problem } from '../problem/problem.js';
import { type ProblemSpec, parseProblem } from '../problem/schema.js';
import { type Variation, withChanges } from '../problem/variations.js';
import { warningsOf } from '../problem/warnings.js';
import { idxDigits, packagedDigits } from './digits.js';
import { readInput } from './readInput.js';

/** A problem with the file that it came from. */
export interface LoadedProblem {
  /** with its data */
  readonly problem: Problem;
  /** the file, every default filled in */
  readonly spec: ProblemSpec;
  /** things worth knowing that are no errors, a line each */
  readonly warnings: readonly string[];
}

/** Files on this disk, relative to the folder of the problem file. */
export function fileSources(folder: string): Sources {
  return {
    memory: usableMemory(),
    bytes: (path) => readInput(resolve(folder, path), path),
    digits: async (idx) => (idx === undefined ? packagedDigits() : idxDigits(resolve(folder, idx))),
  };
}

async function readSpec(source: string): Promise<ProblemSpec> {
  if (presetNames.includes(source)) return preset(source);
  if (!/[./\\]/.test(source)) {
    throw new InputError(
      `${source}: neither a preset (${presetNames.join(', ')}) nor a problem file (NAME.json)`,
    );
  }
  return parseProblem(parseJson(await readInput(source), source), source);
}

function checkChange(change: unknown, k: number): void {
  checkObject(`changes[${k}]`, change, 'must be an object { key, values }');
  checkText(`changes[${k}].key`, change.key);
  if (!Array.isArray(change.values)) refuse(`changes[${k}].values`, change.values, 'must be a list');
}

/** The same as `loadProblem`, for callers that look for warnings themselves. */
export async function readProblem(
  source: string,
  changes: readonly Variation[],
): Promise<Omit<LoadedProblem, 'warnings'>> {
  checkText('source', source, `must be a preset (${presetNames.join(', ')}) or the path of a problem file`);
  if (!Array.isArray(changes)) refuse('changes', changes, 'must be a list of { key, values }');
  Array.from(changes).forEach(checkChange);
  const read = await readSpec(source);
  const spec = changes.length > 0 ? parseProblem(withChanges(read, changes), `${source} with --set`) : read;
  const folder = presetNames.includes(source) ? process.cwd() : dirname(source);
  const data = await loadData(spec.data, fileSources(folder));
  const problem = createProblem({ data, network: spec.network, ...observedBy(spec) });
  return { problem, spec };
}

/**
 * The problem that a file or the name of a preset stands for, with its data, and with keys changed.
 * @param source a path, or `xor` or `mnist`
 * @param changes keys of the file, `network.width`, with their new values
 * @throws InputError that names the key or array and the value that makes no sense, or the file that cannot
 *   be read
 */
export async function loadProblem(
  source: string,
  changes: readonly Variation[] = [],
): Promise<LoadedProblem> {
  const read = await readProblem(source, changes);
  return { ...read, warnings: warningsOf(read.problem) };
}
