/**
 * From what the user said about a language-model run (defaults < the task's own < file < flags) to a checked configuration and seeds.
 */
import type { LanguageConfig } from '../../node/index.ts';
import type { ConfigFile } from '../configFile.ts';
import { type FieldFlag, languageMethod } from '../flags.ts';
import type { Library } from '../library.ts';
import { asSettings, checkStopAfter, chooseTarget, readFields, readSeeds, type SaidFields } from '../settings.ts';

/** What the user said, as text. */
export interface LanguageWords {
  /** The task on the command line. */
  readonly task?: string | undefined;
  /** Values of flags by flag. */
  readonly flags: ReadonlyMap<string, string | boolean>;
  readonly file?: ConfigFile | undefined;
}

/** What is to be trained. */
export interface LanguageRequest {
  readonly task: string;
  readonly seeds: readonly number[];
  /** What file and flags say, without the seed: what every seed is trained with. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The same with every default filled in, for the first seed. */
  readonly config: LanguageConfig;
}

/** Keys of a configuration file that are not fields of the configuration. */
const fileKeys = ['task', 'seed'] as const;

/**
 * Merges and checks everything the user said. Throws `CohortError` (usage) for the first thing that is wrong, before anything is started: unknown
 * or contradictory flags, values out of range, an unknown task or file key.
 */
export function buildLanguageRequest(words: LanguageWords, fields: readonly FieldFlag[], library: Library): LanguageRequest {
  const { flags } = words;
  const file = words.file && asSettings(words.file, 'lm', library);
  const target = { said: words.task, file, key: 'task', noun: 'task', road: 'lm', example: 'add-2digit', list: 'tasks' } as const;
  const task = chooseTarget(target, library);
  const input: Record<string, unknown> = { task };
  const sources = new Map<string, string>();
  const said: SaidFields = { flags, file, fields, method: languageMethod, road: 'lm', fileKeys };
  library.findTask(task); // throws with the nearest ids
  readFields(said, input, sources, library);
  const seeds = readSeeds(said, input, library);
  refuseCustom(input, sources, library);
  const config = library.resolveLanguageConfig({ ...input, seed: seeds[0] }, 'lm train', (field) => sources.get(field) ?? field);
  checkStopAfter(config, sources, library);
  return { task, seeds, input, config };
}

/** A custom estimator is a function, which neither a flag nor a file can say. */
function refuseCustom(input: Readonly<Record<string, unknown>>, sources: ReadonlyMap<string, string>, library: Library): void {
  if (input.estimator !== 'custom') return;
  throw new library.CohortError({
    subject: sources.get('estimator') ?? 'estimator',
    expected: 'the name of an estimator',
    got: '"custom"',
    advice: 'use it in a program: trainLanguageModel({ task, estimator: defineEstimator(...) }); a function has no flag',
  });
}
