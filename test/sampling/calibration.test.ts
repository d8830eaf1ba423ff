import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { GaussianLikelihood } from '#src/likelihood/gaussian.js';
import { serialExecutor } from '#src/numerics/parallel/executor.js';
import { RandomStream } from '#src/numerics/random.js';
import { WasmLinearAlgebra } from '#src/numerics/wasm/wasmLinearAlgebra.js';
import { createProblem } from '#src/problem/createProblem.js';
import { Hmc } from '#src/sampling/hmc.js';
import { Langevin } from '#src/sampling/langevin.js';
import { MarginalPotential } from '#src/sampling/marginalPotential.js';
import { layerKernel } from '#src/sampling/pass.js';
import type { NetworkPotential } from '#src/sampling/potential.js';
import { SamplingRun } from '#src/sampling/run.js';
import type { Sampler } from '#src/sampling/sampler.js';
import { samplingSettings } from '#src/sampling/settings.js';
import { WeightPotential } from '#src/sampling/weightPotential.js';
import { shapeOf } from '#src/sampling/weights.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const algebra = new WasmLinearAlgebra(serialExecutor);
const KAPPA = 0.3;
const x = randomMatrix(3, 3, 8);
const network = {
  hiddenLayers: 2,
  width: [3, 4],
  activation: 'erf',
  weightVariance: 1.5,
  biasVariance: [0.1, 0, 0.2],
};
const problemFor = (y: ArrayLike<number>) => createProblem({ data: { x, y }, network, noiseVariance: KAPPA });
const shape = shapeOf(problemFor([1, 2, 3]), 3);
const erf = activationByName('erf');

/**
 * Targets of a network: its mean output plus noise, which is that of the readout too where that is integrated
 * out.
 */
function drawTargets(
  potential: NetworkPotential,
  position: Float64Array,
  stream: RandomStream,
  y: Float64Array,
): void {
  const { pass, output } = potential.observe(position);
  const noise = stream.normals(new Float64Array(3));
  if (potential instanceof WeightPotential) {
    for (let i = 0; i < 3; i++) y[i] = output.data[i] + Math.sqrt(KAPPA) * noise[i];
    return;
  }
  const kernel = layerKernel(pass.phi[1], shape.gains[2], shape.biasVariance[2], algebra);
  for (let i = 0; i < 3; i++) kernel.data[4 * i] += KAPPA;
  const factor = algebra.cholesky(kernel).data;
  for (let i = 0; i < 3; i++) y[i] = [0, 1, 2].reduce((sum, j) => sum + factor[3 * i + j] * noise[j], 0);
}

/**
 * Geweke's (2004) test: drawing targets given a network and moving the network given the targets, in turn,
 * leaves the joint prior as it is. Any error of a gradient, an acceptance or an energy shows in the moments
 * of the parameters, which are those of N(0, 1).
 */
describe('alternating targets and networks leaves the prior as it is', () => {
  const cases: [
    string,
    typeof MarginalPotential | typeof WeightPotential,
    (p: NetworkPotential, q: Float64Array, s: RandomStream) => Sampler,
    number,
  ][] = [
    ['hmc, readout integrated out', MarginalPotential, (p, q, s) => new Hmc(p, q, s, 2), 0.5],
    ['hmc, all weights', WeightPotential, (p, q, s) => new Hmc(p, q, s, 3), 0.25],
    ['mala, readout integrated out', MarginalPotential, (p, q, s) => new Langevin(p, q, s, true), 0.08],
    ['mala, all weights', WeightPotential, (p, q, s) => new Langevin(p, q, s, true), 0.05],
  ];
  it.each(cases)('%s', (_, Potential, samplerOf, stepSize) => {
    const y = { rows: 3, columns: 1, data: new Float64Array(3) };
    const potential = new Potential(shape, [erf, erf], x, new GaussianLikelihood(y, KAPPA), algebra);
    const stream = RandomStream.fromSeed(17);
    const position = stream.normals(new Float64Array(potential.size));
    const statistics = () => {
      const { pass } = potential.observe(position);
      const square = position.reduce((sum, value) => sum + value * value, 0) / potential.size;
      const kernel = layerKernel(pass.phi[1], 1, 0, algebra).data;
      return [
        square,
        position[0] ** 2,
        position[0],
        y.data[0] ** 2,
        kernel[0],
        kernel[1] * y.data[0] * y.data[1],
      ];
    };
    /** The same of independent draws of network and targets. */
    const forwardOnly = Array.from({ length: 40_000 }, () => {
      stream.normals(position);
      drawTargets(potential, position, stream, y.data);
      return statistics();
    });
    const batches = Array.from({ length: 50 }, () => {
      const sums = [0, 0, 0, 0, 0, 0];
      for (let k = 0; k < 600; k++) {
        drawTargets(potential, position, stream, y.data);
        samplerOf(potential, position, stream).transition(stepSize);
        statistics().forEach((value, i) => {
          sums[i] += value / 600;
        });
      }
      return sums;
    });
    const summary = (rows: number[][], i: number) => {
      const values = rows.map((row) => row[i]);
      const mean = values.reduce((sum, value) => sum + value / values.length, 0);
      const scatter = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      return { mean, error: Math.sqrt(scatter / (values.length * (values.length - 1))) };
    };
    for (let i = 0; i < 6; i++) {
      const [independent, alternating] = [summary(forwardOnly, i), summary(batches, i)];
      const error = Math.hypot(independent.error, alternating.error);
      expect(error).toBeLessThan(0.05);
      expect(Math.abs(alternating.mean - independent.mean)).toBeLessThan(4.2 * error);
    }
  });
});

