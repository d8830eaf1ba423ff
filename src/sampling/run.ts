import { layerAlignment } from '../measures/alignment.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { RunningMoments } from '../numerics/runningMoments.js';
import { checkProblem } from '../problem/checkProblem.js';
import { likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import { Chains } from './chains.js';
import { type Diagnosis, diagnose, readableRhat } from './diagnostics.js';
import { KeptNetworks, totalVariance } from './keptNetworks.js';
import type { Outputs } from './potential.js';
import { kernelIn, offsetsOf } from './recorder.js';
import { type SamplingSettings, samplingSettings } from './settings.js';

/** Stretches of every chain whose means give standard errors. */
const BATCHES = 16;
/** Seconds that a sweep of all chains should take, so that progress is seen and Ctrl-C is heard. */
const SWEEP = 0.3;
/** Bytes that networks kept for later predictions may take. */
const KEPT_BYTES = 2e8;

/** The state of a run as named arrays: what a checkpoint holds. */
export type Snapshot = Record<string, Matrix>;

/** How far a run is. */
export interface RunProgress {
  /** draws of each chain, warm-up included */
  readonly done: number;
  /** share of the work done, from 0 to 1 */
  readonly fraction: number;
  /** what it is doing, for people */
  readonly stage: string;
}

/** Outputs at the test points with Monte Carlo standard errors. */
export interface TestOutputs extends Outputs {
  readonly meanError: Matrix;
  readonly probabilitiesError?: Matrix;
}

/** R̂ and effective draws of a quantity that is watched. */
export interface NamedDiagnosis extends Diagnosis {
  /** of the quantity, as in draws.npz: `cka 2`, `output 0` */
  readonly name: string;
}

/**
 * A sampling run from its first draw to its last: where it is, and all that it has added up. The results do
 * not depend on where it was interrupted, continued from a snapshot, or on the number of threads. Memory does
 * not grow with the number of draws, except for a few numbers that are watched.
 */
export class SamplingRun {
  /** with all defaults */
  readonly settings: SamplingSettings;
  /** where every chain is */
  readonly chains: Chains;
  /** 16 networks of each chain, for predictions at points that are not known yet */
  readonly kept: KeptNetworks;
  /**
   * over stretches of chains: their sums divided by the draws, then CKA of the stretch's mean kernels,
   * layers 1..L
   */
  readonly moments: RunningMoments;
  private done = 0;
  /** R̂ and effective draws as of the last stretch that was closed, for people */
  private soFar = '';

  constructor(
    private readonly problem: Problem,
    compute: Compute,
    settings: SamplingSettings,
  ) {
    checkProblem(problem);
    checkCompute(compute);
    this.settings = samplingSettings(settings, likelihoodNameOf(problem));
    this.chains = new Chains({ problem, settings: this.settings }, compute);
    this.kept = new KeptNetworks(this.chains, compute.algebra, this.settings.seed);
    this.moments = new RunningMoments(this.offsets.count + problem.network.hiddenLayers);
  }

  private get offsets() {
    return offsetsOf(this.chains.model.sums);
  }

  private get batches(): number {
    return Math.min(BATCHES, this.settings.draws);
  }

  /** First draw of a stretch. */
  private startOf(batch: number): number {
    return Math.floor((batch * this.settings.draws) / this.batches);
  }

  /** Draws up to the next place where sums are closed. */
  private untilNext(): { readonly batch: number; readonly start: number; readonly left: number } {
    const place = this.done - this.settings.warmUp;
    let batch = 0;
    while (this.startOf(batch + 1) <= place) batch++;
    return { batch, start: this.startOf(batch), left: this.startOf(batch + 1) - place };
  }

  /** Draws to the end; every step yields how far it is. @throws InputError when Langevin dynamics diverges */
  *steps(): Generator<RunProgress, void, void> {
    const { warmUp, draws } = this.settings;
    let perSweep = 1;
    const timed = (count: number, sweep: (count: number) => void) => {
      const start = performance.now();
      sweep(count);
      const seconds = (performance.now() - start) / 1000;
      perSweep = Math.max(1, Math.min(2 * count, Math.round((count * SWEEP) / Math.max(seconds, 1e-4))));
      this.done += count;
      this.refuseDivergence();
    };
    while (this.done < warmUp) {
      timed(Math.min(perSweep, warmUp - this.done), (count) => this.chains.warmUp(count));
      yield this.progress('warm-up');
    }
    while (this.done < warmUp + draws) {
      const { batch, start, left } = this.untilNext();
      const place = this.done - warmUp;
      if (place === start) this.chains.startSums();
      timed(Math.min(perSweep, left), (count) => this.chains.draw(count, place, place - start));
      if (this.done - warmUp === this.startOf(batch + 1)) {
        this.close(batch);
        this.soFar = this.describe(this.done - warmUp);
      }
      yield this.progress('draws');
    }
  }

  private progress(stage: string): RunProgress {
    const { warmUp, draws } = this.settings;
    return { done: this.done, fraction: this.done / (warmUp + draws), stage: `${stage}${this.soFar}` };
  }

  /** Diagnostics so far take time that grows with the draws: once a stretch, not once a sweep. */
  private describe(draws: number): string {
    const watched = draws >= 8 ? this.diagnoses(draws) : [];
    if (watched.length === 0) return '';
    const rhat = Math.max(...watched.map((diagnosis) => diagnosis.rhat));
    const effective = Math.min(...watched.map(({ bulk }) => bulk));
    return `, R̂ ${readableRhat(rhat)}, ${Math.round(effective)} effective`;
  }

  private refuseDivergence(): void {
    if (this.settings.sampler !== 'langevin') return;
    if (this.chains.states.every(({ counts }) => counts[0] === 0)) return;
    const size = Math.max(...this.chains.stepSizes());
    throw new InputError(
      `stepSize: Langevin dynamics diverged at a step size of ${size.toPrecision(3)}; give a smaller one, or none to have it adapted`,
    );
  }

  /** Takes the means of a finished stretch of every chain. */
  private close(batch: number): void {
    const { sums: shape } = this.chains.model;
    const { y } = this.problem.data;
    const at = this.offsets;
    const bytes = 8 * this.chains.states[0].position.length * this.chains.states.length;
    const keepEvery = Math.ceil((bytes * this.batches) / KEPT_BYTES);
    for (const { sums, position } of this.chains.states) {
      const values = new Float64Array(this.moments.mean.length);
      for (let k = 0; k < at.count; k++) values[k] = sums[k] / sums[k < at.mean ? at.count : at.testCount];
      shape.kernels.forEach((_, l) => {
        values[at.count + l] = layerAlignment(kernelIn(values, shape, l + 1), y);
      });
      this.moments.add(values);
      if (batch % keepEvery === keepEvery - 1) this.kept.keep(position);
    }
  }

  /** Mean and standard error of the entries [from, to) of the sums. */
  private entries(from: number, to: number): { readonly mean: Float64Array; readonly error: Float64Array } {
    return { mean: this.moments.mean.slice(from, to), error: this.moments.errors(from, to) };
  }

  /** Mean of C⁽ˡ⁾ over networks, and its standard error, P×P each; l = 1..L. */
  kernel(l: number): { readonly mean: Matrix; readonly error: Matrix } {
    const { sums } = this.chains.model;
    const [rows, from] = [sums.kernels[l - 1], this.offsets.kernels[l - 1]];
    const { mean, error } = this.entries(from, from + rows * rows);
    const shape = { rows, columns: rows };
    return { mean: { ...shape, data: mean }, error: { ...shape, data: error } };
  }

  /** Standard error of the alignment of layer l = 1..L. */
  alignmentError(l: number): number {
    return this.moments.errors(this.offsets.count + l - 1, this.offsets.count + l)[0];
  }

  /** Mean output on the training points and its standard error, P×n. */
  trainOutput(): { readonly mean: Matrix; readonly error: Matrix } {
    const { points, outputs } = this.chains.model.sums;
    const { mean, error } = this.entries(this.offsets.train, this.offsets.mean);
    const shape = { rows: points, columns: outputs };
    return { mean: { ...shape, data: mean }, error: { ...shape, data: error } };
  }

  /** Outputs at the problem's own test points: mean and its standard error, T×n each, and variance, T. */
  testOutputs(): TestOutputs | undefined {
    const { testPoints, outputs, classes } = this.chains.model.sums;
    if (testPoints === 0) return undefined;
    const at = this.offsets;
    const { mean, error } = this.entries(at.mean, at.square);
    const shape = { rows: testPoints, columns: outputs };
    const { mean: square } = this.entries(at.square, at.variance);
    const { mean: variance } = this.entries(at.variance, at.probability);
    const means = { ...shape, data: mean };
    const found = {
      mean: means,
      variance: totalVariance(means, square, variance, 1),
      meanError: { ...shape, data: error },
    };
    if (classes === 0) return found;
    const chances = this.entries(at.probability, at.count);
    const shaped = (data: Float64Array): Matrix => ({ rows: testPoints, columns: classes, data });
    return { ...found, probabilities: shaped(chances.mean), probabilitiesError: shaped(chances.error) };
  }

  /**
   * Diagnostics of what is watched, over the draws there are; of what is defined (no alignment with targets
   * that are all equal).
   */
  diagnoses(draws = this.settings.draws): NamedDiagnosis[] {
    return this.chains.names.flatMap((name, k) => {
      const rows = this.chains.states.map(({ trace }) =>
        trace.data.subarray(k * trace.columns, k * trace.columns + draws),
      );
      return rows[0].some(Number.isNaN) ? [] : [{ name, ...diagnose(rows) }];
    });
  }

  /** Mean acceptance of each chain after the warm-up. */
  acceptance(): number[] {
    const { draws, thin } = this.settings;
    return this.chains.states.map(({ counts }) => counts[1] / (draws * thin));
  }

  /** Trajectories of all chains that diverged after the warm-up. */
  divergences(): number {
    return this.chains.states.reduce((sum, { counts }) => sum + counts[0], 0);
  }

  /** Everything needed to go on from here; views, not copies. */
  snapshot(): Snapshot {
    const row = (data: Float64Array): Matrix => ({ rows: 1, columns: data.length, data });
    const snapshot: Snapshot = { done: row(Float64Array.of(this.done)), moments: this.moments.snapshot() };
    this.chains.states.forEach((state, k) => {
      for (const [name, value] of Object.entries(state))
        snapshot[`chain${k}_${name}`] = 'data' in value ? value : row(value);
    });
    this.kept.parameters.forEach((parameters, k) => {
      snapshot[`kept${k}`] = row(parameters);
    });
    return snapshot;
  }

  /** Goes on from a snapshot of a run of the same problem and settings. */
  restore(snapshot: Snapshot): void {
    this.done = snapshot.done.data[0];
    this.moments.restore(snapshot.moments);
    this.chains.states.forEach((state, k) => {
      for (const [name, value] of Object.entries(state)) {
        ('data' in value ? value.data : value).set(snapshot[`chain${k}_${name}`].data);
      }
    });
    this.kept.parameters.length = 0;
    for (let k = 0; snapshot[`kept${k}`]; k++) this.kept.keep(snapshot[`kept${k}`].data);
  }
}
