import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { allocate, fromRows, type Matrix, share, zeros } from '#src/numerics/matrix.js';
import { blockDots, scaleBlocks } from '#src/numerics/parallel/blocks.js';
import { serialExecutor } from '#src/numerics/parallel/executor.js';
import { RandomStream } from '#src/numerics/random.js';
import { readMoment, readRows } from '#src/solving/tilted/readMoments.js';
import { fluctuationTilt, partialsAtZero, positionsTilt } from '#src/solving/tilted/tilt.js';
import { newNeurons } from '#src/solving/tilted/tiltedRows.js';
import { TiltedSamples } from '#src/solving/tilted/tiltedSamples.js';

const compute = await nodeCompute();
const normals = (rows: number, columns: number, seed: number): Matrix => ({
  rows,
  columns,
  data: share(RandomStream.fromSeed(seed).normals(new Float64Array(rows * columns))),
});
const nothing = { matrix: zeros(1) };

describe('products of numbers at several positions', () => {
  const [rows, points, r] = [700, 3, 4];
  const [a, b] = [normals(rows, points * r, 1), normals(rows, points * r, 2)];

  it('are sums over points, on any number of threads', () => {
    const dots = blockDots(a, b, r, 0.5, compute.executor);
    expect(dots).toEqual(blockDots(a, b, r, 0.5, serialExecutor));
    for (const [s, mu, nu] of [
      [0, 0, 0],
      [5, 1, 3],
      [699, 3, 2],
    ]) {
      let sum = 0;
      for (let k = 0; k < points; k++)
        sum += 0.5 * a.data[s * points * r + k * r + mu] * b.data[s * points * r + k * r + nu];
      expect(dots[(s * r + mu) * r + nu]).toBeCloseTo(sum, 12);
    }
  });

  it('have weighted sums over positions as their adjoint', () => {
    const x = normals(rows, r * r, 3).data;
    const scaled = scaleBlocks(a, x, r, zeros(rows, points * r), compute.executor);
    const dots = blockDots(b, a, r, 1, serialExecutor);
    const [left, right] = [
      b.data.reduce((sum, value, i) => sum + value * scaled.data[i], 0),
      dots.reduce((sum, value, i) => sum + value * x[i], 0),
    ];
    expect(left).toBeCloseTo(right, 8);
  });
});

describe('the tilt of a neuron with a readout weight at every position', () => {
  const [outputs, r, count] = [2, 3, 70];
  const tilt = positionsTilt(nothing, { factor: zeros(1) }, outputs, r, compute.executor);
  const gramOf = (rank: number, seed: number) => {
    const root = normals(count, rank * r, seed);
    return blockDots(root, root, r, 0.4, serialExecutor);
  };
  const [s, m] = [gramOf(4, 5), gramOf(2, 6)];
  const evaluated = (given: Float64Array, saddle: Float64Array) => {
    const log = allocate(count);
    const partials = [allocate(count * r * r), allocate(count * r * r)];
    tilt.evaluate([given, saddle], log, partials);
    return { log, partials };
  };

  it('has the partial derivatives of its finite differences', () => {
    const { partials } = evaluated(s, m);
    const step = 1e-5;
    for (const [k, form] of [s, m].entries()) {
      for (let i = 0; i < r; i++) {
        for (let j = 0; j <= i; j++) {
          // Both of (i, j) and (j, i), for forms are symmetric.
          const moved = (by: number) => {
            const changed = share(form);
            for (let at = 0; at < count; at++) {
              changed[(at * r + i) * r + j] += by;
              if (i !== j) changed[(at * r + j) * r + i] += by;
            }
            return (k === 0 ? evaluated(changed, m) : evaluated(s, changed)).log;
          };
          const [up, down] = [moved(step), moved(-step)];
          for (let at = 0; at < count; at += 13) {
            const expected = (i === j ? 1 : 2) * partials[k][(at * r + i) * r + j];
            expect((up[at] - down[at]) / (2 * step)).toBeCloseTo(expected, 6);
          }
        }
      }
    }
  });

  it('is that of a neuron with one weight, at one position', () => {
    const one = positionsTilt(nothing, { factor: zeros(1) }, outputs, 1, compute.executor);
    const plain = fluctuationTilt(nothing, { factor: zeros(1) }, outputs);
    const [first, second] = [one, plain].map((each) => {
      const [log, byS, byM] = [0, 1, 2].map(() => allocate(5));
      const values = [0.1, 0.5, 1, 2, 7];
      each.evaluate([share(values), share(values.map((value) => value ** 2))], log, [byS, byM]);
      return [...log, ...byS, ...byM];
    });
    first.forEach((value, i) => {
      expect(value).toBeCloseTo(second[i], 13);
    });
    expect(partialsAtZero(one)).toEqual(partialsAtZero(plain));
  });
});

