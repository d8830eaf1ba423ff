import { expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { createProblem, solve } from '#src/index.js';
import { joined, once } from '#src/posterior/later.js';
import { requireFinite } from '#src/posterior/requireFinite.js';
import { randomMatrix } from '../support.js';

const base = await nodeCompute({ threads: 1, warn: () => {} });

/** The algebra of this machine, and how many factorisations it was asked for. */
function counting() {
  const count = { factorisations: 0 };
  const algebra = new Proxy(base.algebra, {
    get(target, key) {
      if (key === 'cholesky')
        return (...args: Parameters<typeof target.cholesky>) => {
          count.factorisations++;
          return target.cholesky(...args);
        };
      const value = target[key as keyof typeof target];
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
  });
  return { compute: { ...base, algebra }, count };
}

const problemOf = (noiseVariance: number) =>
  createProblem({
    data: {
      x: [...Array(12).keys()].map((i) => Array.from(randomMatrix(1, 3, i).data)),
      y: [...Array(12).keys()],
    },
    network: { hiddenLayers: 2, width: 30 },
    noiseVariance,
  });

it('gives kernels at infinite width without a factorisation, and evidence by one once it is read', async () => {
  const { compute, count } = counting();
  const posterior = await solve(problemOf(0.1), 'nngp', { compute });
  posterior.alignment();
  posterior.change();
  expect(count.factorisations).toBe(0);
  const first = posterior.logEvidence;
  expect(count.factorisations).toBe(1);
  expect(posterior.logEvidence).toBe(first);
  expect({ ...posterior }.logEvidence).toBe(first);
  expect(JSON.parse(JSON.stringify({ logEvidence: posterior.logEvidence })).logEvidence).toBe(first);
  expect(count.factorisations).toBe(1);
  // With the same numbers as where predictions come first.
  const other = await solve(problemOf(0.1), 'nngp', { compute });
  other.trainMean();
  expect(other.logEvidence).toBe(first);
});

it('tells of a singular kernel when its evidence is read', async () => {
  const singular = createProblem({
    data: { x: [[1], [2], [3.5]], y: [1, -1, 0] },
    network: { hiddenLayers: 1, width: 9, activation: 'linear' },
    noiseVariance: 0,
  });
  const posterior = await solve(singular, 'nngp', { compute: base });
  expect(posterior.kernels).toHaveLength(2);
  expect(() => posterior.logEvidence).toThrow(/^noiseVariance: 0 leaves the output kernel singular/);
});

it('joins objects without computing what comes later', () => {
  let computed = 0;
  const value = once(() => ++computed);
  const whole = joined(
    {
      a: 1,
      get late() {
        return value();
      },
    },
    { a: 2 },
  );
  expect(joined(whole, { b: 3 })).toMatchObject({ a: 2, b: 3 });
  expect(computed).toBeLessThanOrEqual(1);
  expect([whole.late, whole.late, computed]).toEqual([1, 1, 1]);
});

it('is missed by name where a theory forgets it', async () => {
  const posterior = await solve(problemOf(0.1), 'map', { compute: base, samples: 512 });
  expect(requireFinite(posterior)).toBe(posterior);
  expect(() => requireFinite({ ...posterior, logEvidence: undefined as unknown as number })).toThrow(
    'map: its posterior has no logEvidence, which is ln p(Y|X); add it to the fields',
  );
});
