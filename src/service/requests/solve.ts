import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import { drive } from '../../numerics/steps.js';
import { solvedWidths } from '../../posterior/fields.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import type { Problem } from '../../problem/problem.js';
import { warningsOf } from '../../problem/warnings.js';
import { traceArrays } from '../../report/traces.js';
import { SamplingRun } from '../../sampling/run.js';
import { checkMemory } from '../../theories/checkMemory.js';
import { evidenceErrorOf } from '../../theories/evidenceError.js';
import { grouped } from '../../theories/option.js';
import { checkOptions } from '../../theories/options.js';
import { allOptions, type TheoryOptions, theoryOf } from '../../theories/registry.js';
import { besideSampled, sampled, sampledPosterior, settingsOf } from '../../theories/sampled.js';
import { solveWith } from '../../theories/solve.js';
import type { Context, Handler } from '../handler.js';
import { problemOf } from '../problem.js';
import { type Held, predictedOnce } from '../store.js';

/** Networks, with the draws of what is watched. */
async function sample(
  problem: Problem,
  options: TheoryOptions,
  compute: Compute,
  { progress, signal }: Context,
) {
  checkMemory(sampled, problem, compute, options);
  const nngp = besideSampled(problem, compute);
  const run = new SamplingRun(problem, compute, settingsOf(options, problem));
  await drive(run.steps(), { onStep: progress, signal });
  return { posterior: sampledPosterior(problem, run, compute, nngp), traces: traceArrays(run) };
}

/** { data, network, noiseVariance } → a problem, by number, and what its data were taken for. */
export const problem: Handler = async (given, { arrays, store }) => {
  const { problem: made, data: raw } = problemOf(given, arrays);
  const warnings = warningsOf(made);
  const handle = store.keepProblem({ problem: made, raw: raw.standardize ? raw : undefined, warnings });
  const { data, network } = made;
  const { classes, targetScale, description } = data;
  const sizes = { samples: data.x.rows, dimension: data.x.columns, outputs: data.y.columns };
  return {
    value: {
      handle,
      warnings,
      ...sizes,
      classes,
      targetScale,
      description,
      activation: network.activation.name,
    },
  };
};

/** What a program is told of a posterior at once; arrays and predictions follow when they are asked for. */
function headOf({ posterior, seconds, traces }: Held) {
  const { theory, kernels, convergence, conjugates, uncertainty, effective, details } = posterior;
  return {
    theory,
    ...convergence,
    widths: solvedWidths(posterior.problem.network, convergence),
    layers: kernels.length - 1,
    conjugates: kernels.map((_, l) => conjugates?.[l] !== undefined),
    errors: uncertainty !== undefined,
    effective: effective !== undefined,
    traces: traces ? Object.keys(traces) : [],
    logEvidence: posterior.logEvidence,
    logEvidenceError: uncertainty?.evidence,
    ckaError: uncertainty?.cka,
    details,
    seconds,
  };
}

/**
 * Options as other programs give them: one by one, in groups nowhere, numbers and words alone. @throws
 * InputError
 */
function optionsOf(plain: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const foreign = Object.keys(plain).find((name) => allOptions[name]?.kind === 'program');
  if (foreign) throw new InputError(`${foreign}: is an option of programs in JavaScript alone; leave it out`);
  return grouped(allOptions, plain);
}

/** { problem, theory, options } → a posterior, by number, and what is said of it first. */
export const solve: Handler = async ({ problem: handle, theory: name, options: plain }, context) => {
  const of = context.store.problem(handle);
  const asked = theoryOf(name as string);
  const options = optionsOf((plain ?? {}) as Readonly<Record<string, unknown>>);
  checkOptions(asked, options);
  const compute = await context.compute();
  const start = performance.now();
  const { signal, progress: onProgress } = context;
  const found: { posterior: KernelPosterior; traces?: Record<string, Matrix> } =
    asked === sampled
      ? await sample(of.problem, options as TheoryOptions, compute, context)
      : { posterior: await solveWith(of.problem, asked, compute, { ...options, signal, onProgress }) };
  const seconds = (performance.now() - start) / 1000;
  const held: Held = { ...found, of, seconds, solved: predictedOnce(found.posterior, seconds) };
  return { value: { handle: context.store.keep(held), ...headOf(held) } };
};

/** { posterior } → what its theory leaves out of ln p(Y|X), null where that is not known. */
export const evidenceError: Handler = async ({ posterior }, { store, compute, signal }) => ({
  value:
    (await evidenceErrorOf(store.get(posterior).posterior, await compute(), { always: true }, signal)) ??
    null,
});

/** { handles } → nothing: the process forgets these problems and posteriors. */
export const release: Handler = async ({ handles }, { store }) => {
  store.release(handles as number[]);
  return { value: null };
};
