import type { Activation } from '../activations/activation.js';
import { activationByName } from '../activations/registry.js';
import { architectureOf } from '../architecture/architecture.js';
import { GaussianLikelihood } from '../likelihood/gaussian.js';
import { likelihoodFor } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { allocate, type Matrix, share, zeros } from '../numerics/matrix.js';
import { serialExecutor, type Task } from '../numerics/parallel/executor.js';
import { RandomStream } from '../numerics/random.js';
import { threadAlgebra } from '../numerics/threadAlgebra.js';
import { connectionsOf, positionsBelow } from '../problem/connection.js';
import { classCount, type LikelihoodName, likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import { Hmc, LONGEST_STEP } from './hmc.js';
import { InputSpace, type Points } from './inputs.js';
import { Langevin } from './langevin.js';
import { MarginalPotential } from './marginalPotential.js';
import type { NetworkPotential } from './potential.js';
import { monitored, offsetsOf, Recorder, type Sums } from './recorder.js';
import type { Sampler } from './sampler.js';
import type { PotentialName, SamplerName, SamplingSettings } from './settings.js';
import { adaptStepSize, type StepSize, startStepSize } from './stepSize.js';
import { TestPoints } from './testPoints.js';
import { WeightPotential } from './weightPotential.js';
import { type NetworkShape, shapeOf } from './weights.js';

const STEP_FIELDS = ['current', 'averaged', 'shift', 'error', 'count'] as const;

/**
 * Acceptance that the step size is adapted to: Betancourt, Byrne and Girolami (2014) for HMC, Roberts and
 * Rosenthal (1998) for MALA. Langevin dynamics accepts all; that nearly all would be accepted keeps its bias
 * small.
 */
const ACCEPTANCE: Readonly<Record<SamplerName, number>> = { hmc: 0.8, mala: 0.574, langevin: 0.95 };
const FIRST_STEP: Readonly<Record<SamplerName, number>> = { hmc: 0.8, mala: 1e-3, langevin: 1e-3 };
const MOST_STEP: Readonly<Record<SamplerName, number>> = { hmc: LONGEST_STEP, mala: 1, langevin: 1 };

/** One chain, as shared arrays that other threads can move. */
export interface ChainState {
  readonly position: Float64Array;
  /** of the random stream, four words as eight halves */
  readonly stream: Float64Array;
  /** STEP_FIELDS of the dual averaging */
  readonly step: Float64Array;
  /** sums over the draws of the present stretch, see recorder.ts */
  readonly sums: Float64Array;
  /** what is watched, quantities × draws */
  readonly trace: Matrix;
  /** [divergences, Σ acceptance] after the warm-up */
  readonly counts: Float64Array;
}

/** A network and its data, as plain data for other threads. */
interface Model {
  readonly shape: NetworkShape;
  /** of hidden layers 1..L, by name */
  readonly activations: readonly string[];
  readonly potential: PotentialName;
  readonly x: Matrix;
  readonly y: Matrix;
  readonly likelihood: LikelihoodName;
  readonly noiseVariance: number;
  readonly test: Points | undefined;
  readonly sums: Sums;
  /** whose products are used */
  readonly backend: string;
}

interface SweepArgs {
  readonly model: Model;
  readonly settings: SamplingSettings;
  readonly chains: readonly ChainState[];
  readonly draws: number;
  /**
   * warm-up: the step size adapts and nothing is written down; otherwise the place of the first draw in the
   * traces
   */
  readonly warmUp: boolean;
  readonly from: number;
  /** draws of this stretch that are done, and the distance of those that predict */
  readonly done: number;
  readonly predictEvery: number;
}

export function newPotential(
  model: Model,
  activations: readonly Activation[],
  algebra: LinearAlgebra,
): NetworkPotential {
  const { shape, x, y, noiseVariance } = model;
  if (model.potential === 'marginal')
    return new MarginalPotential(shape, activations, x, new GaussianLikelihood(y, noiseVariance), algebra);
  return new WeightPotential(
    shape,
    activations,
    x,
    likelihoodFor(model.likelihood, y, noiseVariance),
    algebra,
  );
}

function newSampler(
  { sampler, steps }: SamplingSettings,
  potential: NetworkPotential,
  position: Float64Array,
  stream: RandomStream,
): Sampler {
  if (sampler === 'hmc') return new Hmc(potential, position, stream, steps);
  return new Langevin(potential, position, stream, sampler === 'mala');
}

const stepOf = (values: Float64Array) =>
  Object.fromEntries(STEP_FIELDS.map((name, i) => [name, values[i]])) as unknown as StepSize;

function setStep(values: Float64Array, step: StepSize): void {
  values.set(STEP_FIELDS.map((name) => step[name]));
}

function sweepChain(args: SweepArgs, activations: readonly Activation[], chain: number): void {
  const { model, settings, warmUp } = args;
  const state = args.chains[chain];
  const algebra = threadAlgebra(model.backend);
  const stream = RandomStream.fromState(new BigUint64Array(Uint32Array.from(state.stream).buffer));
  const potential = newPotential(model, activations, algebra);
  const sampler = newSampler(settings, potential, state.position, stream);
  const { shape, y, sums, test } = model;
  const testPoints = test && !warmUp ? new TestPoints(shape, activations, test, algebra) : undefined;
  const recorder = new Recorder({ shape, y, sums, potential, testPoints, algebra });
  const step = stepOf(state.step);
  const { sampler: name, stepSize, thin } = settings;
  for (let k = 0; k < args.draws; k++) {
    for (let t = 0; t < thin; t++) {
      const { acceptance, divergent } = sampler.transition(
        stepSize ?? (warmUp ? step.current : step.averaged),
      );
      if (warmUp) adaptStepSize(step, acceptance, ACCEPTANCE[name], MOST_STEP[name]);
      else state.counts[1] += acceptance;
      if (divergent && (!warmUp || name === 'langevin')) state.counts[0]++;
    }
    if (warmUp) continue;
    recorder.record(
      sampler,
      stream,
      state.sums,
      state.trace,
      args.from + k,
      (args.done + k) % args.predictEvery === 0,
    );
  }
  setStep(state.step, step);
  state.stream.set(new Uint32Array(stream.state.buffer));
}

export const sweepTask: Task<SweepArgs> = {
  name: 'sweepChains',
  run: (args, chain) => sweepChain(args, args.model.activations.map(activationByName), chain),
};

/** Chains that start from draws of the prior, each with a random stream of its own. */
export class Chains {
  readonly states: readonly ChainState[];
  readonly model: Model;
  readonly inputs: InputSpace;
  /** of what is watched, row by row of the traces */
  readonly names: readonly string[];
  private readonly predictEvery: number;

  constructor(
    { problem, settings }: { readonly problem: Problem; readonly settings: SamplingSettings },
    private readonly compute: Compute,
  ) {
    const gaussian = likelihoodNameOf(problem) === 'gaussian';
    if (settings.potential === 'weights' && gaussian && problem.noiseVariance === 0)
      throw new InputError(
        'noiseVariance: 0 pins the outputs of all weights; give a positive noise, or integrate out the readout (marginal)',
      );
    this.settings = settings;
    this.activations = architectureOf(problem.network).layers.map(({ activation }) => activation);
    const { data, network, noiseVariance } = problem;
    // Chains depend on the last bit of their inputs, and libraries round differently on several threads.
    const { algebra } = compute;
    const [input] = connectionsOf(network);
    this.inputs = algebra.singleThreaded(
      () => new InputSpace(data.x, network.weightVariance[0], algebra, input.kind === 'dense'),
    );
    const sums: Sums = {
      kernels: architectureOf(network).layers.map(({ map }) => data.x.rows * map.positionsAbove),
      points: data.x.rows,
      outputs: data.y.columns,
      testPoints: data.xTest?.rows ?? 0,
      classes: classCount(problem),
    };
    const test = data.xTest && this.inputs.project(data.xTest);
    this.model = {
      shape: shapeOf(problem, this.inputs.x.columns / positionsBelow(input)),
      activations: this.activations.map(({ name }) => name),
      potential: settings.potential,
      x: this.inputs.x,
      y: data.y,
      likelihood: likelihoodNameOf(problem),
      noiseVariance,
      test: test && { ...test, beyond: share(test.beyond) },
      sums,
      backend: compute.algebra.description,
    };
    this.names = monitored(sums);
    this.predictEvery = Math.max(1, Math.ceil(sums.testPoints / (2 * sums.points)));
    const root = RandomStream.fromSeed(settings.seed);
    const { size } = newPotential(this.model, this.activations, compute.algebra);
    this.states = Array.from({ length: settings.chains }, (_, k) => this.newChain(root.split(k), size));
  }

  private readonly settings: SamplingSettings;
  readonly activations: readonly Activation[];

  private newChain(stream: RandomStream, size: number): ChainState {
    const position = allocate(size);
    stream.normals(position);
    const step = startStepSize(FIRST_STEP[this.settings.sampler]);
    return {
      position,
      stream: share(new Uint32Array(stream.state.buffer)),
      step: share(STEP_FIELDS.map((name) => step[name])),
      sums: allocate(offsetsOf(this.model.sums).length),
      trace: zeros(this.names.length, this.settings.draws),
      counts: allocate(2),
    };
  }

  private sweep(part: Pick<SweepArgs, 'draws' | 'warmUp' | 'from' | 'done'>): void {
    const { model, settings, activations, states, predictEvery } = this;
    const args: SweepArgs = { model, settings, chains: states, predictEvery, ...part };
    const { algebra, executor } = this.compute;
    const here: Task<SweepArgs> = { name: 'sweepHere', run: (a, chain) => sweepChain(a, activations, chain) };
    algebra.singleThreaded(() => {
      const portable =
        activations.every((activation) => activation.portable) &&
        model.shape.connections.every(({ kind }) => kind !== 'own');
      if (portable) executor.run(sweepTask, args, states.length);
      else serialExecutor.run(here, args, states.length);
    });
  }

  /** Moves all chains and adapts their step sizes. */
  warmUp(draws: number): void {
    this.sweep({ draws, warmUp: true, from: 0, done: 0 });
  }

  /** Begins new sums. */
  startSums(): void {
    for (const { sums } of this.states) sums.fill(0);
  }

  /**
   * Moves all chains, adding up draws, of which `done` belong to the same sums, and writing down what is
   * watched from place `from` on.
   */
  draw(draws: number, from: number, done: number): void {
    this.sweep({ draws, warmUp: false, from, done });
  }

  /** Step size of each chain after the warm-up. */
  stepSizes(): number[] {
    return this.states.map(({ step }) => this.settings.stepSize ?? step[1]);
  }
}
