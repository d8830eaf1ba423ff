import { allocate, type Matrix } from '../matrix.js';
import { RandomStream } from '../random.js';
import type { Executor, Task } from './executor.js';

/** Streams that a matrix of normals is shared among, whatever the number of threads. */
const STREAMS = 32;

interface NormalsArgs {
  readonly out: Float64Array;
  readonly states: BigUint64Array;
}

export const normalsTask: Task<NormalsArgs> = {
  name: 'normals',
  run({ out, states }, chunk) {
    const length = Math.ceil(out.length / STREAMS);
    const state = states.subarray(4 * chunk, 4 * chunk + 4);
    const stream = RandomStream.fromState(state);
    stream.normals(out.subarray(chunk * length, Math.min(out.length, (chunk + 1) * length)));
    state.set(stream.state);
  },
};

/** A source of N(0, 1) draws for whole matrices, on all threads; the numbers depend on the stream alone. */
export class ParallelNormals {
  private readonly states = new BigUint64Array(allocate(4 * STREAMS).buffer);

  /** @param stream is left as it is; draws are taken from streams 2¹²⁸ draws apart that follow it */
  constructor(
    stream: RandomStream,
    private readonly executor: Executor,
  ) {
    const walker = stream.clone();
    for (let k = 0; k < STREAMS; k++) this.states.set(walker.jump().state, 4 * k);
  }

  /** Where the streams are, for `restore`. */
  clone(): BigUint64Array {
    return this.states.slice();
  }

  restore(states: BigUint64Array): void {
    this.states.set(states);
  }

  fill({ data }: Matrix): void {
    this.executor.run(normalsTask, { out: data, states: this.states }, STREAMS);
  }
}
