import { applyActivation } from '../activations/operators/apply.js';
import type { Compute } from '../numerics/compute.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import { RunningMoments } from '../numerics/runningMoments.js';
import { activationOf, gain, type Network } from '../problem/problem.js';

/**
 * Weights of networks as `KeptNetworks.arrays` and networks.npz have them: weights_l and bias_l, network
 * after network.
 */
export type NetworkArrays = Readonly<Record<string, Matrix>>;

/** Networks with all their weights at hand, for what is measured on single ones. */
export class StoredNetworks {
  readonly count: number;

  constructor(
    private readonly arrays: NetworkArrays,
    readonly network: Network,
    private readonly compute: Compute,
  ) {
    this.count = arrays.weights_0.rows / network.widths[0];
  }

  /** whether readouts were sampled too, and not integrated out */
  get hasReadout(): boolean {
    return this.arrays[`weights_${this.network.hiddenLayers}`] !== undefined;
  }

  /** Weights N_{l+1}×N_l of network k; those of the readout, n×N_L, at l = L, where they were sampled. */
  weights(k: number, l: number): Matrix {
    return this.part(`weights_${l}`, k);
  }

  private part(name: string, k: number): Matrix {
    const all = this.arrays[name];
    const rows = all.rows / this.count;
    return block(all, [k * rows, (k + 1) * rows], [0, all.columns]);
  }

  /** h⁽⁰⁾ … h⁽ᴸ⁻¹⁾ of network k at points x, P×N_{l+1} each, with φ(h⁽ˡ⁾). */
  pass(k: number, x: Matrix): { readonly h: Matrix[]; readonly phi: Matrix[] } {
    const { network, compute } = this;
    const [h, phi]: [Matrix[], Matrix[]] = [[], []];
    for (let l = 0; l < network.hiddenLayers; l++) {
      const field = compute.algebra.gemm(l === 0 ? x : phi[l - 1], this.weights(k, l), { transposeB: true });
      const bias = this.part(`bias_${l}`, k).data;
      for (let i = 0; i < field.data.length; i++) field.data[i] += bias[i % field.columns];
      const value = zeros(field.rows, field.columns);
      applyActivation(activationOf(network, l + 1), field.data, value.data, compute);
      h.push(field);
      phi.push(value);
    }
    return { h, phi };
  }

  /**
   * Means over networks, and their standard errors, of C⁽¹⁾ … C⁽ᴸ⁾ between two sets of points: (g_l/N_l)
   * φ(x)φ(x')ᵀ + β_l.
   */
  kernelsBetween(x: Matrix, others: Matrix): { readonly mean: Matrix; readonly error: Matrix }[] {
    const { network, compute } = this;
    const shape = { rows: x.rows, columns: others.rows };
    const size = x.rows * others.rows;
    const moments = network.widths.map(() => new RunningMoments(size));
    for (let k = 0; k < this.count; k++) {
      const [left, right] = [this.pass(k, x).phi, this.pass(k, others).phi];
      moments.forEach((each, l) => {
        const alpha = gain(network, l + 1) / network.widths[l];
        const kernel = compute.algebra.gemm(left[l], right[l], { transposeB: true, alpha });
        each.add(kernel.data.map((value) => value + network.biasVariance[l + 1]));
      });
    }
    return moments.map((each) => ({
      mean: { ...shape, data: each.mean.slice() },
      error: { ...shape, data: each.errors(0, size) },
    }));
  }
}
