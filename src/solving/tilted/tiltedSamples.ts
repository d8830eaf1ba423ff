import type { Activation } from '../../activations/activation.js';
import { mostRows } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { leavesRegion, OutOfReachError } from '../../numerics/errors.js';
import { factorSemidefinite } from '../../numerics/linearAlgebra.js';
import { type Matrix, release, zeros } from '../../numerics/matrix.js';
import { ParallelNormals } from '../../numerics/parallel/normals.js';
import { RandomStream } from '../../numerics/random.js';
import type { Problem } from '../../problem/problem.js';
import { type KernelState, releaseUnknowns } from '../kernelState.js';
import type { KernelSystem } from '../kernelSystem.js';
import { fitProposal } from './proposal.js';
import { meanForm, partialsAtZero, type Tilt } from './tilt.js';
import { type Samples, TiltedMeasure } from './tiltedMeasure.js';
import { LOWER_TRUNCATION, TRUNCATION } from './truncation.js';

/** Iterations of the Gaussian of a layer that is met for the first time. */
const FIRST_UPDATES = 4;
/** Samples beyond which more are not taken unless asked for. */
export const MOST = 32768;
/** Samples whose share says how far a measure is. */
const MANY = 65536;
/** Below this effective share of the samples a few of them carry all averages. */
const LEAST_EFFECTIVE_SHARE = 0.005;

const rowsOf = ({ network, data }: Problem): number => mostRows(network, data.x.rows);

/** How many samples are asked for. */
export interface SampleChoice {
  readonly samples?: number;
}

/** Samples unless asked otherwise: few points are cheap, so they get more. */
export const sampleCount = (problem: Problem, { samples }: SampleChoice): number =>
  samples ?? Math.round(Math.min(MOST, Math.max(8192, 1.5e8 / rowsOf(problem) ** 2)));

/** Samples that are carried: a step takes about 25 times as long, and few are lost. */
export const carriedCount = (problem: Problem): number =>
  Math.round(Math.min(4096, Math.max(1024, 4096 * (32 / rowsOf(problem)) ** 2)));

/**
 * Residual to which the equations are solved for one set of samples, before the solution is averaged over
 * many.
 */
export const MONTE_CARLO_TOLERANCE = 1e-3;

/** Matrices of P×P doubles that samples of all layers take. */
export const tiltedMatrices = (problem: Problem, options: SampleChoice): number =>
  12 + ((problem.network.hiddenLayers + 6) * sampleCount(problem, options)) / rowsOf(problem);

interface LayerDraws {
  readonly source: ParallelNormals;
  readonly stream: RandomStream;
  readonly epsilon: Matrix;
  readonly extra: Matrix;
  /** of samples that are carried */
  readonly momentum: Matrix | undefined;
}

interface LayerState {
  readonly m: Matrix;
  readonly partials: readonly number[];
}

/**
 * What averages over the next samples of a layer depend on: where its random streams are, and the Gaussian
 * that they are drawn from.
 */
export interface LayerSnapshot extends LayerState {
  /** words of the stream of the layer */
  readonly stream: BigUint64Array;
  /** words of the streams of its matrices of normals */
  readonly normals: BigUint64Array;
}

/**
 * Tilted measures of all layers. Between refreshes the random numbers are common: every average is a smooth
 * function of the kernels, so that the equations have a solution for these samples; `refresh` draws others.
 */
export class TiltedSamples {
  private readonly normals = new Map<number, LayerDraws>();
  /** layers whose normals are to be drawn anew */
  private stale = new Set<number>();
  /** the Gaussian near each layer's measure when last asked: the start of the next */
  private readonly states = new Map<number, LayerState>();
  private readonly stream: RandomStream;
  private buffers: Pick<Samples, 'h' | 'phi' | 'applied' | 'scratch'> | undefined;
  /** what a flow uses up */
  private moving: { readonly epsilon: Matrix; readonly momentum: Matrix } | undefined;
  private shares: number[] = [];
  /**
   * the Gaussians stay as they are: averages are smooth functions of the kernels, and agree to the bit when
   * repeated
   */
  frozen = false;
  /** weights of the measures are truncated lower than usual */
  lowered = false;
  /** keeps the modes of the measures that are asked for, layer by layer */
  watched: Map<number, number[]> | undefined;
  readonly size: number;

  constructor(
    /** φ_l */
    private readonly activationOf: (l: number) => Activation,
    private readonly compute: Compute,
    samples: number,
    seed: number,
    /** carried to their measures (`flow.ts`), where the best Gaussian is far from these */
    readonly carried = false,
    /** positions of a new point in layer l, where their covariances are asked for */
    private readonly positionsOf: (l: number) => number = () => 1,
  ) {
    this.size = samples;
    this.stream = RandomStream.fromSeed(seed);
  }

  /** From now on averages come from new samples, and the Gaussians they are drawn from follow the kernels. */
  refresh(): void {
    this.frozen = false;
    this.stale = new Set(this.normals.keys());
  }

  /**
   * The effective share of the samples, the median over all measures since it was asked for last, as it would
   * be of MANY: truncation keeps the share of few samples high, where it takes more from the weights.
   */
  typicalShare(): number {
    const sorted = this.shares.sort((a, b) => a - b);
    this.shares = [];
    const median = sorted[Math.floor(sorted.length / 2)] ?? 1;
    return this.carried ? median : median * Math.min(1, (this.size / MANY) ** (1 - TRUNCATION));
  }

