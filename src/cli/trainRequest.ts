/**
 * From what the user said to checked configurations, one per seed: recipe, file and flags are merged, with where each value comes from. Nothing is
 * run or written here.
 */
import type { ConfigFile } from './configFile.ts';
import { type FieldFlag, nameOwners, parseFlagValue, withoutAliases } from './flags.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { roadOf } from './roads/index.ts';
import { commandOf, type Road, type RunConfig, type Said, type TrainRequest } from './roads/road.ts';
import { placeInFile, placeOf } from './said.ts';
import type { StoredConfig } from './storedRun.ts';
import { nearest, parseSeeds } from './values.ts';

/** The environment or task that is meant, from the command line or a file. Throws `CohortError` where there is none, or two. */
function chooseTarget(road: Road, { target: said, file }: Said, { mistake, show }: Library): string {
  const { key, noun, example, list } = road.target;
  const subject = commandOf(road, 'train').join(' ');
  const inFile = file?.values[key];
  if (said !== undefined && inFile !== undefined && said !== inFile) {
    const expected = `the ${noun} of ${file?.path} (${show(inFile)}) or none on the command line`;
    throw mistake(subject, expected, show(said), 'leave one of them out');
  }
  const target = said ?? inFile;
  if (typeof target === 'string' && target !== '') return target;
  throw mistake(
    subject,
    `the id of ${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`,
    show(target),
    `name one, for example: cohort-rl ${subject} ${example} (cohort-rl ${commandOf(road, list).join(' ')} lists them all)`,
  );
}

/**
 * A run's own config.json as settings: with it a run is repeated. It names every field, so no recipe lies below it. Throws `CohortError` for a
 * run of the other road.
 */
function asSettings(file: ConfigFile, road: Road, library: Library): ConfigFile {
  const { mistake, show, runFormat, runFormatVersion } = library;
  const { format, formatVersion } = file.values;
  if (format !== runFormat) return file;
  if (formatVersion !== runFormatVersion) {
    const got = `${show(file.path)} of format ${show(formatVersion)}`;
    throw mistake('--config', `the config.json of a run of format ${runFormatVersion}`, got, 'write the settings to a YAML file');
  }
  const stored = file.values as unknown as StoredConfig;
  const other = roadOf(stored);
  if (other !== road) {
    const advice = `use it with \`${commandLine(...commandOf(other, 'train'))}\``;
    throw mistake('--config', `settings of ${road.runNoun}`, `${show(file.path)}, of ${other.runNoun}`, advice);
  }
  return { ...file, values: { ...road.training.repeating, ...stored.config } };
}

/**
 * Writes what the file and then the flags say into `input`, and where each field was set into `sources`. Throws `CohortError` for unknown keys,
 * and for fields of another method.
 */
function readFields(
  { flags, file }: Said,
  road: Road,
  method: string,
  fields: readonly FieldFlag[],
  input: Record<string, unknown>,
  sources: Map<string, string>,
  library: Library,
): void {
  const { mistake, show } = library;
  const { fileKeys } = road.training;
  const own = fields.filter((field) => field.methods.includes(method));
  for (const [key, value] of Object.entries(file?.values ?? {})) {
    if (fileKeys.includes(key)) continue;
    const field = fields.find((candidate) => candidate.field === key);
    if (!field || !own.includes(field)) {
      const known = [...own.map(({ field: name }) => name), ...fileKeys];
      const help = `\`cohort-rl ${commandOf(road, 'train').join(' ')} --help\` lists the fields`;
      throw mistake(
        `${file?.path}:${file?.lines.get(key) ?? 1}`,
        `a field of ${method}`,
        field ? `${show(key)}, a field of ${nameOwners(field)} only` : show(key),
        field ? 'leave it out or change the algorithm' : (library.answerForeign(key, known) ?? nearest(key, known, help, library)),
      );
    }
    input[key] = parseFlagValue(field.description, value);
    sources.set(key, placeInFile(file, key));
  }
  for (const field of fields) {
    const text = flags.get(field.flag);
    if (text === undefined || field.field === 'seed') continue;
    if (!own.includes(field)) {
      const advice = `leave it out or train with --algorithm ${field.methods[0]}`;
      throw mistake(field.flag, `a flag of ${method}`, `a flag of ${nameOwners(field)} only`, advice);
    }
    input[field.field] = parseFlagValue(field.description, text);
    sources.set(field.field, field.flag);
  }
}

/** The seeds, which `input` then no longer holds. Throws `CohortError`. */
function readSeeds(said: Said, input: Record<string, unknown>, library: Library): number[] {
  const value = said.flags.get('--seed') ?? said.file?.values.seed ?? input.seed ?? 1;
  delete input.seed;
  return parseSeeds(value, placeOf(said, '--seed', 'seed'), library);
}

/** Throws `CohortError` where a run would be stopped after its end. */
function checkStopAfter({ stopAfter, iterations }: RunConfig, sources: ReadonlyMap<string, string>, library: Library): void {
  if (stopAfter === undefined || stopAfter <= iterations) return;
  const expected = `at most the ${iterations} iterations of the run`;
  const advice = 'leave it out to train to the end, or raise --iterations';
  throw library.mistake(sources.get('stopAfter') ?? 'stopAfter', expected, String(stopAfter), advice);
}

/** Throws `CohortError` for a choice that is a function of a program. */
function refuseCustom(input: Readonly<Record<string, unknown>>, sources: ReadonlyMap<string, string>, library: Library): void {
  const field = [...sources.keys()].find((name) => input[name] === 'custom');
  if (field === undefined) return;
  const advice = 'use it in a program, which can pass the function; a function has no flag';
  throw library.mistake(sources.get(field) ?? field, 'one of the names that --help lists', '"custom"', advice);
}

/**
 * Merges and checks everything the user said. Throws `CohortError` (usage) for the first thing that is wrong, before anything is started: unknown
 * or contradictory flags, values out of range, an unknown target, method, recipe or file key.
 */
export function buildTrainRequest(road: Road, words: Said, fields: readonly FieldFlag[], library: Library): TrainRequest {
  const flags = withoutAliases(words.flags, library);
  const said: Said = { target: words.target, flags, file: words.file && asSettings(words.file, road, library) };
  const target = chooseTarget(road, said, library);
  const { method, recipe, input: lowest } = road.training.begin(target, said, (flag, key) => placeOf(said, flag, key), library);

  const sources = new Map(Object.keys(recipe?.config ?? {}).map((field) => [field, `recipe ${recipe?.name}: ${field}`]));
  const input: Record<string, unknown> = { ...lowest };
  const { policy } = words;
  for (const [field, value] of Object.entries(policy ? library.networkOf(policy) : {})) {
    if (!fields.some((known) => known.field === field && known.methods.includes(method))) continue;
    input[field] = value;
    sources.set(field, `--from: ${field}`);
  }
  readFields(said, road, method, fields, input, sources, library);
  const seeds = readSeeds(said, input, library);
  refuseCustom(input, sources, library);

  const resolve = (): RunConfig => road.training.resolve({ ...input, seed: seeds[0] }, library, (field) => sources.get(field) ?? field);
  Object.assign(input, road.training.derive?.(said, resolve, library));
  const config = resolve();
  checkStopAfter(config, sources, library);
  if (policy) library.checkNetwork(policy, config, (field) => sources.get(field) ?? field);
  return { target, recipe: recipe?.name, seeds, input, config, sources };
}
