import { networkOf } from '../problem/createProblem.js';
import type { NetworkSpec } from '../problem/networkSchema.js';
import type { Problem } from '../problem/problem.js';
import { duration } from '../report/format.js';
import { secondsOf } from '../theories/cost.js';
import { linearResponse } from '../theories/linearResponse.js';
import { theoryByName } from '../theories/registry.js';

/** Seconds of one core from which on it is said beforehand what a ranking takes. */
const LONG = 60;

/**
 * What a ranking of networks takes, in one line, if that is long: the theory, and the first order that says
 * what it leaves out.
 * @param problem whose data they are ranked on
 * @param name of the theory
 */
export function timeOf(problem: Problem, networks: readonly NetworkSpec[], name: string): string | undefined {
  const solvers = name === 'linearResponse' ? [linearResponse] : [theoryByName(name), linearResponse];
  const problems = networks.map((spec) => ({ ...problem, network: networkOf(spec, problem.data.image) }));
  const seconds = problems.reduce(
    (sum, each) => sum + solvers.reduce((total, theory) => total + secondsOf(theory, each), 0),
    0,
  );
  if (seconds < LONG) return undefined;
  const count = `${networks.length} networks by ${name} take about ${duration(seconds)} of one core`;
  return `${count}, within a factor of four; fewer points or positions take less`;
}
