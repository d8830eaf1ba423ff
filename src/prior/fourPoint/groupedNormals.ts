import { type Matrix, zeros } from '../../numerics/matrix.js';
import type { Executor } from '../../numerics/parallel/executor.js';
import { ParallelNormals } from '../../numerics/parallel/normals.js';
import { RandomStream } from '../../numerics/random.js';

/** Independent groups of samples, whose scatter gives standard errors. */
export const GROUPS = 8;

/**
 * Jumps of a layer's stream to the numbers for positions of new points; those before are the points' and
 * those of births.
 */
const OF_BLOCKS = 80;

/** One group: normals for the points, S/GROUPS × P, and a column for a point that is not among them. */
export interface NormalGroup {
  readonly z: Matrix;
  readonly extra: Float64Array;
}

/**
 * Normals for the neurons of every layer, common to all calls, so that averages over them are smooth
 * functions of kernels and solvers converge.
 */
export class GroupedNormals {
  private readonly known = new Map<number, readonly NormalGroup[]>();
  private readonly stream: RandomStream;
  readonly samplesPerGroup: number;

  /** @param group this group of samples alone; all of them if undefined */
  constructor(
    private readonly executor: Executor,
    samples: number,
    seed: number,
    private readonly group?: number,
  ) {
    this.samplesPerGroup = Math.max(2, Math.ceil(samples / GROUPS));
    this.stream = RandomStream.fromSeed(seed);
  }

  /** The same samples, one group of them. */
  only(group: number): GroupedNormals {
    const part = new GroupedNormals(this.executor, this.samplesPerGroup * GROUPS, 0, group);
    for (const [l, groups] of this.known) part.known.set(l, groups);
    part.stream.state.set(this.stream.state);
    return part;
  }

  groups(l: number, points: number): readonly NormalGroup[] {
    const all = this.all(l, points);
    return this.group === undefined ? all : [all[this.group]];
  }

  private all(l: number, points: number): readonly NormalGroup[] {
    const known = this.known.get(l);
    if (known) return known;
    const layer = this.stream.split(l);
    const source = new ParallelNormals(layer, this.executor);
    const groups = Array.from({ length: GROUPS }, () => {
      const z = zeros(this.samplesPerGroup, points);
      source.fill(z);
      return { z, extra: layer.normals(new Float64Array(z.rows)) };
    });
    this.known.set(l, groups);
    return groups;
  }

  /**
   * Normals for the positions of a point that is not among the known ones, draws × S; those of a group are
   * those of all.
   */
  ofBlocks(l: number, draws: number, positions: number): Matrix {
    const extra = zeros(draws, positions);
    const stream = this.stream.split(l);
    for (let jump = 0; jump < OF_BLOCKS; jump++) stream.jump();
    stream.normals(extra.data);
    return extra;
  }
}
