import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { InputError, NotPositiveDefiniteError, OutOfReachError } from '#src/numerics/errors.js';
import { targetsTooLarge } from '#src/posterior/reach.js';
import { explainSingular } from '#src/posterior/singularKernel.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix, referencePath } from '../support.js';

const compute = await nodeCompute();

describe('targets of ±20000 where kernel and noise allow 0.68', () => {
  it.each(['perturbative', 'map', 'multiscale'])('%s does not begin, and says why', async (theory) => {
    const { problem } = await loadProblem(referencePath('inputs/targets-20000/problem.json'));
    const { convergence, kernels, nngp } = await solveWith(problem, theory, compute, { samples: 4096 });
    expect(convergence.converged).toBe(false);
    expect(convergence.reason).toBe('largeTargets');
    expect(convergence.message).toMatch(/^targets are 29000 times larger than kernel and noise allow/);
    expect(convergence.iterations).toBe(0);
    kernels.forEach((kernel, l) => {
      expect(kernel.data).toEqual(nngp[l].data);
    });
  });
});

describe.each([1e7, 1e9, 1e30])('targets of ±%d', (size) => {
  const x = randomMatrix(6, 2, 1);
  const y = randomMatrix(6, 1, 2);
  for (let i = 0; i < y.data.length; i++) y.data[i] = size * Math.sign(y.data[i]);
  const network = { hiddenLayers: 2, width: 20, activation: 'linear' };

  // At infinite width they only cost likelihood; elsewhere they are the reason, not the noise that a kernel
  // of theirs is singular without.
  it.each(['linearResponse', 'perturbative', 'map', 'multiscale', 'exactLinear', 'rescaling'])(
    '%s names them as what is wrong',
    { timeout: 20_000 },
    async (theory) => {
      const problem = createProblem({ data: { x, y }, network, noiseVariance: 0.1 });
      const said = await solveWith(problem, theory, compute, { samples: 4096 }).then(
        ({ convergence }) => convergence.message,
        (error: Error) => error.message,
      );
      expect(said).toMatch(/^targets are .*e\d+ times larger than kernel and noise allow .*; rescale Y/);
    },
  );
});

describe('why a factorisation failed', () => {
  const problem = createProblem({
    data: { x: randomMatrix(4, 2, 1), y: randomMatrix(4, 1, 2) },
    network: { hiddenLayers: 1, width: 5 },
  });

  it('is told by what it was: too little noise, or samples that do not reach a measure', () => {
    const singular = explainSingular(
      new NotPositiveDefiniteError('the leading minor of order 2 is not positive'),
      problem,
    ) as Error;
    expect(singular.message).toMatch(
      /^noiseVariance: .* leaves the output kernel singular \(the leading minor/,
    );
    const missed = explainSingular(
      new OutOfReachError('the tilted measure of layer 1 is out of reach of the samples'),
      problem,
    ) as Error;
    expect(singular).toBeInstanceOf(InputError);
    expect(missed).toBeInstanceOf(OutOfReachError);
    expect(missed.message).toMatch(
      /^the tilted measure of layer 1 is out of reach of the samples; try wider layers, .* or sampled networks$/,
    );
    const other = new Error('else');
    expect(explainSingular(other, problem)).toBe(other);
  });
});

describe('the diagnosis', () => {
  const x = randomMatrix(10, 4, 1);
  const withTargets = (scale: number) => {
    const y = randomMatrix(10, 2, 2);
    for (let i = 0; i < y.data.length; i++) y.data[i] *= scale;
    return createProblem({ data: { x, y }, network: { hiddenLayers: 1, width: 50 }, noiseVariance: 0.1 });
  };

  it('is silent about ordinary targets, and compares root mean squares about those that are not', async () => {
    const at = async (scale: number) => {
      const problem = withTargets(scale);
      const { nngp } = await solveWith(problem, 'nngp', compute);
      return targetsTooLarge(problem, nngp[1]);
    };
    for (const scale of [0, 1e-6, 1, 3]) expect(await at(scale)).toBeUndefined();
    const { y } = withTargets(1e6).data;
    const rms = Math.hypot(...y.data) / Math.sqrt(20);
    expect(Number((await at(1e6))?.match(/squares (\S+) and/)?.[1])).toBe(Number(rms.toPrecision(2)));
    expect((await at(1e40))?.length).toBeLessThan(300);
  });
});
