import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRelaxed } from '#src/numerics/kernels/wasmKernels.js';
import { root } from '../support.js';

/** Products of matrices and kernels by series, as JSON. */
const script = (dist: string) => `
  const load = (path) => import(${JSON.stringify(dist)} + path);
  const { nodeCompute } = await load('/compute/nodeCompute.js');
  const { zeros } = await load('/numerics/matrix.js');
  const { RandomStream } = await load('/numerics/random.js');
  const { isRelaxed } = await load('/numerics/kernels/wasmKernels.js');
  const { kernelOf } = await load('/activations/operators/kernel.js');
  const { activationByName } = await load('/activations/registry.js');
  const compute = await nodeCompute({ threads: 1, blas: 'none' });
  const x = zeros(70, 93);
  RandomStream.fromSeed(5).normals(x.data);
  const c = compute.algebra.syrk(x, { alpha: 1 / 93 });
  const kernels = ['silu', 'tanh', 'mish'].map((name) => kernelOf(activationByName(name), c, compute));
  const numbers = [c, ...kernels].flatMap(({ data }) => [...data]);
  process.stdout.write(JSON.stringify({ relaxed: isRelaxed(), numbers }));
`;

function run(flags: string[]): { relaxed: boolean; numbers: number[] } {
  const args = [...flags, '--input-type=module', '-e', script(join(root, 'dist'))];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1e8 }));
}

// Node 20 has relaxed SIMD behind a flag, later ones have it and can only be without.
it.skipIf(isRelaxed())('products and series agree to rounding where products and sums are fused', () => {
  const fused = run(['--experimental-wasm-relaxed-simd']);
  const plain = run([]);
  expect([fused.relaxed, plain.relaxed]).toEqual([true, false]);
  expect(fused.numbers).toHaveLength(4 * 70 * 70);
  const largest = fused.numbers.reduce((most, x, k) => Math.max(most, Math.abs(x - plain.numbers[k])), 0);
  expect(largest).toBeLessThan(1e-14);
  expect(largest).toBeGreaterThan(0);
});
