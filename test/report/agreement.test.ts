import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { createPosterior, type KernelPosterior } from '#src/posterior/posterior.js';
import { createProblem } from '#src/problem/createProblem.js';
import { agreementWith, networksAmong } from '#src/report/agreement.js';
import { type Along, alongTable } from '#src/report/along.js';
import { alongFigure } from '#src/report/alongFigure.js';
import type { SolvedTheory } from '#src/report/summary.js';
import { agreementTable } from '#src/report/table.js';

const compute = await nodeCompute({ threads: 1 });
const problem = createProblem({
  data: { x: [[1], [2]], y: [1, -1] },
  network: { hiddenLayers: 1, width: 5, activation: 'erf' },
});
const matrix = (a: number, b: number) => fromRows([[a, b], [b, a]]); // biome-ignore format: matrix
const column = (a: number, b: number): Matrix => ({ rows: 2, columns: 1, data: Float64Array.of(a, b) });

function solved(
  theory: string,
  kernel: Matrix,
  mean: Matrix,
  errors?: { kernel: Matrix; cka: number; mean: Matrix },
): SolvedTheory {
  const input = matrix(1, 0.5);
  const posterior: KernelPosterior = createPosterior(
    {
      theory,
      problem,
      kernels: [input, kernel],
      nngp: [input, matrix(1, 0)],
      convergence: { converged: true, residual: 0, iterations: 1, widthScale: 1 },
      logEvidence: 0,
      ...(errors
        ? {
            uncertainty: {
              kernels: [matrix(0, 0), errors.kernel],
              cka: [0, errors.cka],
              evidence: 0,
              repetitions: 4,
            },
          }
        : {}),
    },
    (_, below) => below,
    compute,
  );
  const test = { mean, variance: new Float64Array(2), ...(errors ? { meanError: errors.mean } : {}) };
  return {
    posterior: errors ? { ...posterior, trainMeanError: errors.mean } : posterior,
    seconds: 1,
    trainMean: mean,
    test,
  };
}

const networks = solved('sampled', matrix(2, 0), column(0.5, -0.5), {
  kernel: matrix(0.1, 0),
  cka: 0.01,
  mean: column(0.1, 0.2),
});
const theory = solved('map', matrix(2, 1), column(0.7, -0.5));

describe('agreement with networks', () => {
  it('of kernels and outputs, by hand', () => {
    const { layers, train, test } = agreementWith(networks, theory) ?? {};
    // ‖difference‖² = 2, ‖networks‖² = 8, ‖errors‖² = 0.02
    expect(layers?.[1].distance).toBeCloseTo(0.5, 12);
    expect(layers?.[1].noise).toBeCloseTo(Math.sqrt(0.02 / 8), 12);
    expect(layers?.[0].ckaInErrors).toBe(0);
    // differences 0.2 and 0, errors 0.1 and 0.2
    expect(train?.distance).toBeCloseTo(0.2 / Math.SQRT2, 12);
    expect(train?.inErrors).toBeCloseTo(Math.SQRT2, 12);
    expect(test).toEqual(train);
  });

  it('is none with themselves or without networks, and a table says so', () => {
    expect(agreementWith(networks, networks)).toBeUndefined();
    expect(networksAmong([theory])).toBeUndefined();
    expect(agreementTable([theory])).toBeUndefined();
    expect(agreementTable([networks])).toBeUndefined();
    expect(agreementTable([theory, networks])).toMatch(
      /map\s+1\s.*0\.5000 \(noise 0\.0500\)\s+0\.1414 \(1\.4 s\.e\.\)/,
    );
  });
});

describe('alignment along a key', () => {
  const summary = (name: string, cka: number, converged = true) =>
    ({
      theory: name,
      converged,
      cka: [0.1, cka],
      ckaStandardError: name === 'sampled' ? [0, 0.01] : undefined,
    }) as never;
  const settings = [10, 100].map((value) => ({
    value,
    settings: { 'network.width': value },
    theories: [summary('map', 0.2, value > 10), summary('sampled', 0.3, value > 10)],
  }));
  const along: Along = { key: 'network.width', settings };

  it('is a figure of lines for theories that converged and points with bars for networks', () => {
    const svg = alongFigure(along);
    expect(svg).toMatch(
      /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"[\s\S]*layer 1, output kernel[\s\S]*<\/svg>\n$/,
    );
    const circles = (label: string) => svg.match(new RegExp(`fill="${label}"[^>]*?/?>`, 'g'))?.length ?? 0;
    expect(svg).toContain('width N of all hidden layers');
    // one in the legend and one point, of a width that converged; both points of the networks
    expect(circles('#888888')).toBe(2);
    expect(circles('#0072b2')).toBe(3);
  });

  it('is a table that marks what did not converge', () => {
    expect(alongTable(along)).toMatch(
      /10\s+0\.2000 \*\s+0\.300 ± 0\.010 \*\n100\s+0\.2000\s+0\.300 ± 0\.010\n\n\* not converged/,
    );
  });
});
