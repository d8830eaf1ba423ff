import { describe, expect, it } from 'vitest';
import { gigabytes, twoDigits } from '#src/numerics/shown.js';

describe('numbers in sentences', () => {
  it.each([
    [0, '0'],
    [1.26, '1.3'],
    [149, '150'],
    [29_411, '29000'],
    [0.000321, '0.00032'],
    [1.26e6, '1.3e6'],
    [-7.61e8, '-7.6e8'],
    [3.14e-9, '3.1e-9'],
    [1e22, '1e22'],
  ])('%d is %s', (value, text) => {
    expect(twoDigits(value)).toBe(text);
  });

  it('of memory', () => {
    expect([5.12e10, 2.048e11, 3e6].map(gigabytes)).toEqual(['51 GB', '200 GB', '0.003 GB']);
  });
});
