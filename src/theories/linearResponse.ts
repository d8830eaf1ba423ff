import { mostRows } from '../architecture/architecture.js';
import { addRows, type PointRows } from '../architecture/layer.js';
import { likelihoodOf, outputMatrices } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  diagonal,
  inner,
  type Matrix,
  release,
  transpose,
  zeros,
} from '../numerics/matrix.js';
import type { Steps } from '../numerics/steps.js';
import { type Convergence, type Fault, verdictOf } from '../posterior/fields.js';
import { lastBlock, newRows, padded, together } from '../posterior/newPoints.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import { targetsTooLarge } from '../posterior/reach.js';
import type { Extend } from '../posterior/rowPath.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { type FourPoint, fourPointMatrices, fourPointOf } from '../prior/fourPoint/fourPoint.js';
import { GROUPS } from '../prior/fourPoint/groupedNormals.js';
import { nngpKernels, nngpRows } from '../prior/nngpKernels.js';
import { ownMoments, responsesByOrigin, sourcesBelow, totalResponse } from '../prior/response.js';
import { shiftedRows } from '../prior/responseRows.js';
import type { Problem } from '../problem/problem.js';
import { widened } from '../solving/firstOrder/beyondSaddle.js';
import type { Birth } from '../solving/firstOrder/birth.js';
import { averagesOf, birthsOf, fluctuationMatrices, outputAt } from '../solving/firstOrder/births.js';
import { Fluctuations, withFluctuations } from '../solving/firstOrder/fluctuations.js';
import {
  groupedCorrections,
  meanCorrectionRows,
  meanCorrections,
} from '../solving/firstOrder/meanCorrection.js';
import type { Progress } from '../solving/progress.js';
import { repeat } from '../solving/repetitions.js';
import type { ValuesOf } from './option.js';
import { fourPointTerms } from './sharedCosts.js';
import { fourPoint, groupedSamples, seed } from './sharedOptions.js';
import type { Theory } from './theory.js';

/** Shifts are made smaller by this factor until all kernels are covariances. */
const STEP = 1.25;
/**
 * Negative eigenvalues of hidden kernels up to this share of the trace are what averages over samples leave.
 */
const SCATTER = 1e-3;

const shifted = (nngp: readonly Matrix[], shifts: readonly Matrix[], scale: number): Matrix[] =>
  nngp.map((kernel, l) => (l === 0 ? kernel : addScaled(copy(kernel), 1 / scale, shifts[l])));

/**
 * The least multiple of the widths at which the shifted kernels, the last with its noise, are still
 * covariances.
 */
function admissibleScale(
  problem: Problem,
  nngp: readonly Matrix[],
  shifts: readonly Matrix[],
  compute: Compute,
): number {
  const top = problem.network.hiddenLayers;
  const rests = nngp.map((kernel, l) =>
    l === top && !problem.likelihood ? problem.noiseVariance : SCATTER * traceOf(kernel),
  );
  for (let scale = 1; ; scale *= STEP) {
    try {
      for (let l = top; l >= 1; l--) {
        const kernel = addToDiagonal(addScaled(copy(nngp[l]), 1 / scale, shifts[l]), rests[l]);
        release(compute.algebra.cholesky(kernel));
      }
      return scale;
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError) || scale > 1e12) throw error;
    }
  }
}

const traceOf = (a: Matrix): number => diagonal(a).reduce((sum, value) => sum + value, 0);

/** ln p(Y|X) of targets that fit perfectly, −(nP/2) ln 2πκ, and 0 of classes: no network has more. */
const perfectFit = ({ data, noiseVariance, likelihood }: Problem): number =>
  likelihood ? 0 : -0.5 * data.y.data.length * Math.log(2 * Math.PI * noiseVariance);

/**
 * What moves kernels to first order: the pull of the data on covariances given the layers below, and beyond
 * them on what residual networks show.
 */
interface Pull {
  readonly conjugates: readonly (Matrix | undefined)[];
  readonly fourPoint: FourPoint;
  readonly given: readonly Matrix[];
  readonly shown: readonly Matrix[];
}

function pullOf(
  { network, data }: Problem,
  nngp: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  fourPoint: FourPoint,
  compute: Compute,
): Pull {
  const given = totalResponse(responsesByOrigin(network, nngp, conjugates, fourPoint, compute), data.x.rows);
  const own = ownMoments(network, nngp, conjugates, fourPoint);
  const shown = given.map((shift, l) => (own[l] ? addScaled(copy(shift), 1, own[l] as Matrix) : shift));
  return { conjugates, fourPoint, given, shown };
}

/**
 * New points: their NNGP rows, and beside them their shift, which obeys the same recursion with rows of V and
 * R.
 */
