// What the figures of the tutorial compute, by the library itself, off the main thread.
import {
  activationByName,
  createProblem,
  fromRows,
  kernelOf,
  phaseAt,
  portableCompute,
  solve,
  xor,
} from 'finite-width/browser';
import { pairView } from '../../../../explorer/src/engine/pairs.ts';

const compute = portableCompute();
const POINTS = 16;
const NETWORK = { hiddenLayers: 2, activation: 'erf', weightVariance: 1.5, biasVariance: 0.1 };

/** Two points on a circle of radius √2, so that |x|² = D. */
function pairProblem({ angle, width, targets }) {
  const point = (phi) => [Math.SQRT2 * Math.cos(phi), Math.SQRT2 * Math.sin(phi)];
  return createProblem({
    data: { x: [point(0), point((angle * Math.PI) / 180)], y: targets },
    network: { hiddenLayers: 1, width, activation: 'erf', weightVariance: 1.5 },
    noiseVariance: 0.1,
  });
}

/** Draws of one entry of the kernel of two points, and what targets make of their weights. */
const pair = (args, signal) => pairView(pairProblem(args), [0, 1], compute, signal);

/** The map of a correlation by one layer of infinite width at the fixed point of variances, and walks through it. */
function correlation({ activation, weightVariance, biasVariance }) {
  const phi = activationByName(activation);
  const phase = phaseAt({ activation: phi, weightVariance, biasVariance }, compute);
  const q = Number.isFinite(phase.qStar) && phase.qStar > 0 ? phase.qStar : weightVariance + biasVariance;
  const next = (c) => {
    const { data } = kernelOf(
      phi,
      fromRows([
        [q, c * q],
        [c * q, q],
      ]),
      compute,
      weightVariance,
      biasVariance,
    );
    return data[1] / data[0];
  };
  const curve = Array.from({ length: 41 }, (_, k) => [k / 40, next(k / 40)]);
  const walks = [0.05, 0.5, 0.95].map((start) => {
    const walk = [[0, start]];
    for (let l = 1; l <= 20; l++) walk.push([l, next(walk[l - 1][1])]);
    return walk;
  });
  return { curve, walks, phase: phase.phase, chi: phase.chi, depth: phase.xiC };
}

const xorProblem = (width) =>
  createProblem({
    data: xor({ dataset: 'xor', samples: POINTS, testSamples: 0, dimension: 20, noise: 0.6, seed: 1 }),
    network: { ...NETWORK, width },
    noiseVariance: 0.1,
  });

/** Points of one class after the other. */
function byClass({ data }, matrix) {
  const order = [...Array(POINTS).keys()].sort((a, b) => data.y.data[b] - data.y.data[a] || a - b);
  return Float64Array.from(
    { length: POINTS ** 2 },
    (_, k) => matrix.data[order[Math.floor(k / POINTS)] * POINTS + order[k % POINTS]],
  );
}

/** All kernels of the paper's equations on XOR, sorted by class. */
async function adapt({ width }, signal) {
  const problem = xorProblem(width);
  const posterior = await solve(problem, 'perturbative', { signal });
  const sorted = (matrices) => matrices.slice(1).map((matrix) => byClass(problem, matrix));
  const infinite = await solve(problem, 'nngp');
  return {
    size: POINTS,
    nngp: sorted(posterior.nngp),
    kernels: sorted(posterior.kernels),
    conjugates: sorted(posterior.conjugates),
    cka: posterior.alignment(),
    ckaInfinite: infinite.alignment(),
    converged: posterior.convergence.converged,
    message: posterior.convergence.message,
  };
}

/** CKA of the output kernel against width, by one theory, a point at a time. */
async function widths({ theory, widths: all, options = {} }, signal, tell) {
  for (const width of all) {
    const { alignment, convergence, uncertainty } = await solve(xorProblem(width), theory, {
      ...options,
      signal,
    });
    if (convergence.converged) tell([width, alignment()[2], uncertainty?.cka[2] ?? 0]);
  }
}

const answers = { pair, correlation, adapt, widths };
const running = new Map();

addEventListener('message', async ({ data: { id, name, args, lane, cancel } }) => {
  running.get(lane)?.abort();
  if (cancel) return;
  const controller = new AbortController();
  running.set(lane, controller);
  try {
    const value = await answers[name](args, controller.signal, (point) => postMessage({ id, point }));
    postMessage({ id, value });
  } catch (error) {
    if (!controller.signal.aborted) postMessage({ id, error: error.message });
  }
});
