import * as z from 'zod';
import { InputError } from '../numerics/errors.js';
import { type DataSpec, dataSpec } from './dataSchema.js';
import { LIKELIHOODS, type LikelihoodName } from './likelihoodName.js';
import { completeNetwork, type ListHint, type NetworkSpec, networkSchema } from './networkSchema.js';
import { parse } from './schemaErrors.js';
import { nonNegative } from './schemaNumbers.js';

const problem = z.strictObject({
  data: z.unknown().optional(),
  network: networkSchema.prefault({}),
  noiseVariance: nonNegative.optional(),
  likelihood: z.enum(LIKELIHOODS).optional(),
});

/** κ where a file says nothing. */
const NOISE = 0.1;

/** A problem file with every default filled in (docs/problem-file.md). */
export interface ProblemSpec {
  /** a data set, or files */
  readonly data: DataSpec;
  /** architecture and prior variances */
  readonly network: NetworkSpec;
  /** κ; left out where the likelihood has no noise */
  readonly noiseVariance?: number;
  /** left out where it is Gaussian */
  readonly likelihood?: LikelihoodName;
}

/**
 * Checks a problem file against the schema and fills in defaults. `where` names it in errors.
 * @param input the parsed JSON
 * @param hint what to say beside lists of the wrong length
 * @throws InputError: one line with the key, its value and what would be right
 */
export function parseProblem(input: unknown, where = 'problem', hint?: ListHint): ProblemSpec {
  const outer = parse(problem, input, where, []);
  const data = dataSpec((input as { data?: unknown }).data, where);
  const given = (input as { network?: Record<string, unknown> }).network;
  const network = completeNetwork(outer.network, given, where, hint);
  return { data, network, ...noiseOf(outer, where) };
}

/** The likelihood with its noise. @throws InputError for a noise that it does not have */
function noiseOf(
  { likelihood = 'gaussian', noiseVariance }: z.output<typeof problem>,
  where: string,
): Pick<ProblemSpec, 'noiseVariance' | 'likelihood'> {
  if (likelihood === 'gaussian') return { noiseVariance: noiseVariance ?? NOISE };
  if (noiseVariance === undefined) return { likelihood };
  throw new InputError(
    `${where}: noiseVariance: ${noiseVariance}; likelihood "${likelihood}" has no noise: leave it out (a temperature T is a readout with weightVariance/T²)`,
  );
}
