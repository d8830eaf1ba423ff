import { isFloats, refuse } from './arguments.js';
import { SLICE, wasmKernels } from './kernels/wasmKernels.js';

const JUMP = [0x180ec6d33cfd0aban, 0xd5a61266f0c9392cn, 0xa9582618e03fc9aan, 0x39abdc4529b1661cn];
const LONG_JUMP = [0x76e15d3efefdcbbfn, 0xc5004e441c522fb3n, 0x77710069854ee241n, 0x39109bb02acbe635n];
const MASK = (1n << 64n) - 1n;
/** Entries that an Int32Array can count. */
const MOST_ORDERED = 2 ** 31 - 1;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** SplitMix64 (Steele, Lea, Flood 2014): spreads a small seed over the 256 bits of state. */
function expandSeed(seed: bigint): BigUint64Array {
  const state = new BigUint64Array(4);
  let x = seed & MASK;
  for (let i = 0; i < 4; i++) {
    x = (x + 0x9e3779b97f4a7c15n) & MASK;
    let z = x;
    z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
    z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
    state[i] = z ^ (z >> 31n);
  }
  return state;
}

/**
 * A stream of random numbers: xoshiro256++, period 2²⁵⁶ − 1. `split(k)` moves k × 2¹⁹² draws ahead and
 * `jump()` 2¹²⁸, so streams of one seed never overlap and results do not depend on how work is shared among
 * threads.
 */
export class RandomStream {
  private constructor(
    /** the 256 bits of the state, 4 words */
    readonly state: BigUint64Array,
  ) {}

  /** The stream of a seed. @param seed a whole number from 0 @throws InputError for anything else */
  static fromSeed(seed: number | bigint): RandomStream {
    const whole = typeof seed === 'bigint' || (Number.isInteger(seed) && seed >= 0);
    if (!whole) refuse('seed', seed, 'must be a whole number from 0');
    return new RandomStream(expandSeed(BigInt(seed)));
  }

  /** The stream that goes on from a `state`. @throws InputError for anything but 4 words */
  static fromState(state: BigUint64Array): RandomStream {
    if (!(state instanceof BigUint64Array) || state.length !== 4)
      refuse('state', state, 'must be a BigUint64Array of 4 words');
    return new RandomStream(state.slice());
  }

  /** A stream that goes on from here by itself. */
  clone(): RandomStream {
    return RandomStream.fromState(this.state);
  }

  /**
   * The k-th independent stream derived from this one, which does not move; k + 1 long jumps away.
   * @throws InputError for a k that is no whole number from 0
   */
  split(k: number): RandomStream {
    if (!isCount(k)) refuse('k', k, 'must be a whole number from 0');
    const child = this.clone();
    for (let i = 0; i <= k; i++) child.advance(LONG_JUMP);
    return child;
  }

  /** Moves 2¹²⁸ draws ahead. */
  jump(): this {
    this.advance(JUMP);
    return this;
  }

  private advance(polynomial: bigint[]): void {
    const { exports, state, stateWords, input } = wasmKernels();
    stateWords.set(this.state);
    new BigUint64Array(input.values.buffer, input.pointer, 4).set(polynomial);
    exports.loadState(state.pointer);
    exports.jump(input.pointer);
    exports.storeState(state.pointer);
    this.state.set(stateWords);
  }

  private fill(call: 'fillNormals' | 'fillUniforms', out: Float64Array): Float64Array {
    if (!isFloats(out)) refuse('out', out, 'must be a Float64Array');
    const { exports, state, stateWords, output } = wasmKernels();
    stateWords.set(this.state);
    exports.loadState(state.pointer);
    for (let start = 0; start < out.length; start += SLICE) {
      const count = Math.min(SLICE, out.length - start);
      exports[call](output.pointer, count);
      out.set(output.values.subarray(0, count), start);
    }
    exports.storeState(state.pointer);
    this.state.set(stateWords);
    return out;
  }

  /** Fills `out` with independent N(0, 1) draws. @throws InputError for anything but a Float64Array */
  normals(out: Float64Array): Float64Array {
    return this.fill('fillNormals', out);
  }

  /**
   * Fills `out` with independent draws, uniform on the open interval (0, 1). @throws InputError for anything
   * but a Float64Array
   */
  uniforms(out: Float64Array): Float64Array {
    return this.fill('fillUniforms', out);
  }

  /**
   * `count` raw 64-bit draws. @throws InputError for a count below 0 or beyond a slice of the WebAssembly
   * memory
   */
  bits(count: number): BigUint64Array {
    const { exports, state, stateWords, output } = wasmKernels();
    if (!isCount(count) || count > SLICE) refuse('count', count, `must be a whole number to ${SLICE}`);
    stateWords.set(this.state);
    exports.loadState(state.pointer);
    exports.fillBits(output.pointer, count);
    exports.storeState(state.pointer);
    this.state.set(stateWords);
    return new BigUint64Array(output.values.buffer, output.pointer, count).slice();
  }

  /**
   * A uniform random order of 0 … count − 1 (Fisher and Yates). @throws InputError for a count that no
   * Int32Array has
   */
  permutation(count: number): Int32Array {
    if (!isCount(count) || count > MOST_ORDERED)
      refuse('count', count, `must be a whole number to ${MOST_ORDERED}`);
    const order = Int32Array.from({ length: count }, (_, i) => i);
    const u = this.uniforms(new Float64Array(count));
    for (let i = count - 1; i > 0; i--) {
      const j = Math.floor(u[i] * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    return order;
  }
}
