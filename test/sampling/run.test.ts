import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import type { Matrix } from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import { SamplingRun, type Snapshot } from '#src/sampling/run.js';
import { type SamplingChoices, samplingSettings } from '#src/sampling/settings.js';

const compute = await nodeCompute();
const single = await nodeCompute({ threads: 1 });
const data = xor({ dataset: 'xor', samples: 6, testSamples: 5, dimension: 9, noise: 1, seed: 2 });
const problem = createProblem({
  data,
  network: { hiddenLayers: 2, width: [7, 5], activation: 'tanh', biasVariance: 0.2 },
});
const choices: SamplingChoices = { chains: 3, draws: 40, warmUp: 30, seed: 5 };

const copied = (snapshot: Snapshot): Snapshot =>
  Object.fromEntries(
    Object.entries(snapshot).map(([name, matrix]) => [name, { ...matrix, data: matrix.data.slice() }]),
  );

function finish(run: SamplingRun): SamplingRun {
  for (const _ of run.steps());
  return run;
}

function expectSame(a: SamplingRun, b: SamplingRun): void {
  expect(b.moments.mean).toEqual(a.moments.mean);
  expect(b.kernel(2).error.data).toEqual(a.kernel(2).error.data);
  expect(b.testOutputs()).toEqual(a.testOutputs());
  expect(b.diagnoses()).toEqual(a.diagnoses());
  expect(b.acceptance()).toEqual(a.acceptance());
  expect(b.kept.predict(data.x as Matrix)).toEqual(a.kept.predict(data.x as Matrix));
}

describe('a sampling run', () => {
  it.each<SamplingChoices>([
    {},
    { sampler: 'mala', thin: 3 },
    { sampler: 'langevin', stepSize: 1e-4, thin: 2 },
  ])(
    'goes on from a snapshot to the same bits, from warm-up and from within a stretch of draws: %j',
    (more) => {
      const settings = samplingSettings({ ...choices, ...more });
      const whole = finish(new SamplingRun(problem, compute, settings));
      for (const place of [2, 9, 14]) {
        const first = new SamplingRun(problem, compute, settings);
        const steps = first.steps();
        for (let k = 0; k < place; k++) expect(steps.next().done).toBe(false);
        const snapshot = copied(first.snapshot());
        const second = new SamplingRun(problem, compute, settings);
        second.restore(snapshot);
        expectSame(whole, finish(second));
      }
    },
  );

  it('does not depend on the number of threads', () => {
    const settings = samplingSettings(choices);
    expectSame(
      finish(new SamplingRun(problem, compute, settings)),
      finish(new SamplingRun(problem, single, settings)),
    );
  });

  it('has chains and layers that share no noise', () => {
    const settings = samplingSettings({ ...choices, chains: 4 });
    const run = new SamplingRun(problem, compute, settings);
    const start = run.chains.states.map(({ position }) => position.slice());
    finish(run);
    const [n, all] = [start[0].length, [...start, ...run.chains.states.map(({ position }) => position)]];
    // Equal numbers anywhere, in any order, would be one stream read twice.
    expect(new Set(all.flatMap((values) => [...values])).size).toBe(all.length * n);
    for (let a = 0; a < 4; a++) {
      for (let b = 0; b < a; b++) {
        const product = start[a].reduce((sum, value, i) => sum + value * start[b][i], 0);
        expect(Math.abs(product)).toBeLessThan(4.5 * Math.sqrt(n));
      }
    }
  });

  it('needs no more memory for more draws, but for what is watched', () => {
    const bytes = (draws: number) => {
      const run = finish(new SamplingRun(problem, compute, samplingSettings({ ...choices, draws })));
      const snapshot = run.snapshot();
      const watched = 8 * run.chains.names.length * draws * 3;
      return Object.values(snapshot).reduce((sum, { data: values }) => sum + 8 * values.length, 0) - watched;
    };
    expect(bytes(640)).toBe(bytes(40));
  });

  it('tells Langevin dynamics that diverges by its step size', () => {
    const settings = samplingSettings({ ...choices, sampler: 'langevin', stepSize: 3 });
    expect(() => finish(new SamplingRun(problem, compute, settings))).toThrow(
      /stepSize: .* diverged at a step size of 3/,
    );
  });

  it('needs noise where outputs are sampled, and none where they are integrated out', () => {
    const silent = createProblem({
      data,
      network: { hiddenLayers: 1, width: 12, activation: 'relu' },
      noiseVariance: 0,
    });
    const marginal = finish(new SamplingRun(silent, compute, samplingSettings(choices)));
    expect(
      marginal.trainOutput().mean.data.every((value, i) => Math.abs(value - silent.data.y.data[i]) < 1e-9),
    ).toBe(true);
    const settings = samplingSettings({ ...choices, potential: 'weights' });
    expect(() => new SamplingRun(silent, compute, settings)).toThrow(/noiseVariance: 0 pins the outputs/);
  });

  it.each<[SamplingChoices, RegExp]>([
    [{ stepSize: 0 }, /stepSize: 0; must be a number between 0 and 10/],
    [{ stepSize: -1 }, /stepSize/],
    [{ stepSize: Number.NaN }, /stepSize/],
    [{ chains: 65 }, /chains: 65; must be a whole number from 1 to 64/],
    [{ draws: 0.5 }, /draws: 0.5; must be a whole number from 1/],
    [{ thin: '2' as unknown as number }, /thin: "2"; must be a whole number/],
    [{ sampler: 'nuts' as 'hmc' }, /sampler: "nuts"; must be one of hmc, mala, langevin/],
    [{ sampler: 'mala', steps: 4 }, /steps: is not used by mala/],
    [{ warmup: 4 } as SamplingChoices, /sampling\.warmup: unknown option; did you mean "warmUp"/],
  ])('refuses %j', (bad, message) => {
    expect(() => samplingSettings(bad)).toThrow(message);
  });

  it('gives networks whose weights, scales included, make their kernels', () => {
    const run = finish(new SamplingRun(problem, compute, samplingSettings(choices)));
    const { weights_0: w, bias_0: b, weights_1: v, bias_1: c } = run.kept.arrays();
    const networks = 3 * 16;
    expect([w.rows, w.columns, v.rows, v.columns]).toEqual([7 * networks, 9, 5 * networks, 7]);
    // The last network of the last chain is where that chain stands.
    const hidden = (x: ArrayLike<number>, weights: Matrix, bias: Matrix, width: number) =>
      Array.from({ length: width }, (_, i) => {
        const row = weights.rows - width + i;
        let sum = bias.data[row];
        for (let j = 0; j < weights.columns; j++) sum += weights.data[row * weights.columns + j] * x[j];
        return Math.tanh(sum);
      });
    const { x } = problem.data;
    const phi = Array.from({ length: 6 }, (_, p) =>
      hidden(hidden(x.data.subarray(p * 9, (p + 1) * 9), w, b, 7), v, c, 5),
    );
    const { states, names } = run.chains;
    const watched = (name: string) => {
      const { trace } = states[2];
      return trace.data[(names.indexOf(name) + 1) * trace.columns - 1];
    };
    const dot = (i: number, j: number) => phi[i].reduce((sum, value, k) => sum + value * phi[j][k], 0) / 5;
    const gain = problem.network.weightVariance[2];
    const beta = problem.network.biasVariance[2];
    expect(watched('kernel 2 [0,0]')).toBeCloseTo(gain * dot(0, 0) + beta, 10);
    expect(watched('kernel 2 [0,3]')).toBeCloseTo(gain * dot(0, 3) + beta, 10);
  });
});
