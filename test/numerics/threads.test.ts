import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applyTask } from '#src/activations/operators/apply.js';
import { tasks } from '#src/compute/tasks.js';
import { ThreadExecutor } from '#src/compute/threads.js';
import { InputError, MemoryError } from '#src/numerics/errors.js';
import { identity, share } from '#src/numerics/matrix.js';
import { serialExecutor } from '#src/numerics/parallel/executor.js';
import { randomMatrix, root } from '../support.js';

describe('ThreadExecutor', () => {
  it('gives the bits of a single thread, again and again', async () => {
    const executor = await ThreadExecutor.start(3);
    const h = randomMatrix(300, 1000, 1).data;
    const expected = share(h);
    const args = { name: 'erf', derivative: false, h, out: expected };
    serialExecutor.run(applyTask, args, 19);
    for (let round = 0; round < 20; round++) {
      const out = share(h);
      executor.run(applyTask, { ...args, out }, 19);
      // Not by toEqual, which takes seconds for so many numbers.
      expect(out.findIndex((value, i) => !Object.is(value, expected[i]))).toBe(-1);
    }
    await executor.stop();
  });

  it('reports what goes wrong in a worker or here, and works on', async () => {
    const executor = await ThreadExecutor.start(2);
    const h = share([1, 2, 3]);
    const bad = { name: 'no such activation', derivative: false, h, out: share([0, 0, 0]) };
    expect(() => executor.run(applyTask, bad, 200)).toThrow(/no such activation/);
    const good = { name: 'linear', derivative: false, h, out: share([0, 0, 0]) };
    executor.run(applyTask, good, 2);
    expect([...good.out]).toEqual([1, 2, 3]);
    await executor.stop();
  });

  it('gives errors of a worker as they are: what was asked for, and lack of memory, are no faults of the program', async () => {
    const executor = await ThreadExecutor.start(2);
    // This thread waits, so that the worker takes the next chunk.
    const waiting = (name: string) => ({
      name,
      run: () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500),
    });
    const run = (name: string, args: unknown) => () => executor.run(waiting(name), args, 2);
    const h = share([1]);
    expect(run('applyActivation', { name: 'no such one', derivative: false, h, out: h })).toThrow(InputError);
    const inputFactor = identity(2);
    const layers = [{ width: 2 ** 50, activation: 'erf', connection: { kind: 'dense' }, gain: 1, beta: 0 }];
    const streams = new BigUint64Array(8).fill(1n);
    const draws = {
      layers,
      inputFactor,
      origins: [inputFactor],
      streams,
      draws: 1,
      sums: new Float64Array(32),
    };
    expect(run('drawPriorKernels', draws)).toThrow(MemoryError);
    expect(run('drawPriorKernels', draws)).toThrow(
      /^out of memory: 1\.8e7 GB more cannot be had; take fewer/,
    );
    await executor.stop();
  });

  it('starts in a program that is text on the command line', () => {
    const program = `
      import { ThreadExecutor } from ${JSON.stringify(join(root, 'dist/compute/threads.js'))};
      const executor = await ThreadExecutor.start(2);
      console.log(executor.threads);
      await executor.stop();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      encoding: 'utf8',
    });
    expect([stdout, stderr]).toEqual(['2\n', '']);
  });

  it('works on after arguments that no thread can be sent', async () => {
    const executor = await ThreadExecutor.start(3);
    const h = share([1, 2, 3]);
    const unsendable = { name: 'linear', derivative: false, h, out: h, why: () => 1 };
    expect(() => executor.run(applyTask, unsendable, 8)).toThrow(/could not be cloned/);
    const good = { name: 'linear', derivative: false, h, out: share([0, 0, 0]) };
    executor.run(applyTask, good, 3);
    expect([...good.out]).toEqual([1, 2, 3]);
    await executor.stop();
  });

  it('knows every task by one name', () => {
    expect([...tasks.keys()].sort()).toEqual(
      [
        'applyActivation',
        'blockDots',
        'drawPriorKernels',
        'fourPointMoments',
        'fourPointRows',
        'kernelRows',
        'mirrorRows',
        'multiplySlopes',
        'normals',
        'product',
        'pullbackRows',
        'pushforwardRows',
        'readTilt',
        'rowDots',
        'scaleBlocks',
        'scaleRows',
        'sweepChains',
      ].sort(),
    );
  });
});
