import type { CrossCovariance } from '../../activations/crossGaussian.js';
import { layerOf } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { block, type Matrix, mirrorLower, zeros } from '../../numerics/matrix.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';
import type { Birth, Pair, RowPath } from './birth.js';
import type { Sources } from './closedBirth.js';
import { followDraws } from './drawnFluctuations.js';
import type { Draws } from './sampledBirth.js';

/**
 * Fluctuations of one neuron of layer k of any network: 𝒳[S] = ⟨δSδ⟩/N_k as a mean over draws of δ⁽ᴸ⁾, each of which is followed through all layers.
 * New points are followed together with the training points.
 */
export class DrawnBirth implements Birth {
  constructor(
    private readonly problem: Problem,
    private readonly k: number,
    private readonly nngp: readonly Matrix[],
    private readonly dual: Matrix,
    private readonly sources: Sources,
    private readonly draws: readonly Draws[],
    private readonly compute: Compute,
  ) {}

  /** Σ δSδ over draws, training points and others, of which the latter have rows only. */
  private crossed(nngp: readonly Matrix[]): Pair<Matrix> {
    const { problem, k, draws, compute, dual, sources } = this;
    const { algebra } = compute;
    const { network } = problem;
    const [p, n] = [problem.data.y.rows, nngp[nngp.length - 1].rows];
    const [inverse, ofDual] = [zeros(n), zeros(n)];
    const total = followDraws(network, k, nngp, draws, compute, (m, change) => {
      if (m < network.hiddenLayers) return;
      const known = n === p ? change : block(change, [0, n], [0, p]);
      algebra.gemm(algebra.gemm(known, sources.inverse), known, { transposeB: true, beta: 1, into: inverse });
      algebra.syrk(algebra.gemm(known, dual), { beta: 1, into: ofDual, mirror: false });
    });
    const weight = 1 / (layerOf(network, k).width * total);
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

/** Known points and new ones below them. */
export function together(x: Matrix, xNew: Matrix): Matrix {
  const all = zeros(x.rows + xNew.rows, x.columns);
  all.data.set(x.data);
  all.data.set(xNew.data, x.data.length);
  return all;
}

/** The rows of the points after the first p. */
export function rowsOf(all: Matrix, p: number): CrossCovariance {
  const own = Float64Array.from({ length: all.rows - p }, (_, t) => all.data[(p + t) * (all.rows + 1)]);
  return { cross: block(all, [p, all.rows], [0, p]), own };
}
