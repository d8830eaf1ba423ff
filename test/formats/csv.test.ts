import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromCsv } from '#src/formats/csv.js';
import { readCsv } from '#src/formats/csvTable.js';
import { shownNames } from '#src/formats/names.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { referencePath } from '../support.js';

const numbers = (text: string | Uint8Array) => {
  const { x, y } = fromCsv(text, 't.csv', ['y']);
  return [[...x.data], [...y.data]];
};
const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('the text of a csv', () => {
  const text = 'a,y\n1.5,2\n-3,4\n';
  const expected = [[1.5, -3], [2, 4]]; // biome-ignore format: matrix

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little-endian', utf16(`\uFEFF${text}`, false)],
    ['UTF-16, big-endian', utf16(`\uFEFF${text}`, true)],
    ['UTF-16 without a mark', utf16(text, false)],
    ['UTF-16, big-endian, without a mark', utf16(text, true)],
    ['semicolons', text.replaceAll(',', ';')],
    ['tabs', text.replaceAll(',', '\t')],
    ['semicolons and decimal commas', text.replaceAll(',', ';').replaceAll('.', ',')],
    ['tabs and decimal commas', text.replaceAll(',', '\t').replaceAll('.', ',')],
    ['a separator named in a line of its own', `sep=;\n${text.replaceAll(',', ';')}`],
    ['lines that end with a separator', text.replaceAll('\n', ',\n')],
    ['lines of old Macs', text.replaceAll('\n', '\r')],
  ])('in %s', (_, content) => {
    expect(numbers(content)).toEqual(expected);
  });

  it('in Windows-1252, names of columns included', () => {
    expect(readCsv(Buffer.from('Größe,y\n1,2\n', 'latin1'), 't.csv').columns).toEqual(['Größe', 'y']);
  });

  it.each([
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /t\.csv: packed by gzip; unpack it/],
    ['a workbook', Buffer.from('PK\x03\x04 and so on'), /t\.csv: a zip archive or a workbook/],
    [
      'bytes that are no text',
      Uint8Array.of(65, 10, 0, 0, 1, 0, 0, 200, 7, 7, 65, 65),
      /t\.csv: not a text file/,
    ],
    ['nothing', '', /t\.csv: empty; the first line must name the columns/],
  ])('is not %s', (_, content, message) => {
    expect(() => readCsv(content, 't.csv')).toThrow(message);
  });
});

describe('numbers of a csv', () => {
  it.each([
    ['1', 1],
    ['+.5', 0.5],
    ['-2.', -2],
    ['6.02E23', 6.02e23],
    ['1e-300', 1e-300],
  ])('%s is one', (cell, value) => {
    expect(numbers(`a,y\n${cell},0\n`)[0]).toEqual([value]);
  });

  it.each([
    '0x10',
    '0b1',
    '0o7',
    '1_000',
    'Infinity',
    '-Infinity',
    'inf',
    'nan',
    'NaN',
    '',
    '1e999',
    '1e',
    '.',
    '1n',
    '1d5',
    'true',
    '１',
  ])('"%s" is none', (cell) => {
    expect(() => numbers(`a,y\n${cell},0\n`)).toThrow(
      `t.csv line 2, column "a": "${cell}" is not a finite number`,
    );
  });

  it('have one kind of decimals in a file', () => {
    expect(() => numbers('a;y\n1,5;0\n1.5;0\n')).toThrow(
      /line 3, column "a": "1\.5" is not .*; other cells have decimal commas/,
    );
    expect(() => numbers('a,y\n"1,5",0\n')).toThrow(
      /line 2.*decimal commas are read where ; or tabs separate columns/,
    );
  });
});

