import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { fromCsv } from '#src/formats/csv.js';
import { toParquet } from '#src/sweep/parquet.js';
import { parsePlot, plotPoints } from '#src/sweep/plot.js';
import { filtered, type Table, toCsv } from '#src/sweep/table.js';

const table: Table = {
  columns: ['width', 'theory', 'ckaL', 'ckaL_se', 'converged', 'message'],
  rows: [
    { width: 20, theory: 'map', ckaL: 0.3, ckaL_se: 0.01, converged: true, message: null },
    { width: 20, theory: 'map', ckaL: 0.5, ckaL_se: 0.01, converged: false, message: 'stopped, "early"' },
    { width: 50, theory: 'map', ckaL: 0.2, ckaL_se: 0.02, converged: true, message: null },
    { width: 50, theory: 'nngp', ckaL: 0.1, ckaL_se: null, converged: true, message: null },
    { width: 90, theory: 'nngp', ckaL: null, ckaL_se: null, converged: true, message: null },
  ],
};

describe('the table of a sweep', () => {
  it('is csv that quotes what needs it', () => {
    expect(toCsv(table).split('\n')[2]).toBe('20,map,0.5,0.01,false,"stopped, ""early"""');
    const numbers = { columns: ['a', 'y'], rows: [{ a: 1 / 3, y: 2e-300 }, { a: -1, y: 0.1 + 0.2 }] }; // biome-ignore format: short
    expect([...fromCsv(toCsv(numbers), 'x.csv', ['y']).x.data]).toEqual([1 / 3, -1]);
  });

  it('is Parquet with the same cells', async () => {
    const bytes = toParquet(table);
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toEqual(table.rows);
  });

  it.each<[string[], number[]]>([
    [['theory=map'], [0, 1, 2]],
    [['theory!=map', 'width<90'], [3]],
    [['width>=50', 'ckaL>0.15'], [2]],
    [['converged=false'], [1]],
    [['ckaL=0.3'], [0]],
    [['width=2e1', 'ckaL<=0.3'], [0]],
  ])('keeps the rows for which %j', (conditions, indices) => {
    expect(filtered(table, conditions).rows).toEqual(indices.map((k) => table.rows[k]));
  });

  it.each<[string, RegExp]>([
    ['widht=3', /--where: there is no column "widht"; did you mean "width"/],
    ['width', /--where "width": give a condition/],
    ['width>x', /--where "width>x": "x" is no number/],
  ])('refuses the condition %s', (condition, message) => {
    expect(() => filtered(table, [condition])).toThrow(message);
  });

  it('is drawn as means over rows that agree, with their standard error, or with the own error of a single one', () => {
    const points = plotPoints(table, parsePlot('x=width,y=ckaL,color=theory'));
    expect(points).toEqual([
      { colour: 'map', x: 20, y: 0.4, error: expect.closeTo(0.1, 12) },
      { colour: 'map', x: 50, y: 0.2, error: 0.02 },
      { colour: 'nngp', x: 50, y: 0.1, error: 0 },
    ]);
  });

  it.each<[string, RegExp]>([
    ['x=width', /--plot "x=width": give columns as x=width,y=ckaL,color=theory/],
    ['x=width,y=ckaM', /--plot: there is no column "ckaM"/],
    ['x=theory,y=ckaL', /--plot: no row has numbers in both theory and ckaL/],
    ['x=width,y=ckaL,colour=theory', /--plot/],
  ])('refuses to draw %s', (text, message) => {
    expect(() => plotPoints(table, parsePlot(text))).toThrow(message);
  });
});
