/** ln p(Y|X) of a setting with its Monte Carlo error and what the theory leaves out of it. */
export interface Evidence {
  readonly logEvidence: number;
  readonly standardError?: number | undefined;
  /** NaN where it is not known */
  readonly leftOut?: number | undefined;
}

const known = (value: number | undefined): number => (value !== undefined && Number.isFinite(value) ? value : 0);

/** Whether twice the errors of both, Monte Carlo and of the theory, do not separate two evidences. */
export function tooClose(a: Evidence, b: Evidence): boolean {
  const error = Math.hypot(known(a.standardError), known(b.standardError), known(a.leftOut), known(b.leftOut));
  return Math.abs(a.logEvidence - b.logEvidence) < 2 * error;
}