  /**
   * Averages `count` times over new samples, the same in every call, and leaves the Gaussians they are drawn
   * from as they are.
   */
  overAgain<Result>(count: number, average: (k: number) => Result): Result[] {
    this.frozen = true;
    const before = [...this.normals.values()].map(({ stream, source }) => ({
      stream,
      source,
      state: stream.clone(),
      states: source.clone(),
    }));
    const results = Array.from({ length: count }, (_, k) => {
      this.stale = new Set(this.normals.keys());
      return average(k);
    });
    for (const { stream, source, state, states } of before) {
      stream.state.set(state.state);
      source.restore(states);
    }
    return results;
  }

  /** Where the samples of every layer are, for `resume`. */
  snapshot(): Map<number, LayerSnapshot> {
    return new Map(
      [...this.normals].map(([l, { stream, source }]) => {
        const state = this.states.get(l) as LayerState;
        return [l, { ...state, stream: stream.state.slice(), normals: source.clone() }];
      }),
    );
  }

  /** Goes on in layer l from where samples of the same number were: `overAgain` gives what it gave there. */
  resume(l: number, { stream, normals, m, partials }: LayerSnapshot): void {
    const layer = this.layerDraws(l, RandomStream.fromState(stream), m.rows);
    layer.source.restore(normals);
    this.normals.set(l, layer);
    this.states.set(l, { m, partials });
    this.frozen = true;
  }

  /**
   * The measure of layer l: neurons N(0, c) tilted by e^F with coupling g/N. @throws NotPositiveDefiniteError
   * where samples cannot reach it
   */
  measure(l: number, c: Matrix, coupling: number, tilt: Tilt): TiltedMeasure {
    const known = this.states.get(l);
    const factor = factorSemidefinite(this.compute.algebra, c);
    // First derivatives of the tilts at φ = 0 to begin with.
    const partials = known?.partials ?? partialsAtZero(tilt);
    const conjugate = meanForm(tilt, partials, this.compute);
    const updates = known ? (this.frozen ? 0 : 1) : FIRST_UPDATES;
    const activation = this.activationOf(l);
    const proposal = fitProposal(
      activation,
      factor,
      conjugate,
      coupling,
      { start: known?.m, updates },
      this.compute,
    );
    const truncation = this.lowered ? LOWER_TRUNCATION : TRUNCATION;
    const samples = { ...this.draws(l, c.rows), ...this.workspace(c.rows), truncation };
    const measure = new TiltedMeasure(activation, factor, coupling, tilt, proposal, samples, this.compute);
    release(conjugate);
    if (!this.frozen || !known) this.states.set(l, { m: proposal.m, partials: measure.meanPartials });
    this.shares.push(measure.effectiveShare);
    this.watched?.set(l, measure.modes());
    if (!(measure.effectiveShare >= LEAST_EFFECTIVE_SHARE)) {
      throw new OutOfReachError(`the tilted measure of layer ${l} is out of reach of the samples`);
    }
    return measure;
  }

  /** The normals of a layer; copies of those that a flow uses up. */
  private draws(l: number, points: number): Pick<Samples, 'epsilon' | 'extra' | 'carried'> {
    const { epsilon, extra, momentum } = this.drawn(l, points);
    if (!momentum) return { epsilon, extra };
    this.moving ??= { epsilon: zeros(this.size, points), momentum: zeros(this.size, points) };
    this.moving.epsilon.data.set(epsilon.data);
    this.moving.momentum.data.set(momentum.data);
    return {
      epsilon: this.moving.epsilon,
      extra,
      carried: { start: epsilon, momentum: this.moving.momentum },
    };
  }

  private drawn(l: number, points: number): LayerDraws {
    const known = this.normals.get(l);
    if (known && !this.stale.delete(l)) return known;
    const drawn = known ?? this.layerDraws(l, this.stream.split(l), points);
    drawn.source.fill(drawn.epsilon);
    drawn.stream.normals(drawn.extra.data);
    if (drawn.momentum) drawn.source.fill(drawn.momentum);
    this.normals.set(l, drawn);
    return drawn;
  }

  private layerDraws(l: number, stream: RandomStream, points: number): LayerDraws {
    return {
      stream,
      source: new ParallelNormals(stream, this.compute.executor),
      epsilon: zeros(this.size, points),
      extra: zeros(this.size, this.positionsOf(l)),
      momentum: this.carried ? zeros(this.size, points) : undefined,
    };
  }

  private workspace(points: number): Pick<Samples, 'h' | 'phi' | 'applied' | 'scratch'> {
    if (this.buffers?.h.columns !== points) {
      const [h, phi, applied, scratch] = Array.from({ length: 4 }, () => zeros(this.size, points));
      this.buffers = { h, phi, applied, scratch };
    }
    return this.buffers;
  }
}

const ADAPTATIONS = 3;

/** Fits the Gaussians that samples are drawn from to the measures at a state, and holds them there. */
function adaptSamples<State extends KernelState>(
  samples: TiltedSamples,
  system: KernelSystem<State>,
  state: State,
  scale: number,
): void {
  samples.frozen = false;
  try {
    for (let k = 0; k < ADAPTATIONS; k++) {
      const { image, conjugates } = system.sweep(state, scale);
      releaseUnknowns(image);
      release(...conjugates);
    }
  } catch (error) {
    // Out of reach from here: the search that follows finds out, and backs off.
    if (!leavesRegion(error)) throw error;
  } finally {
    samples.frozen = true;
  }
}

/** A system whose averages come from these samples. */
export const monteCarloSystem = <State extends KernelState>(
  system: KernelSystem<State>,
  samples: TiltedSamples,
): KernelSystem<State> => ({
  ...system,
  adapt: (state, scale) => adaptSamples(samples, system, state, scale),
  refresh: () => samples.refresh(),
  hold: () => {
    samples.frozen = true;
  },
  lower: (lowered) => {
    samples.lowered = lowered;
  },
  typicalShare: () => samples.typicalShare(),
});
