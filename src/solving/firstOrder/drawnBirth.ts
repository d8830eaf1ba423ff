import type { CrossCovariance } from '../../activations/operators/cross.js';
import { layerOf } from '../../architecture/architecture.js';
import { smallestArchitecture } from '../../architecture/samePositions.js';
import type { Compute } from '../../numerics/compute.js';
import { type Matrix, mirrorLower, zeros } from '../../numerics/matrix.js';
import { rowsOf, together } from '../../posterior/newPoints.js';
import type { RowPath } from '../../posterior/rowPath.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';
import type { Birth, Pair } from './birth.js';
import type { Sources } from './closedBirth.js';
import { followDraws } from './drawnFluctuations.js';
import type { Draws } from './entrywiseBirth.js';

/** Numbers of draws side by side: what stays in the cache. */
const TOGETHER = 32768;

/**
 * Fluctuations of one neuron of any network, of the layers of one stream: 𝒳[S] = ⟨δSδ⟩/N as a mean over draws
 * of δ⁽ᴸ⁾, each of which is followed through all layers. New points are followed together with the training
 * points.
 */
export class DrawnBirth implements Birth {
  constructor(
    private readonly problem: Problem,
    private readonly stream: readonly number[],
    private readonly nngp: readonly Matrix[],
    private readonly dual: Matrix,
    private readonly sources: Sources,
    private readonly draws: readonly Draws[],
    private readonly compute: Compute,
  ) {}

  /** Σ δSδ over draws, training points and others, of which the latter have rows only. */
  private crossed(nngp: readonly Matrix[]): Pair<Matrix> {
    const { problem, stream, draws, compute, dual, sources } = this;
    const { algebra } = compute;
    const { network } = problem;
    const [p, n] = [problem.data.y.rows, nngp[nngp.length - 1].rows];
    const outputs = dual.columns;
    const [inverse, ofDual] = [zeros(n), zeros(n)];
    // Draws side by side, so that products are large: row i has δ_i· of one after the other.
    const together = Math.max(1, Math.floor(TOGETHER / (n * p)));
    const [known, moved] = [zeros(n, together * p), zeros(n, together * p)];
    const output = zeros(n, together * outputs);
    const each = (of: Matrix, columns: number): Matrix => ({ rows: n * together, columns, data: of.data });
    const add = () => {
      algebra.gemm(each(known, p), sources.inverse, { into: each(moved, p) });
      algebra.gemm(moved, known, { transposeB: true, beta: 1, into: inverse });
      algebra.gemm(each(known, p), dual, { into: each(output, outputs) });
      algebra.syrk(output, { beta: 1, into: ofDual, mirror: false });
    };
    let filled = 0;
    const points = { known: p, all: n };
    const architecture = smallestArchitecture(network);
    const total = followDraws(network, stream, nngp, draws, points, compute, architecture, ({ changes }) => {
      const { data } = changes[network.hiddenLayers];
      for (let i = 0; i < n; i++)
        known.data.set(data.subarray(i * n, i * n + p), (i * together + filled) * p);
      if (++filled < together) return;
      add();
      filled = 0;
    });
    if (filled > 0) {
      for (let i = 0; i < n; i++) known.data.fill(0, (i * together + filled) * p, (i + 1) * together * p);
      add();
    }
    const weight = 1 / (layerOf(network, stream[0]).width * total);
    mirrorLower(ofDual);
    for (const sum of [inverse, ofDual]) for (let i = 0; i < sum.data.length; i++) sum.data[i] *= weight;
    return { inverse, dual: ofDual };
  }

  train(): Pair<Matrix> {
    return this.crossed(this.nngp);
  }

  rows(_: RowPath, xNew: Matrix): Pair<CrossCovariance> {
    const { network, data } = this.problem;
    const { inverse, dual } = this.crossed(nngpKernels(network, together(data.x, xNew), this.compute));
    return { inverse: rowsOf(inverse, data.x.rows), dual: rowsOf(dual, data.x.rows) };
  }
}