/**
 * Talts, Betancourt, Simpson, Vehtari and Gelman (2018): a truth drawn from the prior has a uniform rank
 * among draws of its posterior.
 */
describe('simulation-based calibration', () => {
  it('ranks of kernel entries and alignment are uniform, whole runs with warm-up and thinning included', () => {
    const [replicas, bins, draws] = [160, 8, 63];
    const stream = RandomStream.fromSeed(23);
    const quantities = ['kernel 1 [0,0]', 'kernel 2 [0,1]', 'cka 2', 'log posterior'];
    const counts = quantities.map(() => new Array<number>(bins).fill(0));
    const y = { rows: 3, columns: 1, data: new Float64Array(3) };
    const truth = new MarginalPotential(shape, [erf, erf], x, new GaussianLikelihood(y, KAPPA), algebra);
    for (let r = 0; r < replicas; r++) {
      const position = stream.normals(new Float64Array(truth.size));
      drawTargets(truth, position, stream, y.data);
      const settings = samplingSettings({ chains: 1, draws, warmUp: 60, thin: 3, seed: 1000 + r });
      const run = new SamplingRun(problemFor(y.data), compute, settings);
      for (const _ of run.steps());
      const { pass } = truth.observe(position);
      const kernels = pass.phi.map((phi, l) =>
        layerKernel(phi, shape.gains[l + 1], shape.biasVariance[l + 1], algebra),
      );
      const energy =
        truth.evaluate(position, new Float64Array(truth.size)) +
        position.reduce((sum, value) => sum + 0.5 * value * value, 0);
      const values = [kernels[0].data[0], kernels[1].data[1], centred(kernels[1].data, y.data), -energy];
      const { trace } = run.chains.states[0];
      quantities.forEach((name, q) => {
        const k = run.chains.names.indexOf(name);
        const rank = trace.data
          .subarray(k * draws, (k + 1) * draws)
          .filter((value) => value < values[q]).length;
        counts[q][Math.floor((rank * bins) / (draws + 1))]++;
      });
    }
    const expected = replicas / bins;
    counts.forEach((row) => {
      const chiSquare = row.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 99.9 % quantile of χ² with 7 degrees of freedom
      expect(chiSquare).toBeLessThan(24.3);
    });
  });
});

/** Centred alignment of a 3×3 kernel with yyᵀ, written out. */
function centred(kernel: Float64Array, y: Float64Array): number {
  const centre = (values: number[]) => {
    const rows = [0, 1, 2].map((i) => (values[3 * i] + values[3 * i + 1] + values[3 * i + 2]) / 3);
    const all = (rows[0] + rows[1] + rows[2]) / 3;
    return values.map((value, k) => value - rows[Math.floor(k / 3)] - rows[k % 3] + all);
  };
  const a = centre([...kernel]);
  const b = centre([0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => y[i] * y[j])));
  const dot = (u: number[], v: number[]) => u.reduce((sum, value, k) => sum + value * v[k], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * Deep linear theory, one hidden layer: f|c ~ N(0, c K), c = |w|²/N of the readout w, c ~ Gamma(N/2, rate
 * N/2) before data.
 */
describe('linear network of one hidden layer', () => {
  const [P, N, r] = [50, 100, 2];
  /** E[c|y] by quadrature */
  const mean = (kappa: number) => {
    let [mass, first] = [0, 0];
    for (let c = 0.2; c < 4; c += 1e-4) {
      const log =
        (N / 2 - 1) * Math.log(c) - (N / 2) * c - (P / 2) * Math.log(c + kappa) - (P * r) / (2 * (c + kappa));
      const weight = Math.exp(log + 100);
      mass += weight;
      first += weight * c;
    }
    return first / mass;
  };

  it('without noise has the mean order parameter of Bessel functions', () => {
    expect(mean(0)).toBeCloseTo(1.28547427, 7);
  });

  it('as sampled with all weights has the mean order parameter of the exact posterior', () => {
    const kappa = 0.05;
    const identity = Array.from({ length: P }, (_, i) =>
      Array.from({ length: P }, (_, j) => (i === j ? Math.sqrt(P) : 0)),
    );
    const y = Array.from({ length: P }, (_, i) => (i % 2 ? Math.SQRT2 : -Math.SQRT2));
    const problem = createProblem({
      data: { x: identity, y },
      network: { hiddenLayers: 1, width: N, activation: 'linear', weightVariance: 1 },
      noiseVariance: kappa,
    });
    const settings = samplingSettings({ potential: 'weights', chains: 8, draws: 200, warmUp: 200 });
    const run = new SamplingRun(problem, compute, settings);
    for (const _ of run.steps());
    const { weights_1: readouts } = run.kept.arrays();
    const values = Array.from({ length: readouts.rows }, (_, k) =>
      readouts.data.subarray(k * N, (k + 1) * N).reduce((sum, value) => sum + value * value, 0),
    );
    const average = values.reduce((sum, value) => sum + value / values.length, 0);
    const scatter = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
    const error = Math.sqrt(scatter / (values.length * (values.length - 1)));
    expect(error).toBeLessThan(0.02);
    expect(Math.abs(average - mean(kappa))).toBeLessThan(4 * error);
  });
});
