import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCsv } from '#src/formats/csv.js';
import { readIdx } from '#src/formats/idx.js';
import { readNpy, writeNpy } from '#src/formats/npy.js';
import { readNpz, writeNpz } from '#src/formats/npz.js';
import { InputError } from '#src/numerics/errors.js';
import { randomMatrix, referenceJson, referencePath } from '../support.js';

describe('npy', () => {
  // Files that NumPy wrote: every type and both memory orders of the same 2×3 array
  // (test/reference/make_npy.py).
  const { expected, types } = referenceJson('npy.json') as { expected: number[]; types: string[] };
  const arrays = readNpz(readFileSync(referencePath('npy.npz')), 'npy.npz');

  it.each(types)('reads %s as NumPy wrote it', (name) => {
    expect(arrays.get(name)?.shape).toEqual([2, 3]);
    expect([...(arrays.get(name)?.values ?? [])]).toEqual(
      name === 'bool' ? expected.map((x) => Number(x !== 0)) : expected,
    );
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 999 }),
        (rows, columns, seed) => {
          const matrix = randomMatrix(rows, columns, seed);
          const back = readNpz(writeNpz({ one: matrix, two: matrix }), 'x').get('two');
          expect(back?.shape).toEqual([rows, columns]);
          expect(back?.values).toEqual(new Float64Array(matrix.data));
        },
      ),
    );
  });

  it('reads vectors as columns and refuses what is no real matrix', () => {
    const vector = readNpy(writeNpy(Float64Array.of(1, 2, 3), [3]), 'v').matrix('v');
    expect([vector.rows, vector.columns]).toEqual([3, 1]);
    expect(() => readNpy(writeNpy(new Float64Array(8), [2, 2, 2]), 'cube').matrix('cube')).toThrow(
      /cube: 3 dimensions; a matrix has 2/,
    );
    expect(
      () => arrays.get('complex') ?? readNpz(readFileSync(referencePath('npy_complex.npz')), 'c.npz'),
    ).toThrow(/c\.npz: complex: entries of type <c16; real/);
    expect(() => readNpy(new Uint8Array(40), 'zeros')).toThrow(/zeros: not an \.npy array/);
  });

  it('never throws anything but an InputError, however a file is damaged', () => {
    const good = writeNpz({ X: randomMatrix(4, 3, 1) });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: good.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        (at, byte, cut) => {
          const bytes = good.slice(0, cut ? at : undefined);
          if (!cut) bytes[at] = byte;
          try {
            readNpz(bytes, 'file').get('X')?.matrix('X');
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('csv', () => {
  it('takes quotes, spaces, blank lines, a byte-order mark and Windows line ends', () => {
    const { x, y, inputs } = fromCsv('\uFEFF"a", y,b\r\n1, -1,"2"\r\n\r\n3e-1,1,-4\r\n', 't.csv', ['y']);
    expect(inputs).toEqual(['a', 'b']);
    expect([...x.data]).toEqual([1, 2, 0.3, -4]);
    expect([...y.data]).toEqual([-1, 1]);
  });

  it('takes several targets, and the columns of the training table for tests', () => {
    const { x, y } = fromCsv('extra,v,a,u\n9,1,2,3\n', 'test.csv', ['u', 'v'], ['a']);
    expect([...x.data]).toEqual([2]);
    expect([...y.data]).toEqual([3, 1]);
  });

  it('refuses empty cells', () => {
    expect(() => fromCsv('a,y\n1,\n', 't.csv', ['y'])).toThrow(
      /t\.csv line 2, column "y": "" is not a finite number; fill it in, or leave the line out$/,
    );
  });
});

describe('idx', () => {
  const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

  it('reads bytes with their shape', () => {
    expect(readIdx(bytes, 'f')).toEqual({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  it('says what is wrong', () => {
    expect(() => readIdx(bytes.subarray(0, 16), 'f')).toThrow(
      /f: truncated; 6 bytes of data expected, 4 are there/,
    );
    expect(() => readIdx(Uint8Array.of(0, 0, 13, 1, 0), 'f')).toThrow(/f: not an IDX file of bytes/);
    const huge = Uint8Array.of(0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1);
    expect(() => readIdx(huge, 'f')).toThrow(/f: truncated; .* expected, 1 are there/);
  });
});
