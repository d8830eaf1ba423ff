import type { Compute } from '../numerics/compute.js';
import { serialExecutor, type Task } from '../numerics/parallel/executor.js';
import type { Activation } from './activation.js';
import { activationByName } from './registry.js';

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

/** out[i] = φ(h[i]), or φ'(h[i]), on all threads; functions that other threads cannot know run on this one. */
export function applyActivation(
  activation: Activation,
  h: Float64Array,
  out: Float64Array,
  compute: Compute,
  derivative = false,
): void {
  const args = { name: activation.name, derivative, h, out };
  const chunks = Math.ceil(h.length / SPAN);
  if (activation.portable) compute.executor.run(applyTask, args, chunks);
  else serialExecutor.run({ name: 'applyHere', run: (a: ApplyArgs, chunk) => applySpan(activation, a, chunk) }, args, chunks);
}
