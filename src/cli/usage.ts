/**
 * What commander finds wrong with a command line, in the words of the house.
 */
import type { Command, CommanderError } from 'commander';
import { fieldOf, flagOf } from './flags.ts';
import { invocation } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { nearest } from './values.ts';

/** Whether commander ended because help or the version was wanted. */
export function wasWanted({ code }: CommanderError): boolean {
  return ['commander.helpDisplayed', 'commander.help', 'commander.version'].includes(code);
}

/** The command that the words name, within a group of commands the one inside, or the program itself. */
export function commandOfWords(program: Command, argv: readonly string[]): Command {
  let command = program;
  for (const name of argv.slice(2).filter((word) => !word.startsWith('-'))) {
    const inside = command.commands.find((candidate) => candidate.name() === name);
    if (!inside) break;
    command = inside;
  }
  return command;
}

/** The same mistake as a `CohortError`. */
export async function usageError(error: CommanderError, program: Command, argv: readonly string[]): Promise<Error> {
  const library: Library = await loadLibrary();
  const { mistake, show } = library;
  const command = commandOfWords(program, argv);
  const path: string[] = [];
  for (let at = command; at !== program && at.parent; at = at.parent) path.unshift(at.name());
  const subject = path.join(' ') || 'cohort-rl';
  const help = `\`${[invocation(), ...path, '--help'].join(' ')}\``;
  // The flag or word that the message quotes.
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownCommand': {
      const names = command.commands.map((known) => known.name());
      const advice = nearest(name, names, `choose one of ${names.join(', ')}`, library);
      return mistake(subject, command === program ? 'a command' : `a command of ${subject}`, show(name), advice);
    }
    case 'commander.unknownOption': {
      const flags = [...command.options.flatMap(({ long }) => long ?? []), '--help'];
      const foreign = library.answerForeign(fieldOf(name), flags.map(fieldOf), flagOf);
      return mistake(subject, `a flag of ${subject}`, show(name), foreign ?? nearest(name, flags, `${help} lists them all`, library));
    }
    case 'commander.missingMandatoryOptionValue':
    case 'commander.optionMissingArgument':
      return mistake(name.split(' ')[0] ?? subject, 'a value', 'nothing', `write ${name}`);
    case 'commander.missingArgument':
      return mistake(subject, `<${name}>`, 'nothing', `${help} shows how to write it`);
    case 'commander.excessArguments': {
      const given = command.args.length - command.registeredArguments.length;
      const extra = given > 0 ? command.args.slice(-given).map(show).join(', ') : 'more';
      const most = command.registeredArguments.length;
      const expected = `${most === 0 ? 'no arguments' : `at most ${most} argument${most > 1 ? 's' : ''}`}`;
      return mistake(subject, expected, `${extra} as well`, `flags begin with --; ${help} lists them`);
    }
    default: {
      const got = error.message.replace(/^error: /, '').split('\n')[0]!;
      return mistake(subject, 'a command line that can be read', got, `${help} shows how to write it`);
    }
  }
}
