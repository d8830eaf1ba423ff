import { version } from '../version.js';
import { DONE } from './exit.js';
import { complain, outlivePrinting } from './printing.js';

/** `--version` alone, without the commands: loading them takes longer. Resolves to the exit status. */
export async function sayVersion(): Promise<number> {
  const printed = outlivePrinting();
  process.stdout.write(`${version}\n`);
  const failure = await printed();
  return failure === undefined ? DONE : complain(failure);
}
