import type { CrossCovariance } from '../../activations/operators/cross.js';
import { layerOf } from '../../architecture/architecture.js';
import { changeAbove, conjugateBelow, rowsChangeAbove } from '../../architecture/kernels.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, copy, diagonal, inner, type Matrix } from '../../numerics/matrix.js';
import type { Extend } from '../../posterior/rowPath.js';
import { nextKernel, nextRows } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';

/** q (K − β) + β: biases are not rescaled. */
export function rescaled(kernel: Matrix, q: number, beta: number): Matrix {
  return { ...kernel, data: kernel.data.map((value) => q * (value - beta) + beta) };
}

export function rescaledRows({ cross, own }: CrossCovariance, q: number, beta: number): CrossCovariance {
  return { cross: rescaled(cross, q, beta), own: own.map((value) => q * (value - beta) + beta) };
}

/**
 * How kernels follow from the order parameters Q_1 … Q_{L−1}; that of the last layer scales what it makes of
 * them.
 */
export interface OrderChain {
  /** whether the output kernel may be no covariance, where such order parameters are impossible */
  readonly mayFail: boolean;
  /** K⁽⁰⁾ … K⁽ᴸ⁾, with Q_L = 1 */
  kernels(orders: readonly number[]): Matrix[];
  /** G:∂K⁽ᴸ⁾/∂ln Q_l for l = 1 … L − 1, G a symmetric P×P matrix */
  slopes(orders: readonly number[], kernels: readonly Matrix[], g: Matrix): number[];
  /** New points, layer by layer, with Q_L = 1. */
  rows(orders: readonly number[], kernels: readonly Matrix[]): Extend;
}

/** The order parameter inside φ: K⁽ˡ⁾ = Q_l (g_l K(K⁽ˡ⁻¹⁾)) + β_l. */
export function nestedChain({ network }: Problem, input: Matrix, compute: Compute): OrderChain {
  const { hiddenLayers } = network;
  return {
    mayFail: false,
    kernels(orders) {
      const kernels = [input];
      for (let l = 1; l <= hiddenLayers; l++) {
        const next = nextKernel(network, l, kernels[l - 1], compute);
        kernels.push(l < hiddenLayers ? rescaled(next, orders[l - 1], layerOf(network, l).beta) : next);
      }
      return kernels;
    },
    slopes(orders, kernels, g) {
      const slopes = orders.map(() => 0);
      let source = g;
      for (let l = hiddenLayers - 1; l >= 1; l--) {
        source = conjugateBelow(layerOf(network, l + 1), kernels[l], source, compute);
        slopes[l - 1] = inner(source, shifted(kernels[l], -layerOf(network, l).beta));
        source = { ...source, data: source.data.map((value) => orders[l - 1] * value) };
      }
      return slopes;
    },
    rows: (orders, kernels) => (l, below) => {
      const next = nextRows(network, l, kernels[l - 1], below, compute);
      return l < hiddenLayers ? rescaledRows(next, orders[l - 1], layerOf(network, l).beta) : next;
    },
  };
}

/**
 * Two layers, linear in Q_1: K⁽²⁾ = Q_2 [K⁽²⁾ + (Q_1 − 1) R K⁽¹⁾] + β_2 at the NNGP kernels, R their
 * response.
 */
export function fullChain({ network }: Problem, nngp: readonly Matrix[], compute: Compute): OrderChain {
  const last = layerOf(network, 2);
  const { beta } = layerOf(network, 1);
  const free = shifted(nngp[1], -beta);
  const response = changeAbove(last, nngp[1], free, compute);
  return {
    mayFail: true,
    kernels: ([q]) => [nngp[0], rescaled(nngp[1], q, beta), addScaled(copy(nngp[2]), q - 1, response)],
    slopes: ([q], _, source) => [q * inner(source, response)],
    rows: ([q]) => {
      let below: CrossCovariance;
      return (l, rows) => {
        if (l === 1) {
          below = nextRows(network, 1, nngp[0], rows, compute);
          return rescaledRows(below, q, beta);
        }
        const next = nextRows(network, 2, nngp[1], below, compute);
        const moving = { cross: shifted(below.cross, -beta), own: below.own.map((value) => value - beta) };
        const moved = rowsChangeAbove(last, nngp[1], below, moving, diagonal(free), compute);
        addScaled(next.cross, q - 1, moved.cross);
        for (let t = 0; t < next.own.length; t++) next.own[t] += (q - 1) * moved.own[t];
        return next;
      };
    },
  };
}

const shifted = (a: Matrix, by: number): Matrix => ({ ...a, data: a.data.map((value) => value + by) });