describe('row names that the header has no place for, as R writes them', () => {
  it.each([
    ['numbers between commas', '"a","y"\n"1",1.5,2\n"2",-3,4\n'],
    ['texts', '"a","y"\n"Mazda",1.5,2\n"Fiat",-3,4\n'],
    ['any whole numbers between tabs', 'a\ty\n7\t1.5\t2\n3\t-3\t4\n'],
    ['numbers between semicolons', 'a;y\n1;1,5;2\n2;-3;4\n'],
  ])('are left out with a note: %s', (_, text) => {
    expect(numbers(text)).toEqual([[1.5, -3], [2, 4]]); // biome-ignore format: matrix
    expect(readCsv(text, 't.csv').notes).toEqual([
      't.csv: the first column has no name and is left out as an index; name it in the header to use it',
    ]);
  });

  it.each([
    ['decimals', 'a,y\n0.5,1,2\n1.5,3,4\n'],
    ['the same twice', 'a,y\nx,1,2\nx,3,4.5\n'],
    ['numbers that do not count, between commas', 'a,y\n7,1.5,2\n3,-3,4\n'],
  ])('are no %s, of which that is said', (_, text) => {
    expect(() => readCsv(text, 't.csv')).toThrow(
      /^t\.csv line 2: 3 cells where the header has 2; every line has one cell more: if the first names the rows \(as R/,
    );
  });

  it('are not looked for where lines end with a separator, some are longer, or columns are separated by blanks', () => {
    expect(() => readCsv('a,y\n1,2,\n2,3,\n', 't.csv')).toThrow(/line 2: 3 cells where the header has 2$/);
    expect(() => readCsv('a,y\n1,2\n2,3,4.5\n', 't.csv')).toThrow(/line 3: 3 cells where the header has 2$/);
    expect(() => readCsv('"a" "y"\n"1" 2 3\n', 't.csv')).toThrow(
      /line 1: " " follows .*; separate columns by , ; or tabs/,
    );
  });
});

describe('errors of a csv', () => {
  it.each([
    ['blank lines', 'a,y\n1,1\n\n\n2,-1\nx,3\n', 6],
    ['blank lines before the header', '\n\na,y\n1,1\nx,1\n', 5],
    ['line ends in quotes', '"a\nb",y\n"1\n",1\nx,1\n', 5],
    ['Windows line ends in quotes', 'a,y\r\n"1\r\n",1\r\nx,1\r\n', 4],
    ['lines of old Macs', 'a,y\r1,1\r\rx,1\r', 4],
    ['a separator in a line of its own', 'sep=,\na,y\nx,1\n', 3],
    ['Windows lines, a separator, blank lines', 'sep=;\r\n\r\na;y\r\n\r\nx;1\r\n', 5],
  ])('count %s', (_, text, line) => {
    expect(() => numbers(text)).toThrow(new RegExp(`line ${line}, column "a(\\\\nb)?": "x"`));
  });

  it.each([
    [
      'repeated names',
      'a,b,a,y\n1,2,3,4\n',
      /columns 1 and 3 are both called "a"; every column needs a name of its own/,
    ],
    ['a name that is missing', 'a,,y\n1,2,3\n', /column 2 has no name in the header/],
    ['an unnamed column of decimals', ',a,y\n0.5,2,3\n', /column 1 has no name in the header/],
    ['an open quote', 'a,y\n1,"2\n3,4\n5,6\n', /line 2: a quote opens a cell and is never closed/],
    ['an open quote in the last cell', 'a,y\n1,2\n3,"4', /line 3: a quote opens a cell and is never closed/],
    ['an open quote in the header', '"a,y\n1,2\n', /line 1: a quote opens a cell and is never closed/],
    [
      'an open quote after others',
      '"a\n""b""",y\n"1",2\n3,"4\n',
      /line 4: a quote opens a cell and is never closed/,
    ],
    [
      'a quote closed by that of another cell',
      'a,y\n1,"2\n3,"4"\n',
      /line 2: "4" follows the closing quote of a cell; is a/,
    ],
    ['a quote closed in another line', 'a,b,y\n1,"2,3\n3,4",5\n', /line 2, column "b": "2,3\\n3,4" is not/],
    [
      'one that swallows cells',
      'a,b,y\n1,"2,3\n3",4,5\n',
      /line 2: 4 cells where the header has 3; .* goes on to line 3/,
    ],
    [
      'decimal commas',
      'a,y\n1,5,2,5\n',
      /line 2: 4 cells where the header has 2; if commas are decimal, separate/,
    ],
    ['bars between columns', 'a|y\n1|2\n', /column "y" is missing; there is only a\|y; separate columns by/],
    ['no names', '1,2\n3,4\n', /column "y" is missing; there are 1, 2; the first line must name the columns/],
    ['blanks between columns', 'a y\n1 2\n', /column "y" is missing; there is only a y; separate columns by/],
  ])('name %s', (_, text, message) => {
    expect(() => numbers(text)).toThrow(message);
  });

  it('name a target that is asked for twice', () => {
    expect(() => fromCsv('a,y\n1,2\n', 't.csv', ['y', 'y'])).toThrow(
      /data\.target: y, y: a column is named twice/,
    );
  });

  it('are one short line, whatever a file has in it', () => {
    const long = 'x'.repeat(5000);
    for (const text of [
      `${long},y\n${long},1\n`,
      `a,y\n"${long}\n${long}",1\n`,
      `${long},${long},y\n`,
      `${long}\n1\n`,
    ]) {
      let message = '';
      try {
        numbers(text);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message.length).toBeGreaterThan(0);
      expect(message.length).toBeLessThan(250);
      expect(message).not.toMatch(/\n/);
    }
  });
});

describe('columns of a csv', () => {
  it.each([
    ['pandas', ',a,y\n0,2,3\n1,5,6\n'],
    ['pandas, with names of rows', ',a,y\nfirst,2,3\nsecond,5,6\n'],
    ['R', '"","a","y"\n"1",2,3\n"2",5,6\n'],
    ['pandas, twice', 'Unnamed: 0,a,y\n0,2,3\n1,5,6\n'],
    ['pandas, three times', ',Unnamed: 0.1,Unnamed: 0,a,y\n0,0,0,2,3\n1,1,1,5,6\n'],
  ])('leave out the index that is written by %s, and say so', (_, text) => {
    const { inputs, x, notes } = fromCsv(text, 't.csv', ['y']);
    expect(inputs).toEqual(['a']);
    expect([...x.data]).toEqual([2, 5]);
    expect(notes).toEqual([expect.stringMatching(/^t\.csv: the first .* left out as (an index|indices)/)]);
  });

  it.each([
    [
      'has no name',
      ',a,y\n0,1,2\n1,3,4\n',
      'the first column has no name and is left out as an index; name it in the header to use it',
    ],
    [
      'is called as one without',
      'Unnamed: 0,a,y\n0,1,2\n1,3,4\n',
      'the first column, "Unnamed: 0", is left out as an index; rename it in the header to use it',
    ],
  ])('that %s is told by what it is called', (_, text, note) => {
    expect(readCsv(text, 't.csv').notes).toEqual([`t.csv: ${note}`]);
  });

  it('may have quotes inside their cells', () => {
    const table = readCsv('size,y\n5" pipe,1\n6"",2\n"7""",3\n', 't.csv');
    expect(table.strings('size')).toEqual(['5" pipe', '6""', '7"']);
  });

  it('can be had as strings', () => {
    const table = readCsv('kind,y\n"one, two",1\n"say ""hi""",2\n', 't.csv');
    expect(table.strings('kind')).toEqual(['one, two', 'say "hi"']);
    expect(table.rows).toBe(2);
  });

  it('may be 50 000', () => {
    const names = Array.from({ length: 50_000 }, (_, j) => `pixel${j}`);
    const line = names.map((_, j) => j % 256).join();
    const text = `${names.join()},y\n${line},1\n${line},-1\n`;
    const start = performance.now();
    const { x } = fromCsv(text, 't.csv', ['y']);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(x.columns).toBe(50_000);
    expect(x.data[2 * 50_000 - 1]).toBe((50_000 - 1) % 256);
  });

  it('are shortened where they are listed', () => {
    const names = Array.from({ length: 784 }, (_, j) => `pixel${j}`);
    expect(shownNames(names)).toBe(
      'pixel0, pixel1, pixel2, pixel3, pixel4, pixel5, …, pixel783 (784 in all)',
    );
    expect(shownNames(['a', 'b', 'c'])).toBe('a, b, c');
    expect(() => fromCsv(`${names.join()}\n`, 't.csv', ['y'])).toThrow(
      /there are pixel0, .*…, pixel783 \(784 in all\)$/,
    );
  });
});

// Files of users; ln p of theory nngp by an independent implementation in NumPy.
describe('files', () => {
  const compute = nodeCompute({ warn: () => {} });
  const load = (name: string) => loadProblem(referencePath(`inputs/${name}/problem.json`));
  const evidence = async (name: string) => {
    const { problem } = await load(name);
    return (await solveWith(problem, 'nngp', await compute)).logEvidence;
  };

  it('of pandas: the index is no input', async () => {
    expect(Math.abs((await evidence('csv-pandas-index')) / -11.455314452955166 - 1)).toBeLessThan(1e-12);
    expect((await load('csv-pandas-index')).warnings).toEqual([
      expect.stringMatching(/d\.csv: the first column has no name/),
    ]);
  });

  it('with a name twice are refused, and both columns count once they have names', async () => {
    await expect(load('csv-duplicate-header')).rejects.toThrow(/d\.csv: columns 1 and 2 are both called "a"/);
  });

  it('with blank lines: the bad cell is where an editor shows it', async () => {
    await expect(load('csv-blank-line')).rejects.toThrow(/d\.csv line 6, column/);
  });
});

describe('the description of a wide csv', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finite-width-csv-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is short', async () => {
    const names = Array.from({ length: 784 }, (_, j) => `pixel${j}`);
    const line = (seed: number) => names.map((_, j) => Math.sin(seed * j + seed)).join();
    writeFileSync(join(folder, 'd.csv'), `${names.join()},y\n${line(1)},1\n${line(2)},-1\n`);
    writeFileSync(join(folder, 'p.json'), '{ "data": { "csv": "d.csv", "target": "y" } }');
    const { problem } = await loadProblem(join(folder, 'p.json'));
    expect(problem.data.description).toMatch(
      /^d\.csv, columns pixel0, .*…, pixel783 \(784 in all\) as they are$/,
    );
  });
});
