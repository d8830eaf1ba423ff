import type { Executor, Task } from '../../numerics/parallel/executor.js';

interface ReadArgs {
  /** s of every sample, S×S each */
  readonly s: Float64Array;
  /** m of every sample, S×S each */
  readonly m: Float64Array;
  readonly log: Float64Array;
  readonly byS: Float64Array;
  readonly byM: Float64Array;
  /** n */
  readonly outputs: number;
  /** S */
  readonly positions: number;
}

/** Samples that a thread takes at once. */
const COUNT = 64;

/**
 * F = −(n/2) ln det(1 + s) + ½ tr W m with W = (1 + s)⁻¹, ∂F/∂m = ½W and ∂F/∂s = −½(nW + WmW), of every
 * sample.
 */
export const readTiltTask: Task<ReadArgs> = {
  name: 'readTilt',
  run({ s, m, log, byS, byM, outputs, positions: r }, chunk) {
    const block = r * r;
    const [factor, weight, product] = [0, 1, 2].map(() => new Float64Array(block));
    for (let k = chunk * COUNT; k < Math.min(log.length, (chunk + 1) * COUNT); k++) {
      const [given, into] = [s, byS].map((all) => all.subarray(k * block, (k + 1) * block));
      const saddle = m.subarray(k * block, (k + 1) * block);
      const logDeterminant = inverseOnePlus(given, factor, weight, r);
      multiply(weight, saddle, product, r);
      let trace = 0;
      for (let i = 0; i < r; i++) trace += product[i * r + i];
      log[k] = 0.5 * (trace - outputs * logDeterminant);
      multiply(product, weight, into, r);
      const half = byM.subarray(k * block, (k + 1) * block);
      for (let i = 0; i < block; i++) {
        into[i] = -0.5 * (outputs * weight[i] + into[i]);
        half[i] = 0.5 * weight[i];
      }
    }
  },
};

/** W = (1 + s)⁻¹ of a positive semidefinite s, r×r; returns ln det(1 + s). */
function inverseOnePlus(s: Float64Array, factor: Float64Array, weight: Float64Array, r: number): number {
  let logDeterminant = 0;
  for (let j = 0; j < r; j++) {
    for (let i = j; i < r; i++) {
      let sum = s[i * r + j] + (i === j ? 1 : 0);
      for (let k = 0; k < j; k++) sum -= factor[i * r + k] * factor[j * r + k];
      factor[i * r + j] = i === j ? Math.sqrt(sum) : sum / factor[j * r + j];
    }
    logDeterminant += 2 * Math.log(factor[j * r + j]);
  }
  // The rows of the inverse factor, which `weight` holds while it is made of them.
  for (let j = 0; j < r; j++) {
    for (let i = 0; i < r; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= factor[i * r + k] * weight[j * r + k];
      weight[j * r + i] = i < j ? 0 : sum / factor[i * r + i];
    }
  }
  // weight[j] is column j of the inverse factor: W_ij = Σ_k weight_ik weight_jk, from the last row on.
  for (let i = 0; i < r; i++) {
    for (let j = i; j < r; j++) {
      let sum = 0;
      for (let k = j; k < r; k++) sum += weight[i * r + k] * weight[j * r + k];
      factor[i * r + j] = sum;
    }
  }
  for (let i = 0; i < r; i++)
    for (let j = 0; j < r; j++) weight[i * r + j] = i <= j ? factor[i * r + j] : factor[j * r + i];
  return logDeterminant;
}

function multiply(a: Float64Array, b: Float64Array, out: Float64Array, r: number): void {
  out.fill(0);
  for (let i = 0; i < r; i++)
    for (let k = 0; k < r; k++) {
      const left = a[i * r + k];
      for (let j = 0; j < r; j++) out[i * r + j] += left * b[k * r + j];
    }
}

/** The same, on all threads. */
export function readTilt(args: ReadArgs, executor: Executor): void {
  executor.run(readTiltTask, args, Math.ceil(args.log.length / COUNT));
}
