import { loadData } from '../../datasets/loadData.js';
import { fileSources } from '../../io/loadProblem.js';
import { dataSpec } from '../../problem/schema.js';
import { theories } from '../../theories/registry.js';
import type { Handler } from '../handler.js';

/** { data } → the arrays of one of the data sets, as problem files name them. */
export const dataset: Handler = async ({ data }) => {
  const { x, y, xTest, yTest, description } = await loadData(dataSpec(data), fileSources('.'));
  return { value: { description }, arrays: { x, y, ...(xTest ? { xTest } : {}), ...(yTest ? { yTest } : {}) } };
};

/** → the theories there are, a line each. */
export const theoryNames: Handler = async () => ({
  value: Object.fromEntries(theories.map(({ name, summary }) => [name, summary])),
});
