import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { loadData } from '#src/datasets/loadData.js';
import type { Sources } from '#src/datasets/sources.js';
import { readNpy, writeNpy } from '#src/formats/npy.js';
import { openNpz, writeNpz } from '#src/formats/npz.js';
import { crc32 } from '#src/formats/zip.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { MemoryError } from '#src/numerics/errors.js';
import { fromRows } from '#src/numerics/matrix.js';
import { solveWith } from '#src/theories/solve.js';
import { referenceJson, referencePath } from '../support.js';

/** Files as NumPy writes them (test/reference/make_npy_kinds.py). */
interface Kinds {
  readonly expected: readonly number[];
  readonly arrays: Record<string, string>;
  readonly bool: string;
  readonly cube: Record<'C' | 'F', string>;
  readonly halves: { readonly file: string; readonly values: readonly string[] };
  readonly refused: Record<string, [file: string, reason: string]>;
  readonly archives: Record<string, string>;
  readonly refusedArchives: Record<string, [file: string, reason: string]>;
}

const kinds = referenceJson('npy_kinds.json') as Kinds;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const messageOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing was wrong';
};
const load = (content: Uint8Array, memory = 1e9) => {
  const sources = { bytes: async () => content, memory } as unknown as Sources;
  return loadData({ npz: 'd.npz' }, sources);
};

describe('npy', () => {
  it.each(Object.entries(kinds.arrays))('of kind %s', (_, file) => {
    const { shape, values } = readNpy(bytes(file), 'a.npy');
    expect(shape).toEqual([2, 3]);
    expect([...values]).toEqual(kinds.expected);
  });

  it('of truth values', () => {
    expect([...readNpy(bytes(kinds.bool), 'a.npy').values]).toEqual([0, 0, 1, 1, 1, 1]);
  });

  it('of half precision, subnormal and infinite ones included', () => {
    const { values } = readNpy(bytes(kinds.halves.file), 'a.npy');
    const word: Record<string, number> = {
      inf: Number.POSITIVE_INFINITY,
      '-inf': Number.NEGATIVE_INFINITY,
      nan: Number.NaN,
    };
    expect([...values]).toEqual(kinds.halves.values.map((text) => word[text] ?? Number(text)));
  });

  it('of more dimensions, in either memory order', () => {
    const expected = Array.from({ length: 24 }, (_, i) => i);
    for (const order of ['C', 'F'] as const)
      expect([...readNpy(bytes(kinds.cube[order]), 'a.npy').values]).toEqual(expected);
    expect(messageOf(() => readNpy(bytes(kinds.cube.C), 'a.npy').matrix('a.npy'))).toMatch(
      /3 dimensions; a matrix has 2; reshape 2×3×4 with/,
    );
  });

  it.each(Object.entries(kinds.refused))('is refused: %s', (_, [file, reason]) => {
    const message = messageOf(() => readNpy(bytes(file), 'a.npy'));
    expect(message).toContain(`a.npy: `);
    expect(message).toContain(reason);
    expect(message.length).toBeLessThan(200);
  });

  it('larger than memory is refused before room is taken', () => {
    expect(() => readNpy(writeNpy(new Float64Array(1000), [1000]), 'a.npy', 20_000)).toThrow(MemoryError);
  });
});

describe('npz', () => {
  it.each(Object.entries(kinds.archives))('%s', async (_, file) => {
    const { x, y } = await load(bytes(file));
    expect([...x.data]).toEqual(kinds.expected);
    expect([...y.data]).toEqual([1, -1]);
  });

  it.each(Object.entries(kinds.refusedArchives))('is refused: %s', async (_, [file, reason]) => {
    const message = await load(bytes(file)).then(
      () => 'nothing was wrong',
      (error) => error.message,
    );
    expect(message).toContain(reason);
  });

  it('has every bit of it checked: no flipped one gives other numbers', async () => {
    const good = bytes(kinds.archives.stored);
    for (let at = 0; at < good.length; at++) {
      const flipped = good.slice();
      flipped[at] ^= 1 << (at % 8);
      const data = await load(flipped).catch(() => undefined);
      if (data) expect([...data.x.data, ...data.y.data]).toEqual([...kinds.expected, 1, -1]);
    }
  });

  it('unpacks no more than it was asked for', () => {
    const file = openNpz(bytes(kinds.archives['beside much']), 'd.npz', 1000);
    expect([...file.read('X').values]).toEqual(kinds.expected);
    expect(messageOf(() => file.read('much'))).toMatch(/much: 1000000 entries need 0\.024 GB/);
    expect(messageOf(() => file.read('Z'))).toMatch(/d\.npz: array Z is missing; the file holds X, Y, much/);
  });

  it('that claims to be huge is refused by its header', async () => {
    const archive = writeNpz({ X: fromRows([[1], [2]]), Y: fromRows([[1], [-1]]) });
    const view = new DataView(archive.buffer);
    // Directory and array agree on a size that no memory has.
    const array = Buffer.from(archive).toString('latin1');
    const claimed = new Uint8Array(
      Buffer.from(array.replaceAll('(2, 1), }        ', '(99999999999, 1)}'), 'latin1'),
    );
    expect(view.byteLength).toBe(claimed.length);
    await expect(load(claimed)).rejects.toThrow(
      /X: truncated or damaged; 99999999999×1 entries make 800000000120 bytes|make \d+ bytes/,
    );
  });

  it('has the checksum of the standard', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

// ln p of theory nngp by an independent implementation in NumPy.
describe('files of users', () => {
  it.each(['npz-extra', 'npy-py2'])('%s', async (name) => {
    const { problem } = await loadProblem(referencePath(`inputs/${name}/problem.json`));
    const { logEvidence } = await solveWith(problem, 'nngp', await nodeCompute({ warn: () => {} }));
    expect(Math.abs(logEvidence / -11.455314452955166 - 1)).toBeLessThan(1e-12);
  });
});
