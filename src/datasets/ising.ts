import { type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { createData } from '../problem/createData.js';
import { generatedSpec, type IsingSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';

/**
 * Ising-like, linearly separable in the mean: y = ±1 equally often, x ∈ {−1, +1}^D with independent spins of
 * mean ⟨x_i | y⟩ = y · bias, so |x|² = D (theory §10). X is P×D, Y P×1.
 * @param spec as in a problem file; what is left out has its default
 * @throws InputError for keys that do not exist and values that make no sense
 */
export function ising(spec: IsingSpec): Data {
  const { samples, testSamples, dimension, bias, inputMetric, seed } = generatedSpec('ising', spec);
  const stream = RandomStream.fromSeed(seed);
  const train = draw(samples, dimension, bias, stream.split(0));
  const test = testSamples > 0 ? draw(testSamples, dimension, bias, stream.split(1)) : undefined;
  return createData({
    inputMetric,
    x: train.x,
    y: train.y,
    xTest: test?.x,
    yTest: test?.y,
    description: `Ising-like, ${samples} points, D = ${dimension} spins of mean ±${bias}, |x|² = D, seed ${seed}`,
  });
}

function draw(
  samples: number,
  dimension: number,
  bias: number,
  stream: RandomStream,
): { x: Matrix; y: Matrix } {
  const x = zeros(samples, dimension);
  const y = zeros(samples, 1);
  stream.uniforms(x.data);
  for (let i = 0; i < samples; i++) {
    const label = i & 1 ? -1 : 1;
    y.data[i] = label;
    for (let j = i * dimension; j < (i + 1) * dimension; j++)
      x.data[j] = x.data[j] < 0.5 * (1 + label * bias) ? 1 : -1;
  }
  return { x, y };
}
