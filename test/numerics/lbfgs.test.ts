import { describe, expect, it } from 'vitest';
import { minimise, type Objective } from '#src/numerics/lbfgs.js';

function run(f: Objective, start: number[], maxIterations = 500) {
  const search = minimise(f, Float64Array.from(start), { tolerance: 1e-10, maxIterations });
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value;
}

describe('the minimiser', () => {
  it("finds the minimum of Rosenbrock's valley from the usual start", () => {
    const { x, value, slope } = run(
      (p, gradient) => {
        gradient[0] = -2 * (1 - p[0]) - 400 * p[0] * (p[1] - p[0] ** 2);
        gradient[1] = 200 * (p[1] - p[0] ** 2);
        return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2;
      },
      [-1.2, 1],
    );
    expect(x[0]).toBeCloseTo(1, 10);
    expect(x[1]).toBeCloseTo(1, 10);
    expect(value).toBeLessThan(1e-18);
    expect(slope).toBeLessThan(1e-10);
  });

  it('solves a linear system of condition 10² to all digits of its gradient, although values round long before', () => {
    const size = 40;
    const curvature = Array.from({ length: size }, (_, i) => 10 ** ((2 * i) / (size - 1)));
    const { x, slope } = run((p, gradient) => {
      let value = 1e6;
      for (let i = 0; i < size; i++) {
        gradient[i] = curvature[i] * (p[i] - i);
        value += 0.5 * curvature[i] * (p[i] - i) ** 2;
      }
      return value;
    }, new Array(size).fill(0));
    expect(slope).toBeLessThan(1e-10);
    x.forEach((value, i) => {
      expect(value).toBeCloseTo(i, 9);
    });
  });

  it('stays inside the domain: x − ln x − ln(1 − x) from close to a wall', () => {
    const { x } = run(
      (p, gradient) => {
        if (!(p[0] > 0 && p[0] < 1)) return Number.POSITIVE_INFINITY;
        gradient[0] = 1 - 1 / p[0] + 1 / (1 - p[0]);
        return p[0] - Math.log(p[0]) - Math.log(1 - p[0]);
      },
      [1 - 1e-6],
    );
    // 1 − 1/x + 1/(1 − x) = 0: x² − 3x + 1 = 0
    expect(x[0]).toBeCloseTo((3 - Math.sqrt(5)) / 2, 9);
  });
});