function extendShifted(
  { network }: Problem,
  nngp: readonly Matrix[],
  pull: Pull,
  scale: number,
  compute: Compute,
): Extend {
  let rows: PointRows[] = [];
  return (l, below) => {
    if (l === 1) {
      const extend = nngpRows(network, nngp, compute);
      const free = [below];
      for (let m = 1; m <= network.hiddenLayers; m++) free.push(extend(m, free[m - 1]));
      const { shown } = shiftedRows(network, nngp, pull, free, compute);
      rows = free.map((row, m) => (m === 0 ? row : addRows(row, shown[m] as PointRows, 1 / scale)));
    }
    return rows[l];
  };
}

/** Said where the shift is too large, unless the targets are. */
const NO_COVARIANCE: Fault = {
  reason: 'noExpansion',
  message: 'at smaller widths the first-order shift leaves a kernel no covariance',
};
/** Said where the evidence is more than any network has, unless the targets are too large. */
const NO_EXPANSION: Fault = {
  reason: 'noExpansion',
  message:
    'the first order is no small correction here: ln p(Y|X) would be that of more than a perfect fit; take wider layers, or perturbative, map or multiscale',
};

/** What saturation would change of the pull of the data and of the fluctuations: terms of the next order. */
function nextOrder(fluctuations: Fluctuations, nngp: Matrix, pull: number): number {
  const coupling = fluctuations.coupling + fluctuations.pullAt(nngp);
  return (coupling / (1 + coupling)) * (Math.abs(fluctuations.evidence) + Math.abs(pull));
}

const options = { ...groupedSamples, ...fourPoint, ...seed };

/**
 * Field theory, first order in 1/N, one shot and complete (theory §5): ⟨C⁽ˡ⁾⟩ = K⁽ˡ⁾ + Δ⁽ˡ⁾ + Cov(C⁽ˡ⁾,
 * C⁽ᴸ⁾):C̃⁽ᴸ⁾ with C̃⁽ᴸ⁾ at the NNGP kernel: the posterior moves kernels as far as the prior lets them
 * fluctuate, and predictions and evidence feel the fluctuations that remain (`Fluctuations`). ln p(Y|X) =
 * ℓ(K) + C̃:Δ + ½C̃:Cov:C̃ + ½H:Cov.
 */
export const linearResponse: Theory<'linearResponse', typeof options> = {
  name: 'linearResponse',
  options,
  summary: 'first order in 1/N: prior fluctuations times the pull of the data',
  treats: ['activations', 'convolution', 'average', 'residual', 'own'],
  likelihoods: ['logistic', 'softmax'],
  matrices: (problem, options) =>
    problem.network.hiddenLayers ** 2 +
    fluctuationMatrices(problem) +
    outputMatrices(problem) +
    fourPointMatrices(problem.network, mostRows(problem.network, problem.data.x.rows), options),
  cost: { terms: fourPointTerms, seconds: [0.11, 4.1e-9, 1.9e-7] },
  iterate: (problem, compute, options) => firstOrder(problem, compute, options, true),
};

/**
 * Solves to first order (see `linearResponse`).
 * @param withErrors whether standard errors are wanted, which take a third of the time
 */
