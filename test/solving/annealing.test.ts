import { describe, expect, it } from 'vitest';
import { NotPositiveDefiniteError, OutOfReachError } from '#src/numerics/errors.js';
import { type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { type Annealed, anneal } from '#src/solving/annealing.js';
import { type KernelsAlone, stateOf } from '#src/solving/kernelState.js';
import type { KernelSystem } from '#src/solving/kernelSystem.js';
import { settle, settleThere } from '#src/solving/stochastic.js';

const scalar = (value: number): Matrix => {
  const matrix = zeros(1);
  matrix.data[0] = value;
  return matrix;
};

function finish<Result>(steps: Generator<unknown, Result, void>): { result: Result; steps: number } {
  for (let count = 0; ; count++) {
    const step = steps.next();
    if (step.done) return { result: step.value, steps: count };
  }
}

/** c ← 1 + a c²/scale: c = (1 − √(1 − 4a/scale)) scale/2a, no solution below scale 4a. */
const folding = (a: number, noise = () => 0): KernelSystem<KernelsAlone> => ({
  sweep: ({ input, layers: [{ data }] }, scale) => {
    const image = 1 + (a * data[0] ** 2) / scale + noise();
    if (!(image < 1e3)) throw new NotPositiveDefiniteError('beyond the fold');
    return { image: stateOf([input, scalar(image)]), conjugates: [] };
  },
});
const root = (a: number, scale: number) => ((1 - Math.sqrt(1 - (4 * a) / scale)) * scale) / (2 * a);
const infinite = stateOf([scalar(1), scalar(1)]);
const options = { tolerance: 1e-9, maxIterations: 500 };

describe('width annealing', () => {
  it('ends at the solution where there is one', () => {
    for (const a of [0.01, 0.1, 0.2, 0.24]) {
      const { state, convergence } = finish(anneal(folding(a), infinite, [10], options)).result;
      expect(convergence.converged).toBe(true);
      expect(convergence.widthScale).toBe(1);
      expect(state.layers[0].data[0]).toBeCloseTo(root(a, 1), 6);
    }
  });

  it.each([0.3, 0.5, 2, 30])(
    'gives up close to the fold where there is none, for lack of progress: a = %s',
    (a) => {
      const { result } = finish(anneal(folding(a), infinite, [10], options));
      const { state, scale, convergence } = result;
      expect(convergence.converged).toBe(false);
      expect(convergence.message).toMatch(/^no solution was found below width \d/);
      expect(convergence.reason).toBe('noSolution');
      expect(scale).toBeGreaterThanOrEqual(4 * a);
      expect(scale).toBeLessThan(1.3 * 4 * a);
      expect(Math.abs(state.layers[0].data[0] / root(a, scale) - 1)).toBeLessThan(2e-2);
      expect(convergence.iterations).toBeLessThan(150);
    },
  );

  it('says in a word whether iterations ended it, and steps back alike where samples do not reach', () => {
    const { convergence } = finish(
      anneal(folding(0.24), infinite, [10], { ...options, maxIterations: 4 }),
    ).result;
    expect(convergence).toMatchObject({
      converged: false,
      reason: 'iterations',
      message: 'stopped after 4 iterations',
    });
    const missing: KernelSystem<KernelsAlone> = {
      sweep(state, scale) {
        if (scale < 4) throw new OutOfReachError('too far');
        return folding(0.1).sweep(state, scale);
      },
    };
    const missed = finish(anneal(missing, infinite, [10], options)).result;
    expect(missed.convergence.reason).toBe('noSolution');
    expect(missed.scale).toBeCloseTo(4, 0);
  });

  it('gives up where residuals turn in circles', () => {
    const turning: KernelSystem<KernelsAlone> = {
      sweep: ({ input, layers: [{ data }] }, scale) => {
        const image = scale > 4 ? 1 + 0.1 / scale : data[0] < 1.2 ? 2 : 0.5;
        return { image: stateOf([input, scalar(image)]), conjugates: [] };
      },
    };
    const { convergence } = finish(anneal(turning, infinite, [10], options)).result;
    expect(convergence.converged).toBe(false);
    expect(convergence.iterations).toBeLessThan(150);
  });

  it('has failed where samples no longer reach their measures, whatever the residual', () => {
    let asked = 1e12;
    const system: KernelSystem<KernelsAlone> = {
      sweep: ({ input }, scale) => {
        asked = scale;
        return { image: stateOf([input, scalar(1 + 0.1 / scale)]), conjugates: [] };
      },
      typicalShare: () => (asked < 3 ? 0.001 : 0.5),
    };
    const { scale, convergence } = finish(anneal(system, infinite, [10], options)).result;
    expect(convergence.converged).toBe(false);
    expect(scale).toBeGreaterThanOrEqual(3);
    expect(scale).toBeLessThan(6);
  });
});

describe('settling on noisy images', () => {
  const annealedAt = (scale: number): Annealed<KernelsAlone> => ({
    state: stateOf([scalar(1), scalar(1)]),
    scale,
    convergence: { converged: scale === 1, residual: 0, iterations: 0, widthScale: scale },
  });

  const noiseOf = (seed: number) => {
    const stream = RandomStream.fromSeed(seed);
    const normal = new Float64Array(1);
    return () => {
      stream.normals(normal);
      return 0.02 * normal[0];
    };
  };

  it('averages to the solution, with an error that covers the distance', () => {
    const { state, batches, convergence } = finish(
      settle(folding(0.1, noiseOf(3)), annealedAt(1), [10]),
    ).result;
    const values = batches.map(({ layers: [{ data }] }) => data[0]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const error = Math.sqrt(
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length / (values.length - 1),
    );
    expect(convergence.converged).toBe(true);
    expect(Math.abs(state.layers[0].data[0] - root(0.1, 1))).toBeLessThan(4 * error);
  });

  it('goes down to the widths asked for, or stays where samples still count', () => {
    let at = 0;
    const noise = noiseOf(4);
    const until = (least: number): KernelSystem<KernelsAlone> => ({
      sweep: ({ input, layers: [{ data }] }, scale) => {
        at = scale;
        return {
          image: stateOf([input, scalar(1 + (0.1 * data[0] ** 2) / scale + noise())]),
          conjugates: [],
        };
      },
      typicalShare: () => (at < least ? 0.001 : 0.5),
    });
    expect(finish(settle(until(0), annealedAt(3), [10])).result.convergence).toMatchObject({
      converged: true,
      widthScale: 1,
    });
    const { result, steps } = finish(settle(until(2), annealedAt(3), [10]));
    expect(result.convergence.message).toMatch(/^no solution was found below width 2[0-6]/);
    expect(result.scale).toBeGreaterThanOrEqual(2);
    expect(result.scale).toBeLessThan(2.7);
    expect(steps).toBeLessThan(100);
    // Without going up again: there, or nowhere.
    const there = finish(settleThere(until(0), annealedAt(3), [10], true)).result;
    expect(there?.convergence).toMatchObject({ converged: true, widthScale: 1 });
    expect(finish(settleThere(until(2), annealedAt(3), [10], true)).result).toBeUndefined();
    const justAbove = finish(settleThere(until(1.1), annealedAt(1), [10], true)).result;
    expect(justAbove?.convergence.message).toMatch(/^no solution was found below width 11\.5/);
    expect(finish(settleThere(until(1.1), annealedAt(1), [10], false)).result).toBeUndefined();
  });

  it('goes up where the mean of states that have images has none', () => {
    const noise = noiseOf(5);
    // Images are defined but at the mean of the states of a walk: none of them comes twice.
    const walked = new Set<number>();
    const system: KernelSystem<KernelsAlone> = {
      sweep: ({ input, layers: [{ data }] }, scale) => {
        const c = data[0];
        const known = [...walked].some((at) => Math.abs(c - at) < 1e-12);
        if (scale < 1.1 && walked.size === 36 && !known) throw new NotPositiveDefiniteError('a mean');
        const image = 1 + (0.1 * c ** 2) / scale + 1e-4 * noise();
        walked.add(c);
        return { image: stateOf([input, scalar(image)]), conjugates: [] };
      },
    };
    const { result } = finish(settle(system, annealedAt(1), [10]));
    expect(result.convergence.message).toMatch(/^no solution was found below width 11\.5/);
    expect(Math.abs(result.state.layers[0].data[0] - root(0.1, 1.15))).toBeLessThan(0.01);
  });

  it('says that samples do not reach measures which they reach at no widths nearby', () => {
    const nowhere: KernelSystem<KernelsAlone> = {
      sweep: ({ input }) => ({ image: stateOf([input, scalar(1)]), conjugates: [] }),
      typicalShare: () => 0.001,
    };
    expect(() => finish(settle(nowhere, annealedAt(1), [10]))).toThrow(
      /reach the tilted measures too rarely/,
    );
  });
});
