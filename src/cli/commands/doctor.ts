import { Command } from 'commander';
import { nodeCompute } from '../../compute/nodeCompute.js';
import { type ElementaryName, elementary } from '../../numerics/kernels/elementary.js';
import type { LinearAlgebra } from '../../numerics/linearAlgebra.js';
import { addToDiagonal, zeros } from '../../numerics/matrix.js';
import { RandomStream } from '../../numerics/random.js';
import { alignColumns } from '../../report/format.js';
import { version } from '../../version.js';
import { DONE } from '../exit.js';

const SIZE = 768;
const VALUES = 1 << 19;

/** Median seconds of a few runs after one to warm up. */
function time(work: () => void): number {
  work();
  const seconds = Array.from({ length: 5 }, () => {
    const start = performance.now();
    work();
    return (performance.now() - start) / 1000;
  });
  return seconds.sort((a, b) => a - b)[2];
}

function algebraSpeeds(algebra: LinearAlgebra) {
  const stream = RandomStream.fromSeed(1);
  const [a, b] = [zeros(SIZE), zeros(SIZE)];
  stream.normals(a.data);
  stream.normals(b.data);
  const c = zeros(SIZE);
  const positive = addToDiagonal(algebra.syrk(a, { alpha: 1 / SIZE }), 1);
  const giga = (operations: number, seconds: number) => Number((operations / seconds / 1e9).toPrecision(3));
  return {
    gemm: giga(
      2 * SIZE ** 3,
      time(() => algebra.gemm(a, b, { into: c })),
    ),
    syrk: giga(
      SIZE ** 3,
      time(() => algebra.syrk(a, { into: c })),
    ),
    cholesky: giga(
      SIZE ** 3 / 3,
      time(() => {
        c.data.set(positive.data);
        algebra.cholesky(c);
      }),
    ),
  };
}

function elementarySpeeds(): Record<string, number> {
  const x = RandomStream.fromSeed(2).uniforms(new Float64Array(VALUES));
  const out = new Float64Array(VALUES);
  const nanoseconds = (seconds: number) => Number(((1e9 * seconds) / VALUES).toPrecision(3));
  const names: ElementaryName[] = ['erf', 'erfDerivative', 'exp', 'tanh', 'asin', 'acos'];
  const speeds = Object.fromEntries(
    names.map((name) => [name, nanoseconds(time(() => elementary(name, x, out)))]),
  );
  const stream = RandomStream.fromSeed(3);
  return { ...speeds, normals: nanoseconds(time(() => stream.normals(out))) };
}

async function doctor({ json = false }: { json?: boolean }): Promise<void> {
  const warnings: string[] = [];
  const chosen = await nodeCompute({ warn: (text) => warnings.push(text) });
  const wasm = chosen.algebra.name === 'wasm' ? chosen : await nodeCompute({ blas: 'none' });
  const backends = chosen === wasm ? [wasm] : [chosen, wasm];
  const result = {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    backend: chosen.algebra.name,
    library: chosen.algebra.description,
    threads: chosen.algebra.threads,
    memoryLimitGB: Number((chosen.memory / 1e9).toPrecision(3)),
    warnings,
    gigaflops: Object.fromEntries(backends.map(({ algebra }) => [algebra.name, algebraSpeeds(algebra)])),
    nanosecondsPerValue: elementarySpeeds(),
  };
  if (json) {
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
    return;
  }
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const facts = [
    ['finite-width', result.version],
    ['node', `${result.node}, ${result.platform}`],
    ['backend', result.backend],
    ['library', result.library],
    ['threads', String(result.threads)],
    ['memory limit', `${result.memoryLimitGB} GB`],
  ];
  const wide = Math.max(...facts.map(([name]) => name.length));
  const speeds = [
    [`GFLOP/s, n = ${SIZE}`, 'gemm', 'syrk', 'cholesky'],
    ...Object.entries(result.gigaflops).map(([name, s]) => [name, s.gemm, s.syrk, s.cholesky].map(String)),
  ];
  const names = Object.keys(result.nanosecondsPerValue);
  const values = [
    ['ns a value, one thread', ...names],
    ['wasm', ...names.map((name) => String(result.nanosecondsPerValue[name]))],
  ];
  const hint =
    result.backend === 'wasm' && !process.env.FINITE_WIDTH_BLAS
      ? '\nNo native BLAS was found; installing OpenBLAS makes large problems several times faster.\n'
      : '';
  process.stdout.write(
    `${facts.map(([name, value]) => `${name.padEnd(wide)}   ${value}`).join('\n')}\n\n${alignColumns(speeds)}\n\n${alignColumns(values)}\n${hint}`,
  );
}

export function doctorCommand(report: (code: number) => void): Command {
  return new Command('doctor')
    .description('Show backend, library, threads and measured speeds of this machine')
    .option('--json', 'print as JSON')
    .action(async (flags: { json?: boolean }) => {
      await doctor(flags);
      report(DONE);
    });
}
