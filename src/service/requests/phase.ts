import { criticalPoints } from '../../criticality/criticalLine.js';
import { diagramArrays, phaseDiagram } from '../../criticality/diagram.js';
import { phaseAt } from '../../criticality/phase.js';
import { checkNumber } from '../../numerics/arguments.js';
import { drive } from '../../numerics/steps.js';
import type { Handler } from '../handler.js';
import { namedActivation } from '../problem.js';

/**
 * { activation, weightVariance?, biasVariance } → the phase there, or at the first critical point, and all
 * critical points.
 */
export const phase: Handler = async (
  { activation: given, weightVariance, biasVariance },
  { arrays, compute },
) => {
  const activation = namedActivation(given, arrays);
  checkNumber('biasVariance', biasVariance, 0);
  const points = criticalPoints(activation, biasVariance);
  const at = weightVariance ?? points[0]?.weightVariance;
  const here =
    at === undefined
      ? {}
      : phaseAt({ activation, weightVariance: at as number, biasVariance }, await compute());
  return { value: { activation: activation.name, biasVariance, ...here, criticalPoints: points } };
};

/**
 * { activation, weightVariances, biasVariances } → the phases over a grid, as arrays: rows are bias
 * variances.
 */
export const diagram: Handler = async ({ activation: given, weightVariances, biasVariances }, context) => {
  const { arrays, compute, signal, progress } = context;
  const activation = namedActivation(given, arrays);
  const axes = [weightVariances, biasVariances].map((axis, k) =>
    arrays.vector(axis, ['weightVariances', 'biasVariances'][k]),
  );
  const steps = phaseDiagram(activation, axes[0], axes[1], await compute());
  const found = await drive(steps, { onStep: progress, signal });
  return { value: { activation: activation.name }, arrays: diagramArrays(found) };
};
