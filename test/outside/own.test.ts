import { createProblem, drawKernels, drive, portableCompute, savePosterior, solve } from 'finite-width';
import { architectureOf, lift, lower, type MomentMap, type OwnKind } from 'finite-width/architecture';
import { inner, type Matrix, RandomStream, relativeDistance, zeros } from 'finite-width/numerics';
import { checkMemory, secondsOf } from 'finite-width/theories';
import { describe, expect, it } from 'vitest';
import { averagePooling } from './averagePooling.js';
import { studentT } from './studentT.js';

const compute = portableCompute();
/** Five sequences of four numbers, one channel. */
const X = [
  [1, 0.5, -0.3, 0.8],
  [-0.6, 1.2, 0.4, -1],
  [0.2, -0.9, 1.1, 0.3],
  [-1.1, -0.4, 0.6, 0.9],
  [0.7, 0.1, -1.3, -0.2],
];
const y = [1, -0.5, 0.8, -1, 0.2];
const WIDTHS = [12, 14];
const VARIANCES = { weightVariance: [1.4, 1.2, 1.6], biasVariance: [0.1, 0.05, 0.08] };
const NOISE = 0.3;

/** A convolution, means over pairs of its positions, and a readout of both. */
const problemOf = (widths = WIDTHS, own: OwnKind = averagePooling(2)) =>
  createProblem({
    data: { x: X, y, image: [4, 1] },
    network: {
      layers: [
        { convolution: { patch: [2], padding: 'circular', width: widths[0] }, activation: 'erf' },
        { own, dense: widths[1], activation: 'erf' },
      ],
      ...VARIANCES,
    },
    noiseVariance: NOISE,
  });
const problem = problemOf();

/**
 * erf by its series and the same for its complement: no code of the package (Abramowitz and Stegun
 * 7.1.5, 7.1.14).
 */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 5) return Math.sign(x);
  let [term, sum] = [a, a];
  for (let k = 1; Math.abs(term) > 1e-17 * sum; k++) {
    term *= (-a * a) / k;
    sum += term / (2 * k + 1);
  }
  return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
}

const normals = (stream: RandomStream, count: number) => stream.normals(new Float64Array(count));

/**
 * C⁽¹⁾ and C⁽²⁾ of a network drawn from the prior, by its neurons: pre-activations, means over pairs,
 * pre-activations.
 */
function drawn(stream: RandomStream): [Matrix, Matrix] {
  const [p, [n1, n2]] = [X.length, WIDTHS];
  const { weightVariance: g, biasVariance: b } = VARIANCES;
  const pooled = zeros(p * 2, n1);
  const first = normals(stream, 3 * n1);
  for (let j = 0; j < n1; j++) {
    const [left, right, bias] = first.subarray(3 * j, 3 * j + 3);
    X.forEach((x, a) => {
      for (let mu = 0; mu < 4; mu++) {
        // Of a patch of two the odd place is beyond, around the circle.
        const h = Math.sqrt(g[0] / 2) * (left * x[mu] + right * x[(mu + 1) % 4]) + Math.sqrt(b[0]) * bias;
        pooled.data[(2 * a + (mu >> 1)) * n1 + j] += erf(h) / 2;
      }
    });
  }
  const middle = zeros(2 * p);
  const output = zeros(p);
  const weights = normals(stream, n2 * (n1 + 1));
  const phi = zeros(2 * p, n2);
  for (let row = 0; row < 2 * p; row++) {
    for (let i = 0; i < n2; i++) {
      let h = Math.sqrt(b[1]) * weights[n2 * n1 + i];
      for (let j = 0; j < n1; j++)
        h += Math.sqrt(g[1] / n1) * weights[i * n1 + j] * pooled.data[row * n1 + j];
      phi.data[row * n2 + i] = erf(h);
    }
  }
  const product = (rows: Matrix, i: number, k: number) => {
    let sum = 0;
    for (let j = 0; j < rows.columns; j++)
      sum += rows.data[i * rows.columns + j] * rows.data[k * rows.columns + j];
    return sum / rows.columns;
  };
  for (let i = 0; i < 2 * p; i++) {
    for (let k = 0; k < 2 * p; k++) {
      middle.data[i * 2 * p + k] = g[1] * product(pooled, i, k) + b[1];
      if (i % 2 === k % 2) output.data[(i >> 1) * p + (k >> 1)] += (g[2] / 2) * product(phi, i, k);
    }
  }
  for (let i = 0; i < output.data.length; i++) output.data[i] += b[2];
  return [middle, output];
}

