import { activationByName } from '../activations/registry.js';
import { zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { createData } from '../problem/createData.js';
import { generatedSpec, type TeacherSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';

/**
 * Teacher–student: x ~ N(0, I_D), y = f(x)/s + σξ with a one-hidden-layer teacher f(x) = Σ_k a_k φ(w_k·x/√D),
 * a, w ~ N(0, 1), and s its root mean square on the training set (theory §10). X is P×D, Y P×1.
 * @param spec as in a problem file; what is left out has its default
 * @throws InputError for keys that do not exist and values that make no sense
 */
export function teacher(spec: TeacherSpec): Data {
  const { samples, testSamples, dimension, teacherWidth, noise, teacherActivation, inputMetric, seed } =
    generatedSpec('teacher', spec);
  const stream = RandomStream.fromSeed(seed);
  const activation = activationByName(teacherActivation);
  const total = samples + testSamples;
  const x = stream.split(0).normals(new Float64Array(total * dimension));
  const w = stream.split(1).normals(new Float64Array(teacherWidth * dimension));
  const a = stream.split(2).normals(new Float64Array(teacherWidth));
  const xi = stream.split(3).normals(new Float64Array(total));
  const f = new Float64Array(total);
  const h = new Float64Array(teacherWidth);
  for (let i = 0; i < total; i++) {
    for (let k = 0; k < teacherWidth; k++) {
      let sum = 0;
      for (let j = 0; j < dimension; j++) sum += w[k * dimension + j] * x[i * dimension + j];
      h[k] = sum / Math.sqrt(dimension);
    }
    activation.value(h, h);
    for (let k = 0; k < teacherWidth; k++) f[i] += a[k] * h[k];
  }
  const scale = Math.sqrt(f.subarray(0, samples).reduce((sum, v) => sum + v * v, 0) / samples) || 1;
  const part = (from: number, to: number) => {
    const inputs = zeros(to - from, dimension);
    const targets = zeros(to - from, 1);
    inputs.data.set(x.subarray(from * dimension, to * dimension));
    for (let i = from; i < to; i++) targets.data[i - from] = f[i] / scale + noise * xi[i];
    return [inputs, targets];
  };
  const [xTrain, yTrain] = part(0, samples);
  const [xTest, yTest] = testSamples > 0 ? part(samples, total) : [undefined, undefined];
  const description = `teacher with ${teacherWidth} ${activation.name} units, ${samples} points, D = ${dimension}, |x|² ≈ D, seed ${seed}`;
  return createData({
    inputMetric,
    x: xTrain,
    y: yTrain,
    xTest,
    yTest,
    description,
  });
}
