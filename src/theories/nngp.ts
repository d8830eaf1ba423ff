import { nextRows, nngpKernels } from './layers.js';
import { createPosterior } from './posterior.js';
import type { Theory } from './theory.js';

/** The limit N → ∞: kernels fixed by the prior, K⁽ˡ⁾ = g_l K(K⁽ˡ⁻¹⁾) + β_l, no feature learning (theory §3, exact). */
export const nngp: Theory = {
  name: 'nngp',
  summary: 'infinite width: a Gaussian process with fixed kernels',
  matrices: ({ network }) => network.hiddenLayers + 3,
  *iterate(problem, compute) {
    const { network, data } = problem;
    const kernels = nngpKernels(network, data.x, compute);
    yield { iteration: 1, residual: 0, widthScale: 1, fraction: 1, stage: 'kernels' };
    const convergence = { converged: true, residual: 0, iterations: 1, widths: network.widths };
    const fields = { theory: 'nngp', problem, kernels, nngp: kernels, convergence };
    return createPosterior(fields, (l, below) => nextRows(network, l, kernels[l - 1], below, compute), compute);
  },
};
