import { availableParallelism } from 'node:os';
import { holdLibrary, nodeCompute } from '../../compute/nodeCompute.js';
import { ProcessGrid } from '../../distributed/processGrid.js';
import type { DistributedSolution, DistributedTheory } from '../../distributed/solution.js';
import { distributedTheory, requireFits, requireTreated } from '../../distributed/theories.js';
import type { LoadedProblem } from '../../io/loadProblem.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { reasonOf } from '../../numerics/errors.js';
import { launched } from '../../numerics/native/scalapack.js';
import { drive } from '../../numerics/steps.js';
import { predictionArrays } from '../../report/arrays.js';
import { duration } from '../../report/format.js';
import { describeProblem, type MeasuredTheory, summarise } from '../../report/summary.js';
import { comparisonTable } from '../../report/table.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { DONE, Interrupted, NOT_CONVERGED } from '../exit.js';
import { interruption, stopIfInterrupted } from '../interruption.js';
import { firstToSpeak, sayRegardless } from '../printing.js';
import { type ProblemFlags, problemOf } from '../problemSource.js';
import { withFolder } from '../solveTheory.js';

/** What `solve --distributed` understands. */
export interface DistributedFlags extends ProblemFlags {
  readonly theory: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly gatherKernels?: boolean;
}

/** Status of all processes where one of them meets a fault of the program. */
const FAULT = 70;

/**
 * Solves one theory on all processes that mpirun or srun started, each of which runs this; process 0 writes
 * and speaks.
 */
export async function solveDistributed(
  source: string,
  flags: DistributedFlags,
  report: (code: number) => void,
): Promise<void> {
  const grid = await openGrid();
  try {
    const status = await solveOn(grid, source, flags);
    report(grid.speaks ? status : DONE);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (reasonOf(error) === undefined) {
      // The others wait for this process, wherever they are.
      sayRegardless(`finite-width: process ${grid.rank} of ${grid.size}: internal error: ${error}`);
      grid.abort(FAULT);
    }
    grid.end();
    // Whose status is the first to be another than 0 has all others ended by mpirun, that which speaks too.
    if (grid.speaks) throw error;
    return;
  }
  grid.end();
}

/** The grid; what this process lacks alone, it says when the one that speaks has not. */
async function openGrid(): Promise<ProcessGrid> {
  // What a BLAS reads of the environment it reads when it is loaded first.
  holdLibrary();
  try {
    return ProcessGrid.open();
  } catch (error) {
    const { rank, size } = launched();
    if (rank > 0) {
      await firstToSpeak();
      sayRegardless(`finite-width: process ${rank} of ${size}: ${reasonOf(error) ?? error}`);
    }
    throw error;
  }
}

/** What every process does on its own before they meet: all go on, or none. */
async function settled<Result>(grid: ProcessGrid, work: () => Promise<Result>): Promise<Result> {
  const outcome = await work().then(
    (result) => () => result,
    (error: unknown) => () => {
      throw error;
    },
  );
  return grid.together(outcome);
}

/** Threads for products of matrices: the cores that other processes on this machine leave. */
async function computeBeside(here: number): Promise<Compute> {
  const share = Math.max(1, Math.floor(availableParallelism() / here));
  return nodeCompute(process.env.FINITE_WIDTH_THREADS ? {} : { threads: share });
}

async function solveOn(grid: ProcessGrid, source: string, flags: DistributedFlags): Promise<number> {
  const theory = distributedTheory(flags.theory);
  const loaded = await settled(grid, () => problemOf(source, flags));
  requireTreated(theory, loaded.problem);
  const here = grid.processesHere();
  const compute = await settled(grid, () => computeBeside(here));
  const task = { problem: loaded.problem, compute, kernels: flags.gatherKernels === true };
  grid.together(() => requireFits(grid, theory, task, here));
  const out = flags.out ?? `${defaultFolder(source)}-${flags.theory}`;
  const folder = await settled(grid, async () => (grid.speaks ? RunFolder.open(out) : undefined));
  const work = async () => {
    const start = performance.now();
    const solution = await stepByStep(grid, theory, task);
    const solved = { posterior: solution, seconds: (performance.now() - start) / 1000, ...solution };
    if (folder) await write(folder, grid, loaded, compute, solved, flags, out);
    return solution.convergence.converged ? DONE : NOT_CONVERGED;
  };
  return folder ? withFolder(folder, work) : work();
}

/** Runs the steps, saying each stage once. */
async function stepByStep(
  grid: ProcessGrid,
  theory: DistributedTheory,
  task: Parameters<DistributedTheory['iterate']>[1],
): Promise<DistributedSolution> {
  const controller = new AbortController();
  const forget = stopIfInterrupted(() => controller.abort(interruption()));
  const start = performance.now();
  let last: string | undefined;
  const onStep = ({ stage }: { readonly stage: string }) => {
    if (stage !== last)
      process.stderr.write(
        `${theory.name} on ${grid.size} processes: ${stage} after ${duration((performance.now() - start) / 1000)}\n`,
      );
    last = stage;
  };
  try {
    return await drive(theory.iterate(grid, task), { onStep, signal: controller.signal });
  } finally {
    forget();
  }
}

/** What process 0 leaves: the files of `solve`, and what it prints. */
async function write(
  folder: RunFolder,
  grid: ProcessGrid,
  { problem, spec, warnings }: LoadedProblem,
  compute: Compute,
  solved: MeasuredTheory & { readonly posterior: DistributedSolution },
  { json: asJson, gatherKernels }: DistributedFlags,
  out: string,
): Promise<void> {
  const result = {
    ...summarise(solved),
    ...describeProblem(problem, compute, warnings),
    processes: grid.size,
    grid: [grid.down.count, grid.across.count],
    problem: spec,
  };
  const json = resultJson(result);
  const { kernels } = solved.posterior;
  if (kernels)
    await folder.write(
      'kernels.npz',
      resultNpz(Object.fromEntries(kernels.map((kernel, l) => [`kernel_${l}`, kernel]))),
    );
  await folder.write('predictions.npz', resultNpz(predictionArrays(solved)));
  await folder.write('result.json', `${json}\n`);
  const files = [...(gatherKernels ? ['kernels.npz'] : []), 'predictions.npz', 'result.json'];
  process.stdout.write(
    asJson ? `${json}\n` : `${comparisonTable([solved])}\n\n${out}: ${files.join(', ')}\n`,
  );
}
