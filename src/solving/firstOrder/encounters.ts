import { layerOf } from '../../architecture/architecture.js';
import { ancestry } from '../../architecture/streams.js';
import { addScaled, copy, type Matrix, zeros } from '../../numerics/matrix.js';
import type { Network } from '../../problem/problem.js';

/**
 * One draw of a neuron: its pre-activations in the layers of its stream, and the fluctuations of kernels that
 * it makes.
 */
export interface Draw {
  /** δ⁽ᵐ⁾ at index m, from the stream's first layer on */
  readonly changes: readonly Matrix[];
  /** h and φ(h) in layer l of the stream at index l */
  readonly h: readonly Float64Array[];
  readonly phi: readonly Float64Array[];
}

/** What layer l adds to the pre-activations of layers below it that it contains, from one of them on. */
interface Part {
  /** the layer above which the others are added */
  readonly from: number;
  /** the next of them, whose increment the neuron's own fluctuation changes */
  readonly next: number;
  /** covariance of all that is added */
  readonly covariance: Matrix;
}

/**
 * What a neuron of a residual stream makes of kernels that it meets again: the increments of its
 * pre-activations have covariances to which it has itself contributed in layers below, by δ/N, so that to
 * order 1/N the mean of φφᵀ moves by ⟨½ ∂²(φφᵀ):δ⟩, δ the change of the increment's covariance, a function of
 * h below. Second derivatives are moved onto the Gaussian increment g of covariance D by parts, which kinks
 * allow:
 *
 *     ⟨φ″_αφ_β δ_αα⟩ = ⟨(g_αφ′_αφ_β − D_αβ φ′_αφ′_β) δ_αα⟩/D_αα,   ⟨(φφ′)′_α δ_αα⟩ = ⟨g_αφ_αφ′_α δ_αα⟩/D_αα
 */
export class Encounters {
  /** Σ over draws, of the size of the kernel of the layer's pre-activations */
  readonly sum: Matrix;
  private readonly parts: Part[];
  private readonly slope: Float64Array;

  constructor(
    private readonly network: Network,
    private readonly l: number,
    nngp: readonly Matrix[],
  ) {
    const kernel = nngp[l - 1];
    this.sum = zeros(kernel.rows);
    this.slope = new Float64Array(kernel.rows);
    const chain = ancestry(network, l);
    this.parts = chain.slice(1).map((from, i) => ({
      from,
      next: chain[i],
      covariance: addScaled(copy(kernel), -1, nngp[from - 1]),
    }));
  }

  add({ changes, h, phi }: Draw, weight: number): void {
    const { l, slope, sum } = this;
    const n = sum.rows;
    const [own, value] = [h[l], phi[l]];
    layerOf(this.network, l).activation.derivative(own, slope);
    for (const { from, next, covariance: d } of this.parts) {
      const [after, before] = [changes[next - 1], changes[from - 1]];
      if (!after) continue;
      const change = (p: number) => weight * (after.data[p] - (before ? before.data[p] : 0));
      const below = h[from];
      // δ_αα/D_αα, and with g_α.
      const share = new Float64Array(n);
      const pulled = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        const variance = d.data[i * (n + 1)];
        share[i] = variance > 0 ? change(i * (n + 1)) / variance : 0;
        pulled[i] = share[i] * (own[i] - below[i]) * slope[i];
      }
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < i; j++) {
          const p = i * n + j;
          const slopes = slope[i] * slope[j] * (change(p) - 0.5 * d.data[p] * (share[i] + share[j]));
          const moved = slopes + 0.5 * (pulled[i] * value[j] + pulled[j] * value[i]);
          sum.data[p] += moved;
          sum.data[j * n + i] += moved;
        }
        sum.data[i * (n + 1)] += pulled[i] * value[i];
      }
    }
  }
}
