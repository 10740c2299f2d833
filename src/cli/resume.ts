/**
 * `cohort-rl resume <run>`: goes on from the last checkpoint, as if the run had never stopped.
 */
import type { Command } from 'commander';
import { closingLines } from './closings.ts';
import type { NextStep } from './display/closing.ts';
import { exitCodes } from './failure.ts';
import { commandLine, shownPath } from './invocation.ts';
import { type Library, loadLibrary } from './library.ts';
import { languageTitle } from './lm/train.ts';
import { writeLine } from './output.ts';
import { commandOf, type Road } from './road.ts';
import { type FoundRun, type FoundSeed, findRun, readRunConfig } from './runFolders.ts';
import { paintFor, wantsColor } from './terminal.ts';
import { titleOf } from './train.ts';
import { addOutputOptions, outputMode } from './trainOptions.ts';
import { type SeedWork, trainSeeds } from './trainSeeds.ts';

interface ResumeOptions {
  readonly stopAfter?: string;
  readonly threads?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** Adds `resume` to the program, or to `lm`, where it takes runs of language models only. */
export function addResume(program: Command, exit: (code: number) => void, road: Road | 'any' = 'any'): void {
  const command = program
    .command('resume')
    .description('continue a run from its last checkpoint')
    .argument('<run>', 'run folder, of one seed or several')
    .option('--stop-after <n>', 'stop after this iteration of the run; another resume continues from there')
    .option('--threads <n>', 'threads of one run; the results do not depend on it (default: as before)');
  addOutputOptions(command);
  command.action(async (run: string, options: ResumeOptions) => exit(await runResume(run, options, road)));
}

/** A whole number from a flag, or nothing. Throws `CohortError`. */
export function wholeNumber(
  flag: string,
  text: string | undefined,
  range: { readonly min: number; readonly max: number },
  library: Library,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (value >= range.min && value <= range.max) return value;
  throw new library.CohortError({
    subject: flag,
    expected: `a whole number from ${range.min} to ${range.max}`,
    got: library.show(text),
    advice: `write for example ${flag} ${Math.max(range.min, 1)}`,
  });
}

async function runResume(path: string, options: ResumeOptions, road: Road | 'any'): Promise<number> {
  const library = await loadLibrary();
  const mode = outputMode(options, library);
  const stopAfter = wholeNumber('--stop-after', options.stopAfter, { min: 1, max: 100_000_000 }, library);
  const threads = wholeNumber('--threads', options.threads, { min: 1, max: 64 }, library);
  const found = findRun(path, commandOf(road === 'lm' ? road : 'mdp', 'resume').join(' '), library, { policies: false, road });
  const open = found.seeds.filter(({ summary }) => summary?.status !== 'done');
  if (open.length === 0) return sayFinished(found, mode, library);
  const configs = open.map((seed) => configOf(found, seed));
  const iterations = configs.reduce((most, config) => Math.max(most, Number(config.iterations ?? 0)), 0);
  if (stopAfter !== undefined && iterations > 0 && stopAfter > iterations) {
    throw new library.CohortError({
      subject: '--stop-after',
      expected: `at most the ${iterations} iterations of the run`,
      got: String(stopAfter),
      advice: 'leave it out to go on to the end',
    });
  }
  const work = open.map((seed, index): SeedWork => {
    const own = seed.seed ?? Number(configs[index]!.seed ?? 0);
    const { directory } = seed;
    // A seed that Ctrl-C kept waiting has no folder yet: it begins here.
    const input = { ...found.plan?.input, seed: own, ...(stopAfter && { stopAfter }), ...(threads && { threads }) };
    const task = seed.begun
      ? ({ kind: 'resume', road: found.road, runDirectory: directory, stopAfter, threads } as const)
      : ({ kind: 'train', road: found.road, input, runDirectory: directory } as const);
    return { seed: own, directory, task };
  });
  const config = configs[0]!;
  const seeds = work.map(({ seed }) => seed);
  return trainSeeds(
    {
      work,
      ended: found.seeds.flatMap(({ summary }) => (summary?.status === 'done' ? [summary] : [])),
      order: found.plan?.seeds ?? seeds,
      road: found.road,
      target: String((found.road === 'lm' ? config.task : config.env) ?? ''),
      iterations: stopAfter ?? iterations,
      threads: threads ?? Number(config.threads ?? 1),
      title: [...(found.road === 'lm' ? languageTitle(config, seeds) : titleOf(config, seeds)), 'resumed'],
      runDirectory: found.path,
      several: found.plan !== undefined,
      mode,
      next: [lookCloser(found)],
    },
    library,
  );
}

function configOf(found: FoundRun, seed: FoundSeed): Readonly<Record<string, unknown>> {
  if (seed.begun) return readRunConfig(seed.directory);
  const sibling = found.seeds.find(({ begun }) => begun);
  return { ...(sibling ? readRunConfig(sibling.directory) : found.plan?.input), seed: seed.seed };
}

/** What to type to see what a run has learned. */
function lookCloser({ road, path }: FoundRun): NextStep {
  const command = commandLine(...commandOf(road, 'eval'), shownPath(path));
  return { command, purpose: road === 'lm' ? 'measure it' : 'play 100 episodes' };
}

/** A run that is finished: says so, again with its numbers. */
function sayFinished(found: FoundRun, mode: string, library: Library): number {
  const summaries = found.seeds.flatMap(({ summary }) => summary ?? []);
  const [first, ...rest] = summaries;
  if (mode === 'json') {
    const summary = found.plan && first ? library.jointSummary([first, ...rest], { runDirectory: found.path }) : first;
    writeLine(JSON.stringify({ event: 'summary', ...summary }));
    return exitCodes.done;
  }
  const paint = paintFor(wantsColor(process.stdout));
  writeLine(`This run is finished: there is nothing to go on with in ${shownPath(found.path)}.`);
  if (first) {
    const about = { road: found.road, target: first.env, runDirectory: found.path, several: found.plan !== undefined };
    for (const line of closingLines(about, summaries, paint, library)) writeLine(line);
  }
  writeLine(`To look closer: ${paint('cyan', lookCloser(found).command)}`);
  return exitCodes.done;
}
