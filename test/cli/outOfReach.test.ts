import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '#src/cli/main.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { OutOfReachError } from '#src/numerics/errors.js';
import { explainSingular } from '#src/posterior/singularKernel.js';
import { createProblem } from '#src/problem/createProblem.js';
import { serviceFailure } from '#src/service/failures.js';
import { autoOf } from '#src/theories/auto/auto.js';
import { map } from '#src/theories/map.js';
import { nngp } from '#src/theories/nngp.js';
import { solveWith } from '#src/theories/solve.js';
import type { Theory } from '#src/theories/theory.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
const told =
  'the samples reach nothing; try wider layers, a smaller featureScale, a larger noiseVariance, or sampled networks';

afterEach(() => vi.restoreAllMocks());

/** `map` as it ends where its samples do not reach. */
function lost(): void {
  // biome-ignore lint/correctness/useYield: it ends before its first step
  vi.spyOn(map, 'iterate').mockImplementation(function* (problem) {
    throw explainSingular(new OutOfReachError('the samples reach nothing'), problem);
  });
}

describe('a theory whose samples do not reach', () => {
  it('ends a command in one line, with a status of its own, and writes nothing', async () => {
    lost();
    let stderr = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      stderr += text;
      return true;
    });
    const out = join(folder, 'out');
    expect(await main(['solve', 'xor', '--theory', 'map', '--out', out])).toBe(3);
    const lines = stderr.split('\n').filter((line) => line.startsWith('finite-width: '));
    expect(lines).toEqual([`finite-width: ${told}`]);
    expect(existsSync(out)).toBe(false);
  });

  it('is its own error for Python', () => {
    expect(serviceFailure(new OutOfReachError(told))).toEqual({ kind: 'OutOfReach', message: told });
  });

  it('makes room for the next theory of auto', async () => {
    const first: Theory = {
      ...nngp,
      name: 'first',
      exact: 'closed',
      // biome-ignore lint/correctness/useYield: it ends before its first step
      *iterate() {
        throw new OutOfReachError('the samples reach nothing');
      },
    };
    const data = { x: [[1], [-1], [0.5]], y: [1, -1, 0.4] };
    const problem = createProblem({ data, network: { hiddenLayers: 1, width: 1e6 } });
    const { details, theory } = await solveWith(problem, autoOf([first, nngp]), await nodeCompute());
    expect(theory).toBe('nngp');
    expect(details?.auto).toMatchObject({
      because: expect.stringMatching(/1 cheaper or better found no solution$/),
    });
  });
});
