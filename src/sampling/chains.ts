import type { Activation } from '../activations/activation.js';
import { activationByName } from '../activations/registry.js';
import { centredAlignment } from '../measures/alignment.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, allocate, type Matrix, release } from '../numerics/matrix.js';
import { serialExecutor, type Task } from '../numerics/parallel/executor.js';
import { RandomStream } from '../numerics/random.js';
import { WasmLinearAlgebra } from '../numerics/wasm/wasmLinearAlgebra.js';
import { gains, type Problem } from '../problem/problem.js';
import { adaptStepSize, Hmc, type StepSize, startStepSize } from './hmc.js';
import { layerKernel, MarginalPotential } from './marginalPotential.js';
import { type NetworkShape, newParameters } from './weights.js';

/** Acceptance that the step size is adapted to (Betancourt, Byrne and Girolami 2014). */
const TARGET_ACCEPTANCE = 0.8;
const STEP_FIELDS = ['current', 'averaged', 'shift', 'error', 'count'] as const;

/** What is written down of every draw. */
export interface Trace {
  /** −U, the log posterior of the hidden weights up to a constant */
  readonly logPosterior: Float64Array;
  /** centred alignment of the output kernel with the targets */
  readonly cka: Float64Array;
  readonly acceptance: Float64Array;
}

/** One chain, as shared arrays that other threads can move. */
export interface ChainState {
  readonly position: Float64Array;
  /** of the random stream, four words */
  readonly stream: BigUint64Array;
  /** STEP_FIELDS of the dual averaging */
  readonly step: Float64Array;
  /** Σ of kernels 1..L over the draws since `startSums`, one after the other */
  readonly sums: Float64Array;
  readonly trace: Trace;
  /** [divergences] */
  readonly counts: Float64Array;
}

interface SweepArgs {
  readonly shape: NetworkShape;
  readonly activation: string;
  readonly x: Matrix;
  readonly y: Matrix;
  readonly noiseVariance: number;
  readonly chains: readonly ChainState[];
  readonly transitions: number;
  readonly leapfrogSteps: number;
  /** warm-up: the step size adapts and nothing is written down; otherwise the place of the first draw in the traces */
  readonly warmUp: boolean;
  readonly from: number;
}

function sweepChain(args: SweepArgs, activation: Activation, chain: number): void {
  const { shape, x, y, warmUp } = args;
  const state = args.chains[chain];
  const algebra = new WasmLinearAlgebra();
  const stream = RandomStream.fromState(state.stream);
  const potential = new MarginalPotential(shape, activation, x, y, args.noiseVariance, algebra);
  const sampler = new Hmc(potential, state.position, stream);
  const step = Object.fromEntries(STEP_FIELDS.map((name, i) => [name, state.step[i]])) as unknown as StepSize;
  for (let k = 0; k < args.transitions; k++) {
    const { acceptance, divergent } = sampler.transition(warmUp ? step.current : step.averaged, args.leapfrogSteps);
    if (warmUp) {
      adaptStepSize(step, acceptance, TARGET_ACCEPTANCE);
      continue;
    }
    if (divergent) state.counts[0]++;
    record(args, state, potential, sampler, args.from + k, acceptance);
  }
  STEP_FIELDS.forEach((name, i) => {
    state.step[i] = step[name];
  });
  state.stream.set(stream.state);
}

/** Kernels of the present position: the last pass may belong to a trajectory that was refused. */
function record(
  { shape, y }: SweepArgs,
  { sums, trace }: ChainState,
  potential: MarginalPotential,
  { position, energy }: Hmc,
  draw: number,
  acceptance: number,
): void {
  const algebra = new WasmLinearAlgebra();
  const { phi } = potential.passAt(position);
  phi.forEach((activity, l) => {
    const kernel = layerKernel(activity, shape.gains[l + 1], shape.biasVariance[l + 1], algebra);
    const size = kernel.data.length;
    const sum = { ...kernel, data: sums.subarray(l * size, (l + 1) * size) };
    addScaled(sum, 1, kernel);
    if (l === phi.length - 1) trace.cka[draw] = centredAlignment(kernel, y);
    release(kernel);
  });
  trace.logPosterior[draw] = -energy;
  trace.acceptance[draw] = acceptance;
}

export const sweepTask: Task<SweepArgs> = {
  name: 'sweepChains',
  run: (args, chain) => sweepChain(args, activationByName(args.activation), chain),
};

export function shapeOf({ network, data }: Problem): NetworkShape {
  return {
    dimension: data.x.columns,
    widths: network.widths,
    gains: gains(network),
    biasVariance: network.biasVariance,
  };
}

/** Chains that start from draws of the prior, each with a random stream of its own. */
export class Chains {
  readonly states: readonly ChainState[];
  private readonly shape: NetworkShape;

  constructor(
    private readonly problem: Problem,
    private readonly compute: Compute,
    options: { readonly chains: number; readonly draws: number; readonly seed: number },
  ) {
    this.shape = shapeOf(problem);
    const root = RandomStream.fromSeed(options.seed);
    const { rows } = problem.data.x;
    this.states = Array.from({ length: options.chains }, (_, k) => {
      const stream = root.split(k);
      const position = newParameters(this.shape);
      stream.normals(position);
      const first = startStepSize(0.5 * position.length ** -0.25);
      const state: ChainState = {
        position,
        stream: new BigUint64Array(allocate(4).buffer),
        step: allocate(STEP_FIELDS.length),
        sums: allocate(problem.network.hiddenLayers * rows * rows),
        trace: { logPosterior: allocate(options.draws), cka: allocate(options.draws), acceptance: allocate(options.draws) },
        counts: allocate(1),
      };
      state.stream.set(stream.state);
      STEP_FIELDS.forEach((name, i) => {
        state.step[i] = first[name];
      });
      return state;
    });
  }

  private sweep(part: Pick<SweepArgs, 'transitions' | 'leapfrogSteps' | 'warmUp' | 'from'>): void {
    const { network, data, noiseVariance } = this.problem;
    const { activation } = network;
    const args: SweepArgs = {
      shape: this.shape,
      activation: activation.name,
      x: data.x,
      y: data.y,
      noiseVariance,
      chains: this.states,
      ...part,
    };
    const here: Task<SweepArgs> = { name: 'sweepHere', run: (a, chain) => sweepChain(a, activation, chain) };
    if (activation.portable) this.compute.executor.run(sweepTask, args, this.states.length);
    else serialExecutor.run(here, args, this.states.length);
  }

  /** Moves all chains and adapts their step sizes. */
  warmUp(transitions: number, leapfrogSteps: number): void {
    this.sweep({ transitions, leapfrogSteps, warmUp: true, from: 0 });
  }

  /** Begins new sums of kernels. */
  startSums(): void {
    for (const { sums } of this.states) sums.fill(0);
  }

  /** Moves all chains, writing down every draw from place `from` of the traces on and adding up its kernels. */
  draw(transitions: number, leapfrogSteps: number, from: number): void {
    this.sweep({ transitions, leapfrogSteps, warmUp: false, from });
  }
}
