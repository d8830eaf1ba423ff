import { variancesOf } from '../../architecture/positionBlocks.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { InputError } from '../../numerics/errors.js';
import { copy, type Matrix } from '../../numerics/matrix.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import { withInputMetric } from '../../problem/createData.js';
import { createProblem } from '../../problem/createProblem.js';
import { observedBy } from '../../problem/likelihoodName.js';
import type { Problem } from '../../problem/problem.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { type Variation, zipped } from '../../problem/variations.js';
import type { Along, AtSetting } from '../../report/along.js';
import { summarise } from '../../report/summary.js';
import { checkMemory } from '../../theories/checkMemory.js';
import { type TheoryOptions, theoryByName } from '../../theories/registry.js';
import { architectureFor } from '../../theories/requirements.js';
import type { Theory } from '../../theories/theory.js';
import { solveTheory } from '../solveTheory.js';

/** The one key of data that leaves the points as they are: it belongs to the prior of the first layer. */
const METRIC = 'data.inputMetric';

/**
 * The first of the keys is what figures and tables show. @throws InputError if it is no number, or of the
 * data
 */
export function checkVariations(spec: ProblemSpec, variations: readonly Variation[]): void {
  const data = variations.find(({ key }) => (key === 'data' || key.startsWith('data.')) && key !== METRIC);
  if (data)
    throw new InputError(
      `--vary ${data.key}: theories are compared on the same data; vary keys of network, or noiseVariance`,
    );
  if (spec.data.inputMetric && variations.some(({ key: varied }) => varied === METRIC))
    throw new InputError(
      `--vary ${METRIC}: the problem has one of ${spec.data.inputMetric} already; leave it out of its data`,
    );
  const [{ key, values }] = variations;
  const bad = values.find((value) => typeof value !== 'number');
  if (bad !== undefined)
    throw new InputError(
      `--vary ${key}: ${JSON.stringify(bad)} is no number; the first key is the axis of a figure`,
    );
  zipped(spec, variations);
}

/**
 * The kernels of a solution as the first guess for other settings: as large as the kernels at infinite width
 * there. Undefined at another depth.
 */
function startFrom(
  { kernels, nngp }: KernelPosterior,
  problem: Problem,
  theory: Theory,
  compute: Compute,
): Matrix[] | undefined {
  if (problem.network.hiddenLayers !== kernels.length - 1) return undefined;
  const sum = (matrix: Matrix) => variancesOf(matrix).reduce((total, value) => total + value, 0);
  const architecture = architectureFor(theory, problem.network);
  const there = nngpKernels(problem.network, problem.data.x, compute, architecture);
  return kernels.map((kernel, l) => scale(copy(kernel), sum(there[l]) / sum(nngp[l])));
}

/**
 * Every theory at every setting, on the same data; if asked for, each from its solution at the setting
 * before.
 */
export async function compareAlong(
  problem: Problem,
  spec: ProblemSpec,
  variations: readonly Variation[],
  theories: readonly string[],
  compute: Compute,
  options: TheoryOptions,
  continued: boolean,
): Promise<Along> {
  const [{ key }] = variations;
  const variants = zipped(spec, variations).sort((a, b) => Number(a.settings[key]) - Number(b.settings[key]));
  const problems = variants.map(({ spec }) => {
    const { data, network } = spec;
    const metric = variations.some(({ key: varied }) => varied === METRIC) ? data.inputMetric : 0;
    const measured = metric ? withInputMetric(problem.data, metric) : problem.data;
    return createProblem({ data: measured, network, ...observedBy(spec) });
  });
  for (const each of problems)
    for (const name of theories) checkMemory(theoryByName(name), each, compute, options);
  const settings: AtSetting[] = [];
  const before = new Map<string, KernelPosterior>();
  for (const [k, { settings: changed }] of variants.entries()) {
    const summaries = [];
    for (const name of theories) {
      const label = `${key} ${changed[key]} (${k + 1}/${variants.length}) ${name}`;
      const previous = continued ? before.get(name) : undefined;
      const start = previous && startFrom(previous, problems[k], theoryByName(name), compute);
      const solved = await solveTheory(
        problems[k],
        name,
        compute,
        start ? { ...options, start } : options,
        label,
      );
      if (solved.posterior.convergence.converged) before.set(name, solved.posterior);
      summaries.push({ ...summarise(solved), theory: name });
    }
    settings.push({ value: Number(changed[key]), settings: changed, theories: summaries });
  }
  return { key, settings };
}
