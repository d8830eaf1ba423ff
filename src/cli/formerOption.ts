import { type Command, Option } from 'commander';
import { InputError } from '../numerics/errors.js';
import { warn } from './printing.js';

/** Where the new name counts otherwise than the former one did. */
export interface OtherMeaning {
  /** what the new one counts, after `is called NAME now` */
  readonly said: string;
  /** its value for one of the former */
  convert(value: number): number;
}

/**
 * The name that an option of a command had before: it goes on working as ever, in no help, with one line of
 * warning.
 * @throws InputError, when the command runs, where both names are given
 */
export function formerOption(
  command: Command,
  former: string,
  name: string,
  meaning?: OtherMeaning,
): Command {
  const option = command.options.find(({ long }) => long === name);
  if (!option) throw new Error(`${command.name()} has no option ${name}`);
  const old = new Option(option.flags.replace(name, former)).hideHelp();
  if (option.parseArg) old.argParser(option.parseArg);
  const [oldKey, key] = [old.attributeName(), option.attributeName()];
  return command.addOption(old).hook('preAction', () => {
    const value = command.getOptionValue(oldKey);
    if (value === undefined) return;
    if (![undefined, 'default'].includes(command.getOptionValueSource(key)))
      throw new InputError(`${former}: is the former name of ${name}; give one of them`);
    warn(`${former} is called ${name} now${meaning ? `, which ${meaning.said}` : ''}`);
    command.setOptionValueWithSource(key, meaning ? meaning.convert(value) : value, 'cli');
  });
}
