/**
 * What a file and flags say about the fields of a configuration, on both roads: merged, with where each value comes from. Nothing is checked
 * here that the configuration's own check says better.
 */
import type { ConfigFile } from './configFile.ts';
import { type FieldFlag, parseFlagValue } from './flags.ts';
import { invocation } from './invocation.ts';
import type { Library } from './library.ts';
import { commandOf, type Road, roadOf } from './road.ts';

/** Where values come from, and what may be named. */
export interface SaidFields {
  /** Values of flags by flag: `--num-envs` -> `32`; a switch is `true`, its `--no-` form `false`. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly file: ConfigFile | undefined;
  readonly fields: readonly FieldFlag[];
  /** Whose fields may be set: `gpg`. */
  readonly method: string;
  readonly road: Road;
  /** Keys of a file that are no fields. */
  readonly fileKeys: readonly string[];
}

/** What a run is about: an environment or a task, named on the command line or in a file. */
export interface Target {
  /** The word on the command line. */
  readonly said: string | undefined;
  readonly file: ConfigFile | undefined;
  /** Its key in a file: `env`. */
  readonly key: string;
  /** What it is: `environment`. */
  readonly noun: string;
  readonly road: Road;
  /** `CartPole-v1`. */
  readonly example: string;
  /** The command that lists them: `envs`. */
  readonly list: string;
}

/** The environment or task that is meant. Throws `CohortError` where there is none, or two. */
export function chooseTarget({ said, file, key, noun, road, example, list }: Target, library: Library): string {
  const { CohortError, show } = library;
  const subject = commandOf(road, 'train').join(' ');
  const inFile = file?.values[key];
  if (said !== undefined && inFile !== undefined && said !== inFile) {
    throw new CohortError({
      subject,
      expected: `the ${noun} of ${file?.path} (${show(inFile)}) or none on the command line`,
      got: show(said),
      advice: 'leave one of them out',
    });
  }
  const target = said ?? inFile;
  if (typeof target === 'string' && target !== '') return target;
  throw new CohortError({
    subject,
    expected: `the id of ${noun === 'environment' ? 'an' : 'a'} ${noun}`,
    got: show(target),
    advice: `name one, for example: cohort-rl ${subject} ${example} (cohort-rl ${commandOf(road, list).join(' ')} lists them all)`,
  });
}

// What config.json of a run says besides its configuration.
const runKeys: readonly string[] = ['format', 'formatVersion', 'cohort', 'platform', 'road'];

/**
 * A run's own config.json as settings: with it a run is repeated. It names every field, so no recipe lies below it. Throws `CohortError` for a
 * run of the other road.
 */
export function asSettings(file: ConfigFile, road: Road, library: Library): ConfigFile {
  if (file.values.format !== 'cohort-run') return file;
  const other = roadOf(file.values);
  if (other !== road) {
    throw new library.CohortError({
      subject: '--config',
      expected: road === 'lm' ? 'settings of a language-model run' : 'settings of a run on an environment',
      got: `${library.show(file.path)}, of a run of the other kind`,
      advice: `use it with \`${[invocation(), ...commandOf(other, 'train')].join(' ')}\``,
    });
  }
  const values = Object.fromEntries(Object.entries(file.values).filter(([key]) => !runKeys.includes(key)));
  return { ...file, values: road === 'mdp' ? { recipe: 'none', ...values } : values };
}

/** A key of a file, with its line, for messages. */
export function placeInFile(file: ConfigFile | undefined, key: string): string {
  return `${file?.path}:${file?.lines.get(key) ?? 1}: ${key}`;
}

/**
 * Writes what the file and then the flags say into `input`, and where each field was set into `sources`. Throws `CohortError` for unknown keys,
 * and for fields of another method.
 */
export function readFields(said: SaidFields, input: Record<string, unknown>, sources: Map<string, string>, library: Library): void {
  const { flags, file, fields, method, road, fileKeys } = said;
  const { CohortError, show } = library;
  const own = fields.filter((field) => field.algorithms.includes(method));
  const help = `cohort-rl ${commandOf(road, 'train').join(' ')} --help`;
  for (const [key, value] of Object.entries(file?.values ?? {})) {
    if (fileKeys.includes(key)) continue;
    const field = fields.find((candidate) => candidate.field === key);
    if (!field || !own.includes(field)) {
      const known = [...own.map(({ field: name }) => name), ...fileKeys];
      throw new CohortError({
        subject: `${file?.path}:${file?.lines.get(key) ?? 1}`,
        expected: `a field of ${method}`,
        got: field ? `${show(key)}, a field of ${field.algorithms.join(', ')} only` : show(key),
        advice: field ? 'leave it out or change the algorithm' : nearest(key, known, `${help} lists the fields`, library),
      });
    }
    input[key] = value;
    sources.set(key, placeInFile(file, key));
  }
  for (const field of fields) {
    const text = flags.get(field.flag);
    if (text === undefined || field.field === 'seed') continue;
    if (!field.algorithms.includes(method)) {
      throw new CohortError({
        subject: field.flag,
        expected: `a flag of ${method}`,
        got: `a flag of ${field.algorithms.join(', ')} only`,
        advice: `leave it out or train with --algorithm ${field.algorithms[0]}`,
      });
    }
    input[field.field] = parseFlagValue(field.description, text);
    sources.set(field.field, field.flag);
  }
}

/** The seeds, which `input` then no longer holds. Throws `CohortError`. */
export function readSeeds({ flags, file }: SaidFields, input: Record<string, unknown>, library: Library): number[] {
  const flag = flags.get('--seed');
  const inFile = file?.values.seed;
  const source = flag === undefined && inFile !== undefined ? placeInFile(file, 'seed') : '--seed';
  const seeds = parseSeeds(flag ?? inFile ?? input.seed ?? 1, source, library);
  delete input.seed;
  return seeds;
}

/** Throws `CohortError` where a run would be stopped after its end. */
export function checkStopAfter(
  { stopAfter, iterations }: { readonly stopAfter?: number | undefined; readonly iterations: number },
  sources: ReadonlyMap<string, string>,
  library: Library,
): void {
  if (stopAfter === undefined || stopAfter <= iterations) return;
  throw new library.CohortError({
    subject: sources.get('stopAfter') ?? 'stopAfter',
    expected: `at most the ${iterations} iterations of the run`,
    got: String(stopAfter),
    advice: 'leave it out to train to the end, or raise --iterations',
  });
}

function parseSeed(value: unknown, subject: string, library: Library): number {
  const seed = typeof value === 'string' && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new library.CohortError({
    subject,
    expected: `whole numbers from 0 to ${Number.MAX_SAFE_INTEGER}, separated by commas`,
    got: library.show(value),
    advice: 'write for example --seed 1,2,3',
  });
}

function parseSeeds(value: unknown, subject: string, library: Library): number[] {
  const list = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  if (list.length === 0) parseSeed(undefined, subject, library);
  const seeds = list.map((entry) => parseSeed(entry, subject, library));
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (twice !== undefined) {
    throw new library.CohortError({
      subject,
      expected: 'seeds that differ',
      got: `${twice} twice`,
      advice: 'name each seed once: the same seed gives the same run',
    });
  }
  return seeds;
}

/** The nearest names if any are near, else where to look: lists of sixty names do not fit a screen. */
export function nearest(name: string, candidates: readonly string[], otherwise: string, library: Library): string {
  const near = library.nearestNames(name, candidates);
  return near.length > 0 ? `did you mean ${near.join(' or ')}?` : otherwise;
}
