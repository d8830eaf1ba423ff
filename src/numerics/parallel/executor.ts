/**
 * A computation that falls into independent chunks. `run` writes only to the part of the shared arrays in
 * `args` that belongs to its chunk, so any number of threads gives the same bits. Tasks are found by name in
 * other threads: their modules are listed in compute/tasks.ts.
 */
export interface Task<Args> {
  readonly name: string;
  run(args: Args, chunk: number): void;
}

/** Runs all chunks of a task and returns when the last is done. */
export interface Executor {
  readonly threads: number;
  run<Args>(task: Task<Args>, args: Args, chunks: number): void;
}

export const serialExecutor: Executor = {
  threads: 1,
  run(task, args, chunks) {
    for (let chunk = 0; chunk < chunks; chunk++) task.run(args, chunk);
  },
};
