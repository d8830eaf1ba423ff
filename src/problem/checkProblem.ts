import { checkActivation } from '../activations/activation.js';
import { checkFinite, checkMatrix, checkNumber, checkObject, refuse } from '../numerics/arguments.js';
import { checkChoice } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { LIKELIHOODS } from './likelihoodName.js';
import { checkNumbersOf } from './networkSchema.js';
import type { Network, Problem } from './problem.js';

/** @throws InputError for what is no network, as `createProblem` makes it */
export function checkNetwork(value: unknown): asserts value is Network {
  checkObject('network', value, 'must be the network of a problem, as createProblem or loadProblem gives it');
  checkActivation('network.activation', value.activation);
  checkNumbersOf(value, 'problem');
  if (value.structure !== undefined)
    checkStructure(value.structure, (value as unknown as Network).hiddenLayers);
}

function checkStructure(structure: unknown, hiddenLayers: number): void {
  const right = 'must be what createProblem makes of network.layers';
  checkObject('network.structure', structure, right);
  const { layers } = structure;
  if (!Array.isArray(layers) || layers.length !== hiddenLayers)
    refuse('network.structure.layers', layers, right);
  layers.forEach((layer, l) => {
    checkObject(`network.structure.layers[${l}]`, layer, right);
    checkActivation(`network.structure.layers[${l}].activation`, layer.activation);
    if (layer.own !== undefined) checkObject(`network.structure.layers[${l}].own`, layer.own, right);
  });
}

/**
 * @throws InputError for what is no problem, as `createProblem` makes it: shapes of all arrays, and entries
 *   that are not finite
 */
export function checkProblem(value: unknown): asserts value is Problem {
  const right = 'must be what createProblem gives, or the problem of what loadProblem does';
  checkObject('problem', value, value instanceof Promise ? 'is a promise; await loadProblem first' : right);
  const { data, network, noiseVariance, likelihood } = value;
  checkObject('problem: data', data, right);
  checkMatrix('problem: data.x', data.x);
  checkMatrix('problem: data.y', data.y, data.x.rows);
  if (data.x.data.length === 0) throw new InputError('problem: data.x: has no entries');
  if (data.xTest !== undefined) checkMatrix('problem: data.xTest', data.xTest, undefined, data.x.columns);
  if (data.yTest !== undefined)
    checkMatrix('problem: data.yTest', data.yTest, data.xTest?.rows, data.y.columns);
  for (const key of ['x', 'y', 'xTest', 'yTest'] as const) {
    const matrix = data[key];
    if (matrix !== undefined) checkFinite(`problem: data.${key}.data`, (matrix as typeof data.x).data);
  }
  checkNetwork(network);
  checkNumber('problem: noiseVariance', noiseVariance, 0);
  checkChoice('problem: likelihood', likelihood ?? 'gaussian', LIKELIHOODS);
}
