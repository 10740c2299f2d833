/**
 * From what the user said to checked configurations, one per seed. Nothing is run or written here.
 */
import { type FieldFlag, withoutAliases } from './flags.ts';
import type { Library } from './library.ts';
import type { Road, RunConfig, Said, TrainRequest } from './roads/road.ts';
import { asSettings, chooseTarget, placeOf, readFields, readSeeds } from './settings.ts';

/** Throws `CohortError` where a run would be stopped after its end. */
function checkStopAfter({ stopAfter, iterations }: RunConfig, sources: ReadonlyMap<string, string>, library: Library): void {
  if (stopAfter === undefined || stopAfter <= iterations) return;
  throw library.mistake(
    sources.get('stopAfter') ?? 'stopAfter',
    `at most the ${iterations} iterations of the run`,
    String(stopAfter),
    'leave it out to train to the end, or raise --iterations',
  );
}

/** Throws `CohortError` for a choice that is a function of a program. */
function refuseCustom(input: Readonly<Record<string, unknown>>, sources: ReadonlyMap<string, string>, library: Library): void {
  const field = [...sources.keys()].find((name) => input[name] === 'custom');
  if (field === undefined) return;
  throw library.mistake(
    sources.get(field) ?? field,
    'one of the names that --help lists',
    '"custom"',
    'use it in a program, which can pass the function; a function has no flag',
  );
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
  readFields({ ...said, fields, method, road }, input, sources, library);
  const seeds = readSeeds(said, input, library);
  refuseCustom(input, sources, library);

  const resolve = (): RunConfig => road.training.resolve({ ...input, seed: seeds[0] }, library, (field) => sources.get(field) ?? field);
  Object.assign(input, road.training.derive?.(said, resolve, library));
  const config = resolve();
  checkStopAfter(config, sources, library);
  return { target, recipe: recipe?.name, seeds, input, config };
}
