import { writeSync } from 'node:fs';
import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { unwritable } from '../io/reasons.js';
import { oneLine } from '../numerics/errors.js';
import { BAD_INPUT } from './exit.js';

/**
 * Lets the work, and the files it writes, outlive what is printed: whoever reads may stop reading, as
 * `| head` does, and a redirected output may not find room. Resolves to what went wrong with the latter, once
 * all has been handed over.
 */
export function outlivePrinting(): () => Promise<string | undefined> {
  let failure: string | undefined;
  const note = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') failure = `standard output: ${unwritable(error)}`;
  };
  process.stdout.on('error', note);
  process.stderr.on('error', () => {});
  return async () => {
    await setImmediate();
    process.stdout.off('error', note).on('error', () => {});
    return failure;
  };
}

/**
 * Milliseconds after which work that goes on has been refused by nothing: its warnings should not wait for
 * its end.
 */
const PATIENCE = 5000;

let held: string[] = [];
let overdue: NodeJS.Timeout | undefined;

/** Says a warning once the command has not refused what it was given: a refusal is a single line. */
export function warn(text: string): void {
  held.push(oneLine(`warning: ${text}`));
  overdue ??= setTimeout(sayWarnings, PATIENCE).unref();
}

/** Says what warnings there are. */
export function sayWarnings(): void {
  clearTimeout(overdue);
  overdue = undefined;
  for (const line of held.splice(0)) process.stderr.write(`${line}\n`);
}

/** Forgets warnings that are not said yet, where a refusal says all that matters. */
export function dropWarnings(): void {
  clearTimeout(overdue);
  [held, overdue] = [[], undefined];
}

/** Says in one line why nothing, or not all, was done; gives the exit status back. */
export function complain(message: string, status = BAD_INPUT): number {
  dropWarnings();
  process.stderr.write(`${oneLine(`finite-width: ${message}`)}\n`);
  return status;
}

/** From here on this process says nothing: another one that was started with it speaks for all. */
export function silence(): void {
  for (const stream of [process.stdout, process.stderr]) stream.write = () => true;
}

/** Milliseconds in which the process that speaks says why it ends. */
const SPEECH = 3000;

/**
 * What a silent process waits for before it ends by a failure: mpirun kills all others when the first one
 * does, that which speaks too.
 */
export const firstToSpeak = (): Promise<void> => pause(SPEECH);

/** Says a line whatever else is silent: of this process alone something is to be said. */
export const sayRegardless = (line: string): void => void writeSync(2, `${oneLine(line)}\n`);