/** ln N(y|0, C + κ) by elimination. */
function logNormal(kernel: Matrix, noise = NOISE): number {
  const n = kernel.rows;
  const m = Array.from({ length: n }, (_, i) => [...kernel.data.subarray(i * n, (i + 1) * n), y[i]]);
  for (let i = 0; i < n; i++) m[i][i] += noise;
  let log = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) {
    log -= 0.5 * (Math.log(m[i][i]) + m[i][n] ** 2 / m[i][i]);
    for (let k = i + 1; k < n; k++) for (let j = n; j >= i; j--) m[k][j] -= (m[k][i] / m[i][i]) * m[i][j];
  }
  return log;
}

/** Means over networks with their standard errors, of the prior and weighted by what the data say. */
function bruteForce(networks: number) {
  const stream = RandomStream.fromSeed(11);
  const draws = Array.from({ length: networks }, () => drawn(stream));
  const likelihood = draws.map(([, output]) => Math.exp(logNormal(output)));
  const mean = (weights: readonly number[], of: (draw: [Matrix, Matrix]) => number) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const value = draws.reduce((sum, draw, k) => sum + (weights[k] / total) * of(draw), 0);
    const variance = draws.reduce(
      (sum, draw, k) => sum + ((weights[k] / total) * (of(draw) - value)) ** 2,
      0,
    );
    return { value, error: Math.sqrt(variance) };
  };
  return { prior: draws.map(() => 1), posterior: likelihood, mean };
}

