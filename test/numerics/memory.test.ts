import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { errorOf, failureOf } from '#src/compute/failure.js';
import { outOfMemory } from '#src/compute/outOfMemory.js';
import { AllocationError } from '#src/numerics/errors.js';
import { addressSpaceLeft, groupLimit, type ReadText, usableMemory } from '#src/numerics/native/memory.js';

const files =
  (contents: Record<string, string>): ReadText =>
  (path) =>
    contents[path];

describe('the memory that may be used', () => {
  it.each([
    ['no control groups', {}, Number.POSITIVE_INFINITY],
    ['version 2, of this container', { '/sys/fs/cgroup/memory.max': '1000000\n', '/proc/self/cgroup': '0::/\n' }, 1e6],
    ['version 2, unlimited', { '/sys/fs/cgroup/memory.max': 'max\n', '/proc/self/cgroup': '0::/\n' }, Number.POSITIVE_INFINITY],
    [
      'version 2, the group above the own',
      {
        '/proc/self/cgroup': '0::/slurm/job_1/step_0\n',
        '/sys/fs/cgroup/slurm/job_1/step_0/memory.max': 'max\n',
        '/sys/fs/cgroup/slurm/job_1/memory.max': '4000000\n',
        '/sys/fs/cgroup/slurm/memory.max': '9000000\n',
      },
      4e6,
    ],
    ['version 1, of this container', { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '2000000\n' }, 2e6],
    [
      'version 1, nested',
      {
        '/proc/self/cgroup': '9:cpu,cpuacct:/other\n4:memory:/slurm/uid_0/job_7\n',
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
        '/sys/fs/cgroup/memory/slurm/uid_0/job_7/memory.limit_in_bytes': '7000000\n',
        '/sys/fs/cgroup/memory/other/memory.limit_in_bytes': '1\n',
      },
      7e6,
    ],
  ])('is what control groups leave: %s', (_, contents, limit) => {
    expect(groupLimit(files(contents))).toBe(limit);
    expect(usableMemory(files(contents))).toBeLessThanOrEqual(0.8 * Math.min(limit, totalmem()));
  });

  it('that cannot be had is told with the limit that is the cause', () => {
    const told = (error: Error, limit: number) => outOfMemory(error, limit);
    const ofEngine = new RangeError('WebAssembly.Memory(): could not allocate memory');
    const ours = new AllocationError('out of memory: 8 GB more cannot be had; take fewer points or samples');
    for (const error of [ofEngine, ours, Object.assign(new Error('no thread'), { code: 'ERR_WORKER_INIT_FAILED' })]) {
      expect(told(error, 6.144e9)).toMatch(/^out of memory: ulimit -v allows 6\.1 GB of address space, .*; lift it, and bound/);
      expect(told(error, Number.POSITIVE_INFINITY)).toMatch(/^out of memory.*take fewer points or samples/);
    }
    expect(told(ours, Number.POSITIVE_INFINITY)).toBe(ours.message);
    expect([told(new RangeError('precision'), 1e9), told(new TypeError('out of memory'), 1e9)]).toEqual([undefined, undefined]);
    expect(errorOf(failureOf(ours))).toBeInstanceOf(AllocationError);
  });

  it('is what is left of a limited address space', () => {
    const limits =
      'Max cpu time              unlimited   unlimited   seconds\nMax address space         3000000     3000000     bytes\n';
    const read = files({ '/proc/self/limits': limits, '/proc/self/status': 'VmPeak:\t  2000 kB\nVmSize:\t    1000 kB\n' });
    expect(addressSpaceLeft(read)).toBe(3000000 - 1024000);
    expect(addressSpaceLeft(files({ '/proc/self/limits': 'Max address space  unlimited  unlimited  bytes\n' }))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });
});
