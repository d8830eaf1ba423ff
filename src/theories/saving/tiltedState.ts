import { architectureOf, kernelSizes } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { rowMatrix } from '../../numerics/entrywise.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';
import { samplesOf } from '../../solving/tilted/tiltedEquations.js';
import type { TiltedSamples } from '../../solving/tilted/tiltedSamples.js';

const HALF = 2 ** 32;

/** Words of 64 bits as halves, which doubles hold exactly. */
const halves = (words: BigUint64Array): number[] =>
  [...words].flatMap((word) => [Number(word >> 32n), Number(word & 0xffffffffn)]);

function wordsOf({ data }: Matrix, from: number, count: number): BigUint64Array {
  return BigUint64Array.from({ length: count }, (_, k) => {
    const [high, low] = [data[from + 2 * k], data[from + 2 * k + 1]];
    const right = [high, low].every((half) => Number.isInteger(half) && half >= 0 && half < HALF);
    if (!right) throw new InputError('damaged: the state of a random stream is not one');
    return (BigInt(high) << 32n) | BigInt(low);
  });
}

/** Words of a random stream, and of the streams of a matrix of normals. */
const STREAM = 4;

/** The samples of a solution as arrays: their number, and of every layer what its next samples depend on. */
export function tiltedState(samples: TiltedSamples): Record<string, Matrix> {
  const arrays: Record<string, Matrix> = { samples: rowMatrix([samples.size, Number(samples.carried)]) };
  for (const [l, { stream, normals, m, partials }] of samples.snapshot()) {
    arrays[`stream_${l}`] = rowMatrix([...halves(stream), ...halves(normals)]);
    arrays[`gaussian_${l}`] = m;
    arrays[`partials_${l}`] = rowMatrix(partials);
  }
  return arrays;
}

/** Samples that predict as those did which the state is of. @throws InputError for what is no such state */
export function restoredSamples(
  state: Readonly<Record<string, Matrix>>,
  problem: Problem,
  compute: Compute,
): TiltedSamples {
  const { network, data } = problem;
  const [size, carried] = state.samples?.data ?? [];
  if (!(Number.isSafeInteger(size) && size > 0))
    throw new InputError('damaged: array state_samples is missing or wrong');
  const samples = samplesOf(problem, compute, size, 0, carried === 1);
  const below = kernelSizes(architectureOf(network), data.x.rows);
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const points = below[l - 1];
    const [words, m, partials] = [state[`stream_${l}`], state[`gaussian_${l}`], state[`partials_${l}`]];
    if (!words || !partials || m?.rows !== points || m.columns !== points)
      throw new InputError(`damaged: the state of layer ${l} is missing or of another size`);
    const stream = wordsOf(words, 0, STREAM);
    const normals = wordsOf(words, 2 * STREAM, words.columns / 2 - STREAM);
    samples.resume(l, { stream, normals, m, partials: [...partials.data] });
  }
  return samples;
}
