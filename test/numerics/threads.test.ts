import { describe, expect, it } from 'vitest';
import { applyTask } from '#src/activations/apply.js';
import { tasks } from '#src/compute/tasks.js';
import { ThreadExecutor } from '#src/compute/threads.js';
import { share } from '#src/numerics/matrix.js';
import { serialExecutor } from '#src/numerics/parallel/executor.js';
import { randomMatrix } from '../support.js';

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
      expect(out).toEqual(expected);
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

  it('knows every task by one name', () => {
    expect([...tasks.keys()].sort()).toEqual(
      [
        'applyActivation',
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
        'rowDots',
        'scaleRows',
        'sweepChains',
      ].sort(),
    );
  });
});
