import { describe, expect, it } from 'vitest';
import { architectureOf } from '#src/architecture/architecture.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { gaussianOf } from '#src/likelihood/gaussian.js';
import { InputError } from '#src/numerics/errors.js';
import { factorSemidefinite } from '#src/numerics/linearAlgebra.js';
import { RandomStream } from '#src/numerics/random.js';
import { drawChain } from '#src/prior/drawKernels.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { parseProblem } from '#src/problem/schema.js';
import { parseVariation, variants } from '#src/problem/variations.js';
import { theories } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';

const compute = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 10, testSamples: 0, dimension: 8, noise: 1, seed: 5 });

describe('evidence', () => {
  it('of all theories is that of the Gaussian process as N → ∞', async () => {
    const problem = createProblem({
      data,
      network: { hiddenLayers: 2, width: 1_000_000, activation: 'erf', biasVariance: 0.1 },
    });
    const infinite = (await solveWith(problem, 'nngp', compute)).logEvidence;
    for (const { name, evidence, refuses } of theories) {
      if (evidence === false || refuses?.(problem)) continue;
      const { logEvidence } = await solveWith(problem, name, compute, { samples: 8192 });
      expect(Math.abs(logEvidence - infinite), name).toBeLessThan(2e-3);
    }
  });

  it('of nngp integrates to one over the targets: one point, by a sum', async () => {
    let total = 0;
    const step = 0.05;
    for (let y = -12; y < 12; y += step) {
      const problem = createProblem({
        data: { x: [[1, 0.5]], y: [y] },
        network: { hiddenLayers: 1, width: 20 },
      });
      total += step * Math.exp((await solveWith(problem, 'nngp', compute)).logEvidence);
    }
    expect(total).toBeCloseTo(1, 8);
  });

  it('of multiscale is closer to networks averaged over their prior than that of map', async () => {
    // Four points and plain averages: p(Y|X) = ⟨N(Y|0, C⁽¹⁾ + κ)⟩ over drawn kernels of one hidden layer.
    const small = xor({ dataset: 'xor', samples: 4, testSamples: 0, dimension: 3, noise: 0.3, seed: 1 });
    const problem = createProblem({
      data: small,
      network: { hiddenLayers: 1, width: 12, activation: 'erf', weightVariance: 1.5 },
    });
    const { network } = problem;
    const kernels = nngpKernels(network, small.x, compute);
    const factor = factorSemidefinite(compute.algebra, kernels[0]);
    const stream = RandomStream.fromSeed(3);
    const values = Array.from({ length: 40_000 }, () =>
      Math.exp(
        gaussianOf(problem).logEvidence(
          drawChain(architectureOf(network).layers, factor, stream, compute.algebra)[0],
          compute.algebra,
        ),
      ),
    );
    const mean = values.reduce((sum, value) => sum + value / values.length, 0);
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0)) / values.length;
    const exact = Math.log(mean);
    const error = spread / mean;
    const of = async (theory: string) => (await solveWith(problem, theory, compute)).logEvidence;
    const multiscale = await of('multiscale');
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(multiscale - exact)).toBeLessThan(0.1 + 4 * error);
    expect(Math.abs(multiscale - exact)).toBeLessThan(Math.abs((await of('map')) - exact));
  });
});

describe('--vary', () => {
  it('takes formulas among names', () => {
    expect(parseVariation('network.activation=erf, max(-1, min(1, x)), tanh(x)^2').values).toEqual([
      'erf',
      'max(-1, min(1, x))',
      'tanh(x)^2',
    ]);
    expect(() => parseVariation('network.activation=erf,{')).toThrow(/is no list of values/);
  });

  const spec = parseProblem({ data: { dataset: 'xor' } });

  it('makes every combination, each checked', () => {
    const all = variants(spec, [
      parseVariation('network.hiddenLayers=1,2'),
      parseVariation('network.activation=erf,relu'),
      parseVariation('noiseVariance=0.1'),
    ]);
    expect(all).toHaveLength(4);
    expect(all[3].settings).toEqual({
      'network.hiddenLayers': 2,
      'network.activation': 'relu',
      noiseVariance: 0.1,
    });
    expect(all[3].spec.network.activation).toBe('relu');
    expect(spec.network.activation).toBe('erf');
    expect(variants(spec, [parseVariation('network.width=[10,20],[20,10]')])[1].spec.network.width).toEqual([
      20, 10,
    ]);
  });

  it.each([
    ['network.hidenLayers=1', /network\.hidenLayers: unknown key; did you mean "hiddenLayers"/],
    ['network.width=0', /network\.width: 0; must be at least 1/],
    ['noiseVariance=-1', /noiseVariance: -1; must be at least 0/],
    ['network.width', /give a key and its values/],
    ['network.width=', /no list of values/],
    ['network.activation=tahn', /unknown activation "tahn"/],
  ])('%s is refused in one line', (text, message) => {
    expect(() => variants(spec, [parseVariation(text)])).toThrow(InputError);
    expect(() => variants(spec, [parseVariation(text)])).toThrow(message);
  });

  it('refuses a key given twice and too many settings', () => {
    expect(() =>
      variants(spec, [parseVariation('network.width=1,2'), parseVariation('network.width=3')]),
    ).toThrow(/given twice/);
    const many = Array.from({ length: 40 }, (_, k) => k + 1).join(',');
    expect(() =>
      variants(spec, [
        parseVariation(`network.width=${many}`),
        parseVariation(`network.hiddenLayers=${many}`),
      ]),
    ).toThrow(/1600 settings/);
  });
});
