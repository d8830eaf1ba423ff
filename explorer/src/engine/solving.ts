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
} from 'finite-width/browser';
import { optionsOf } from '../setup';
import type { Infinite, Iterate, SamplesView, Solved, Spectra, WidthPoint } from './messages';

/** Milliseconds between pictures of an iteration. */
const PICTURE = 60;

const copied = ({ data }: Matrix): Float64Array => new Float64Array(data);

function dataView({ data }: Problem): SamplesView {
  const { y, x, description } = data;
  const targets = Float64Array.from({ length: y.rows }, (_, i) => y.data[i * y.columns]);
  const key = (i: number, k: number) => y.data[i * y.columns + k];
  const order = Int32Array.from({ length: y.rows }, (_, i) => i).sort((a, b) => {
    for (let k = 0; k < y.columns; k++) if (key(a, k) !== key(b, k)) return key(b, k) - key(a, k);
    return a - b;
  });
  return { description, samples: x.rows, dimension: x.columns, order, targets };
}

export function infinite(problem: Problem, compute: Compute): Infinite {
  const start = performance.now();
  const kernels = nngpKernels(problem.network, problem.data.x, compute);
  const cka = kernels.map((kernel) => centredAlignment(kernel, problem.data.y));
  const seconds = (performance.now() - start) / 1000;
  return { data: dataView(problem), warnings: warningsOf(problem), kernels: kernels.map(copied), cka, seconds };
}

/** Solves, with pictures on the way. */
export async function solving(
  problem: Problem,
  theory: string,
  compute: Compute,
  signal: AbortSignal,
  picture: (iterate: Iterate) => void,
): Promise<{ posterior: KernelPosterior; solved: Solved }> {
  const start = performance.now();
  let last = Number.NEGATIVE_INFINITY;
  const onProgress = ({ iteration, residual, widthScale, fraction, kernels }: Progress) => {
    if (!kernels || performance.now() - last < PICTURE) return;
    last = performance.now();
    const cka = kernels.map((kernel) => centredAlignment(kernel, problem.data.y));
    picture({ iteration, residual, widthScale, fraction, kernels: kernels.map(copied), cka });
  };
  const posterior = await solve(problem, theoryByName(theory), { ...optionsOf(theory), compute, signal, onProgress });
  const { kernels, conjugates, convergence, uncertainty, logEvidence, evidenceError } = posterior;
  const { xTest, yTest } = problem.data;
  // Predictions of sampled theories take longer than a picture: they are left to the slice.
  const test = xTest && yTest && (theory === 'nngp' || theory === 'perturbative') ? posterior.predict(xTest) : undefined;
  const expectedError = expectedErrorOf(problem, theory, compute);
  const solved: Solved = {
    theory,
    kernels: kernels.map(copied),
    ...(conjugates ? { conjugates: Array.from(conjugates, (matrix) => matrix && copied(matrix)) } : {}),
    cka: posterior.alignment(),
    ...(uncertainty ? { ckaError: uncertainty.cka, evidenceStandardError: uncertainty.evidence } : {}),
    change: posterior.change(),
    logEvidence,
    ...(convergence.converged && evidenceError !== undefined ? { leftOut: evidenceError } : {}),
    ...(convergence.converged && expectedError !== undefined ? { expectedError } : {}),
    converged: convergence.converged,
    ...(convergence.message === undefined ? {} : { message: convergence.message }),
    width: convergence.widths[0],
    iterations: convergence.iterations,
    ...(test && yTest ? quality(test.mean, test.variance, yTest, problem) : {}),
    seconds: (performance.now() - start) / 1000,
  };
  return { posterior, solved };
}

/** ⟨(f − y)²⟩ over test points and networks, in units of the targets as given, and the share of right classes for those that stand for them. */
function quality(mean: Matrix, variance: Float64Array, y: Matrix, { data: { classes, targetScale } }: Problem) {
  const targets = { y, classes };
  const { meanSquaredError, loss = meanSquaredError, accuracy } = qualityOf(mean, targets, variance, targetScale?.deviation);
  return { testLoss: loss, ...(accuracy === undefined ? {} : { testAccuracy: accuracy }) };
}

export function spectraOf({ kernels, nngp }: KernelPosterior, compute: Compute): Spectra {
  const top = kernels.length - 1;
  const positive = (values: Float64Array) => values.filter((value) => value > 1e-10 * values[0]);
  return {
    infinite: positive(centredSpectrum(compute.algebra, nngp[top])),
    adapted: positive(centredSpectrum(compute.algebra, kernels[top])),
  };
}

/** Alignment of the output kernel against width, wide networks first. */
export async function alongWidths(
  problemAt: (width: number) => Promise<Problem>,
  theory: string,
  widths: readonly number[],
  compute: Compute,
  signal: AbortSignal,
  point: (found: WidthPoint) => void,
): Promise<void> {
  for (const width of widths) {
    const problem = await problemAt(width);
    const posterior = await solve(problem, theoryByName(theory), { ...optionsOf(theory), compute, signal });
    const top = problem.network.hiddenLayers;
    if (!posterior.convergence.converged) return;
    point({ width, cka: posterior.alignment()[top], error: posterior.uncertainty?.cka[top] ?? 0 });
  }
}
