import { extname } from 'node:path';
import { inputRows } from '../datasets/fileData.js';
import { type CsvTable, readCsv } from '../formats/csvTable.js';
import { shownName, shownNames } from '../formats/names.js';
import { readNpy } from '../formats/npy.js';
import { openNpz } from '../formats/npz.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { usableMemory } from '../numerics/native/memory.js';
import { preparedInputs } from '../problem/createData.js';
import { targetsOf } from '../problem/labels.js';
import type { Data } from '../problem/problem.js';
import { standardizedTargets } from '../problem/standardize.js';
import { toMatrix } from '../problem/toMatrix.js';
import { readInput } from './readInput.js';

/** New points as a posterior sees them, and their targets where the file has them. */
export interface NewPoints {
  /** T×D, prepared as the training inputs were */
  readonly x: Matrix;
  /** T×n, coded and in the units of the problem's */
  readonly y?: Matrix;
  readonly notes: readonly string[];
}

/** Labels coded by the classes of the training data. @throws InputError for a label that is none of them */
function coded(given: readonly string[], classes: readonly string[]): Matrix {
  // Classes that were numbers may be written in another way: 3.0 for 3.
  const labels = given.map((label) => (classes.includes(label) ? label : String(Number(label))));
  const unknown = labels.findIndex((label) => !classes.includes(label));
  if (unknown >= 0)
    throw new InputError(
      `Y[${unknown}]: "${shownName(given[unknown])}" is none of the classes ${shownNames(classes)} of the training data`,
    );
  // Each class twice: labels that are all different are no classes.
  return targetsOf([...classes, ...classes], labels).yTest as Matrix;
}

/** Targets in the form that the problem has. */
function targetsLike(values: Matrix | readonly string[], data: Data): Matrix {
  if (data.classes) {
    // Targets that stand for classes already, ±1 or one-hot, have no labels of their own.
    const labels =
      'data' in values ? (values.columns === 1 ? Array.from(values.data, String) : undefined) : values;
    const known = labels?.every((label) => data.classes?.includes(label));
    if (labels && (known || !('data' in values))) return coded(labels, data.classes);
  }
  if (!('data' in values))
    throw new InputError(`Y[0]: "${values[0]}" is no number, as the targets of the training data are`);
  if (values.columns !== data.y.columns)
    throw new InputError(`Y: ${values.columns} columns where the training data have ${data.y.columns}`);
  return data.targetScale && !data.classes ? standardizedTargets(values, data.targetScale) : values;
}

function fromTable(table: CsvTable, data: Data): { x: Matrix; y?: Matrix | readonly string[] } {
  if (table.rows === 0) throw new InputError(`${table.name}: no line of data below the header`);
  const { columns } = data;
  if (!columns) return { x: table.numbers(table.columns) };
  const x = table.numbers(columns.inputs);
  const found = columns.targets.filter((target) => table.columns.includes(target));
  if (found.length < columns.targets.length) return { x };
  return {
    x,
    y: data.classes && found.length === 1 ? table.strings(found[0]) : table.numbers(columns.targets),
  };
}

async function read(
  path: string,
  data: Data,
): Promise<{ x: Matrix; y?: Matrix | readonly string[]; notes: readonly string[] }> {
  const bytes = await readInput(path);
  const memory = usableMemory();
  if (extname(path) === '.npz') {
    const file = openNpz(bytes, path, memory);
    const x = inputRows(file.read('X'), `${path}: X`, data.image);
    if (!file.names.includes('Y')) return { x, notes: [] };
    return { x, y: file.holdsTexts('Y') ? file.texts('Y') : file.read('Y').matrix(`${path}: Y`), notes: [] };
  }
  if (extname(path) === '.npy')
    return { x: inputRows(readNpy(bytes, path, memory), path, data.image), notes: [] };
  const table = readCsv(bytes, path);
  return { ...fromTable(table, data), notes: table.notes };
}

/**
 * New points from a csv (columns by their names where the training data came from one, targets if they are
 * there), npz (X, optionally Y) or npy.
 * @throws InputError that begins with the path
 */
export async function readNewPoints(path: string, data: Data): Promise<NewPoints> {
  try {
    const { x, y, notes } = await read(path, data);
    const points = preparedInputs(x, data);
    if (y === undefined) return { x: points, notes };
    const targets = targetsLike('data' in y ? toMatrix(y, 'Y') : y, data);
    if (targets.rows !== points.rows)
      throw new InputError(`Y: ${targets.rows} rows where X has ${points.rows}`);
    return { x: points, y: targets, notes };
  } catch (error) {
    if (!(error instanceof InputError) || error.message.startsWith(path)) throw error;
    throw new InputError(`${path}: ${error.message.replace('X_test', 'X')}`);
  }
}
