import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import { createData, type DataInput } from '../../problem/createData.js';
import type { Problem } from '../../problem/problem.js';
import { inTargetUnits } from '../../problem/standardize.js';
import { kernelArrays } from '../../report/arrays.js';
import { summarise } from '../../report/summary.js';
import type { Handler } from '../handler.js';
import type { Held } from '../store.js';

/** { posterior, names } → some of its arrays: those of kernels.npz, or the draws of what was watched. */
export const arrays: Handler = async ({ posterior, names }, { store }) => {
  const held = store.get(posterior);
  const all: Readonly<Record<string, Matrix>> = { ...kernelArrays(held), ...held.traces };
  const chosen = (names as string[]).map((name) => {
    if (!Object.hasOwn(all, name))
      throw new InputError(`${name}: no such array; there are ${Object.keys(all).join(', ')}`);
    return [name, all[name]] as const;
  });
  return { value: null, arrays: Object.fromEntries(chosen) };
};

/** New inputs as the problem has its own: standardised where those were. */
function inputsLike(raw: DataInput | undefined, xTest: Matrix, { data }: Problem): Matrix {
  if (!raw || xTest.columns !== data.x.columns) return xTest;
  const { yTest: _, ...rest } = raw;
  return createData({ ...rest, xTest }).xTest as Matrix;
}

/** Outputs in the units of the targets as given. */
function inUnits({ posterior }: Held, mean: Matrix, variance?: Float64Array, error?: Matrix) {
  const { targetScale: scale } = posterior.problem.data;
  const square = (scale?.deviation ?? 1) ** 2;
  return {
    mean: inTargetUnits(mean, scale),
    ...(variance ? { variance: variance.map((value) => square * value) } : {}),
    ...(error ? { meanError: inTargetUnits(error, scale, false) } : {}),
  };
}

/**
 * { posterior, x } → mean and variance of the noiseless output at new inputs, in the units of the targets as
 * given, and probabilities of classes.
 */
export const predict: Handler = async ({ posterior, x }, context) => {
  const held = context.store.get(posterior);
  const given = context.arrays.matrix(x, 'X_test');
  const found = held.posterior.predict(inputsLike(held.of.raw, given, held.posterior.problem));
  const { mean, variance, meanError, probabilities } = found;
  return {
    value: null,
    arrays: { ...inUnits(held, mean, variance, meanError), ...(probabilities ? { probabilities } : {}) },
  };
};

/** { posterior } → the mean on the training points, and on the test points of the problem if it has any. */
export const fitted: Handler = async ({ posterior }, { store }) => {
  const held = store.get(posterior);
  const { trainMean, test } = held.solved();
  const train = inUnits(held, trainMean, undefined, held.posterior.trainMeanError);
  const chances = test?.probabilities ? { probabilities: test.probabilities } : {};
  const there = test && { ...inUnits(held, test.mean, test.variance, test.meanError), ...chances };
  const named = (name: string, found: Readonly<Record<string, Matrix | Float64Array>> = {}) =>
    Object.fromEntries(Object.entries(found).map(([key, array]) => [`${name}_${key}`, array]));
  return { value: null, arrays: { ...named('train', train), ...named('test', there) } };
};

/** { posterior } → alignment of the kernels with the targets, layer by layer. */
export const alignment: Handler = async ({ posterior }, { store }) => ({
  value: store.get(posterior).posterior.alignment(),
});

/** { posterior } → what result.json says of it. */
export const summary: Handler = async ({ posterior }, { store }) => ({
  value: summarise(store.get(posterior).solved()),
});
