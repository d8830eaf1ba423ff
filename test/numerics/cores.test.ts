import { describe, expect, test } from 'vitest';
import { findBlas } from '#src/numerics/native/blas.js';
import { betterCore, processorFeatures } from '#src/numerics/native/cores.js';

const AVX512 = ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl'];

describe('the processor that OpenBLAS takes this one for', () => {
  test.each([
    ['Prescott', ['sse3', 'avx2', 'fma', ...AVX512], 'SkylakeX'],
    ['Prescott', ['sse3', 'avx2', 'fma', 'avx512f'], 'Haswell'],
    ['Sandybridge', ['avx', 'avx2', 'fma'], 'Haswell'],
    ['Nehalem', ['sse3'], undefined],
    ['Zen', ['avx2', 'fma', ...AVX512], undefined],
    ['Cooperlake', ['avx2', 'fma', ...AVX512], undefined],
    ['', ['avx2', 'fma'], undefined],
  ])('%s with %j: %s', (core, features, better) => {
    expect(betterCore(core, new Set(features))).toBe(better);
  });

  test('a library that is used runs on the vectors this machine has', () => {
    const library = findBlas(
      () => undefined,
      undefined,
      () => undefined,
    );
    expect(betterCore(library?.core ?? '', processorFeatures())).toBeUndefined();
  });
});
