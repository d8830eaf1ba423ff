import { Command } from 'commander';
import { threadCount } from '../../compute/nodeCompute.js';
import { runTasks } from '../../sweep/local.js';
import { chunkTasks } from '../../sweep/slurm.js';
import { SweepStore } from '../../sweep/store.js';
import { DONE } from '../exit.js';
import { interruptionNote } from '../interruption.js';
import { wholeNumber } from '../options.js';
import { withProgress } from '../solveTheory.js';
import { writeTable } from './table.js';

interface RunFlags {
  readonly batch: string;
  readonly chunk: number;
  readonly arrays: boolean;
}

/** What a job of the array does: its tasks, except those that are done. */
async function run(
  folder: string,
  { batch, chunk, arrays }: RunFlags,
  report: (code: number) => void,
): Promise<void> {
  const store = new SweepStore(folder);
  const tasks = chunkTasks(folder, batch, chunk).filter(({ key }) => !store.isDone(key));
  const threads = threadCount(Number(process.env.SLURM_CPUS_PER_TASK) || undefined);
  let count = 0;
  interruptionNote(() => `interrupted; ${count} of ${tasks.length} tasks are done and kept`);
  await withProgress('sweep', (_, signal) =>
    runTasks(
      tasks,
      { folder, arrays, threads },
      (end) => {
        count++;
        if ('key' in end) process.stdout.write(`${end.key} ${'failed' in end ? end.failed : 'done'}\n`);
      },
      signal,
    ),
  );
  report(DONE);
}

/** What jobs of a cluster run; people have no use for it. */
export function sweepRunCommand(report: (code: number) => void): Command {
  return new Command('sweep-run')
    .argument('<folder>')
    .requiredOption('--batch <name>')
    .requiredOption('--chunk <number>', '', wholeNumber(0, 1e6))
    .option('--no-arrays')
    .action((folder: string, flags: RunFlags) => run(folder, flags, report));
}

/** The table of what there is, after an array has ended. */
export function sweepGatherCommand(): Command {
  return new Command('sweep-gather').argument('<folder>').action(async (folder: string) => {
    const store = new SweepStore(folder);
    await writeTable(store, store.tasks());
  });
}
