import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateRows } from '#src/measures/equalRows.js';

describe('equal rows', () => {
  it('are the first that equal an earlier one, number by number', () => {
    const values = fc.constantFrom(0, -0, 1, -1, 0.5, 1 + 2 ** -52, 5e-324);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(values, { maxLength: 40 }), (columns, entries) => {
        const rows = Math.floor(entries.length / columns);
        const data = Float64Array.from(entries.slice(0, rows * columns));
        const equal = (i: number, j: number) =>
          Array.from({ length: columns }, (_, k) => data[i * columns + k] === data[j * columns + k]).every(
            Boolean,
          );
        let expected: [number, number] | undefined;
        for (let i = 0; i < rows && !expected; i++)
          for (let j = 0; j < i && !expected; j++) if (equal(i, j)) expected = [j, i];
        expect(duplicateRows({ rows, columns, data })).toEqual(expected);
      }),
    );
  });
});
