import { Command, CommanderError } from 'commander';
import { outOfMemory } from '../compute/outOfMemory.js';
import { InputError, OutOfReachError, reasonOf } from '../numerics/errors.js';
import { launched } from '../numerics/native/scalapack.js';
import { nearestName } from '../numerics/nearestName.js';
import { version } from '../version.js';
import { adviseCommand } from './commands/advise.js';
import { compareCommand } from './commands/compare.js';
import { doctorCommand } from './commands/doctor.js';
import { evidenceCommand } from './commands/evidence.js';
import { exploreCommand } from './commands/explore.js';
import { landscapeCommand } from './commands/landscape.js';
import { measureCommand } from './commands/measure.js';
import { phaseCommand } from './commands/phase.js';
import { predictCommand } from './commands/predict.js';
import { priorCommand } from './commands/prior.js';
import { responseCommand } from './commands/response.js';
import { sampleCommand } from './commands/sample.js';
import { solveCommand } from './commands/solve.js';
import { sweepCommand } from './commands/sweep.js';
import { sweepGatherCommand, sweepRunCommand } from './commands/sweepJobs.js';
import { tableCommand } from './commands/table.js';
import { BAD_INPUT, DONE, Interrupted, OUT_OF_REACH } from './exit.js';
import { endInterrupted } from './interruption.js';
import { complain, firstToSpeak, outlivePrinting, sayWarnings, silence } from './printing.js';

/** The whole command line; `report` is told the exit status. */
export function program(report: (code: number) => void): Command {
  const root = new Command('finite-width')
    .description('How the kernels of finite-width Bayesian deep networks adapt to data.')
    .version(version)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .addHelpText(
      'after',
      '\nExit status: 0 done, 1 not converged (results written and marked so), 2 bad input, 3 out of reach of the samples (nothing written), 130 interrupted (143 by SIGTERM, 129 by SIGHUP).',
    );
  for (const build of [
    solveCommand,
    compareCommand,
    predictCommand,
    sampleCommand,
    measureCommand,
    priorCommand,
    phaseCommand,
    responseCommand,
    landscapeCommand,
    adviseCommand,
    evidenceCommand,
    sweepCommand,
    tableCommand,
    exploreCommand,
    doctorCommand,
  ])
    root.addCommand(build(report));
  for (const build of [sweepRunCommand, sweepGatherCommand]) root.addCommand(build(report), { hidden: true });
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  return root;
}

/** @throws InputError if the folder that paths are relative to is gone */
function checkFolder(): void {
  try {
    process.cwd();
  } catch {
    throw new InputError('the working directory does not exist any more; change to one that does');
  }
}

function messageOf(error: unknown): string {
  const reason = outOfMemory(error) ?? reasonOf(error);
  if (reason !== undefined) return reason;
  if (!(error instanceof Error)) return String(error);
  // A fault of the program: where it happened is worth more than the whole stack.
  const place = /^\s*at .*$/m.exec(error.stack ?? '')?.[0].trim();
  return `internal error: ${error.name}: ${error.message}${place ? ` (${place})` : ''}`;
}

/**
 * Runs the command line; resolves to the exit status: 0 done, 1 not converged, 2 bad input, 3 out of reach,
 * 130, 143 or 129 interrupted. Errors go to the standard error, in one line.
 */
export async function main(args: readonly string[]): Promise<number> {
  const printed = outlivePrinting();
  const silent = args.includes('--distributed') && launched().rank > 0;
  if (silent) silence();
  let status = DONE;
  const root = program((code) => {
    status = code;
  });
  try {
    if (args.length === 0) {
      process.stdout.write(root.helpInformation());
      return DONE;
    }
    checkFolder();
    await root.parseAsync([...args], { from: 'user' });
    sayWarnings();
    const failure = await printed();
    return failure === undefined ? status : complain(failure);
  } catch (error) {
    if (silent) await firstToSpeak();
    if (error instanceof CommanderError)
      return error.exitCode === 0 ? DONE : complain(commanderMessage(error, root));
    if (error instanceof Interrupted) return endInterrupted(() => error.message);
    return complain(messageOf(error), error instanceof OutOfReachError ? OUT_OF_REACH : BAD_INPUT);
  }
}

function commanderMessage(error: CommanderError, root: Command): string {
  const text = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const unknown = /unknown command '([^']+)'/.exec(text)?.[1];
  if (unknown === undefined) return text;
  // Without those that only jobs of a cluster call.
  const visible = root.createHelp().visibleCommands(root);
  const names = visible.map((command) => command.name()).filter((name) => name !== 'help');
  const nearest = nearestName(unknown, names);
  return `unknown command "${unknown}"; ${nearest ? `did you mean "${nearest}"?` : `there are ${names.join(', ')}`}`;
}