describe('a kind of layer from outside the package', () => {
  const [, pooling] = architectureOf(problem.network).layers;
  const { layers } = architectureOf(problem.network);

  it('has a lower that is the adjoint of its lift', () => {
    const stream = RandomStream.fromSeed(3);
    const below = { ...zeros(20), data: normals(stream, 400) };
    const above = { ...zeros(10), data: normals(stream, 100) };
    const lifted = lift(layers[0], below);
    const free = lift(layers[0], zeros(20));
    const change = { ...lifted, data: lifted.data.map((value, i) => value - free.data[i]) };
    expect(inner(above, change)).toBeCloseTo(inner(lower(layers[0], above), below), 12);
    expect(pooling.map.positions).toBe(2);
  });

  it('makes kernels that networks have, at infinite width and to first order in 1/N', async () => {
    const { prior, posterior, mean } = bruteForce(4000);
    const infinite = await solve(problem, 'nngp', { compute });
    const finite = await solve(problem, 'linearResponse', { compute, samples: 2048 });
    let [shift, error] = [0, 0];
    for (let i = 0; i < 10; i++) {
      for (let k = 0; k <= i; k++) {
        const at = i * 10 + k;
        const networks = mean(prior, ([middle]) => middle.data[at]);
        expect(Math.abs(infinite.kernels[1].data[at] - networks.value)).toBeLessThan(4.5 * networks.error);
      }
    }
    for (let i = 0; i < 5; i++) {
      for (let k = 0; k <= i; k++) {
        const networks = mean(posterior, ([, output]) => output.data[i * 5 + k]);
        shift += (networks.value - infinite.kernels[2].data[i * 5 + k]) ** 2;
        error += (networks.value - finite.kernels[2].data[i * 5 + k]) ** 2;
      }
    }
    expect(Math.sqrt(error)).toBeLessThan(0.35 * Math.sqrt(shift));
  });

  it('is in kernels that are drawn as networks draw them', async () => {
    const { prior, mean } = bruteForce(4000);
    const { kernels } = await solve(problem, 'nngp', { compute });
    const drawn = await drive(
      drawKernels(problem.network, kernels, { draws: 4000, seed: 7, pair: [0, 4] }, compute),
    );
    expect(drawn.pair?.columns).toBe(3);
    for (const l of [1, 2]) {
      const moments = drawn.layers[l];
      const size = kernels[l].rows;
      for (const at of [0, 1, size + 2, 3 * size + 1, size * size - 1]) {
        const centre = mean(prior, (draw) => draw[l - 1].data[at]);
        const spread = mean(prior, (draw) => (draw[l - 1].data[at] - centre.value) ** 2);
        const value = moments?.mean.data[at] ?? Number.NaN;
        const error = Math.hypot(centre.error, moments?.meanError.data[at] ?? 0);
        expect(Math.abs(value - centre.value)).toBeLessThan(4.5 * error);
        const variance = moments?.variance.data[at] ?? Number.NaN;
        const its = Math.hypot(spread.error, moments?.varianceError.data[at] ?? 0);
        expect(Math.abs(variance - spread.value)).toBeLessThan(4.5 * its);
      }
    }
  });

  it('has rows of new points that are those of the kernel where they are known', async () => {
    for (const posterior of [
      await solve(problem, 'nngp', { compute }),
      await solve(problem, 'perturbative', { compute, samples: 256 }),
    ]) {
      const rows = posterior.testKernels(X)?.kernels as Matrix[];
      rows.forEach((kernel, l) => {
        expect(relativeDistance(kernel, posterior.kernels[l])).toBeLessThan(1e-7);
      });
      expect(relativeDistance(posterior.predict(X).mean, posterior.trainMean())).toBeLessThan(1e-6);
    }
  });

  it('makes networks that Hamiltonian Monte Carlo draws as their prior and the data say', async () => {
    const { posterior, mean } = bruteForce(20_000);
    const sampling = { compute, draws: 6000, seed: 4 };
    const { kernels, uncertainty } = await solve(problem, 'sampled', sampling);
    for (const [l, at] of [
      [1, 0],
      [1, 12],
      [2, 0],
      [2, 1],
      [2, 13],
    ]) {
      const networks = mean(posterior, (draw) => draw[l - 1].data[at]);
      const error = Math.hypot(networks.error, uncertainty?.kernels[l].data[at] ?? 0);
      expect(Math.abs(kernels[l].data[at] - networks.value)).toBeLessThan(4.5 * error);
    }
  });

  it('is the dense layer of the package where it does what that does', async () => {
    const factor = (a: Matrix, g: number) => ({ ...a, data: a.data.map((value) => g * value) });
    const dense: OwnKind = {
      name: 'dense',
      positionsAbove: (positions) => positions,
      moments: (gain, positions) => ({
        positions,
        positionsAbove: positions,
        lift(moments, into) {
          const lifted = factor(moments, gain);
          into?.data.set(lifted.data);
          return into ?? lifted;
        },
        lower: (conjugate) => factor(conjugate, gain),
        liftRows: ({ cross, own }) => ({ cross: factor(cross, gain), own: own.map((value) => gain * value) }),
      }),
      weights: {
        fanIn: (width) => width,
        gather: (below, _, into) => into.data.set(below.data),
        scatter: (fed, _, into) => into.data.set(fed.data),
      },
    };
    const of = (second: object) =>
      createProblem({
        data: { x: X, y },
        network: {
          layers: [{ dense: 20 }, { ...second, dense: 24 }].map((layer) => ({ ...layer, activation: 'erf' })),
          weightVariance: 1.3,
          biasVariance: 0.1,
        },
        noiseVariance: NOISE,
      });
    const [own, known] = [of({ own: dense }), of({})];
    for (const [theory, options, tolerance] of [
      ['nngp', {}, 1e-12],
      ['map', { samples: 512 }, 1e-6],
      ['multiscale', { samples: 512 }, 1e-6],
      ['sampled', { draws: 256 }, 1e-9],
    ] as const) {
      const solved = (of: typeof own) => solve(of, theory, { compute, ...options });
      const [mine, its] = [await solved(own), await solved(known)];
      for (const l of [1, 2])
        expect(relativeDistance(mine.kernels[l], its.kernels[l]), theory).toBeLessThan(tolerance);
      const [here, there] = [mine, its].map((posterior) => posterior.predict([[0.3, -0.2, 0.5, 0.1]]).mean);
      expect(relativeDistance(here, there), theory).toBeLessThan(1e-2);
    }
  });

  it('has a kernel that networks have by the theories of most probable kernels', async () => {
    const { posterior, mean } = bruteForce(20_000);
    const infinite = await solve(problem, 'nngp', { compute });
    for (const theory of ['map', 'multiscale'] as const) {
      const { kernels } = await solve(problem, theory, { compute, samples: 1024 });
      let [shift, error] = [0, 0];
      for (let i = 0; i < 25; i++) {
        const networks = mean(posterior, ([, output]) => output.data[i]).value;
        shift += (networks - infinite.kernels[2].data[i]) ** 2;
        error += (networks - kernels[2].data[i]) ** 2;
      }
      expect(Math.sqrt(error / shift), theory).toBeLessThan(0.6);
    }
  });

  it('is refused where its moments contradict each other', async () => {
    const right = averagePooling(2);
    const wrong = (change: (map: MomentMap) => Partial<MomentMap>): OwnKind => ({
      ...right,
      moments: (gain, positions) => {
        const map = right.moments(gain, positions);
        return { ...map, ...change(map) };
      },
    });
    const twice = (matrix: Matrix): Matrix => ({ ...matrix, data: matrix.data.map((value) => 2 * value) });
    for (const [kind, said] of [
      [
        wrong((map) => ({ lower: (t) => twice(map.lower(t)) })),
        'lower of its "moments" is not the adjoint of lift',
      ],
      [
        wrong((map) => ({
          liftRows: (rows) => {
            const lifted = map.liftRows(rows);
            return { ...lifted, cross: twice(lifted.cross) };
          },
        })),
        'liftRows of its "moments" gives other rows for known points than lift',
      ],
      [
        wrong((map) => ({
          liftRows: (rows) => {
            const lifted = map.liftRows(rows);
            return { ...lifted, own: lifted.own.map((value) => value + 1) };
          },
        })),
        'liftRows of its "moments" gives other variances for known points than lift',
      ],
      [wrong(() => ({ lift: (s) => s })), 'lift of its "moments" gives 8×8 of 2 points; must be 4×4'],
    ] as const)
      await expect(solve(problemOf(WIDTHS, kind), 'nngp', { compute })).rejects.toThrow(
        `network.layers[1].own: average pooling: ${said}`,
      );
  });

  it('is refused by name where it cannot be treated, kept or be', async () => {
    await expect(solve(problem, 'rescaling', { compute })).rejects.toThrow(
      'theory rescaling does not treat convolutions yet; nngp, linearResponse, perturbative, map, multiscale and sampled do',
    );
    const other = (weights: OwnKind['weights']) => {
      const { weights: _, ...moments } = averagePooling(2);
      return problemOf(WIDTHS, weights ? { ...moments, weights } : moments);
    };
    const right = averagePooling(2).weights as NonNullable<OwnKind['weights']>;
    for (const [weights, said] of [
      [undefined, 'average pooling has second moments, and no "weights" that networks could be drawn with'],
      [
        { ...right, fanIn: (width: number) => 2 * width },
        'average pooling: its "weights" make other kernels than its "moments"',
      ],
      [
        { ...right, scatter: () => undefined },
        'average pooling: scatter of its "weights" is not the adjoint of gather',
      ],
    ] as const)
      await expect(solve(other(weights), 'sampled', { compute })).rejects.toThrow(`theory sampled: ${said}`);
    expect(() => other({ ...right, scatter: 1 as never })).toThrow(
      /^network.layers\[1\].own.weights: .*must be an object of functions { fanIn, gather, scatter }/,
    );
    const posterior = await solve(problem, 'nngp', { compute });
    expect(() => savePosterior(posterior)).toThrow(
      'network.layers: average pooling is a kind of layer of this program',
    );
    const withLayers = (...layers: object[]) =>
      createProblem({ data: { x: X, y, image: [4, 1] }, network: { layers: layers as never } });
    const convolution = { patch: [2], width: 5 };
    expect(() => withLayers({ convolution }, { own: averagePooling(3), dense: 5 })).toThrow(
      'average pooling: 4 positions are no windows of 3',
    );
    expect(() => withLayers({ own: averagePooling(2), dense: 5 })).toThrow(
      /^network.layers\[0\].own: stands above neurons/,
    );
    expect(() => withLayers({ convolution }, { own: 'pool', dense: 5 })).toThrow(
      /^network.layers\[1\].own: "pool"; must be an object/,
    );
    expect(() => withLayers({ convolution }, { own: averagePooling(2) })).toThrow(
      /network.layers\[1\]: must have one of dense/,
    );
  });
});

