/**
 * Dual averaging of the step size towards a target acceptance (Hoffman and Gelman 2014, their constants).
 * Plain data.
 */
export interface StepSize {
  current: number;
  averaged: number;
  shift: number;
  error: number;
  count: number;
}

export const startStepSize = (size: number): StepSize => ({
  current: size,
  averaged: size,
  shift: Math.log(10 * size),
  error: 0,
  count: 0,
});

/** @param most the size is kept at or below it */
export function adaptStepSize(
  step: StepSize,
  acceptance: number,
  target: number,
  most = Number.POSITIVE_INFINITY,
): void {
  const t = ++step.count;
  step.error += (target - acceptance - step.error) / (t + 10);
  const log = Math.min(Math.log(most), step.shift - (Math.sqrt(t) / 0.05) * step.error);
  const weight = t ** -0.75;
  step.averaged = Math.exp(weight * log + (1 - weight) * Math.log(step.averaged));
  step.current = Math.exp(log);
}