export function* firstOrder(
  problem: Problem,
  compute: Compute,
  asked: ValuesOf<typeof options>,
  withErrors: boolean,
): Steps<Progress, KernelPosterior> {
  const { network, data } = problem;
  const { hiddenLayers: top } = network;
  const nngp = nngpKernels(network, data.x, compute);
  try {
    const likelihood = likelihoodOf(problem);
    const conjugates = sourcesBelow(
      network,
      nngp,
      top,
      likelihood.conjugate(nngp[top], compute.algebra),
      compute,
    );
    const averages = averagesOf(problem, compute, asked);
    const pullWith = (part: FourPoint) => pullOf(problem, nngp, conjugates, part, compute);
    const pull = pullWith(averages.all.fourPoint);
    const pulled = pull.shown;
    yield { iteration: 1, residual: 0, widthScale: 1, fraction: 0.3, stage: 'kernels' };
    const { seed = 0 } = asked;
    const corrections = groupedCorrections(network, nngp, data.x, compute, seed);
    const withCorrections = (shifts: readonly Matrix[], added: readonly Matrix[] = corrections.all) =>
      shifts.map((shift, l) => addScaled(copy(shift), 1, added[l]));
    const shifts = withCorrections(pulled);
    const scale = Math.max(
      ...[pulled, shifts].map((tried) => admissibleScale(problem, nngp, tried, compute)),
    );
    const kernels = shifted(nngp, shifts, scale);
    const large = targetsTooLarge(problem, nngp[top]);
    const judged = (fault?: Fault): Convergence => ({
      ...verdictOf(
        fault === undefined ? undefined : large ? { reason: 'largeTargets', message: large } : fault,
      ),
      residual: 0,
      iterations: 1,
      widthScale: scale,
    });
    const shiftable = judged(scale === 1 ? undefined : NO_COVARIANCE);
    const wide = widened(problem, scale);
    const correctionOf = (of: readonly Matrix[]) => ({
      all: addScaled(zeros(data.x.rows), 1 / scale, of[top]),
      seed,
    });
    // Outputs of several classes have no Gaussian noise to stand for their likelihood: of these the kernels
    // alone are known to first order.
    const output = likelihood.name === 'softmax' ? undefined : outputAt(problem, nngp[top], compute);
    const births = output && birthsOf(wide, nngp, output, averages.all, compute);
    const fluctuationsOf = (of: readonly Birth[] | undefined, added = corrections.all) =>
      output && of && new Fluctuations(wide, nngp, output, of, correctionOf(added), compute);
    const fluctuations = fluctuationsOf(births);
    const free = output ? likelihood.logEvidence(nngp[top], compute.algebra) : Number.NaN;
    const evidenceOf = (moved: readonly Matrix[], added?: Fluctuations) =>
      free + (0.5 / scale) * inner(conjugates[top] as Matrix, moved[top]) + (added?.evidence ?? 0);
    yield { iteration: 1, residual: 0, widthScale: scale, fraction: 0.5, stage: 'fluctuations' };
    const { only } = averages;
    const drawn = withErrors && (only !== undefined || corrections.groups.length > 0);
    const uncertainty = drawn
      ? yield* repeat(kernels, data.y, GROUPS, shiftable, scale, (group) => {
          const part = only?.(group);
          const moved = !part || part.exact ? pulled : pullWith(part.fourPoint).shown;
          const repeated =
            output && part ? birthsOf(wide, nngp, output, part, compute, false, births) : births;
          const added = corrections.groups[group] ?? corrections.all;
          const evidence = evidenceOf(moved, fluctuationsOf(repeated, added));
          return { kernels: shifted(nngp, withCorrections(moved, added), scale), evidence };
        })
      : undefined;
    const logEvidence = evidenceOf(pulled, fluctuations);
    const convergence = logEvidence > perfectFit(problem) ? judged(NO_EXPANSION) : shiftable;
    const gain = (0.5 / scale) * inner(conjugates[top] as Matrix, pulled[top]);
    const evidenceError = fluctuations && nextOrder(fluctuations, nngp[top], gain);
    const known = {
      theory: 'linearResponse',
      problem,
      nngp,
      kernels,
      conjugates,
      convergence,
      logEvidence,
    };
    const fields = evidenceError === undefined ? known : { ...known, evidenceError };
    const extend = extendShifted(problem, nngp, pull, scale, compute);
    const moved = createPosterior({ ...fields, kernels: shifted(nngp, pulled, scale) }, extend, compute);
    const { trainMean, predict } = fluctuations ? withFluctuations(moved, fluctuations) : moved;
    const testKernels = (xTest: Matrix) => {
      const added = meanCorrectionRows(network, data.x, xTest, compute, seed);
      const rows = moved.testKernels(xTest)?.kernels ?? [];
      return { kernels: rows.map((row, l) => addScaled(copy(row), 1 / scale, transpose(added[l].cross))) };
    };
    const posterior = createPosterior(
      { ...fields, ...(uncertainty ? { uncertainty } : {}) },
      extend,
      compute,
    );
    const covariances = (xTest: Matrix) => {
      const all = together(data.x, xTest);
      const free = nngpKernels(network, all, compute);
      const { fourPoint } = fourPointOf(network, mostRows(network, all.rows), compute, asked);
      const source = padded(conjugates[top] as Matrix, newRows(problem, top, xTest));
      const sources = sourcesBelow(network, free, top, source, compute);
      const moves = pullOf(
        { ...problem, data: { ...data, x: all } },
        free,
        sources,
        fourPoint,
        compute,
      ).shown;
      const added = meanCorrections(network, all, compute, seed, data.x.rows);
      return free.map((kernel, l) =>
        lastBlock(
          addScaled(addScaled(copy(kernel), 1 / scale, moves[l]), 1 / scale, added[l]),
          newRows(problem, l, xTest),
        ),
      );
    };
    return { ...posterior, trainMean, predict, testKernels, testCovariances: covariances };
  } catch (error) {
    throw explainSingular(error, problem, nngp[network.hiddenLayers]);
  }
}
