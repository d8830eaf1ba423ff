import type { CrossCovariance } from '../../activations/crossGaussian.js';
import { layerOf } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { type Matrix, mirrorLower, zeros } from '../../numerics/matrix.js';
import { rowsOf, together } from '../../posterior/newPoints.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';
import type { Birth, Pair, RowPath } from './birth.js';
import type { Sources } from './closedBirth.js';
import { followDraws } from './drawnFluctuations.js';
import type { Draws } from './sampledBirth.js';

/**
 * Fluctuations of one neuron of any network, of the layers of one stream: 𝒳[S] = ⟨δSδ⟩/N as a mean over draws of δ⁽ᴸ⁾, each of which is followed through all
 * layers.
 * New points are followed together with the training points.
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
    const [inverse, ofDual] = [zeros(n), zeros(n)];
    // Nothing is allocated draw by draw: fresh shared memory would cost more than the products.
    const [known, moved, output] = [zeros(n, p), zeros(n, p), zeros(n, dual.columns)];
    const total = followDraws(network, stream, nngp, draws, { known: p, all: n }, compute, ({ changes }) => {
      const change = changes[network.hiddenLayers];
      for (let i = 0; i < n; i++) known.data.set(change.data.subarray(i * n, i * n + p), i * p);
      algebra.gemm(known, sources.inverse, { into: moved });
      algebra.gemm(moved, known, { transposeB: true, beta: 1, into: inverse });
      algebra.gemm(known, dual, { into: output });
      algebra.syrk(output, { beta: 1, into: ofDual, mirror: false });
    });
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
