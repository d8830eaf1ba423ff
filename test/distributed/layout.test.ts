import { describe, expect, it } from 'vitest';
import { BLOCK, dealt, leftOfDiagonal, mostEntries } from '#src/distributed/distributedMatrix.js';
import { type ProcessGrid, squarest } from '#src/distributed/processGrid.js';
import type { DistributedTask } from '#src/distributed/solution.js';
import { bytesOf, distributedTheory, requireFits } from '#src/distributed/theories.js';
import { portableCompute } from '#src/numerics/compute.js';
import { launched } from '#src/numerics/native/scalapack.js';
import { createProblem } from '#src/problem/createProblem.js';
import { randomMatrix } from '../support.js';

const gridOf = (size: number, rank = 0): ProcessGrid => {
  const [across, down] = squarest(size);
  const place = {
    down: { count: down, at: rank % down },
    across: { count: across, at: Math.floor(rank / down) },
  };
  return { size, rank, speaks: rank === 0, ...place } as ProcessGrid;
};

describe('blocks dealt round', () => {
  it('give every index to one process, in order, and none more than a block beyond its share', () => {
    for (const count of [0, 1, BLOCK, BLOCK + 1, 1000]) {
      for (const parts of [1, 2, 3, 7]) {
        const all = Array.from({ length: parts }, (_, at) => [...dealt(count, { count: parts, at })]);
        expect(all.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
        for (const mine of all) {
          expect(mine).toEqual(mine.toSorted((a, b) => a - b));
          expect(mine.length).toBeLessThanOrEqual(count / parts + BLOCK);
          // ScaLAPACK's rule: block ⌊i/b⌋ belongs to process ⌊i/b⌋ mod parts.
          for (const i of mine) expect(Math.floor(i / BLOCK) % parts).toBe(all.indexOf(mine));
        }
      }
    }
  });

  it('have the triangle below the diagonal as a beginning of every row', () => {
    const [rows, columns] = [dealt(300, { count: 3, at: 1 }), dealt(300, { count: 2, at: 1 })];
    rows.forEach((i, t) => {
      const { count, diagonal } = leftOfDiagonal({ rows, columns } as never, t);
      expect(count).toBe(columns.filter((j) => j < i).length);
      expect(diagonal).toBe(columns.includes(i));
    });
  });

  it('lie on grids as square as can be', () => {
    expect([1, 2, 3, 4, 6, 12, 13, 64].map(squarest)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 2],
      [2, 3],
      [3, 4],
      [1, 13],
      [8, 8],
    ]);
  });
});

describe('memory of a process', () => {
  const problem = createProblem({ data: { x: randomMatrix(2000, 3, 1), y: randomMatrix(2000, 1, 2) } });
  const task: DistributedTask = { problem, compute: portableCompute(), kernels: false };
  const nngp = distributedTheory('nngp');

  it('falls with their number, and is the kernels’ on process 0 where these are gathered', () => {
    const [one, four] = [1, 4].map((size) => bytesOf(gridOf(size), nngp, task));
    expect(one).toBeGreaterThan(8 * 2000 ** 2);
    expect(four).toBeLessThan(0.3 * one);
    const kernels = (rank: number) => bytesOf(gridOf(4, rank), nngp, { ...task, kernels: true }) - four;
    expect([kernels(0), kernels(1)]).toEqual([8 * 2 * (problem.network.hiddenLayers + 1) * 2000 ** 2, 0]);
  });

  it('is refused with its number, shared with the others on the machine', () => {
    const compute = { ...task.compute, memory: 1e8 };
    const fits = (size: number, here: number) => () =>
      requireFits(gridOf(size), nngp, { ...task, compute }, here);
    expect(fits(4, 4)).not.toThrow();
    expect(fits(4, 16)).toThrow(
      /^data: 2000 points need about 0\.0088 GB on each of 4 processes for nngp, of which 0\.0063 GB may be used/,
    );
    expect(mostEntries(gridOf(4), 2000, 2000)).toBe(1024 ** 2);
  });
});

describe('what launchers say', () => {
  it('is known before MPI is', () => {
    expect(launched({})).toEqual({ size: 1, rank: 0 });
    expect(launched({ OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '3' })).toEqual({ size: 4, rank: 3 });
    expect(launched({ SLURM_STEP_NUM_TASKS: '2', SLURM_PROCID: '1' })).toEqual({ size: 2, rank: 1 });
  });
});
