import {
  type Compute,
  centredAlignment,
  centredSpectrum,
  expectedErrorOf,
  type KernelPosterior,
  type Matrix,
  nngpKernels,
  type Problem,
  type Progress,
  qualityOf,
  solve,
  theoryByName,
  warningsOf,
  zeros,
} from 'finite-width/browser';
import type { TheoryOptions } from '../setup';
import type { Advance, Infinite, Iterate, SamplesView, Solved, Spectra, WidthPoint } from './messages';
import { seriation } from './seriation';

/** Milliseconds between pictures of an iteration, and between words on how far it is. */
const PICTURE = 60;
const WORD = 150;
/** Samples up to which the spectrum of every picture costs nothing beside it. */
const QUICK_SPECTRUM = 80;
/** Pixels along the side of a digit. */
const SIDE = 28;

const copied = ({ data }: Matrix): Float64Array => new Float64Array(data);

/** The kernel of samples behind one of (sample, position) pairs: the mean over positions. */
function ofSamples({ rows, data }: Matrix, samples: number): Matrix {
  const positions = rows / samples;
  if (positions === 1) return { rows, columns: rows, data };
  const mean = zeros(samples, samples);
  for (let i = 0; i < samples; i++)
    for (let j = 0; j < samples; j++)
      for (let k = 0; k < positions; k++)
        mean.data[i * samples + j] += data[(i * positions + k) * rows + j * positions + k] / positions;
  return mean;
}

/** Digits as pictures: what the mean image leaves of them, which is what networks see. */
function picturesOf({ data: { x } }: Problem): Pick<SamplesView, 'pictures'> {
  return x.columns === SIDE * SIDE ? { pictures: Float32Array.from(x.data) } : {};
}

function dataView(problem: Problem, available: number, input: Matrix): SamplesView {
  const { y, x, description } = problem.data;
  const targets = Float64Array.from({ length: y.rows }, (_, i) => y.data[i * y.columns]);
  const order = seriation(new Float64Array(input.data), new Float64Array(y.data), y.rows, y.columns);
  return {
    description,
    available,
    samples: x.rows,
    dimension: x.columns,
    order,
    targets,
    ...picturesOf(problem),
  };
}

export function infinite(problem: Problem, available: number, compute: Compute): Infinite {
  const start = performance.now();
  const kernels = nngpKernels(problem.network, problem.data.x, compute).map((kernel) =>
    ofSamples(kernel, problem.data.x.rows),
  );
  const cka = kernels.map((kernel) => centredAlignment(kernel, problem.data.y));
  const seconds = (performance.now() - start) / 1000;
  const data = dataView(problem, available, kernels[0]);
  return { data, warnings: warningsOf(problem), kernels: kernels.map(copied), cka, seconds };
}

/** Solves, with pictures on the way. */
export async function solving(
  problem: Problem,
  theory: string,
  options: TheoryOptions,
  compute: Compute,
  signal: AbortSignal,
  picture: (iterate: Iterate) => void,
  advance: (how: Advance) => void,
): Promise<{ posterior: KernelPosterior; solved: Solved }> {
  const start = performance.now();
  let [lastPicture, lastWord] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const onProgress = ({ iteration, residual, widthScale, fraction, stage, kernels }: Progress) => {
    const now = performance.now();
    if (now - lastWord > WORD) {
      lastWord = now;
      advance({ fraction, stage });
    }
    if (!kernels || now - lastPicture < PICTURE) return;
    lastPicture = now;
    const layers = kernels.map((kernel) => ofSamples(kernel, problem.data.x.rows));
    const cka = layers.map((kernel) => centredAlignment(kernel, problem.data.y));
    const top = layers[layers.length - 1];
    const spectrum = top.rows <= QUICK_SPECTRUM ? positive(centredSpectrum(compute.algebra, top)) : undefined;
    picture({ iteration, residual, widthScale, kernels: layers.map(copied), cka, spectrum });
  };
  const posterior = await solve(problem, theoryByName(theory), {
    ...options,
    compute,
    signal,
    onProgress,
  });
  const { kernels, conjugates, convergence, uncertainty, logEvidence, evidenceError } = posterior;
  const { x, xTest, yTest } = problem.data;
  // Predictions of sampled theories take longer than a picture: they are left to the slice.
  const test =
    xTest && yTest && (theory === 'nngp' || theory === 'perturbative') ? posterior.predict(xTest) : undefined;
  const expectedError = expectedErrorOf(problem, theory, compute);
  const solved: Solved = {
    theory,
    kernels: kernels.map((kernel) => copied(ofSamples(kernel, x.rows))),
    ...(conjugates
      ? { conjugates: Array.from(conjugates, (matrix) => matrix && copied(ofSamples(matrix, x.rows))) }
      : {}),
    fitted: firstColumn(posterior.trainMean()),
    cka: posterior.alignment(),
    ...(uncertainty ? { ckaError: uncertainty.cka, evidenceStandardError: uncertainty.evidence } : {}),
    change: posterior.change(),
    logEvidence,
    ...(convergence.converged && evidenceError !== undefined ? { leftOut: evidenceError } : {}),
    ...(convergence.converged && expectedError !== undefined ? { expectedError } : {}),
    converged: convergence.converged,
    ...(convergence.message === undefined ? {} : { message: convergence.message }),
    width: convergence.widthScale * problem.network.widths[0],
    iterations: convergence.iterations,
    ...(test && yTest ? quality(test.mean, test.variance, yTest, problem) : {}),
    seconds: (performance.now() - start) / 1000,
  };
  return { posterior, solved };
}

/**
 * ⟨(f − y)²⟩ over test points and networks, in units of the targets as given, and the share of right classes
 * for those that stand for them.
 */
function quality(
  mean: Matrix,
  variance: Float64Array,
  y: Matrix,
  { data: { classes, targetScale } }: Problem,
) {
  const targets = { y, classes };
  const {
    meanSquaredError,
    loss = meanSquaredError,
    accuracy,
  } = qualityOf(mean, targets, variance, targetScale?.deviation);
  return { testLoss: loss, ...(accuracy === undefined ? {} : { testAccuracy: accuracy }) };
}

const firstColumn = ({ rows, columns, data }: Matrix) =>
  Float64Array.from({ length: rows }, (_, i) => data[i * columns]);

/** Eigenvalues that are more than rounding. */
const positive = (values: Float64Array) => values.filter((value) => value > 1e-10 * values[0]);

export function spectraOf({ kernels, nngp, problem }: KernelPosterior, compute: Compute): Spectra {
  const top = kernels.length - 1;
  const samples = problem.data.x.rows;
  return {
    infinite: positive(centredSpectrum(compute.algebra, ofSamples(nngp[top], samples))),
    adapted: positive(centredSpectrum(compute.algebra, ofSamples(kernels[top], samples))),
  };
}

/** Alignment of the output kernel against width, wide networks first. */
export async function alongWidths(
  problems: readonly (() => Promise<Problem>)[],
  theory: string,
  options: TheoryOptions,
  compute: Compute,
  signal: AbortSignal,
  point: (found: WidthPoint) => void,
): Promise<void> {
  for (const problemOf of problems) {
    const problem = await problemOf();
    const posterior = await solve(problem, theoryByName(theory), { ...options, compute, signal });
    const { hiddenLayers: top, widths } = problem.network;
    if (!posterior.convergence.converged) return;
    point({ width: widths[0], cka: posterior.alignment()[top], error: posterior.uncertainty?.cka[top] ?? 0 });
  }
}
