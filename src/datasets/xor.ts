import { type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { createData } from '../problem/createData.js';
import { generatedSpec, type XorSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';

/**
 * XOR (after Refinetti et al. 2021; theory §10): x = √(D/2)(s₁e₁ + s₂e₂) + σξ, s = ±1, y = s₁s₂, ξ ~ N(0,
 * I_D); the four clusters equally often. X is P×D, Y P×1.
 * @param spec as in a problem file; what is left out has its default
 * @throws InputError for keys that do not exist and values that make no sense
 */
export function xor(spec: XorSpec): Data {
  const { samples, testSamples, dimension, noise, inputMetric, seed } = generatedSpec('xor', spec);
  const stream = RandomStream.fromSeed(seed);
  const train = draw(samples, dimension, noise, stream.split(0));
  const test = testSamples > 0 ? draw(testSamples, dimension, noise, stream.split(1)) : undefined;
  return createData({
    inputMetric,
    x: train.x,
    y: train.y,
    xTest: test?.x,
    yTest: test?.y,
    description: `XOR, ${samples} points, D = ${dimension}, |x|² ≈ D(1 + σ²), noise σ = ${noise}, seed ${seed}`,
  });
}

function draw(
  samples: number,
  dimension: number,
  noise: number,
  stream: RandomStream,
): { x: Matrix; y: Matrix } {
  const x = zeros(samples, dimension);
  const y = zeros(samples, 1);
  stream.normals(x.data);
  const amplitude = Math.sqrt(dimension / 2);
  for (let i = 0; i < samples; i++) {
    const row = x.data.subarray(i * dimension, (i + 1) * dimension);
    for (let j = 0; j < dimension; j++) row[j] *= noise;
    const signs = [i & 1 ? -1 : 1, i & 2 ? -1 : 1];
    row[0] += amplitude * signs[0];
    row[1] += amplitude * signs[1];
    y.data[i] = signs[0] * signs[1];
  }
  return { x, y };
}
