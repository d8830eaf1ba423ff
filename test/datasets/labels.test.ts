import { describe, expect, it } from 'vitest';
import { loadData } from '#src/datasets/loadData.js';
import { writeNpz } from '#src/formats/npz.js';
import { predictedClasses, qualityOf } from '#src/measures/prediction.js';
import { fromRows } from '#src/numerics/matrix.js';
import { createData } from '#src/problem/createData.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { Data } from '#src/problem/problem.js';
import { parseProblem } from '#src/problem/schema.js';
import { inTargetUnits } from '#src/problem/standardize.js';
import { warningsOf } from '#src/problem/warnings.js';

const csv = (column: readonly (string | number)[]) =>
  ['a,b,y', ...column.map((cell, i) => `${i},${(7 * i) % 5},${cell}`)].join('\n');

/** Data of a problem file whose files are these texts or bytes. */
async function load(
  data: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Data> {
  const bytes = async (path: string) => {
    const content = files[path];
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  const sources = { bytes, digits: () => Promise.reject(new Error('no digits')), memory: 1e9 };
  return loadData(parseProblem({ data }).data, sources);
}
const ofCsv = (column: readonly (string | number)[], more = {}) =>
  load({ csv: 'd.csv', target: 'y', ...more }, { 'd.csv': csv(column) });
const ofNpz = (y: number[][], more = {}) =>
  load(
    { npz: 'd.npz', ...more },
    { 'd.npz': writeNpz({ X: fromRows(y.map((_, i) => [i, i * i])), Y: fromRows(y) }) },
  );

describe('labels', () => {
  it('of two classes are −1 and +1 in the order of the alphabet, and the description says so', async () => {
    const { y, classes, description } = await ofCsv(['yes', 'no', 'no', 'yes']);
    expect([...y.data]).toEqual([1, -1, -1, 1]);
    expect([y.columns, classes]).toEqual([1, ['no', 'yes']]);
    expect(description).toMatch(/classes no = −1, yes = \+1$/);
  });

  it('of three are one-hot rows minus a third', async () => {
    const { y, classes, description } = await ofCsv(['b', 'c', 'a', 'b', 'a', 'c']);
    expect(classes).toEqual(['a', 'b', 'c']);
    const rows = [1, 2, 0, 1, 0, 2].map((k) => [0, 1, 2].map((j) => (j === k ? 1 : 0) - 1 / 3));
    expect([...y.data]).toEqual(rows.flat());
    expect(description).toMatch(
      /3 classes, one-hot and centred \(2\/3 for the class, −1\/3 for others\): a, b, c$/,
    );
  });

  it('are no integers of any size or sign: measurements stay numbers', async () => {
    for (const column of [
      [20000, -20000, 20000, -20000],
      [-2, 1, -2, 1],
      [1500, 1, 1500, 1],
    ]) {
      const { y, classes, notes } = await ofCsv(column);
      expect([...y.data]).toEqual(column);
      expect([classes, notes ?? []]).toEqual([undefined, []]);
    }
  });

  it.each([
    ['csv', (column: number[]) => ofCsv(column)],
    ['npz', (column: number[]) => ofNpz(column.map((value) => [value]))],
  ])(
    'are few integers of a %s, in the order of numbers, and a note says how to keep the numbers',
    async (_, read) => {
      const { y, classes, notes } = await read([10, 9, 2, 9, 2, 10]);
      expect(classes).toEqual(['2', '9', '10']);
      expect(y.columns).toBe(3);
      expect(notes).toEqual([
        'Y: few integers are taken as 3 classes; "labels": "numbers" takes them as they are',
      ]);
      const binary = await read([0, 1, 1, 0]);
      expect([[...binary.y.data], binary.classes]).toEqual([
        [-1, 1, 1, -1],
        ['0', '1'],
      ]);
    },
  );

  it.each(['NA', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'null', '', '<NA>'])(
    'that are missing are no class: "%s"',
    async (cell) => {
      const line =
        /^d\.csv line 4, column "y": ".*" is a missing label; leave the line out, or give its class another name$/;
      await expect(ofCsv(['a', 'b', cell, 'a', cell])).rejects.toThrow(line);
      await expect(ofCsv(['1', 'b', cell, 'b', '1'], { labels: 'classes' })).rejects.toThrow(line);
      const number =
        /^d\.csv line 4, column "y": ".*" is not a finite number; fill it in, or leave the line out$/;
      for (const labels of ['auto', 'classes'])
        await expect(ofCsv([1, 0, cell, 1], { labels })).rejects.toThrow(number);
      expect(() => createData({ x: [[1], [2], [3]], y: ['a', 'b', cell] })).toThrow(
        /^Y\[2\]: (an empty|".+" is a missing) label; every data point needs a class/,
      );
      const test = { xTest: [[1]], yTest: [cell] };
      expect(() => createData({ x: [[1], [2]], y: ['a', 'b'], ...test })).toThrow(
        /^Y_test\[0\]: (an empty|".+" is a missing) label/,
      );
    },
  );

  it('may be called as missing values are in another case', async () => {
    expect((await ofCsv(['Na', 'None', 'none', 'Na', 'None', 'none'])).classes).toEqual([
      'Na',
      'None',
      'none',
    ]);
  });

  it.each<[string, number[]]>([
    ['±1', [1, -1, -1, 1]],
    ['decimals', [0.5, 1, 0.5, 1]],
    ['integers with one sample each', [1, 2, 3, 4]],
    ['a single value', [3, 3, 3, 3]],
    ['many integers', Array.from({ length: 60 }, (_, i) => i % 21)],
  ])('are not made of %s', async (_, column) => {
    for (const data of [await ofCsv(column), await ofNpz(column.map((value) => [value]))]) {
      expect([...data.y.data]).toEqual(column);
      expect([data.classes, data.notes]).toEqual([undefined, undefined]);
    }
  });

  it('are not made of one-hot rows, whose accuracy is known all the same', async () => {
    const rows = [[1, 0], [0, 1], [0, 1], [1, 0]]; // biome-ignore format: rows
    const { y, classes } = await ofNpz(rows);
    expect([[...y.data], classes]).toEqual([rows.flat(), undefined]);
    // biome-ignore format: rows
    expect(qualityOf(fromRows([[3, 1], [0, 1], [2, 1], [1, 0]]), { y }).accuracy).toBe(0.75);
  });

  it('are numbers or classes where the file says so', async () => {
    expect([...(await ofCsv([0, 1, 1, 0], { labels: 'numbers' })).y.data]).toEqual([0, 1, 1, 0]);
    expect((await ofCsv([0.5, 1, 0.5, 1], { labels: 'classes' })).classes).toEqual(['0.5', '1']);
    expect((await ofCsv([1, -1, 1, -1], { labels: 'classes' })).classes).toEqual(['-1', '1']);
  });

  it('of test points are coded as those of training', async () => {
    const files = { 'd.csv': csv(['b', 'a', 'c', 'a', 'b', 'c']), 't.csv': csv(['c', 'c']) };
    const { yTest } = await load({ csv: 'd.csv', testCsv: 't.csv', target: 'y' }, files);
    expect(yTest && [...predictedClasses(yTest).data]).toEqual([2, 2]);
    await expect(
      load({ csv: 'd.csv', testCsv: 't.csv', target: 'y' }, { ...files, 't.csv': csv(['c', 'd']) }),
    ).rejects.toThrow('Y_test: class "d" is not among those of training: a, b, c');
  });

  it.each<[string, (string | number)[], object, RegExp]>([
    [
      'a text among numbers',
      [1.5, 'NA', 2.5, 3],
      {},
      /d\.csv line 3, column "y": "NA" is not a finite number/,
    ],
    [
      'texts as numbers',
      ['a', 'b', 'a', 'b'],
      { labels: 'numbers' },
      /d\.csv line 2, column "y": "a" is not a finite number/,
    ],
    ['one class', ['a', 'a', 'a'], {}, /Y: all labels are "a"; classes need at least two/],
    [
      'names of samples',
      ['p', 'q', 'r', 's'],
      {},
      /Y: 4 different labels of 4 data points, such as "p", are no classes/,
    ],
    [
      'an empty label',
      ['a', 'b', '', 'a'],
      { labels: 'classes' },
      /^d\.csv line 4, column "y": "" is a missing label/,
    ],
    [
      'another word',
      ['a', 'b'],
      { labels: 'class' },
      /data\.labels: "class"; must be one of auto, classes, numbers/,
    ],
    [
      'standardised classes',
      ['a', 'b'],
      { standardize: { targets: true } },
      /standardize\.targets: targets are classes/,
    ],
  ])('%s: one line', async (_, column, more, message) => {
    await expect(ofCsv(column, more)).rejects.toThrow(message);
    await expect(ofCsv(column, more)).rejects.toThrow(/^.{1,300}$/);
  });

  it('may be texts in a program, where numbers stay numbers unless it says otherwise', () => {
    const x = [[1, 2], [3, 4], [5, 6], [7, 9]]; // biome-ignore format: rows
    const texts = createProblem({ data: { x, y: ['dog', 'cat', 'cat', 'dog'] } }).data;
    expect([[...texts.y.data], texts.classes]).toEqual([
      [1, -1, -1, 1],
      ['cat', 'dog'],
    ]);
    expect([...createProblem({ data: { x, y: [0, 1, 1, 0] } }).data.y.data]).toEqual([0, 1, 1, 0]);
    expect(createProblem({ data: { x, y: [0, 1, 1, 0], labels: 'auto' } }).data.classes).toEqual(['0', '1']);
    expect(createProblem({ data: texts }).data).toEqual(texts);
    expect(() => createProblem({ data: { x, y: ['a', 'b', 'a', 'b'], labels: 'numbers' } })).toThrow(
      /"a" is no number/,
    );
  });

  it('have the accuracy of the largest output, or of the sign', () => {
    const { y, classes } = createData({
      x: [[1], [2], [3], [4], [5], [6]],
      y: ['a', 'b', 'c', 'a', 'b', 'c'],
    });
    // biome-ignore format: rows
    const outputs = fromRows([[0.1, 0, 0], [0, 0.2, 0.1], [0.3, 0, 0.2], [-1, -2, -3], [0, 1, 0], [0, 0, 1]]);
    expect(qualityOf(outputs, { y, classes }).accuracy).toBeCloseTo(5 / 6, 14);
    expect([...predictedClasses(outputs).data]).toEqual([0, 1, 0, 0, 1, 2]);
    expect([...predictedClasses(fromRows([[-2], [0.1]])).data]).toEqual([0, 1]);
  });
});

describe('standardised data', () => {
  const x = [[1, 10, 5], [2, 30, 5], [3, 20, 5], [6, 40, 5]]; // biome-ignore format: rows
  // biome-ignore format: rows
  const input = { x, y: [[100, 1], [104, 3], [96, 2], [100, 6]], xTest: [[2, 5, 6]], yTest: [[108, 3]] };

  it('have inputs of mean zero and deviation one on training points; test points move with them, constant columns are centred', () => {
    const data = createData({ ...input, standardize: { inputs: true } });
    const column = (j: number) => [0, 1, 2, 3].map((i) => data.x.data[3 * i + j]);
    for (const j of [0, 1]) {
      expect(column(j).reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 14);
      expect(column(j).reduce((sum, value) => sum + value * value, 0) / 4).toBeCloseTo(1, 14);
    }
    expect(column(2)).toEqual([0, 0, 0, 0]);
    const test = [-1 / Math.sqrt(3.5), -20 / Math.sqrt(125), 1];
    test.forEach((value, j) => {
      expect(data.xTest?.data[j]).toBeCloseTo(value, 14);
    });
    expect([...data.y.data]).toEqual(input.y.flat());
    expect(data.description).toMatch(/inputs standardised column by column$/);
  });

  it('have targets whose way back is kept', () => {
    const data = createData({ ...input, standardize: true });
    expect(data.targetScale?.mean).toEqual([100, 3]);
    expect(data.targetScale?.deviation).toBeCloseTo(Math.sqrt((8 + 3.5) / 2), 14);
    inTargetUnits(data.y, data.targetScale).data.forEach((value, i) => {
      expect(value).toBeCloseTo(input.y.flat()[i], 12);
    });
    expect(data.yTest && inTargetUnits(data.yTest, data.targetScale).data[0]).toBeCloseTo(108, 12);
    expect(createData(data)).toEqual(data);
  });

  it.each([1e-200, 1e-300, 1e40])('do not depend on the scale of what is given: times %d', (factor) => {
    const times = (rows: number[][]) => rows.map((row) => row.map((value) => factor * value));
    const scaled = { x: times(x), y: times(input.y), xTest: times(input.xTest), yTest: times(input.yTest) };
    const [plain, other] = [input, scaled].map((each) => createData({ ...each, standardize: true }));
    for (const name of ['x', 'y', 'yTest'] as const)
      other[name]?.data.forEach((value, i) => {
        expect(value).toBeCloseTo(plain[name]?.data[i] ?? Number.NaN, 12);
      });
    expect(other.targetScale?.deviation).toBeCloseTo(
      factor * (plain.targetScale?.deviation ?? 0),
      -Math.log10(factor) + 12,
    );
    expect(Number(other.targetScale?.mean[0]) / (100 * factor)).toBeCloseTo(1, 12);
  });

  it.each([1, 1e-200])('are recommended for targets far from zero, of any scale: times %d', (factor) => {
    const y = [170, 171, 169, 172].map((value) => factor * value);
    const [warning] = warningsOf(createProblem({ data: { x, y }, network: { biasVariance: 1 } }));
    expect(warning).toMatch(/^Y: the mean .* is far from zero for a standard deviation of 1\.12(e-200)?, /);
  });

  it('refuse test points that are too far from samples that hardly differ', () => {
    const near = { x: [[1e-200], [-1e-200]], y: [1, -1], xTest: [[1]], standardize: { inputs: true } };
    expect(() => createData(near)).toThrow(/^X_test\[0\]\[0\]: 1e\+200 when standardised is beyond 1e\+50/);
  });

  it('leave classes as they are', () => {
    const data = createData({ x, y: ['a', 'b', 'a', 'b'], standardize: true });
    expect([[...data.y.data], data.targetScale]).toEqual([[-1, 1, -1, 1], undefined]);
  });
});
