import { kernelShapes } from '../../architecture/architecture.js';
import { writeNpz } from '../../formats/npz.js';
import { checkKernels, checkObject } from '../../numerics/arguments.js';
import { InputError } from '../../numerics/errors.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { checkProblem } from '../../problem/checkProblem.js';
import { activationOf, type Problem } from '../../problem/problem.js';
import { theories } from '../registry.js';
import { architectureFor } from '../requirements.js';
import type { Theory } from '../theory.js';
import { HEAD, partsOf, textOf } from './posteriorParts.js';

/**
 * A posterior as the bytes of a file (docs/problem-file.md, Saved posteriors): an npz that `restorePosterior`
 * makes a posterior of again, whose arrays NumPy reads.
 * @throws InputError for activations and theories that are functions of a program, which no file holds
 */
export function savePosterior(posterior: KernelPosterior): Uint8Array {
  checkObject('posterior', posterior, 'must be what solve gives; await it first');
  const given = (posterior as KernelPosterior).problem;
  checkProblem(given);
  const { theory, problem, kernels, nngp } = posterior as KernelPosterior;
  const solver = checkSavable(theory, problem);
  const shapes = kernelShapes(architectureFor(solver, given.network), given.data.x.rows);
  checkKernels('posterior: kernels', kernels, shapes.length, shapes);
  checkKernels('posterior: nngp', nngp, shapes.length, shapes);
  const { x, y, xTest, yTest, preparation } = problem.data;
  const { head, arrays: kept } = partsOf(posterior as KernelPosterior);
  const arrays = {
    X: x,
    Y: y,
    ...(xTest ? { X_test: xTest } : {}),
    ...(yTest ? { Y_test: yTest } : {}),
    ...(preparation?.metric ? { metric_directions: preparation.metric.directions } : {}),
    ...kept,
  };
  return writeNpz(arrays, { [HEAD]: textOf(head) });
}

/**
 * The theory that a file names. @throws InputError for what a file could not give back; known before anything
 * is solved
 */
export function checkSavable(theory: string, { network }: Pick<Problem, 'network'>): Theory {
  const solver = theories.find(({ name }) => name === theory);
  if (!solver)
    throw new InputError(
      `theory ${theory}: is not one of ${theories.map(({ name }) => name).join(', ')}; a file cannot hold it`,
    );
  const kind = network.structure?.layers.find((layer) => layer.own)?.own;
  if (kind)
    throw new InputError(
      `network.layers: ${kind.name} is a kind of layer of this program; a file cannot hold it`,
    );
  const own = network.widths.map((_, l) => activationOf(network, l + 1)).find(({ portable }) => !portable);
  if (own)
    throw new InputError(
      `network.activation: ${own.name} is a function of this program; a file can hold names and formulas alone`,
    );
  return solver;
}
