/**
 * The help text of the commands that train. With an environment or a task on the command line it shows the values that the run would use.
 */
import type { Command } from 'commander';
import { aliasesOf, describeFlag, type FieldFlag, unset } from './flags.ts';
import { invocation } from './invocation.ts';
import type { Library } from './library.ts';
import { environmentOf, type LoadedModule } from './modules.ts';
import { commandOf, type Road, type TrainRequest } from './roads/road.ts';
import { saidFlags } from './trainOptions.ts';
import { buildTrainRequest } from './trainRequest.ts';

/** The run that the words before `--help` describe; `undefined` where they describe none, or a wrong one. */
function describedRun(
  command: Command,
  road: Road,
  fields: readonly FieldFlag[],
  modules: readonly LoadedModule[],
  library: Library,
): TrainRequest | undefined {
  const said = command.args.find((word) => !word.startsWith('-'));
  if (said === undefined) return undefined;
  try {
    const target = environmentOf(said, modules, library);
    return buildTrainRequest(road, { target, flags: saidFlags(command, fields, library) }, fields, library);
  } catch (error) {
    if (error instanceof library.CohortError) return undefined;
    throw error;
  }
}

/** `recipe default` of `recipe default: gamma`; a flag is itself. */
function originOf(source: string | undefined): string | undefined {
  return source?.split(':')[0];
}

/** Which run the values are of. */
function valuesLine(run: TrainRequest, road: Road, command: Command): string {
  const recipe = run.recipe === undefined ? '' : `, recipe ${run.recipe}`;
  const file = command.opts().config === undefined ? '' : '; what the --config file says is not among them';
  return `The values are those of ${run.target} with ${String(run.config[road.methodKey])}${recipe}${file}.`;
}

/** Lets the help text of `command` say values, precedence, aliases and examples. */
export function showUsedValues(
  command: Command,
  road: Road,
  fields: readonly FieldFlag[],
  modules: readonly LoadedModule[],
  library: Library,
): void {
  const { precedence, examples } = road.training;
  const methods = [...new Set(fields.flatMap((field) => field.methods))];
  let known: { readonly run: TrainRequest | undefined } | undefined;
  // Not before the words are read, and once.
  const run = (): TrainRequest | undefined => {
    known ??= { run: describedRun(command, road, fields, modules, library) };
    return known.run;
  };
  command.configureHelp({
    ...command.configureHelp(),
    optionDescription(option) {
      const field = fields.find(({ flag }) => flag === option.long);
      const of = run();
      if (!field || !of || field.field === 'seed' || !(field.field in of.config)) return option.description;
      const usual = field.defaults.get(String(of.config[road.methodKey])) ?? field.description.default;
      return describeFlag(field, methods, { value: of.config[field.field], default: usual, from: originOf(of.sources.get(field.field)) });
    },
  });
  command.addHelpText('after', () => {
    const aliases = aliasesOf(command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []));
    const of = run();
    return [
      '',
      ...(of ? [valuesLine(of, road, command)] : []),
      `Later values win: ${precedence}. \`${unset}\` takes the value of an optional field away, also one that came from there.`,
      road.training.help(library),
      `Aliases: ${aliases.map(([alias, flag]) => `${alias} = ${flag}`).join(', ')}.`,
      '',
      'Examples:',
      ...examples.map((words) => `  ${[invocation(), ...commandOf(road, 'train')].join(' ')} ${words}`),
    ].join('\n');
  });
}
