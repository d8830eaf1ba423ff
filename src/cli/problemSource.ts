import { type Command, Option } from 'commander';
import { type LoadedProblem, loadProblem } from '../io/loadProblem.js';
import { parseChange, type Variation } from '../problem/variations.js';
import { oneLine } from './printing.js';

/** What every command that takes a problem understands. */
export interface ProblemFlags {
  readonly set: readonly Variation[];
}

/** The argument PROBLEM of a command, and keys of it that the command line changes. */
export function takesProblem(command: Command, remark = ''): Command {
  return command
    .argument('<problem>', `a problem file (JSON) or the name of a preset: xor, mnist${remark}`)
    .addOption(
      new Option(
        '--set <key=value>',
        'change a key of the problem, for example network.hiddenLayers=6; may be given several times',
      )
        .argParser((text: string, before: readonly Variation[]) => [...before, parseChange(text)])
        .default([], 'none'),
    );
}

/** The problem of a command, its warnings said. @throws InputError */
export async function problemOf(source: string, { set }: ProblemFlags): Promise<LoadedProblem> {
  const loaded = await loadProblem(source, set);
  for (const warning of loaded.warnings) process.stderr.write(`${oneLine(`warning: ${warning}`)}\n`);
  return loaded;
}
