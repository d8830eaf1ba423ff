import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { removeLeftovers, watchLeftovers } from '../io/leftovers.js';
import { type Endable, openThreads } from '../numerics/parallel/openThreads.js';
import { Interrupted } from './exit.js';

/** Exit status after each signal, as shells have it: 128 and the number of the signal. */
export const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Milliseconds in which work that was asked to stop may put its affairs in order, and then threads to end.
 */
const [ORDERLY, THREADS] = [1000, 600];

const NAMES = Object.keys(SIGNALS) as NodeJS.Signals[];

let received: NodeJS.Signals | undefined;
let ending = false;
let note = () => new Interrupted().message;
let dog: Worker | undefined;
/** Becomes 1 by whichever thread ends the program: it alone says so. */
const ender = new Int32Array(new SharedArrayBuffer(4));
let late: NodeJS.Timeout | undefined;
const stops = new Set<() => void>();

/** The status to end with, once a signal came. */
export const signalled = (): number | undefined => (received ? SIGNALS[received] : undefined);

/** From here on an interruption leaves what `text` says then. */
export function interruptionNote(text: () => string): void {
  note = text;
}

/** From here on an interruption leaves a checkpoint, once there is one. */
export function checkpointNote(file: { readonly exists: boolean; readonly shown: string }): void {
  const kept = `interrupted; ${file.shown} is kept: run the same command with --resume to go on`;
  note = () => (file.exists ? kept : new Interrupted().message);
}

/** An interruption at this moment. */
export const interruption = (): Interrupted => new Interrupted(note());

/** Asks `stop` to end the work at hand in order when a signal comes. @returns forgets it again */
export function stopIfInterrupted(stop: () => void): () => void {
  stops.add(stop);
  return () => {
    stops.delete(stop);
  };
}

/** Lets what has to be saved after a signal take its time. */
export function takeTime(): void {
  clearTimeout(late);
  dog?.postMessage('saving');
}

/**
 * Ends the program after a signal: threads, then files, then itself. A thread deep in a library cannot be
 * ended; then the program dies of the signal, which shells report as the same status.
 */
export async function endInterrupted(message: () => string | undefined = note): Promise<never> {
  if (ending) return new Promise(() => {});
  ending = true;
  const end = async ({ started, terminate }: Endable) => {
    await started?.catch(() => undefined);
    await terminate();
  };
  const ended = Promise.all([...openThreads].map(end)).then(() => true);
  const given = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), THREADS));
  const inTime = await Promise.race([ended, given]);
  // The other thread is at it; a program with nothing to wait for would end before it, with another status.
  if (Atomics.exchange(ender, 0, 1) === 1) return new Promise(() => setInterval(() => {}, 1000));
  removeLeftovers();
  // What is true by now: work without an ear for signals went on until here.
  const said = message();
  if (said !== undefined) process.stderr.write(`${said}\n`);
  const signal = received ?? 'SIGINT';
  if (inTime) process.exit(SIGNALS[signal]);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  return new Promise(() => {});
}

function interrupted(signal: NodeJS.Signals): void {
  if (received) return;
  received = signal;
  if (stops.size === 0) {
    void endInterrupted();
    return;
  }
  for (const stop of stops) stop();
  late = setTimeout(() => void endInterrupted(), ORDERLY).unref();
}

/** From here on signals end the program in order; once this resolves, whatever it is doing. */
export async function heedSignals(): Promise<void> {
  for (const signal of NAMES) process.on(signal, interrupted);
  // What is open when the program ends otherwise, by a fault of its own.
  process.on('exit', removeLeftovers);
  dog = await watchdog();
  if (!dog) return;
  watchLeftovers((leftovers) => dog?.postMessage(leftovers));
  // Not at once: a signal that came before the thread heard any is still to be delivered here.
  await setImmediate();
  await setImmediate();
  for (const signal of NAMES) process.off(signal, interrupted);
}

/**
 * A thread that hears signals at any moment; none where it cannot, and signals are heard here when there is
 * time.
 */
function watchdog(): Promise<Worker | undefined> {
  const thread = new Worker(new URL('./watchdog.js', import.meta.url), { execArgv: [], workerData: ender });
  return new Promise((resolve) => {
    thread.on('error', () => resolve(undefined));
    thread.on('exit', () => resolve(undefined));
    thread.on('message', (message: 'ready' | number) => {
      if (message === 'ready') {
        resolve(thread);
        // Listening keeps a program alive otherwise.
        thread.unref();
        return;
      }
      const signal = NAMES.find((name) => SIGNALS[name] === 128 + message);
      if (signal) interrupted(signal);
    });
  });
}
