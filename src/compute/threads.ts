import { once } from 'node:events';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { Executor, Task } from '../numerics/parallel/executor.js';
import { openThreads } from '../numerics/parallel/openThreads.js';
import { errorOf, type Failure } from './failure.js';
import { FINISHED, GENERATION, type Job, NEXT_CHUNK, SLOTS } from './protocol.js';

/** What the process was started with, but for how text on its command line is to be read: threads have files. */
const argumentsOfThreads = (): string[] =>
  process.execArgv.filter((argument) => !argument.startsWith('--input-type'));

/**
 * Fork and join over worker threads, synchronously: the workers sleep in Atomics.wait, wake for a job, and
 * take chunks from a common counter together with the calling thread. Arrays in the arguments must live in
 * shared memory (`allocate`), or the workers would write to copies.
 */
export class ThreadExecutor implements Executor {
  private constructor(
    readonly threads: number,
    private readonly control: Int32Array,
    private readonly ports: readonly MessagePort[],
    private readonly workers: readonly Worker[],
  ) {}

  /** @param blas library of the native backend that tasks may use */
  static async start(threads: number, blas?: string): Promise<ThreadExecutor> {
    const control = new Int32Array(new SharedArrayBuffer(SLOTS * 4));
    const ports: MessagePort[] = [];
    const workers: Worker[] = [];
    const starts: Promise<unknown>[] = [];
    for (let i = 1; i < threads; i++) {
      const { port1, port2 } = new MessageChannel();
      const worker = new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { control, port: port2, blas },
        execArgv: argumentsOfThreads(),
        transferList: [port2],
      });
      worker.unref();
      const thread = { started: once(worker, 'message'), terminate: () => worker.terminate() };
      openThreads.add(thread);
      worker.once('exit', () => openThreads.delete(thread));
      starts.push(thread.started);
      port1.unref();
      ports.push(port1);
      workers.push(worker);
    }
    await Promise.all(starts);
    return new ThreadExecutor(threads, control, ports, workers);
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  run<Args>(task: Task<Args>, args: Args, chunks: number): void {
    if (chunks <= 1 || this.ports.length === 0) {
      for (let chunk = 0; chunk < chunks; chunk++) task.run(args, chunk);
      return;
    }
    const { control } = this;
    Atomics.store(control, NEXT_CHUNK, 0);
    Atomics.store(control, FINISHED, 0);
    const job: Job = { task: task.name, args, chunks };
    let failure: unknown;
    let posted = 0;
    try {
      for (; posted < this.ports.length; posted++) this.ports[posted].postMessage(job);
    } catch (error) {
      // Those that have the job must find it done, and be waited for.
      failure = error;
      Atomics.store(control, NEXT_CHUNK, chunks);
    }
    Atomics.add(control, GENERATION, 1);
    Atomics.notify(control, GENERATION);
    try {
      for (
        let chunk = Atomics.add(control, NEXT_CHUNK, 1);
        chunk < chunks;
        chunk = Atomics.add(control, NEXT_CHUNK, 1)
      ) {
        task.run(args, chunk);
      }
    } catch (error) {
      failure = error;
      Atomics.store(control, NEXT_CHUNK, chunks);
    }
    this.join(posted);
    for (const port of this.ports) {
      // Taken from every port, or it would be found at the next job.
      const report = receiveMessageOnPort(port);
      if (report) failure ??= errorOf(report.message as Failure);
    }
    if (failure) throw failure;
  }

  private join(all: number): void {
    const { control } = this;
    for (let done = Atomics.load(control, FINISHED); done < all; done = Atomics.load(control, FINISHED)) {
      Atomics.wait(control, FINISHED, done);
    }
  }
}
