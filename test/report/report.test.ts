import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { qualityOf } from '#src/measures/prediction.js';
import { fromRows, zeros } from '#src/numerics/matrix.js';
import { alignColumns, duration, withError } from '#src/report/format.js';
import { heatmap, orderByClass, typicalMagnitude } from '#src/report/heatmap.js';
import { alignmentPlot, spectrumPlot } from '#src/report/plots.js';
import { randomCovariance } from '../support.js';

const pixels = (uri: string) => decode(Uint8Array.from(atob(uri.split(',')[1]), (c) => c.charCodeAt(0)));

describe('heat maps', () => {
  it('show red for positive, blue for negative, white for zero, in the given order', () => {
    const { width, height, data } = pixels(
      heatmap(
        fromRows([
          [1, 0],
          [0, -1],
        ]),
        [1, 0],
        1,
      ),
    );
    expect([width, height]).toEqual([2, 2]);
    const [blue, white, , red] = [0, 1, 2, 3].map((p) => [...data.slice(3 * p, 3 * p + 3)]);
    expect(blue[2]).toBeGreaterThan(blue[0]);
    expect(red[0]).toBeGreaterThan(red[2]);
    expect(Math.min(...white)).toBeGreaterThan(230);
  });

  it('average large matrices instead of growing', () => {
    const { width } = pixels(
      heatmap(
        randomCovariance(900, 2, 1, 1),
        Array.from({ length: 900 }, (_, i) => i),
        1,
      ),
    );
    expect(width).toBe(400);
  });

  it('sort samples by class and take a colour range from typical entries', () => {
    expect([...orderByClass(fromRows([[-1], [1], [-1], [1]]))]).toEqual([1, 3, 0, 2]);
    const spike = zeros(60);
    spike.data.fill(0.5);
    spike.data[3] = 1e6;
    expect(typicalMagnitude([spike])).toBe(0.5);
  });
});

describe('plots', () => {
  it('are pictures that contain their theories and values', () => {
    const points = [0, 1].map((layer) => ({ theory: 'nngp', layer, cka: 0.5, error: 0.1 }));
    expect(alignmentPlot(points, ['nngp'])).toMatch(/^<svg[\s\S]*nngp[\s\S]*<\/svg>$/);
    expect(
      spectrumPlot(
        [
          { theory: 'nngp', rank: 1, eigenvalue: 2 },
          { theory: 'nngp', rank: 2, eigenvalue: 1 },
        ],
        ['nngp'],
        'layer 1',
      ),
    ).toMatch(/layer 1[\s\S]*<path/);
  });
});

describe('numbers for people', () => {
  it('carry their errors to two digits', () => {
    expect(withError(0.708462, 0.000234)).toBe('0.70846 ± 0.00023');
    expect(withError(12.3456, 0.4)).toBe('12.35 ± 0.40');
    // Below rounding an error says nothing.
    expect(withError(-2558872472.0289, 3.8e-7)).toBe('-2558872472.0289');
    expect(withError(0.5)).toBe('0.5000');
    expect(withError(Number.NaN)).toBe('–');
    expect(withError(null, 0.1)).toBe('–');
  });

  it('tell durations', () => {
    expect([0.0123, 0.9999, 3.44, 59.96, 125].map(duration)).toEqual([
      '12 ms',
      '1.0 s',
      '3.4 s',
      '1 min 00 s',
      '2 min 05 s',
    ]);
  });

  it('stand in columns', () => {
    expect(
      alignColumns([
        ['a', 'bb'],
        ['ccc', '1'],
      ]),
    ).toBe('a     bb\n───   ──\nccc    1');
  });
});

describe('quality of predictions', () => {
  it('counts signs for ±1, largest outputs for one-hot targets, and nothing else', () => {
    const signs = qualityOf(fromRows([[0.2], [0.4]]), { y: fromRows([[1], [-1]]) });
    expect(signs.meanSquaredError).toBeCloseTo((0.64 + 1.96) / 2, 12);
    expect(signs.accuracy).toBe(0.5);
    expect(
      qualityOf(
        fromRows([
          [0.2, 0.1],
          [0.4, 0.9],
        ]),
        { y: fromRows([[1, 0], [0, 1]]) }, // biome-ignore format: rows
      ).accuracy,
    ).toBe(1);
    expect(qualityOf(fromRows([[0.2]]), { y: fromRows([[0.7]]) })).not.toHaveProperty('accuracy');
  });
});
