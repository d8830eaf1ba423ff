import { type CrossCovariance, crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { layerOf } from '../../architecture/architecture.js';
import { kernelAbove, rowsAbove } from '../../architecture/kernels.js';
import type { Layer } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, copy, diagonal, inner, type Matrix } from '../../numerics/matrix.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import type { RowPath } from '../../posterior/rowPath.js';
import type { FourPoint } from '../../prior/fourPoint/fourPoint.js';
import { activationOf, type Network, width } from '../../problem/problem.js';
import type { Birth, Pair } from './birth.js';

/** What a birth is contracted with. */
export type Sources = Pair<Matrix>;

const both = <A, B>({ inverse, dual }: Pair<A>, f: (value: A) => B): Pair<B> => ({
  inverse: f(inverse),
  dual: f(dual),
});

/**
 * Fluctuations whose way to the output is a factor, δ = G (φφᵀ − ⟨φφᵀ⟩): those of the last layer, and of
 * every layer of a linear network. One moment serves all contractions, ⟨φφᵀ φᵀSφ⟩ = V:S + K tr KS with K =
 * ⟨φφᵀ⟩, so that
 *
 * 𝒳[S] = (G²/N_k) (V:S + K tr KS − KSK).
 */
export class ClosedBirth implements Birth {
  private readonly weight: number;
  private trained: Pair<Matrix> | undefined;

  /**
   * @param k layer of birth
   * @param factor G
   * @param below K⁽ᵏ⁻¹⁾
   */
  constructor(
    private readonly network: Network,
    private readonly k: number,
    factor: number,
    private readonly below: Matrix,
    private readonly sources: Sources,
    private readonly fourPoint: FourPoint,
    private readonly compute: Compute,
  ) {
    this.weight = factor ** 2 / width(network, k);
  }

  train(): Pair<Matrix> {
    this.trained ??= this.contracted();
    return this.trained;
  }

  private contracted(): Pair<Matrix> {
    const { network, k, below, fourPoint, compute } = this;
    const { algebra } = compute;
    const kernel = kernelOf(activationOf(network, k), below, compute);
    return both(this.sources, (source) => {
      const moved = copy(fourPoint.contract(k, below, source));
      const ks = algebra.gemm(kernel, source);
      addScaled(moved, inner(kernel, source), kernel);
      algebra.gemm(ks, kernel, { alpha: -1, beta: 1, into: moved });
      for (let i = 0; i < moved.data.length; i++) moved.data[i] *= this.weight;
      return moved;
    });
  }

  rows(path: RowPath): Pair<CrossCovariance> {
    const { network, k, below, fourPoint, compute } = this;
    const { algebra, executor } = compute;
    const plain = crossKernel(activationOf(network, k), diagonal(below), path[k - 1], compute, 1, 0);
    const kernel = kernelOf(activationOf(network, k), below, compute);
    return both(this.sources, (source) => {
      const { cross, own } = fourPoint.contractRows(k, below, source, path[k - 1]);
      const trace = inner(kernel, source);
      const moved = algebra.gemm(plain.cross, source);
      const squares = rowDots(moved, plain.cross, 1, executor);
      algebra.gemm(moved, kernel, { alpha: -1, beta: 1, into: cross });
      addScaled(cross, trace, plain.cross);
      for (let i = 0; i < cross.data.length; i++) cross.data[i] *= this.weight;
      return { cross, own: own.map((value, t) => this.weight * (value + trace * plain.own[t] - squares[t])) };
    });
  }
}

/**
 * −(1/N) KSK, K = 𝒯⟨φφᵀ⟩ of the last layer: what a theory that sums the fluctuating output fields neuron by
 * neuron leaves out of 𝒳, for its fields feel a neuron that is itself among their sources. Both K saturate as
 * that theory's kernel of the predictor does: times 1/(1 + s)², s = (1/N) tr A⁻¹K.
 */
export class OwnShare implements Birth {
  private readonly layer: Layer;
  private readonly kernel: Matrix;
  private readonly weight: number;
  private trained: Pair<Matrix> | undefined;

  constructor(
    private readonly network: Network,
    private readonly below: Matrix,
    private readonly sources: Sources,
    private readonly compute: Compute,
  ) {
    this.layer = { ...layerOf(network, network.hiddenLayers), beta: 0 };
    this.kernel = kernelAbove(this.layer, below, compute);
    const { width } = this.layer;
    this.weight = -1 / (width * (1 + inner(sources.inverse, this.kernel) / width) ** 2);
  }

  train(): Pair<Matrix> {
    this.trained ??= this.contracted();
    return this.trained;
  }

  private contracted(): Pair<Matrix> {
    const { algebra } = this.compute;
    return both(this.sources, (source) =>
      algebra.gemm(algebra.gemm(this.kernel, source), this.kernel, { alpha: this.weight }),
    );
  }

  rows(path: RowPath): Pair<CrossCovariance> {
    const { network, below, compute } = this;
    const plain = rowsAbove(this.layer, below, path[network.hiddenLayers - 1], compute);
    return both(this.sources, (source) => {
      const moved = compute.algebra.gemm(plain.cross, source);
      return {
        cross: compute.algebra.gemm(moved, this.kernel, { alpha: this.weight }),
        own: rowDots(moved, plain.cross, this.weight, compute.executor),
      };
    });
  }
}
