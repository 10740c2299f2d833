/**
 * `cohort-rl train <env>` and `cohort-rl lm train <task>`: one run per seed.
 */
import { type Command, Option } from 'commander';
import type { SeedTask } from '../node/toolkit.ts';
import { readBeginning, readLabels, tryBeginning } from './beginning.ts';
import { readConfigFile } from './configFile.ts';
import { answer, type Context, type Tools } from './context.ts';
import type { FieldFlag } from './flags.ts';
import { invocation } from './invocation.ts';
import type { Library } from './library.ts';
import { parseLogs } from './logs.ts';
import { environmentOf, moduleOption } from './modules.ts';
import { SuggestedArgument } from './options.ts';
import { titleOf } from './roads/index.ts';
import { commandOf, type Road, type RunConfig, type Said } from './roads/road.ts';
import { makeRunFolder, removeIfEmpty, runName } from './runFolders.ts';
import { trainAgain } from './trainAgain.ts';
import { showUsedValues } from './trainHelp.ts';
import { outputMode, saidFlags, trainOptions } from './trainOptions.ts';
import { buildTrainRequest } from './trainRequest.ts';
import { type SeedsRequest, trainSeeds } from './trainSeeds.ts';

/** The values of the options that are no fields. */
interface TrainFlags {
  readonly config?: string;
  readonly runDir?: string;
  readonly log?: readonly string[];
  readonly queue?: string;
  readonly sharedFolder?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds the `train` of a road. Without the library it has a name and a description only: enough for the list of commands. */
export function addTrain(group: Command, context: Context, road: Road): void {
  const { library } = context;
  const { key, noun, example, list, suggest } = road.target;
  const what = `id of the ${noun}${road.training.takesModules ? ', or your own file (./mine.js, ./mine.js:name)' : ''}`;
  const listed = [invocation(), ...commandOf(road, list)].join(' ');
  const command = group
    .command('train')
    .description(road.training.description)
    .usage(`[options] [${key}]`)
    .addArgument(new SuggestedArgument(`[${key}]`, `${what}, for example ${example} (\`${listed}\` lists them)`, suggest));
  if (!library) {
    if (road.training.takesModules) command.addOption(moduleOption());
    return;
  }
  const fields = road.training.fields(library);
  for (const option of trainOptions(road, fields, library)) command.addOption(option);
  // In a group of its own it would come first.
  command.addHelpOption(new Option('-h, --help', 'show this help').helpGroup('Output:'));
  showUsedValues(command, road, fields, context.modules, library);
  const run = async (said: string | undefined, flags: TrainFlags, tools: Tools): Promise<void> => {
    const target = said && road.training.takesModules ? environmentOf(said, tools.modules, library) : said;
    await runTrain(road, { target, flags: saidFlags(command, fields, library) }, flags, fields, tools);
  };
  command.action(answer(context, run));
}

/** The server of `--queue`, which answers before anything begins. Throws `CohortError`. */
async function openQueue(
  { queue, sharedFolder }: TrainFlags,
  config: RunConfig,
  job: Pick<SeedTask['job'], 'kind' | 'input' | 'start' | 'data'>,
  library: Library,
): Promise<SeedsRequest['queue']> {
  if (queue === undefined) {
    if (sharedFolder === undefined) return undefined;
    throw library.mistake('--shared-folder', 'a queue', 'none', 'add --queue, or leave it out');
  }
  const { checkQueueable, checkSharedFolder, openBroker, parseQueueAddress } = await import('../node/queue/index.ts');
  const shards = Number(config.shards ?? 1) > 1;
  // Shards are computed for a run that is here.
  if (!shards) checkQueueable(job);
  const shared = sharedFolder === undefined ? undefined : checkSharedFolder(sharedFolder);
  return { broker: await openBroker(parseQueueAddress(queue)), shards, sharedFolder: shared };
}

async function runTrain(road: Road, words: Said, flags: TrainFlags, fields: readonly FieldFlag[], tools: Tools): Promise<void> {
  const { library } = tools;
  const mode = outputMode(flags, library);
  const logs = parseLogs(flags.log, library);
  const file = flags.config === undefined ? undefined : await readConfigFile(flags.config, library);
  const opened = await road.training.open?.({ ...words, file }, library);
  const modules = [...tools.modules, ...(opened?.modules ?? [])];
  const labels = readLabels({ ...words, file }, library);
  const beginning = await readBeginning({ ...words, file }, library);
  const named = opened && { target: opened.target, typed: words.target };
  const said = { ...words, ...named, file, policy: beginning?.policy };
  const request = buildTrainRequest(road, said, fields, library);
  const { target, config, seeds, input } = request;
  await road.training.tryOut?.(config, library);
  const start = beginning?.start;
  const queue = await openQueue(flags, config, { kind: 'train', input, start, data: opened?.data }, library);
  if (start) await tryBeginning(start, config, said, library);
  const title = titleOf(road, config, seeds, { recipe: request.recipe, name: labels.name, from: start?.from });
  const further = trainAgain(road, said, request, fields, library);
  const method = String(config[road.methodKey]);
  const runDirectory = makeRunFolder(flags.runDir, runName(target, method, seeds, new Date(), labels.name), library);
  const several = seeds.length > 1;
  const recorded = library.modules.recordedFor(target, method);
  const plan = { road: road.name, target, method, ...labels, modules: recorded, seeds, input };
  const single = {
    kind: 'train',
    road: road.name,
    input: { ...input, seed: seeds[0] },
    runDirectory,
    modules: modules.map(({ url }) => url),
    labels,
    start,
    data: opened?.data,
  } as const;
  const work = several ? await library.seeds.begin(plan, input, { runDirectory }, start, opened?.data) : [{ seed: seeds[0]!, job: single }];
  const iterations = Math.min(config.iterations, config.stopAfter ?? config.iterations);
  const seedsRequest = {
    work,
    ended: [],
    order: seeds,
    road,
    modules,
    config,
    iterations,
    title,
    runDirectory,
    several,
    mode,
    logs,
    further,
    queue,
  };
  try {
    tools.exit(await trainSeeds(seedsRequest, tools));
  } finally {
    await queue?.broker.close();
  }
  removeIfEmpty(...work.flatMap(({ job }) => job.runDirectory ?? []));
}
