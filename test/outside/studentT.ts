import {
  addScaled,
  addToDiagonal,
  choleskySolve,
  copy,
  inner,
  logDeterminant,
  logGamma,
} from 'finite-width/numerics';
import { createPosterior, nngpKernels, nngpRows, realOption, type Theory } from 'finite-width/theories';

const options = {
  /** ν, more than 2; 5 by default */
  degrees: realOption(
    { above: 2, below: 1e6 },
    { about: 'degrees of freedom of the scale of outputs and noise', default: 5 },
  ),
};

/**
 * Infinite width with a scale s of readout and noise that nobody knows, 1/s ~ Gamma(ν/2, rate ν/2): outputs
 * are a Student-t process, E[s|Y] = (ν + tr YᵀA⁻¹Y)/(ν + nP − 2) with A = K⁽ᴸ⁾ + κ.
 */
export const studentT: Theory<'studentT', typeof options> = {
  name: 'studentT',
  summary: 'infinite width, with an unknown scale of the outputs',
  options,
  // beside dense layers of one activation
  treats: ['activations', 'convolution', 'average', 'residual', 'own'],
  matrices: ({ network }) => network.hiddenLayers + 4, // P×P, alive at once: refused if they do not fit
  // 1e-3 + 1e-10 P³ seconds on one thread
  cost: { terms: ({ data }) => [1, data.x.rows ** 3], seconds: [1e-3, 1e-10] },
  *iterate(problem, compute, { degrees = 5 }) {
    const { network, noiseVariance } = problem;
    const { x, y } = problem.data;
    const { algebra } = compute;
    const nngp = nngpKernels(network, x, compute);
    // progress; Ctrl-C and AbortSignal act here
    yield { iteration: 1, residual: 0, widthScale: 1, fraction: 0.5, stage: 'kernels' };
    const output = nngp[network.hiddenLayers];
    const root = algebra.cholesky(addToDiagonal(copy(output), noiseVariance));
    const square = inner(y, choleskySolve(algebra, root, y));
    const count = y.data.length;
    const scale = (degrees + square) / (degrees + count - 2);
    const logEvidence =
      logGamma((degrees + count) / 2) -
      logGamma(degrees / 2) -
      (count / 2) * Math.log(degrees * Math.PI) -
      (y.columns / 2) * logDeterminant(root) -
      ((degrees + count) / 2) * Math.log1p(square / degrees);
    const kernels = [...nngp.slice(0, -1), addScaled(copy(output), scale - 1, output)];
    const convergence = { converged: true, residual: 0, iterations: 1, widthScale: 1 };
    const fields = {
      theory: 'studentT',
      problem,
      kernels,
      nngp,
      effective: output,
      convergence,
      logEvidence,
    };
    const posterior = createPosterior(fields, nngpRows(network, nngp, compute), compute);
    return {
      ...posterior,
      predict(inputs) {
        const { mean, variance } = posterior.predict(inputs);
        return { mean, variance: variance.map((value) => scale * value) };
      },
    };
  },
};
