import { architectureOf, kernelSizes } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { type Matrix, zeros } from '../../numerics/matrix.js';
import { ParallelNormals } from '../../numerics/parallel/normals.js';
import { RandomStream } from '../../numerics/random.js';
import { activationOf, type Problem } from '../../problem/problem.js';
import { TiltedSamples } from '../tilted/tiltedSamples.js';

/** What predictions need of the samples of a solution, layer by layer: where their random streams are, and the Gaussians that they are drawn from. */
interface Inner {
  readonly normals: Map<
    number,
    {
      readonly stream: RandomStream;
      readonly source: ParallelNormals;
      readonly epsilon: Matrix;
      readonly extra: Float64Array;
      readonly momentum: Matrix | undefined;
    }
  >;
  readonly states: Map<number, { readonly m: Matrix; readonly partials: readonly number[] }>;
  readonly stream: RandomStream;
  readonly carried: boolean;
}

/** Private to those who sample; a test compares predictions before and after. */
const innerOf = (samples: TiltedSamples): Inner => samples as unknown as Inner;

const row = (values: ArrayLike<number>): Matrix => ({ rows: 1, columns: values.length, data: Float64Array.from(values) });

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

export function tiltedState(samples: TiltedSamples): Record<string, Matrix> {
  const { normals, states, carried } = innerOf(samples);
  const arrays: Record<string, Matrix> = { samples: row([samples.size, Number(carried)]) };
  for (const [l, { stream, source }] of normals) {
    const { m, partials } = states.get(l) as { m: Matrix; partials: readonly number[] };
    arrays[`stream_${l}`] = row([...halves(stream.state), ...halves(source.clone())]);
    arrays[`gaussian_${l}`] = m;
    arrays[`partials_${l}`] = row(partials);
  }
  return arrays;
}

/** Samples that predict as those did which the state is of. @throws InputError for what is no such state */
export function restoredSamples(
  state: Readonly<Record<string, Matrix>>,
  { network, data }: Problem,
  compute: Compute,
): TiltedSamples {
  const [size, carried] = state.samples?.data ?? [];
  if (!(Number.isSafeInteger(size) && size > 0)) throw new InputError('damaged: array state_samples is missing or wrong');
  const samples = new TiltedSamples((l) => activationOf(network, l), compute, size, 0, carried === 1);
  const inner = innerOf(samples);
  const below = kernelSizes(architectureOf(network), data.x.rows);
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const points = below[l - 1];
    const [words, m, partials] = [state[`stream_${l}`], state[`gaussian_${l}`], state[`partials_${l}`]];
    if (!words || !partials || m?.rows !== points || m.columns !== points)
      throw new InputError(`damaged: the state of layer ${l} is missing or of another size`);
    const stream = RandomStream.fromState(wordsOf(words, 0, STREAM));
    const source = new ParallelNormals(stream, compute.executor);
    source.restore(wordsOf(words, 2 * STREAM, words.columns / 2 - STREAM));
    const momentum = inner.carried ? zeros(size, points) : undefined;
    inner.normals.set(l, { stream, source, epsilon: zeros(size, points), extra: new Float64Array(size), momentum });
    inner.states.set(l, { m, partials: [...partials.data] });
  }
  samples.frozen = true;
  return samples;
}
