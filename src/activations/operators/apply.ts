import type { Compute } from '../../numerics/compute.js';
import { type Executor, serialExecutor, type Task } from '../../numerics/parallel/executor.js';
import type { Activation } from '../activation.js';
import { activationByName } from '../registry.js';

const SPAN = 16384;

interface ApplyArgs {
  readonly name: string;
  readonly derivative: boolean;
  readonly h: Float64Array;
  readonly out: Float64Array;
}

function applySpan(activation: Activation, { derivative, h, out }: ApplyArgs, chunk: number): void {
  const [from, to] = [chunk * SPAN, Math.min(h.length, (chunk + 1) * SPAN)];
  activation[derivative ? 'derivative' : 'value'](h.subarray(from, to), out.subarray(from, to));
}

export const applyTask: Task<ApplyArgs> = {
  name: 'applyActivation',
  run: (args, chunk) => applySpan(activationByName(args.name), args, chunk),
};

/**
 * out[i] = φ(h[i]), or φ'(h[i]), on all threads; functions that other threads cannot know run on this one.
 */
export function applyActivation(
  activation: Activation,
  h: Float64Array,
  out: Float64Array,
  compute: Compute,
  derivative = false,
): void {
  runFor(activation, applyTask, applySpan, { name: activation.name, derivative, h, out }, compute.executor);
}

/** Doubles whose derivatives stay in a first-level cache while they are used. */
const SLOPES = 2048;

type SlopeArgs = Pick<ApplyArgs, 'name' | 'h' | 'out'>;

function multiplySpan(activation: Activation, { h, out }: SlopeArgs, chunk: number): void {
  const slopes = new Float64Array(SLOPES);
  const end = Math.min(h.length, (chunk + 1) * SPAN);
  for (let from = chunk * SPAN; from < end; from += SLOPES) {
    const count = Math.min(SLOPES, end - from);
    activation.derivative(h.subarray(from, from + count), slopes.subarray(0, count));
    for (let i = 0; i < count; i++) out[from + i] *= slopes[i];
  }
}

export const multiplySlopesTask: Task<SlopeArgs> = {
  name: 'multiplySlopes',
  run: (args, chunk) => multiplySpan(activationByName(args.name), args, chunk),
};

/** out[i] *= φ'(h[i]), on all threads. */
export function multiplySlopes(
  activation: Activation,
  h: Float64Array,
  out: Float64Array,
  { executor }: Compute,
): void {
  runFor(activation, multiplySlopesTask, multiplySpan, { name: activation.name, h, out }, executor);
}

/** Runs a task in spans of `h`; functions that other threads cannot know run on this one. */
function runFor<Args extends { readonly h: Float64Array }>(
  activation: Activation,
  task: Task<Args>,
  span: (activation: Activation, args: Args, chunk: number) => void,
  args: Args,
  executor: Executor,
): void {
  const chunks = Math.ceil(args.h.length / SPAN);
  if (activation.portable) executor.run(task, args, chunks);
  else
    serialExecutor.run({ name: 'here', run: (a: Args, chunk) => span(activation, a, chunk) }, args, chunks);
}
