import type { Activation } from '../../activations/activation.js';
import type { Compute } from '../../numerics/compute.js';
import { NotPositiveDefiniteError } from '../../numerics/errors.js';
import { factorSemidefinite } from '../../numerics/linearAlgebra.js';
import { type Matrix, release, scratch, zeros } from '../../numerics/matrix.js';
import { RandomStream } from '../../numerics/random.js';
import type { Problem } from '../../problem/problem.js';
import type { KernelSystem } from '../annealing.js';
import type { TheoryOptions } from '../theory.js';
import { fitProposal } from './proposal.js';
import type { Tilt } from './tilt.js';
import { meanForm, type Samples, TiltedMeasure } from './tiltedMeasure.js';

/** Independent groups of samples, whose scatter gives standard errors. */
export const GROUPS = 8;
/** Below this effective share of the samples a few of them carry all averages. */
const FIRST_UPDATES = 4;
const LEAST_EFFECTIVE_SHARE = 0.01;

/** Samples unless asked otherwise: few points are cheap, so they get more. */
export const sampleCount = ({ data }: Problem, { samples }: TheoryOptions): number =>
  samples ?? Math.round(Math.min(65536, Math.max(8192, 1.5e8 / data.x.rows ** 2)));

/** Averages of functions that jump move by whole samples: they cannot settle further than that. */
export const defaultTolerance = ({ discontinuous }: Activation): number => (discontinuous ? 1e-3 : 1e-6);

/** Matrices of P×P doubles that samples of all layers take, twice for their standard errors. */
export const tiltedMatrices = (problem: Problem, options: TheoryOptions): number =>
  12 + ((2 * problem.network.hiddenLayers + 12) * sampleCount(problem, options)) / problem.data.x.rows;

interface LayerState {
  readonly m: Matrix;
  readonly partials: readonly number[];
}

/**
 * Tilted measures of all layers from common random numbers: every average is a smooth function of the kernels, so that the
 * equations have a solution to all digits, whose error is that of the samples alone.
 */
export class TiltedSamples {
  private readonly normals = new Map<number, { epsilon: Matrix; extra: Float64Array }>();
  /** the Gaussian near each layer's measure when last asked: the start of the next */
  private readonly states = new Map<number, LayerState>();
  private readonly stream: RandomStream;
  private buffers: Pick<Samples, 'h' | 'phi' | 'scratch'> | undefined;
  /** the least effective share of samples since `resetShares` */
  leastShare = 1;
  /** the Gaussians stay as they are: averages are smooth functions of the kernels, and agree to the bit when repeated */
  frozen = false;
  readonly size: number;

  constructor(
    private readonly activation: Activation,
    private readonly compute: Compute,
    samples: number,
    seed: number,
  ) {
    this.size = GROUPS * Math.max(8, Math.ceil(samples / GROUPS));
    this.stream = RandomStream.fromSeed(seed);
  }

  /** All groups of these samples but one, with the same start: for the jackknife. */
  without(group: number): TiltedSamples {
    const share = this.size / GROUPS;
    const part = new TiltedSamples(this.activation, this.compute, this.size, 0);
    (part as { size: number }).size = this.size - share;
    for (const [l, { epsilon, extra }] of this.normals) {
      const p = epsilon.columns;
      const rest = { epsilon: scratch(part.size, p), extra: new Float64Array(part.size) };
      cutOut(epsilon.data, group * share * p, (group + 1) * share * p, rest.epsilon.data);
      cutOut(extra, group * share, (group + 1) * share, rest.extra);
      part.normals.set(l, rest);
    }
    for (const [l, state] of this.states) part.states.set(l, state);
    part.frozen = this.frozen;
    return part;
  }

  /** The measure of layer l: neurons N(0, c) tilted by e^F with coupling g/N. @throws NotPositiveDefiniteError where samples cannot reach it */
  measure(l: number, c: Matrix, coupling: number, tilt: Tilt): TiltedMeasure {
    const known = this.states.get(l);
    const factor = factorSemidefinite(this.compute.algebra, c);
    // First derivatives of the tilts at φ = 0 to begin with.
    const partials = known?.partials ?? partialsAtZero(tilt);
    const conjugate = meanForm(tilt, partials, this.compute);
    const updates = known ? (this.frozen ? 0 : 1) : FIRST_UPDATES;
    const proposal = fitProposal(this.activation, factor, conjugate, coupling, { start: known?.m, updates }, this.compute);
    const samples = { ...this.draws(l, c.rows), ...this.workspace(c.rows) };
    const measure = new TiltedMeasure(this.activation, factor, coupling, tilt, proposal, samples, this.compute);
    release(conjugate);
    if (!this.frozen || !known) this.states.set(l, { m: proposal.m, partials: measure.meanPartials });
    this.leastShare = Math.min(this.leastShare, measure.effectiveShare);
    if (!(measure.effectiveShare >= LEAST_EFFECTIVE_SHARE)) {
      throw new NotPositiveDefiniteError(`the tilted measure of layer ${l} is out of reach of the samples`);
    }
    return measure;
  }

  private draws(l: number, points: number): { epsilon: Matrix; extra: Float64Array } {
    const known = this.normals.get(l);
    if (known) return known;
    const stream = this.stream.split(l);
    const epsilon = zeros(this.size, points);
    stream.normals(epsilon.data);
    const drawn = { epsilon, extra: stream.normals(new Float64Array(this.size)) };
    this.normals.set(l, drawn);
    return drawn;
  }

  private workspace(points: number): Pick<Samples, 'h' | 'phi' | 'scratch'> {
    if (this.buffers?.h.columns !== points) {
      const [h, phi, scratch] = Array.from({ length: 3 }, () => zeros(this.size, points));
      this.buffers = { h, phi, scratch };
    }
    return this.buffers;
  }
}

const ADAPTATIONS = 3;

/** Fits the Gaussians that samples are drawn from to the measures at a state, and holds them there. */
export function adaptSamples(samples: TiltedSamples, system: KernelSystem, state: readonly Matrix[], scale: number): void {
  samples.frozen = false;
  try {
    for (let k = 0; k < ADAPTATIONS; k++) {
      const { image, conjugates } = system.sweep(state, scale);
      release(...image.slice(1), ...conjugates);
    }
  } catch (error) {
    // Out of reach from here: the search that follows finds out, and backs off.
    if (!(error instanceof NotPositiveDefiniteError)) throw error;
  } finally {
    samples.frozen = true;
  }
}

/** All of `values` but those from `from` to `to`. */
function cutOut(values: Float64Array, from: number, to: number, into: Float64Array): void {
  into.set(values.subarray(0, from));
  into.set(values.subarray(to), from);
}

function partialsAtZero(tilt: Tilt): number[] {
  const zero = tilt.forms.map(() => new Float64Array(1));
  const partials = tilt.forms.map(() => new Float64Array(1));
  tilt.evaluate(zero, new Float64Array(1), partials);
  return partials.map(([value]) => value);
}
