import { type Command, Option } from 'commander';
import { InputError } from '../numerics/errors.js';
import { warn } from './printing.js';

/**
 * The name that an option of a command had before: it goes on working as ever, in no help, with one line of
 * warning.
 * @throws InputError, when the command runs, where both names are given
 */
export function formerOption(command: Command, former: string, name: string): Command {
  const option = command.options.find(({ long }) => long === name);
  if (!option) throw new Error(`${command.name()} has no option ${name}`);
  const old = new Option(option.flags.replace(name, former)).hideHelp();
  if (option.parseArg) old.argParser(option.parseArg);
  const [oldKey, key] = [old.attributeName(), option.attributeName()];
  return command.addOption(old).hook('preAction', () => {
    const value = command.getOptionValue(oldKey);
    if (value === undefined) return;
    if (command.getOptionValueSource(key) !== 'default')
      throw new InputError(`${former}: is the former name of ${name}; give one of them`);
    warn(`${former} is called ${name} now`);
    command.setOptionValueWithSource(key, value, 'cli');
  });
}
