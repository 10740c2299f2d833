/**
 * What a new run begins from, and what it is called: `--from`, `--name`, `--tag`, or the same in a file.
 */
import { Option } from 'commander';
import type { PolicyFile, RunLabels, RunStart } from '../node/toolkit.ts';
import { labelKeys, startKeys } from './beginningKeys.ts';
import { type FindOptions, suggestFolders } from './findRun.ts';
import { flagOf } from './flags.ts';
import type { Library } from './library.ts';
import { SuggestedOption } from './options.ts';
import type { Said } from './roads/road.ts';
import { placeOf } from './said.ts';
import { maxCount, parseNumber } from './values.ts';

const sources: FindOptions = { policies: true };

/** The options of what a run begins from. */
export function startOptions(): Option[] {
  const from =
    'begin with the weights of a policy: a run folder (its last checkpoint) or a policy folder; the shape of its networks is taken over';
  return [
    new SuggestedOption('--from <run>', from, (library) => suggestFolders(sources, library)),
    new Option('--from-iteration <n>', 'with --from: the policy that the run kept after this iteration'),
    new Option('--with-optimizer', 'with --from: take the moments of Adam, too; of a run of the same algorithm'),
  ];
}

/** The options of what a run is called. */
export function labelOptions(): Option[] {
  const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];
  return [
    new Option('--name <text>', 'what to call the run in lists, tables and charts; its folder begins with it'),
    new Option('--tag <text>', 'a word to find the run by (`runs --tag`); may be repeated').argParser(collect),
  ];
}

/** Whether a file is the config.json of a run. */
function isConfig({ file }: Said, { runFormat }: Library): boolean {
  return file?.values.format === runFormat;
}

const flagsOfKeys: Readonly<Record<string, string>> = { tags: '--tag' };

/** A flag, else what the file says; what the file says of a run that is repeated is about that run. */
function saidValue(said: Said, key: string, library: Library): unknown {
  return said.flags.get(flagsOfKeys[key] ?? flagOf(key)) ?? (isConfig(said, library) ? undefined : said.file?.values[key]);
}

/** Where the user said it. */
const placeOfKey = (said: Said, key: string): string => placeOf(said, flagsOfKeys[key] ?? flagOf(key), key);

/** What the run is called. Throws `CohortError`. */
export function readLabels(said: Said, library: Library): RunLabels {
  const [name, tags] = labelKeys.map((key) => saidValue(said, key, library));
  const given = { name, tags: typeof tags === 'string' ? [tags] : tags } as RunLabels;
  return library.checkLabels(given, 'train', (key) => placeOfKey(said, key));
}

/** What the run begins from, read and checked; nothing where it begins from random weights. Throws `CohortError`. */
export async function readBeginning(
  said: Said,
  library: Library,
): Promise<{ readonly start: RunStart; readonly policy: PolicyFile } | undefined> {
  const [from, iteration, withOptimizer] = startKeys.map((key) => saidValue(said, key, library));
  if (from === undefined && isConfig(said, library) && said.file?.values.start !== undefined) {
    const got = 'nothing, and the run of that config.json began from a policy';
    throw library.mistake('--from', 'what the run is to begin from', got, 'name its folder, or a folder that holds the same policy');
  }
  if (from !== undefined && (typeof from !== 'string' || from === '')) {
    throw library.mistake(placeOfKey(said, 'from'), 'a run folder or a policy folder', library.show(from), 'name one');
  }
  if (withOptimizer !== undefined && typeof withOptimizer !== 'boolean') {
    throw library.mistake(
      placeOfKey(said, 'withOptimizer'),
      'true or false',
      library.show(withOptimizer),
      'leave it out for the weights alone',
    );
  }
  const fromIteration =
    iteration === undefined
      ? undefined
      : parseNumber(placeOfKey(said, 'fromIteration'), String(iteration), { min: 0, max: maxCount }, library);
  const start = await library.starts.open({ from, fromIteration, withOptimizer }, (key) => placeOfKey(said, key));
  return start && { start, policy: library.openStart(start).file };
}

/** Throws `CohortError` unless the run that was asked for can begin so. */
export async function tryBeginning(
  start: RunStart,
  { env, algorithm, envOptions }: Readonly<Record<string, unknown>>,
  said: Said,
  library: Library,
): Promise<void> {
  const run = { env: String(env), algorithm: String(algorithm), envOptions: envOptions as Readonly<Record<string, unknown>> };
  await library.starts.tryOut(start, run, (key) => placeOfKey(said, key));
}
