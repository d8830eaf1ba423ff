import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { fromCsv } from '#src/formats/csv.js';
import { noteLines } from '#src/report/picture.js';
import { sweepFigure } from '#src/report/sweepFigure.js';
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
    // biome-ignore format: short
    const numbers = { columns: ['a', 'y'], rows: [{ a: 1 / 3, y: 2e-300 }, { a: -1, y: 0.1 + 0.2 }] };
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

  const cell = (
    width: number,
    theory: string,
    seed: number,
    dataSeed: number,
    ckaL: number | null,
    ckaL_se: number | null = null,
  ) => ({
    ...{ width, theory, samples: 10, seed, dataSeed, ckaL, ckaL_se, converged: true },
  });
  const sweep = (rows: ReturnType<typeof cell>[], planned = rows) => ({
    table: { columns: Object.keys(rows[0]), rows },
    planned: { columns: ['width', 'theory', 'samples', 'seed', 'dataSeed'], rows: planned },
  });
  const axes = parsePlot('x=width,y=ckaL,color=theory');

  it('is drawn as means over seeds with their standard error, or with the own error of a single one, and says so', () => {
    const rows = [
      cell(20, 'map', 0, 0, 0.3, 0.01),
      cell(20, 'map', 1, 0, 0.5, 0.01),
      cell(50, 'map', 0, 0, 0.2, 0.02),
    ];
    const { points, note, incomplete } = plotPoints(sweep([...rows, cell(50, 'nngp', 0, 0, 0.1)]), axes);
    expect(points).toEqual([
      { colour: 'map', panel: '', x: 20, y: 0.4, error: expect.closeTo(0.1, 12) },
      { colour: 'map', panel: '', x: 50, y: 0.2, error: 0.02 },
      { colour: 'nngp', panel: '', x: 50, y: 0.1, error: 0 },
    ]);
    expect([note, incomplete]).toEqual([
      'means of 2 seeds ± one standard error; single results ± one standard error of their sampling; single results without error',
      0,
    ]);
  });

  it('has the standard error over data sets where they have several seeds: their solvers share the noise of the data', () => {
    // Three data sets with means 1, 2, 3 and a spread of 0.1 within each: √(1/3), where nine independent
    // values would give a third of it.
    const rows = [0, 1, 2].flatMap((d) =>
      [-0.1, 0, 0.1].map((e, seed) => cell(20, 'map', seed, d, d + 1 + e)),
    );
    const { points, note } = plotPoints(sweep(rows), axes);
    expect(points).toEqual([
      {
        colour: 'map',
        panel: '',
        x: 20,
        y: expect.closeTo(2, 12),
        error: expect.closeTo(Math.sqrt(1 / 3), 12),
      },
    ]);
    expect(note).toBe('means of 3 data sets ± one standard error');
  });

  it('averages over nothing but seeds: other parameters become a colour, a facet or a condition', () => {
    const rows = [
      cell(20, 'map', 0, 0, 0.3),
      { ...cell(20, 'map', 0, 0, 0.5), samples: 40 },
      cell(20, 'nngp', 0, 0, 0.1),
    ];
    expect(() => plotPoints(sweep(rows), axes)).toThrow(
      '--plot: would average over samples; only seeds are averaged: add color=samples or facet=samples, or choose with --where samples=10',
    );
    expect(() => plotPoints(sweep(rows), parsePlot('x=width,y=ckaL,facet=samples'))).toThrow(
      'would average over theory;',
    );
    const { points } = plotPoints(sweep(rows), parsePlot('x=width,y=ckaL,color=theory,facet=samples'));
    expect(points.map(({ colour, panel, y }) => [colour, panel, y])).toEqual([
      ['map', 'samples = 10', 0.3],
      ['map', 'samples = 40', 0.5],
      ['nngp', 'samples = 10', 0.1],
    ]);
  });

  it('leaves out places of which a planned result is missing or has no number, and those that did not converge are counted', () => {
    const planned = [20, 50, 90].flatMap((width) =>
      [0, 1].map((seed) => cell(width, 'map', seed, 0, 0.1 * seed)),
    );
    const rows = [...planned.slice(0, 3), { ...planned[4], converged: false }, planned[5]];
    const drawn = plotPoints(sweep(rows, planned), axes);
    expect(drawn.points.map(({ x }) => x)).toEqual([20, 90]);
    expect([drawn.incomplete, drawn.note]).toEqual([
      1,
      'means of 2 seeds ± one standard error; 1 of 4 results not converged',
    ]);
    const empty = [...planned.slice(0, 5), { ...planned[5], ckaL: null }];
    expect(plotPoints(sweep(empty, planned), axes).points.map(({ x }) => x)).toEqual([20, 50]);
    expect(() => plotPoints(sweep(planned.slice(0, 1), planned), axes)).toThrow(
      'no place has all its results yet',
    );
  });

  it('says below the figure all that is to be said, in lines that fit it', () => {
    const note =
      'means of 2 seeds ± one standard error; single results ± one standard error of their sampling; single results without error';
    const lines = noteLines(note, 640);
    expect(lines.join('; ')).toBe(note);
    for (const line of lines) expect(6.6 * line.length).toBeLessThan(640 - 32);
    const point = { colour: 'map', panel: '', x: 1, y: 1, error: 0 };
    const svg = sweepFigure([point, { ...point, x: 2 }], 'width', 'ckaL', note);
    for (const line of lines) expect(svg).toContain(`>${line}</text>`);
    expect(svg).toContain(`height="${424 + 16 * lines.length}"`);
  });

  it.each<[string, RegExp]>([
    ['x=width', /--plot "x=width": give columns as x=width,y=ckaL,color=theory/],
    ['x=width,y=ckaM', /--plot: there is no column "ckaM"/],
    ['x=theory,y=ckaL', /--plot: no row has numbers in both theory and ckaL/],
    ['x=width,y=ckaL,colour=theory', /--plot/],
  ])('refuses to draw %s', (text, message) => {
    expect(() =>
      plotPoints({ table, planned: { columns: ['width', 'theory'], rows: table.rows } }, parsePlot(text)),
    ).toThrow(message);
  });
});
