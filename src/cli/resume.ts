/**
 * `cohort-rl resume <run>`: continues from the last checkpoint, as if the run had never stopped.
 */
import type { Command } from 'commander';
import type { RunSummary } from '../node/toolkit.ts';
import type { Context } from './context.ts';
import { exitCodes } from './failure.ts';
import { type FoundRun, findRun, suggestFolders } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { moduleOption, moduleWords } from './modules.ts';
import { writeLine } from './output.ts';
import { titleOf } from './roads/index.ts';
import { seedFolder } from './runFolders.ts';
import { SuggestedArgument } from './suggestions.ts';
import { paintFor, wantsColor } from './terminal.ts';
import { outputMode, outputOptions } from './trainOptions.ts';
import { type OutputMode, type SeedWork, trainSeeds } from './trainSeeds.ts';
import { wholeNumber } from './values.ts';

interface ResumeOptions {
  readonly stopAfter?: string;
  readonly threads?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `resume` to the program. */
export function addResume(program: Command, context: Context): void {
  const command = program
    .command('resume')
    .description('continue a run from its last checkpoint')
    .addArgument(new SuggestedArgument('<run>', 'run folder, of one seed or several', suggestFolders({})))
    .option('--stop-after <n>', 'stop after this iteration of the run; `resume` continues from there')
    .option('--threads <n>', 'threads of one run; the results do not depend on it (default: as before)')
    .addOption(moduleOption());
  for (const option of outputOptions()) command.addOption(option);
  command.action(async (run: string, options: ResumeOptions) => context.exit(await runResume(run, options, context)));
}

async function runResume(path: string, options: ResumeOptions, { modules }: Context): Promise<number> {
  const library = await loadLibrary();
  const mode = outputMode(options, library);
  const stopAfter = wholeNumber('--stop-after', options.stopAfter, { min: 1, max: 100_000_000 }, library);
  const threads = wholeNumber('--threads', options.threads, { min: 1, max: 64 }, library);
  const found = findRun(path, 'resume', library);
  const { road, plan, seeds } = found;
  const open = seeds.filter(({ summary }) => summary?.status !== 'done');
  const [first] = open;
  if (!first) return sayFinished(found, mode, moduleWords(modules), library);
  const iterations = open.reduce((most, { config }) => Math.max(most, Number(config.iterations ?? 0)), 0);
  if (stopAfter !== undefined && iterations > 0 && stopAfter > iterations) {
    throw library.mistake(
      '--stop-after',
      `at most the ${iterations} iterations of the run`,
      String(stopAfter),
      'leave it out to train to the end',
    );
  }
  const work = open.map(({ directory, begun, config, seed = Number(config.seed ?? 0) }): SeedWork => {
    // A seed that Ctrl-C kept waiting has no folder yet: it begins here.
    const input = { ...plan?.input, seed, ...(stopAfter && { stopAfter }), ...(threads && { threads }) };
    const where = { runDirectory: directory };
    const task = begun
      ? { kind: 'resume' as const, ...where, stopAfter, threads }
      : { kind: 'train' as const, road: road.name, ...where, input };
    return { seed, directory, task };
  });
  const { config } = first;
  const names = work.map(({ seed }) => seed);
  return trainSeeds(
    {
      ...{ work, road, modules, config, mode, further: [] },
      ended: seeds.flatMap(({ summary }) => (summary?.status === 'done' ? [summary] : [])),
      order: plan?.seeds ?? names,
      target: String(config[road.target.key] ?? ''),
      iterations: stopAfter ?? iterations,
      threads: threads ?? Number(config.threads ?? 1),
      title: [...titleOf(road, config, names), 'resumed'],
      runDirectory: found.path,
      several: plan !== undefined,
    },
    library,
  );
}

/** A run that is finished: says so, again with its numbers. */
function sayFinished({ path, road, plan, seeds }: FoundRun, mode: OutputMode, again: readonly string[], library: Library): number {
  const [first, ...rest] = seeds.flatMap(({ summary }) => summary ?? []) as [RunSummary, ...RunSummary[]];
  if (mode === 'json') {
    const summary = plan ? library.jointSummary([first, ...rest], { runDirectory: path }) : first;
    writeLine(JSON.stringify({ event: 'summary', ...summary }));
    return exitCodes.done;
  }
  const paint = paintFor(wantsColor(process.stdout));
  const several = plan !== undefined;
  const folderOf = ({ seed }: RunSummary): string => (several ? seedFolder(path, seed) : path);
  writeLine(`This run is finished: there is nothing left to train in ${shownPath(path)}.`);
  for (const line of road.closing({ target: first.target, folderOf, several }, [first, ...rest], paint, library)) writeLine(line);
  const [look] = road.nextSteps(shownPath(path), seeds[0]?.config ?? {}, library);
  if (look) writeLine(`To look closer: ${paint('cyan', commandLine(...look.words, ...again))}`);
  return exitCodes.done;
}
