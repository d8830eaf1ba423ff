import { setImmediate } from 'node:timers/promises';
import { unwritable } from '../io/reasons.js';

/**
 * Lets the work, and the files it writes, outlive what is printed: whoever reads may stop reading, as `| head` does, and a redirected output may not find
 * room. Resolves to what went wrong with the latter, once all has been handed over.
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
