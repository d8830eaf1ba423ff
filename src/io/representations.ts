import { denseLayer } from '../architecture/denseLayer.js';
import { shownName, shownNames } from '../formats/names.js';
import { openNpz } from '../formats/npz.js';
import { addConstant } from '../numerics/entrywise.js';
import { InputError } from '../numerics/errors.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';
import { usableMemory } from '../numerics/native/memory.js';
import type { Problem } from '../problem/problem.js';
import { readInput } from './readInput.js';

/** What a file tells of one hidden layer of a network: its neurons' outputs φ (P×N), or its kernel (P×P). */
export type RepresentationKind = 'features' | 'kernels';

/** The kernel of one hidden layer of somebody's network. */
export interface Representation {
  /** 1 … L */
  readonly layer: number;
  /** name of the array */
  readonly array: string;
  /** C⁽ˡ⁾, P×P */
  readonly kernel: Matrix;
}

/** The last whole number in a name, such as 2 of layer_2. */
const numberIn = (name: string): number | undefined => {
  const found = /(\d+)\D*$/.exec(name);
  return found ? Number(found[1]) : undefined;
};

/**
 * Which array is which layer: kernel_l of a kernels.npz as `solve` writes it; otherwise by the last number in
 * each name, or, where no name has one, in the order of the file.
 * @throws InputError that names an array which stands for no hidden layer, or a second one for it
 */
function layersOf(
  names: readonly string[],
  hiddenLayers: number,
  kind: RepresentationKind,
  file: string,
): Map<number, string> {
  const ours = kind === 'kernels' ? names.filter((name) => /^kernel_[1-9]\d*$/.test(name)) : [];
  const chosen = ours.length > 0 ? ours : names;
  if (chosen.length === 0) throw new InputError(`${file}: holds no arrays; give one for each hidden layer`);
  const numbers = chosen.map(numberIn);
  const ordered = numbers.every((number) => number === undefined);
  if (ordered && chosen.length !== hiddenLayers) {
    const held = `${chosen.length} arrays (${shownNames(chosen)}) where the network has ${hiddenLayers} hidden layers`;
    throw new InputError(`${file}: ${held}; end their names with the layer, such as layer_1`);
  }
  const layers = new Map<number, string>();
  chosen.forEach((name, k) => {
    const layer = ordered ? k + 1 : numbers[k];
    if (layer === undefined || layer < 1 || layer > hiddenLayers) {
      const wrong = layer === undefined ? 'has no number' : `is of layer ${layer}`;
      throw new InputError(
        `${file}: ${shownName(name)}: ${wrong}; names end with the hidden layer, from 1 to ${hiddenLayers} of network.hiddenLayers`,
      );
    }
    const other = layers.get(layer);
    if (other !== undefined)
      throw new InputError(
        `${file}: ${shownName(name)}: is of layer ${layer}, as ${shownName(other)} is; give one array a layer`,
      );
    layers.set(layer, name);
  });
  return layers;
}

/** @throws InputError that names the first entry which is no number */
function checkFinite({ data, columns }: Matrix, label: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new InputError(
    `${label}[${Math.floor(bad / columns)}][${bad % columns}]: ${data[bad]} is not a finite number`,
  );
}

/** @throws InputError for a kernel that is not symmetric */
function checkSymmetric({ data, rows }: Matrix, label: string): void {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      if (Math.abs(data[i * rows + j] - data[j * rows + i]) <= 1e-6 * largest) continue;
      const entries = `${data[i * rows + j].toPrecision(4)} at [${i}][${j}] and ${data[j * rows + i].toPrecision(4)} at [${j}][${i}]`;
      throw new InputError(`${label}: ${entries}; a kernel is symmetric`);
    }
  }
}

/** C⁽ˡ⁾ = (g_l/N_l) φφᵀ + β_l of features φ, P×N_l. */
function kernelOfFeatures(phi: Matrix, layer: number, { network }: Problem, algebra: LinearAlgebra): Matrix {
  const { gain, beta } = denseLayer(network, layer);
  return addConstant(algebra.syrk(phi, { alpha: gain / phi.columns }), beta);
}

/**
 * Kernels of the hidden layers of a network from an npz file: its features, one array a layer, P×N_l in the
 * order of the points, or its kernels, P×P.
 * @throws InputError that names the file, the array and what is wrong with it
 */
export async function readRepresentations(
  file: string,
  kind: RepresentationKind,
  problem: Problem,
  algebra: LinearAlgebra,
): Promise<Representation[]> {
  const npz = openNpz(await readInput(file), file, usableMemory());
  const { hiddenLayers, widths } = problem.network;
  const p = problem.data.x.rows;
  const layers = [...layersOf(npz.names, hiddenLayers, kind, file)].sort(([a], [b]) => a - b);
  return layers.map(([layer, array]) => {
    const label = `${file}: ${shownName(array)}`;
    const { shape } = npz.header(array);
    const shown = shape.join('×') || 'one number';
    const columns = kind === 'features' ? widths[layer - 1] : p;
    if (shape.length !== 2 || shape[0] !== p || shape[1] !== columns) {
      const right =
        kind === 'features'
          ? `${p}×${columns}, the neurons of layer ${layer} (network.width) for each of the ${p} data points`
          : `${p}×${p}, a kernel of the ${p} data points`;
      throw new InputError(`${label}: ${shown}; must be ${right}`);
    }
    const matrix = npz.read(array).matrix(label);
    checkFinite(matrix, label);
    if (kind === 'kernels') checkSymmetric(matrix, label);
    const kernel = kind === 'kernels' ? matrix : kernelOfFeatures(matrix, layer, problem, algebra);
    checkFinite(kernel, `${label}: its kernel`);
    return { layer, array, kernel };
  });
}