describe.each([false, true])('averages with a readout weight a position (samples carried: %s)', (carried) => {
  const activation = activationByName('erf');
  // One known point at two positions.
  const covariance = fromRows([
    [1.3, 0.4],
    [0.4, 0.9],
  ]);
  const coupling = 0.7;
  const [precision, dual] = [1.8, -1.6];
  const tilt = positionsTilt(
    {
      matrix: fromRows([
        [precision, 0],
        [0, precision],
      ]),
    },
    {
      factor: fromRows([
        [dual, 0],
        [0, dual],
      ]),
    },
    1,
    2,
    compute.executor,
  );
  const size = 16_384;
  const measure = new TiltedSamples(
    () => activation,
    compute,
    size,
    1,
    carried,
    () => 2,
  ).measure(1, covariance, coupling, tilt);
  const damping = measure.partials[1].map((value) => 2 * value);

  /** ∫ dh N(h|0, C) e^F X over a grid, F by hand. */
  const grid = (() => {
    const det = 1.3 * 0.9 - 0.16;
    const step = 0.02;
    const sums = { mass: 0, plain: 0, damped: 0 };
    const phi = new Float64Array(2);
    for (let a = -9; a < 9; a += step) {
      for (let b = -9; b < 9; b += step) {
        activation.value(Float64Array.of(a, b), phi);
        const [f, g] = phi;
        const scale = coupling * precision;
        const [aa, ab, bb] = [1 + scale * f * f, scale * f * g, 1 + scale * g * g];
        const determinant = aa * bb - ab * ab;
        // φᵀ(1 + s)⁻¹φ
        const read = (bb * f * f - 2 * ab * f * g + aa * g * g) / determinant;
        const exponent = -(0.9 * a * a - 0.8 * a * b + 1.3 * b * b) / (2 * det);
        const density =
          (Math.exp(exponent + 0.5 * coupling * dual * dual * read) / Math.sqrt(determinant)) *
          (step ** 2 / (2 * Math.PI * Math.sqrt(det)));
        sums.mass += density;
        sums.plain += density * (f * f + g * g);
        sums.damped += density * read;
      }
    }
    return { mass: sums.mass, plain: sums.plain / sums.mass, damped: sums.damped / sums.mass };
  })();
  const error = 4 / Math.sqrt(size * measure.effectiveShare);

  it('are those of quadrature', () => {
    expect(Math.abs(measure.logNormaliser() - Math.log(grid.mass))).toBeLessThan(error);
    expect(Math.abs(readMoment(measure).data[0] - grid.plain)).toBeLessThan(error * grid.plain);
    expect(Math.abs(readMoment(measure, damping).data[0] - grid.damped)).toBeLessThan(error * grid.damped);
    // Weights make a difference that errors do not.
    expect(grid.plain - grid.damped).toBeGreaterThan(3 * error * grid.plain);
  });

  it('are those of the known point for one that is given again', () => {
    const known = fromRows([[grid.damped]]);
    const own = share([1.3, 0.9]);
    const rows = readRows(
      measure,
      newNeurons(measure, { cross: covariance, own, blocks: covariance }),
      damping,
      known,
    );
    expect(rows.cross.data[0]).toBeCloseTo(grid.damped, 5);
    expect(rows.own[0]).toBeCloseTo(grid.damped, 5);
  });

  it('are those of infinite width for a new point that has nothing in common with the known ones', () => {
    const own = share([0.8, 1.1]);
    const blocks = fromRows([
      [0.8, 0.3],
      [0.3, 1.1],
    ]);
    const ones = Float64Array.from({ length: 4 * size }, (_, i) => (i % 4 === 0 || i % 4 === 3 ? 1 : 0));
    const known = fromRows([[grid.plain]]);
    const rows = readRows(measure, newNeurons(measure, { cross: zeros(2), own, blocks }), ones, known);
    const free = [...own].map((v) => (2 / Math.PI) * Math.asin((2 * v) / (1 + 2 * v)));
    expect(Math.abs(rows.cross.data[0])).toBeLessThan(error);
    expect(Math.abs(rows.own[0] - free[0] - free[1])).toBeLessThan(error * (free[0] + free[1]));
  });
});
