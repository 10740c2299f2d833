/**
 * `cohort-rl train <env>` and `cohort-rl lm train <task>`: one run per seed.
 */
import { type Command, Option } from 'commander';
import type { NextStep } from './closing/nextSteps.ts';
import { readConfigFile } from './configFile.ts';
import { answer, type Context, type Tools } from './context.ts';
import { aliasesOf, type FieldFlag, type FlagValue } from './flags.ts';
import { invocation } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { titleOf } from './roads/index.ts';
import { commandOf, type Road, type Said, type TrainRequest } from './roads/road.ts';
import { makeRunFolder, removeIfEmpty, runName } from './runFolders.ts';
import { keptFlags, outputMode, saidFlags, trainOptions, writeFlags } from './trainOptions.ts';
import { buildTrainRequest } from './trainRequest.ts';
import { trainSeeds } from './trainSeeds.ts';

/** The values of the options that are no fields. */
interface TrainFlags {
  readonly config?: string;
  readonly runDir?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the `train` of a road. Without the library it has a name and a description only: enough for the list of commands. */
export function addTrain(group: Command, context: Context, road: Road): void {
  const { library } = context;
  const { key, noun, example, list, suggest } = road.target;
  const listed = [invocation(), ...commandOf(road, list)].join(' ');
  const command = group
    .command('train')
    .description(road.training.description)
    .usage(`[options] [${key}]`)
    .addArgument(new SuggestedArgument(`[${key}]`, `id of the ${noun}, for example ${example} (\`${listed}\` lists them)`, suggest));
  if (!library) {
    if (road.training.takesModules) command.addOption(moduleOption());
    return;
  }
  const fields = road.training.fields(library);
  for (const option of trainOptions(road, fields, library)) command.addOption(option);
  // In a group of its own it would come first.
  command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup('Output:'));
  command.addHelpText('after', () => trainHelp(road, command, library));
  const run = async (target: string | undefined, flags: TrainFlags, tools: Tools): Promise<void> =>
    runTrain(road, { target, flags: saidFlags(command, fields, library) }, flags, fields, tools);
  command.action(answer(context, run));
}

function trainHelp(road: Road, command: Command, library: Library): string {
  const { precedence, examples } = road.training;
  const aliases = aliasesOf(command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => long ?? []));
  return [
    '',
    `Later values win: ${precedence}.`,
    road.training.help(library),
    `Aliases: ${aliases.map(([alias, flag]) => `${alias} = ${flag}`).join(', ')}.`,
    '',
    'Examples:',
    ...examples.map((words) => `  ${[invocation(), ...commandOf(road, 'train')].join(' ')} ${words}`),
  ].join('\n');
}

async function runTrain(road: Road, words: Said, flags: TrainFlags, fields: readonly FieldFlag[], tools: Tools): Promise<void> {
  const { library, modules } = tools;
  const mode = outputMode(flags, library);
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config, library);
  const request = buildTrainRequest(road, { ...words, file }, fields, library);
  const { target, config, seeds, input } = request;
  await road.training.tryOut?.(config, library);
  const title = titleOf(road, config, seeds, request.recipe);
  const further = trainAgain(road, request, keptFlags(words.flags), fields, library);
  const method = String(config[road.methodKey]);
  const runDirectory = makeRunFolder(flags.runDir, runName(target, method, seeds, new Date()), library);
  const several = seeds.length > 1;
  const recorded = library.modules.recordedFor(target, method);
  const plan = { road: road.name, target, method, modules: recorded, seeds, input };
  const single = {
    kind: 'train',
    road: road.name,
    input: { ...input, seed: seeds[0] },
    runDirectory,
    modules: modules.map(({ url }) => url),
  } as const;
  const work = several ? await library.seeds.begin(plan, input, { runDirectory }) : [{ seed: seeds[0]!, job: single }];
  const iterations = Math.min(config.iterations, config.stopAfter ?? config.iterations);
  const seedsRequest = { work, ended: [], order: seeds, road, modules, config, iterations, title, runDirectory, several, mode, further };
  tools.exit(await trainSeeds(seedsRequest, tools));
  removeIfEmpty(...work.flatMap(({ job }) => job.runDirectory ?? []));
}

/** What to train after a run: the same for longer, or another method to compare with. */
function trainAgain(
  road: Road,
  { target, config }: TrainRequest,
  kept: readonly (readonly [flag: string, value: FlagValue])[],
  fields: readonly FieldFlag[],
  library: Library,
): NextStep[] {
  const train = [...commandOf(road, 'train'), target];
  const other = road.training.compare(config, fields, library);
  const longer = [...train, ...writeFlags(kept), '--iterations', String(config.iterations * 2)];
  const steps: NextStep[] = [{ purpose: 'train longer', words: longer, kind: 'longer' }];
  if (!other) return steps;
  const words = [...train, `--${road.methodKey}`, other.method, ...writeFlags(kept.filter(([flag]) => other.keeps(flag)))];
  return [...steps, { purpose: `compare with ${other.method.toUpperCase()}`, words }];
}