describe('a theory from outside the package', () => {
  it('is the average over all scales', async () => {
    const { kernels: infinite } = await solve(problem, 'nngp', { compute });
    for (const degrees of [2.5, 5, 40]) {
      const posterior = await solve(problem, studentT, { compute, degrees });
      // Over u = ln s, Σ p(Y|s) p(u) Δu: 1/s ~ Gamma(ν/2, rate ν/2), whose norm is a sum as well.
      let [norm, sum, first] = [0, 0, 0];
      for (let u = -12; u <= 25; u += 0.01) {
        const s = Math.exp(u);
        const prior = Math.exp((-degrees / 2) * (u + 1 / s - 1));
        const scaled = { ...infinite[2], data: infinite[2].data.map((value) => s * value) };
        const likelihood = Math.exp(logNormal(scaled, s * NOISE));
        norm += prior;
        sum += prior * likelihood;
        first += prior * likelihood * s;
      }
      expect(posterior.logEvidence).toBeCloseTo(Math.log(sum / norm), 6);
      expect(posterior.kernels[2].data[0] / infinite[2].data[0]).toBeCloseTo(first / sum, 6);
      const { mean, variance } = posterior.predict(X);
      const known = (await solve(problem, 'nngp', { compute })).predict(X);
      expect(relativeDistance(mean, known.mean)).toBeLessThan(1e-12);
      expect(variance[2] / known.variance[2]).toBeCloseTo(first / sum, 6);
    }
  });

  it('has its default, and its options checked by name', async () => {
    const options: Readonly<Record<string, unknown>>[] = [
      { degrees: 2 },
      { degree: 3 },
      { samples: 64 },
      { degrees: '5' },
    ];
    const said = [
      'degrees: 2; must be a number between 2 and 1000000',
      'degree: unknown option of solve; did you mean "degrees"?',
      'samples: is not used by studentT, which knows seed, degrees; leave it out',
      'degrees: "5"; must be a number between 2 and 1000000',
    ];
    for (const [k, wrong] of options.entries())
      await expect(solve(problem, studentT, { compute, ...wrong })).rejects.toThrow(said[k]);
    await expect(solve(problem, 'nngp', { compute, ...{ degrees: 5 } })).rejects.toThrow(
      /^degrees: unknown option of solve/,
    );
    const byDefault = await solve(problem, studentT, { compute, seed: 1 });
    expect(byDefault.logEvidence).toBe((await solve(problem, studentT, { compute, degrees: 5 })).logEvidence);
    // @ts-expect-error: no such option
    await expect(solve(problem, studentT, { compute, degree: 3 })).rejects.toThrow('did you mean "degrees"?');
  });

  it('has estimates of time and memory from what it declares', () => {
    expect(secondsOf(studentT, problem)).toBeCloseTo(1e-3 + 1e-10 * 125, 15);
    const small = { ...compute, memory: 1000 };
    expect(() => checkMemory(studentT, problem, small, {})).toThrow(/studentT/);
  });
});
