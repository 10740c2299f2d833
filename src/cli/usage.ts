/**
 * What commander finds wrong with a command line, in the words of the house.
 */
import type { Command, CommanderError } from 'commander';
import { invocation } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { nearest } from './values.ts';

/** Commander's codes for an end that is no mistake. */
const wanted: readonly string[] = ['commander.helpDisplayed', 'commander.help', 'commander.version'];

/** Whether commander ended because help or the version was wanted. */
export function wasWanted(error: CommanderError): boolean {
  return wanted.includes(error.code);
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

/** `lm train`: a command as it is typed, without the program's name. */
function nameOf(command: Command, program: Command): string {
  if (command === program) return '';
  const { parent } = command;
  return parent && parent !== program ? `${nameOf(parent, program)} ${command.name()}` : command.name();
}

/** The flag or word that commander's message quotes. */
function quoted(message: string): string {
  return /'([^']*)'/.exec(message)?.[1] ?? '';
}

function flagsOf(command: Command): string[] {
  return [...command.options.flatMap(({ long }) => long ?? []), '--help'];
}

/** The same mistake as a `CohortError`. */
export async function usageError(error: CommanderError, program: Command, argv: readonly string[]): Promise<Error> {
  const library: Library = await loadLibrary();
  const { mistake, show } = library;
  const command = commandOfWords(program, argv);
  const typed = nameOf(command, program);
  const subject = typed || 'cohort-rl';
  const help = `\`${[invocation(), ...(typed === '' ? [] : [typed]), '--help'].join(' ')}\``;
  switch (error.code) {
    case 'commander.unknownCommand': {
      const name = quoted(error.message);
      const names = command.commands.map((known) => known.name());
      const advice = nearest(name, names, `choose one of ${names.join(', ')}`, library);
      return mistake(subject, command === program ? 'a command' : `a command of ${subject}`, show(name), advice);
    }
    case 'commander.unknownOption': {
      const flag = quoted(error.message);
      const advice = nearest(flag, flagsOf(command), `${help} lists them all`, library);
      return mistake(subject, `a flag of ${subject}`, show(flag), advice);
    }
    case 'commander.missingMandatoryOptionValue':
    case 'commander.optionMissingArgument': {
      const flag = quoted(error.message);
      return mistake(flag.split(' ')[0] ?? subject, 'a value', 'nothing', `write ${flag}`);
    }
    case 'commander.missingArgument': {
      const name = quoted(error.message);
      return mistake(subject, `<${name}>`, 'nothing', `${help} shows how to write it`);
    }
    case 'commander.excessArguments': {
      const given = command.args.length - command.registeredArguments.length;
      const extra = given > 0 ? command.args.slice(-given).map(show).join(', ') : 'more';
      const most = command.registeredArguments.length;
      const expected = `${most === 0 ? 'no arguments' : `at most ${most} argument${most > 1 ? 's' : ''}`}`;
      return mistake(subject, expected, `${extra} as well`, `flags begin with --; ${help} lists them`);
    }
    default:
      return mistake(
        subject,
        'a command line that can be read',
        error.message.replace(/^error: /, '').split('\n')[0]!,
        `${help} shows how to write it`,
      );
  }
}
