import { loadData } from '../../datasets/loadData.js';
import { fileSources } from '../../io/loadProblem.js';
import { dataSpec } from '../../problem/dataSchema.js';
import { plainOptions, type TheoryOption } from '../../theories/option.js';
import { theories, theoryByName } from '../../theories/registry.js';
import type { Handler } from '../handler.js';

/** { data } → the arrays of one of the data sets, as problem files name them. */
export const dataset: Handler = async ({ data }) => {
  const { x, y, xTest, yTest, description } = await loadData(dataSpec(data), fileSources('.'));
  return {
    value: { description },
    arrays: { x, y, ...(xTest ? { xTest } : {}), ...(yTest ? { yTest } : {}) },
  };
};

/** → the theories there are, a line each. */
export const theoryNames: Handler = async () => ({
  value: Object.fromEntries(theories.map(({ name, summary }) => [name, summary])),
});

/** { theory } → its options, a line each: what it does, what may be given, what it is otherwise. */
export const optionsOfTheory: Handler = async ({ theory }) => {
  const { options = {} } = theoryByName(theory as string);
  const line = ({
    about,
    right,
    default: given,
    otherwise = given === undefined ? undefined : String(given),
  }: TheoryOption) => `${about}: ${right}${otherwise === undefined ? '' : `; ${otherwise} by default`}`;
  return {
    value: Object.fromEntries(
      Object.entries(plainOptions(options)).map(([name, option]) => [name, line(option)]),
    ),
  };
};
