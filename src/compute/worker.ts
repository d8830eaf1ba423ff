import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { failureOf } from './failure.js';
import { provideNative } from './nativeThreads.js';
import { FINISHED, GENERATION, type Job, NEXT_CHUNK } from './protocol.js';
import { tasks } from './tasks.js';

const { control, port, blas } = workerData as {
  control: Int32Array;
  port: MessagePort;
  blas: string | undefined;
};
if (blas !== undefined) provideNative(blas);

function perform({ task: name, args, chunks }: Job): void {
  const task = tasks.get(name);
  if (!task) throw new Error(`no task is called ${name}`);
  for (
    let chunk = Atomics.add(control, NEXT_CHUNK, 1);
    chunk < chunks;
    chunk = Atomics.add(control, NEXT_CHUNK, 1)
  ) {
    task.run(args, chunk);
  }
}

/** Does the next job, if there is one; what it costs to unpack may be more than there is, too. */
function takeJob(): boolean {
  try {
    const received = receiveMessageOnPort(port);
    if (!received) return false;
    perform(received.message as Job);
  } catch (error) {
    port.postMessage(failureOf(error));
  }
  Atomics.add(control, FINISHED, 1);
  Atomics.notify(control, FINISHED);
  return true;
}

parentPort?.postMessage('ready');
for (let generation = 0; ; ) {
  Atomics.wait(control, GENERATION, generation);
  generation = Atomics.load(control, GENERATION);
  while (takeJob());
}
