import { writeSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Leftover, removeAll } from '../io/leftovers.js';

/*
 * A thread that hears signals while the main one is deep in arithmetic, where no handler of it runs. It tells
 * the main thread, which ends the program in order; if that has not come to it in time, this thread removes
 * what would be left and lets the signal kill the program.
 */

/**
 * Milliseconds that the main thread has: longer than it needs once it listens, and for something large that
 * it saves.
 */
const [TIME, SAVING] = [2000, 60_000];

/** Handles of signals by libuv, which work in any thread; `process.on` does only in the main one. */
interface SignalHandle {
  onsignal: (signal: number) => void;
  start(signal: number): number;
  close(): void;
}

let leftovers: readonly Leftover[] = [];
let end = () => {};
let timer: NodeJS.Timeout | undefined;

function wait(milliseconds: number): void {
  clearTimeout(timer);
  timer = setTimeout(end, milliseconds);
}

parentPort?.on('message', (message: readonly Leftover[] | 'saving') => {
  if (message === 'saving') wait(SAVING);
  else leftovers = message;
});

function heed(numbers: readonly number[]): void {
  // Node has no public name for them; the main thread hears signals itself where this one is gone.
  process.noDeprecation = true;
  const { binding } = process as unknown as { binding(name: string): { Signal: new () => SignalHandle } };
  const { Signal } = binding.call(process, 'signal_wrap');
  const handles = numbers.map((number) => {
    const handle = new Signal();
    handle.onsignal = (signal) => {
      if (timer) return;
      parentPort?.postMessage(signal);
      end = () => {
        if (Atomics.exchange(workerData as Int32Array, 0, 1) === 1) return;
        removeAll(leftovers);
        writeSync(2, 'interrupted\n');
        for (const each of handles) each.close();
        // Nobody hears it any more.
        setTimeout(() => process.kill(process.pid, signal));
      };
      wait(TIME);
    };
    if (handle.start(number) !== 0) throw new Error('signals are not heard here');
    return handle;
  });
}

try {
  heed([1, 2, 15]);
  parentPort?.postMessage('ready');
} catch {
  // As without this thread: signals wait until the main one has time.
  parentPort?.close();
}
