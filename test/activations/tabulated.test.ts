import { describe, expect, it } from 'vitest';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { activationByName } from '#src/activations/registry.js';
import { type Table, tabulated } from '#src/activations/tabulated.js';
import { portableCompute } from '#src/numerics/compute.js';
import { fromRows } from '#src/numerics/matrix.js';

/** Chebyshev series of the given degree on equal pieces of [−reach, reach]. */
function tableOf(f: (h: number) => number, reach: number, pieces: number, degree = 12): Table {
  const edges = Float64Array.from({ length: pieces + 1 }, (_, i) => reach * ((2 * i) / pieces - 1));
  const nodes = degree + 1;
  const rows = Array.from({ length: pieces }, (_, i) => {
    const at = (j: number) =>
      (edges[i] + edges[i + 1] + (edges[i + 1] - edges[i]) * Math.cos((Math.PI * (j + 0.5)) / nodes)) / 2;
    return Array.from({ length: nodes }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < nodes; j++) sum += f(at(j)) * Math.cos((Math.PI * k * (j + 0.5)) / nodes);
      return ((k === 0 ? 1 : 2) / nodes) * sum;
    });
  });
  return { name: 'table', edges, coefficients: fromRows(rows), kinks: [] };
}

describe('activations from tables', () => {
  const table = tableOf(Math.tanh, 32, 128);

  it('have the values and derivatives of what was tabulated', () => {
    const phi = tabulated(table);
    const h = Float64Array.from({ length: 101 }, (_, i) => -20 + 0.4 * i + 0.013);
    const [value, derivative] = [new Float64Array(101), new Float64Array(101)];
    phi.value(h, value);
    phi.derivative(h, derivative);
    h.forEach((at, i) => {
      expect(value[i]).toBeCloseTo(Math.tanh(at), 11);
      expect(derivative[i]).toBeCloseTo(1 - Math.tanh(at) ** 2, 9);
    });
  });

  it('have the Gaussian expectations of what was tabulated', () => {
    const compute = portableCompute();
    const covariance = fromRows([
      [1.5, 0.4],
      [0.4, 0.8],
    ]);
    const [ours, theirs] = [tabulated(table), activationByName('tanh')].map((phi) =>
      kernelOf(phi, covariance, compute),
    );
    for (const [i, value] of ours.data.entries()) expect(value).toBeCloseTo(theirs.data[i], 10);
  });

  it('refuse what is beyond them, by name', () => {
    expect(() => tabulated(table).value(Float64Array.of(40), new Float64Array(1))).toThrow(
      'activation table: is asked for at 40, and its table has -32 to 32; lower weightVariance, or scale X',
    );
    expect(() => tabulated({ ...table, edges: new Float64Array(3) })).toThrow(
      'activation table: 3 edges of 128 pieces',
    );
  });
});
