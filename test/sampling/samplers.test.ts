import { describe, expect, it } from 'vitest';
import { RandomStream } from '#src/numerics/random.js';
import { Hmc, LONGEST_STEP } from '#src/sampling/hmc.js';
import { Langevin } from '#src/sampling/langevin.js';
import type { Potential } from '#src/sampling/potential.js';
import type { Sampler } from '#src/sampling/sampler.js';
import { adaptStepSize, startStepSize } from '#src/sampling/stepSize.js';

/** exp(−U − ½|x|²): a correlated Gaussian times a quartic; moments by a sum over a grid. */
const energy = (a: number, b: number) => 0.5 * (a * a + 2 * a * b + 1.5 * b * b) + 0.3 * a ** 4;
const quartic: Potential = {
  evaluate([a, b], gradient) {
    gradient[0] = a + b + 1.2 * a ** 3;
    gradient[1] = a + 1.5 * b;
    return energy(a, b);
  },
};
const exact = (() => {
  let [mass, aa, ab, bb] = [0, 0, 0, 0];
  for (let a = -6; a <= 6; a += 0.02) {
    for (let b = -8; b <= 8; b += 0.02) {
      const w = Math.exp(-energy(a, b) - 0.5 * (a * a + b * b));
      [mass, aa, ab, bb] = [mass + w, aa + w * a * a, ab + w * a * b, bb + w * b * b];
    }
  }
  return [aa / mass, ab / mass, bb / mass];
})();

function moments(sampler: Sampler, stepSize: number, draws: number) {
  const batches = Array.from({ length: 40 }, () => {
    const sums = [0, 0, 0];
    for (let k = 0; k < draws; k++) {
      sampler.transition(stepSize);
      const [a, b] = sampler.position;
      sums[0] += (a * a) / draws;
      sums[1] += (a * b) / draws;
      sums[2] += (b * b) / draws;
    }
    return sums;
  });
  return [0, 1, 2].map((k) => {
    const values = batches.map((sums) => sums[k]);
    const mean = values.reduce((sum, value) => sum + value / 40, 0);
    return {
      mean,
      error: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (40 * 39)),
    };
  });
}

describe('samplers leave a density as it is, with moments by a sum over a grid', () => {
  const cases: [string, (stream: RandomStream) => Sampler, number, number][] = [
    ['hmc', (stream) => new Hmc(quartic, new Float64Array(2), stream), 0.4, 2000],
    ['hmc with steps of its own', (stream) => new Hmc(quartic, new Float64Array(2), stream, 3), 0.7, 5000],
    ['mala', (stream) => new Langevin(quartic, new Float64Array(2), stream, true), 0.2, 4000],
  ];
  it.each(cases)('%s', (_, make, stepSize, draws) => {
    moments(make(RandomStream.fromSeed(1)), stepSize, draws).forEach(({ mean, error }, k) => {
      expect(error).toBeLessThan(0.02 * Math.abs(exact[k]));
      expect(Math.abs(mean - exact[k])).toBeLessThan(4.5 * error);
    });
  });

  it('langevin does not, at the same step size, and comes nearer at a smaller one', () => {
    const away = (stepSize: number, draws: number) => {
      const [{ mean, error }] = moments(
        new Langevin(quartic, new Float64Array(2), RandomStream.fromSeed(2), false),
        stepSize,
        draws,
      );
      return { bias: mean - exact[0], error };
    };
    const [coarse, fine] = [away(0.2, 4000), away(0.02, 20_000)];
    expect(coarse.bias).toBeGreaterThan(8 * coarse.error);
    expect(Math.abs(fine.bias)).toBeLessThan(0.3 * coarse.bias);
  });
});

describe('Langevin dynamics', () => {
  it.each([0.1, 0.5])('on a Gaussian of precision λ has the variance 1/(λ(1 − ηλ/2)): η = %f', (eta) => {
    const lambda = 1.8;
    const gaussian: Potential = {
      evaluate([x], gradient) {
        gradient[0] = (lambda - 1) * x;
        return 0.5 * (lambda - 1) * x * x;
      },
    };
    const sampler = new Langevin(gaussian, new Float64Array(1), RandomStream.fromSeed(3), false);
    const batches = Array.from({ length: 40 }, () => {
      let sum = 0;
      for (let k = 0; k < 4000; k++) {
        sampler.transition(eta);
        sum += sampler.position[0] ** 2 / 4000;
      }
      return sum;
    });
    const mean = batches.reduce((sum, value) => sum + value / 40, 0);
    const error = Math.sqrt(batches.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (40 * 39));
    const biased = 1 / (lambda * (1 - (eta * lambda) / 2));
    expect(Math.abs(mean - biased)).toBeLessThan(4 * error);
    expect(Math.abs(mean - 1 / lambda)).toBeGreaterThan(5 * error);
  });

  it('does not take a step that diverges', () => {
    const sampler = new Langevin(quartic, Float64Array.of(3, 3), RandomStream.fromSeed(4), false);
    expect(sampler.transition(5).divergent).toBe(true);
    expect([...sampler.position]).toEqual([3, 3]);
  });
});

describe('Hamiltonian Monte Carlo', () => {
  it('moves exactly under the prior alone: every proposal is accepted, whatever the step', () => {
    const flat: Potential = {
      evaluate(_, gradient) {
        gradient.fill(0);
        return 0;
      },
    };
    const sampler = new Hmc(
      flat,
      RandomStream.fromSeed(5).normals(new Float64Array(1000)),
      RandomStream.fromSeed(6),
    );
    for (let k = 0; k < 50; k++) expect(sampler.transition(1.1).acceptance).toBeGreaterThan(1 - 1e-10);
  });

  it('adapts the step size to the acceptance asked for, and calls a far too large one divergent', () => {
    const stiff: Potential = {
      evaluate(x, gradient) {
        let sum = 0;
        x.forEach((value, i) => {
          gradient[i] = 100 * value;
          sum += 50 * value * value;
        });
        return sum;
      },
    };
    const sampler = new Hmc(stiff, new Float64Array(20), RandomStream.fromSeed(2), 5);
    const step = startStepSize(0.5);
    for (let k = 0; k < 400; k++)
      adaptStepSize(step, sampler.transition(step.current).acceptance, 0.8, LONGEST_STEP);
    let acceptance = 0;
    for (let k = 0; k < 400; k++) acceptance += sampler.transition(step.averaged).acceptance / 400;
    expect(Math.abs(acceptance - 0.8)).toBeLessThan(0.08);
    expect(sampler.transition(1.5)).toEqual({ acceptance: 0, divergent: true });
  });

  it('keeps adapted steps at or below the longest', () => {
    const step = startStepSize(0.5);
    for (let k = 0; k < 100; k++) adaptStepSize(step, 1, 0.8, LONGEST_STEP);
    expect(step.current).toBeLessThanOrEqual(LONGEST_STEP * (1 + 1e-12));
    expect(step.averaged).toBeLessThanOrEqual(LONGEST_STEP * (1 + 1e-12));
  });
});
