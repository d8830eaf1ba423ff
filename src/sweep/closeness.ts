/** ln p(Y|X) of a setting with its Monte Carlo error and what the theory leaves out of it. */
export interface Evidence {
  readonly logEvidence: number;
  readonly standardError?: number | undefined;
  /** NaN where it has no bound: the first order, by which it is measured, has no solution */
  readonly leftOut?: number | undefined;
}

const size = (value = 0): number => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);

/** Whether twice the errors of both, Monte Carlo and of the theory, do not separate two evidences. */
export function tooClose(a: Evidence, b: Evidence): boolean {
  const error = Math.hypot(size(a.standardError), size(b.standardError), size(a.leftOut), size(b.leftOut));
  return Math.abs(a.logEvidence - b.logEvidence) < 2 * error;
}
