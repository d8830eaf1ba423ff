import { untreated } from '../architecture/architecture.js';
import { smallestArchitecture } from '../architecture/samePositions.js';
import { phaseAt } from '../criticality/phase.js';
import { dataDirections, propagate } from '../criticality/responses.js';
import { centredAlignment } from '../measures/alignment.js';
import { qualityOf } from '../measures/prediction.js';
import type { Compute } from '../numerics/compute.js';
import { inner, type Matrix } from '../numerics/matrix.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import { priorMoments } from '../prior/priorMoments.js';
import { createProblem } from '../problem/createProblem.js';
import type { Observed } from '../problem/likelihoodName.js';
import type { NetworkSpec } from '../problem/networkSchema.js';
import type { Data, Network, Problem } from '../problem/problem.js';
import { evidenceErrorOf } from '../theories/evidenceError.js';
import type { TheoryOptions } from '../theories/registry.js';
import { solveWith } from '../theories/solve.js';

/** One network on given data, as plain data for another thread. */
export interface PointTask {
  readonly data: Data;
  readonly network: NetworkSpec;
  readonly observed: Observed;
  readonly theories: readonly string[];
  readonly options: TheoryOptions;
  /** say what evidence leaves out, however many points there are */
  readonly leftOut?: boolean;
}

/** What is measured beside theories. */
export const PRIOR_MEASURES = ['chi', 'xiC', 'ckaNngp', 'priorDeviation', 'response'] as const;
/** What is measured of each theory; NaN where it does not converge, or there are no test targets. */
export const THEORY_MEASURES = [
  'gain',
  'gainError',
  'logEvidence',
  'evidenceError',
  'evidenceLeftOut',
  'testLoss',
] as const;

/** Names of all measures of a point. */
export const measuresOf = (theories: readonly string[]): string[] => [
  ...PRIOR_MEASURES,
  ...theories.flatMap((theory) => THEORY_MEASURES.map((measure) => `${theory}.${measure}`)),
];

/**
 * √(Σ Var C_αβ)/‖C‖ of the output kernel before data, to order 1/N: how far networks differ in what they
 * start from.
 */
function priorDeviation({ network, data }: Problem, compute: Compute): number {
  const steps = priorMoments(network, data.x, compute);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { variance, nngp } = step.value[network.hiddenLayers];
  return Math.sqrt(variance.data.reduce((sum, value) => sum + value, 0) / inner(nngp, nngp));
}

/**
 * ‖R⁽ᴸ⁾ … R⁽²⁾ S‖ of the unit change S = HYYᵀH/‖HYYᵀH‖ of the first hidden kernel: what of it reaches the
 * output. NaN if all targets are equal.
 */
function targetResponse(problem: Problem, nngp: readonly Matrix[], compute: Compute): number {
  const direction = dataDirections(problem).find(({ name }) => name === 'targets');
  if (!direction) return Number.NaN;
  return propagate(problem.network, nngp, direction, compute).forward[1][problem.network.hiddenLayers - 1];
}

/**
 * Layers of one activation have one phase, patches that of dense layers (Xiao et al. 2018); layers that
 * differ, or are added, have none.
 */
export const hasPhase = (network: Network): boolean =>
  untreated(network, '', ['convolution', 'average']) === undefined;

function phaseOf(network: Network, compute: Compute): { readonly chi: number; readonly xiC: number } {
  if (!hasPhase(network)) return { chi: Number.NaN, xiC: Number.NaN };
  const { activation, weightVariance, biasVariance } = network;
  return phaseAt({ activation, weightVariance: weightVariance[0], biasVariance: biasVariance[0] }, compute);
}

/** Phase, prior and theories at one point; moments of the prior and responses are those of dense layers. */
export async function measurePoint(task: PointTask, compute: Compute): Promise<Record<string, number>> {
  const problem = createProblem({ data: task.data, network: task.network, ...task.observed });
  const { network, data } = problem;
  const { chi, xiC } = phaseOf(network, compute);
  const nngp = nngpKernels(network, data.x, compute, smallestArchitecture(network));
  const output = nngp[network.hiddenLayers];
  const ckaNngp = centredAlignment(output, data.y);
  const record: Record<string, number> = {
    chi,
    xiC,
    ckaNngp,
    priorDeviation: untreated(network, '', ['activations']) ? Number.NaN : priorDeviation(problem, compute),
    response: untreated(network, '') ? Number.NaN : targetResponse(problem, nngp, compute),
  };
  for (const theory of task.theories) {
    const posterior = await solveWith(problem, theory, compute, task.options);
    const { converged } = posterior.convergence;
    const test = converged && data.xTest && data.yTest ? posterior.predict(data.xTest) : undefined;
    const quality =
      test && data.yTest
        ? qualityOf(
            test.mean,
            { y: data.yTest, classes: data.classes },
            test.variance,
            data.targetScale?.deviation,
          )
        : undefined;
    record[`${theory}.gain`] = converged ? posterior.alignment()[network.hiddenLayers] - ckaNngp : Number.NaN;
    record[`${theory}.gainError`] = posterior.uncertainty?.cka[network.hiddenLayers] ?? 0;
    record[`${theory}.logEvidence`] = converged ? posterior.logEvidence : Number.NaN;
    record[`${theory}.evidenceError`] = posterior.uncertainty?.evidence ?? 0;
    const leftOut = converged
      ? await evidenceErrorOf(posterior, compute, {
          seed: task.options.seed ?? 0,
          always: task.leftOut === true,
        })
      : undefined;
    record[`${theory}.evidenceLeftOut`] = leftOut ?? Number.NaN;
    record[`${theory}.testLoss`] = quality?.loss ?? Number.NaN;
  }
  return record;
}
