import { type Command, Option } from 'commander';
import { type LoadedProblem, readProblem } from '../io/loadProblem.js';
import { networkOf } from '../problem/createProblem.js';
import type { NetworkSpec } from '../problem/networkSchema.js';
import type { ProblemSpec } from '../problem/schema.js';
import { parseChange, type Variation } from '../problem/variations.js';
import { warningsOf } from '../problem/warnings.js';
import { warn } from './printing.js';

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

/**
 * The problem of a command, its warnings to be said; those about networks are about the ones that the command
 * makes of it, if it does.
 * @throws InputError
 */
export async function problemOf(
  source: string,
  { set }: ProblemFlags,
  networksOf?: (spec: ProblemSpec) => readonly NetworkSpec[],
): Promise<LoadedProblem> {
  const read = await readProblem(source, set);
  const warnings = warningsOf(
    read.problem,
    networksOf?.(read.spec).map((spec) => networkOf(spec, read.problem.data.image)),
  );
  for (const warning of warnings) warn(warning);
  return { ...read, warnings };
}
