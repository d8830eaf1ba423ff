import { readFileSync } from 'node:fs';

/** What OpenBLAS calls processors that came before AVX2: what it takes one for that it does not know. */
const BEFORE_AVX2 = new Set(
  [
    ['Katmai', 'Coppermine', 'Northwood', 'Prescott', 'Banias', 'Core2', 'Penryn', 'Dunnington', 'Nehalem'],
    ['Athlon', 'Opteron', 'Opteron_SSE3', 'Barcelona', 'Bobcat', 'Atom', 'Nano', 'Sandybridge'],
    ['Bulldozer', 'Piledriver', 'Steamroller', 'Generic'],
  ].flat(),
);

/**
 * Kernels of OpenBLAS, widest vectors first, with the features of a processor that they need (names of
 * Linux).
 */
const KERNELS: readonly (readonly [core: string, features: readonly string[]])[] = [
  ['SkylakeX', ['avx512f', 'avx512cd', 'avx512bw', 'avx512dq', 'avx512vl']],
  ['Haswell', ['avx2', 'fma']],
];

/**
 * The kernels for a processor that a library took for a much older one, as libraries do with those made after
 * them (a factor of eight in double precision); undefined where its choice stands.
 *
 * @param core what the library says it runs on
 * @param features what the processor has
 */
export function betterCore(core: string, features: ReadonlySet<string>): string | undefined {
  if (!BEFORE_AVX2.has(core)) return undefined;
  return KERNELS.find(([, needed]) => needed.every((feature) => features.has(feature)))?.[0];
}

/** Features of this processor by the names of Linux; none where these cannot be read. */
export function processorFeatures(): ReadonlySet<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return new Set();
  try {
    const line = readFileSync('/proc/cpuinfo', 'utf8').match(/^flags\s*:(.*)$/m);
    return new Set(line?.[1].trim().split(/\s+/));
  } catch {
    return new Set();
  }
}
