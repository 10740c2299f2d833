/**
 * `cohort-rl resume <run>`: continues from the last checkpoint, as if the run had never stopped.
 */
import { join } from 'node:path';
import type { Command } from 'commander';
import type { RoadName, RunSummary, SeedTask } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { type FoundRun, type FoundSeed, findRun, refuseProgramsOwn, runArgument } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import { logOption, parseLogs } from './logs.ts';
import { moduleOption, moduleWords } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { titleOf } from './roads/index.ts';
import { readJson } from './storedRun.ts';
import { outputMode, outputOptions } from './trainOptions.ts';
import { type OutputMode, trainSeeds } from './trainSeeds.ts';
import { maxCount } from './values.ts';

interface ResumeOptions {
  readonly iterations?: number;
  readonly stopAfter?: number;
  readonly threads?: number;
  readonly log?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const iterationsDescription =
  'prolong the run, also one that is done, to this many iterations; a schedule (learning rate) follows that of the longer run from here on';
const stopDescription = 'stop after this iteration of the run; `resume` continues from there';
const threadsDescription = 'threads of one run; the results do not depend on it (default: as before)';

/** Adds `resume` to the program. */
export function addResume(program: Command, context: Context): void {
  const command = program
    .command('resume')
    .description('continue a run from its last checkpoint')
    .addArgument(runArgument({}))
    .addOption(new NumberOption('--iterations <n>', iterationsDescription, { min: 1, max: maxCount }))
    .addOption(new NumberOption('--stop-after <n>', stopDescription, { min: 1, max: maxCount }))
    .addOption(new NumberOption('--threads <n>', threadsDescription, { min: 1, max: 64 }))
    .addOption(moduleOption())
    .addOption(logOption());
  for (const option of outputOptions()) command.addOption(option);
  command.action(answer(context, runResume));
}

async function runResume(path: string, options: ResumeOptions, tools: Tools): Promise<void> {
  const { library, modules } = tools;
  const { iterations: wanted, stopAfter, threads } = options;
  const mode = outputMode(options, library);
  const logs = parseLogs(options.log, library);
  const found = findRun(path, 'resume', library);
  refuseProgramsOwn(found, 'resume', 'call resume(folder, { env: () => new YourEnv() }) in that program', library);
  const { road, plan, seeds } = found;
  const open = seeds.filter((seed) => !library.isDone(seed, wanted));
  const [first] = open;
  if (!first) return await sayFinished(found, mode, tools);
  const iterations = wanted ?? Math.max(...open.map(({ config }) => Number(config.iterations ?? 0)));
  if (stopAfter !== undefined && iterations > 0 && stopAfter > iterations) {
    const expected = `at most the ${iterations} iterations of the run`;
    throw library.mistake('--stop-after', expected, String(stopAfter), 'leave it out to train to the end');
  }
  const overrides = { ...(wanted && { iterations: wanted }), ...(stopAfter && { stopAfter }), ...(threads && { threads }) };
  const urls = modules.map(({ url }) => url);
  const work = plan ? (await library.seeds.open(found.path, overrides)).tasks : [singleTask(road.name, first, overrides, urls)];
  const config = { ...first.config, ...overrides };
  const names = work.map(({ seed }) => seed);
  const code = await trainSeeds(
    {
      ...{ work, road, modules, config, mode, logs, further: [] },
      ended: seeds.flatMap((seed) => (seed.summary && library.isDone(seed, wanted) ? [seed.summary] : [])),
      order: plan?.seeds ?? names,
      iterations: stopAfter ?? iterations,
      title: [...titleOf(road, config, names, { name: found.labels.name }), 'resumed'],
      runDirectory: found.path,
      several: plan !== undefined,
    },
    tools,
  );
  tools.exit(code);
}

/** The run of one seed, to go on with. */
function singleTask(
  road: RoadName,
  { directory: runDirectory, config }: FoundSeed,
  input: SeedTask['job']['input'],
  modules: string[],
): SeedTask {
  return { seed: Number(config.seed ?? 0), job: { kind: 'resume', road, input, runDirectory, modules } };
}

/** A run that is finished: says so, again with its numbers. */
async function sayFinished({ path, road, plan, seeds }: FoundRun, mode: OutputMode, { library, modules, paint }: Tools): Promise<void> {
  const [first, ...rest] = seeds.flatMap(({ summary }) => summary ?? []) as [RunSummary, ...RunSummary[]];
  for (const { directory } of seeds) await library.tidy(directory);
  const joint = plan && library.jointSummary([first, ...rest], { runDirectory: path });
  // The process that was to write it may have been killed before it could.
  if (joint && !Array.isArray(readJson(join(path, library.runFiles.summary))?.runs))
    await library.writeJointSummary(library.nodeHome.open(path), joint);
  if (mode === 'json') {
    writeJson({ event: 'summary', ...(joint ?? first) });
    return;
  }
  const config = seeds[0]?.config ?? {};
  writeLine(`This run is finished: there is nothing left to train in ${shownPath(path)}.`);
  for (const line of road.closing([first, ...rest], { several: plan !== undefined, config }, paint, library)) writeLine(line);
  const [look] = road.nextSteps(shownPath(path), config, library);
  if (look) writeLine(`To look closer: ${paint('cyan', commandLine(...look.words, ...moduleWords(modules)))}`);
}
