import { leavesRegion } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { frobenius, type Matrix, release, share } from '../numerics/matrix.js';
import { type KernelState, unknownsOf } from './kernelState.js';
import type { KernelSystem } from './kernelSystem.js';
import { BEYOND_TRUNCATION } from './tilted/truncation.js';
import { imageOf, matricesOf, type Place, placeOf } from './walk.js';

/** What a walk whose images Φ(x) + ν are noisy has been through. */
export interface Walked<State extends KernelState> {
  /** mean of its states */
  readonly states: Place<State>;
  /** mean of their images, Φ(s̄) + ν̄ */
  readonly images: Place<State>;
  /** the same of each batch of steps */
  readonly batches: readonly Place<State>[];
}

/**
 * The solution for the mean noise of all steps, x = Φ(x) + ν̄, and those for the noise of each batch,
 * independent estimates of it: x = Ī + Φ(x) − Φ(s̄), and x_b = x + √B d_b with d_b = (I_b − Ī)/√B + Φ(x +
 * d_b) − Φ(x). The differences are taken at common samples. So the solution does not depend on where the walk
 * happened to be, and the scatter of batches has all that noise does to other layers and comes back from
 * them. C̃ of the solution are those of the images, of which alone the evidence is stationary.
 *
 * Truncated weights bias averages where they have heavy tails. `whole` is where the solution would be
 * without, as far as that can be told: x + e with e = δ + Φ(x + e) − Φ(x) like x_b, δ an extrapolation of
 * what images move by between truncation at two powers; undefined where no weight is truncated.
 */
export function respond<State extends KernelState>(
  system: KernelSystem<State>,
  { states, images, batches }: Walked<State>,
  scale: number,
): { place: Place<State>; batches: Place<State>[]; whole: State | undefined } {
  const layers = states.state.layers.length;
  const counted = unknownsOf(states.state).length;
  const units = matricesOf(states).map((matrix, k) => (k < counted ? 1 : LITTLE) / (frobenius(matrix) || 1));
  const packed = (place: Place<State>): Float64Array => pack(matricesOf(place), units);
  const unpacked = (x: Float64Array): Place<State> => placeOf(states, unpack(x, matricesOf(states), units));
  const mapped = (x: Float64Array): Float64Array => {
    const image = imageOf(system, unpacked(x), scale);
    const result = packed(image);
    release(...matricesOf(image));
    return result;
  };
  const shift = truncationShift(system, () => mapped(packed(states)));
  system.hold?.();
  const mean = packed(images);
  const origin = combine(mapped(packed(states)), -1, mean, 1);
  // One for all: what layers do to each other near the solution is the same for every noise.
  const mixer = new AndersonMixer(MEMORY, 1);
  const solution = solved(mixer, mean, origin, mapped, layers + MORE);
  const at = mapped(solution);
  const shrink = 1 / Math.sqrt(batches.length);
  /** The solution with this noise more, by its response to a part of it. */
  const moved = (noise: Float64Array): Place<State> => {
    const start = combine(solution, 1, noise, shrink);
    mixer.shift();
    const there = solved(mixer, start, combine(start, 1, at, -1), mapped, RESPONSE_STEPS);
    return unpacked(combine(solution, 1 - 1 / shrink, there, 1 / shrink));
  };
  return {
    place: { state: unpacked(solution).state, conjugates: images.conjugates },
    batches: batches.map((batch) => moved(combine(packed(batch), 1, mean, -1))),
    whole: shift && moved(shift).state,
  };
}

/** Sets of samples that tell what truncation moves: with fewer a few of them carry it. */
const SHIFT_SETS = 8;

/** By how much images would move if weights were not truncated; undefined where none are. */
function truncationShift<State extends KernelState>(
  system: KernelSystem<State>,
  image: () => Float64Array,
): Float64Array | undefined {
  let sum: Float64Array | undefined;
  try {
    for (let k = 0; k < SHIFT_SETS; k++) {
      system.refresh?.();
      system.hold?.();
      const usual = image();
      system.lower?.(true);
      const moved = combine(usual, 1, image(), -1);
      system.lower?.(false);
      if (k === 0 && moved.every((value) => value === 0)) return undefined;
      sum = combine(moved, BEYOND_TRUNCATION / SHIFT_SETS, sum, sum ? 1 : 0);
    }
  } catch (error) {
    if (!leavesRegion(error)) throw error;
    sum = undefined;
  } finally {
    system.lower?.(false);
  }
  return sum;
}

/** Steps of the solution beyond one a layer, in which what goes down through all of them comes up again. */
const MORE = 3;
/**
 * Weight of conjugate kernels in what tells steps apart: their noise is largest where kernels are smallest,
 * and says nothing there.
 */
const LITTLE = 1e-6;

/** Steps that the mixer remembers. */
const MEMORY = 8;
/** Steps of the response to the noise of a batch, after those of the solution and of other batches. */
const RESPONSE_STEPS = 2;

/** x = a + Φ(x) after so many steps from x = `start`, accelerated; fewer where Φ is not defined. */
function solved(
  mixer: AndersonMixer,
  start: Float64Array,
  a: Float64Array,
  mapped: (x: Float64Array) => Float64Array,
  steps: number,
): Float64Array {
  let x = start;
  try {
    for (let k = 0; k < steps; k++) x = mixer.next(x, combine(a, 1, mapped(x), 1));
  } catch (error) {
    if (!leavesRegion(error)) throw error;
  }
  return x;
}

/** αa + βb */
function combine(a: Float64Array, alpha: number, b = a, beta = 0): Float64Array {
  return a.map((value, i) => alpha * value + beta * b[i]);
}

function pack(matrices: readonly Matrix[], units: readonly number[]): Float64Array {
  const packed = new Float64Array(matrices.reduce((sum, { data }) => sum + data.length, 0));
  let next = 0;
  matrices.forEach(({ data }, k) => {
    for (let i = 0; i < data.length; i++) packed[next++] = units[k] * data[i];
  });
  return packed;
}

function unpack(packed: Float64Array, like: readonly Matrix[], units: readonly number[]): Matrix[] {
  let next = 0;
  return like.map(({ rows, columns, data }, k) => {
    const values = packed.subarray(next, (next += data.length));
    return { rows, columns, data: share(values.map((value) => value / units[k])) };
  });
}
