/**
 * Matrices of runs, with the library of one platform.
 */
import { checkRecord, checkText } from '../core/arguments.ts';
import { mistake, show } from '../core/errors.ts';
import type { RunIdentity } from '../experiments/identity.ts';
import { cellsOfMatrix, type Matrix, type MatrixInput, parseMatrix } from '../experiments/matrix.ts';
import { type MatrixOptions, type MatrixOutcome, runMatrix as runMatrixWith } from '../experiments/runner.ts';
import { resolveLanguageConfig } from '../lm/config/config.ts';
import { keepData } from '../run/data.ts';
import { resolveConfig } from '../training/config.ts';
import { withRecipe } from '../training/recipes.ts';
import { behaviorOf } from './behavior.ts';
import type { LibraryContext } from './context.ts';
import { type OpensModels, openNamed } from './models.ts';

/** How to run a matrix: what the platform does not know by itself. */
export type RunMatrixOptions = Pick<MatrixOptions, 'directory' | 'jobs' | 'budget' | 'dryRun' | 'signal' | 'onEvent'>;

/** What the platform knows. */
export interface MatrixPlatform extends Pick<MatrixOptions, 'home' | 'executor' | 'machine'>, OpensModels {}

/**
 * What a run of a matrix is, as far as its bits are concerned; the fields are those of `train`, or with a `task` those of `trainLanguageModel`. Throws
 * `CohortError` for a field that is wrong, without running anything.
 */
export function resolveRun(context: LibraryContext, input: Readonly<Record<string, unknown>>, subject: string): RunIdentity {
  const { algorithms, modules, registry, tasks, models, tokenizers } = context;
  if ('task' in input) {
    if (typeof input.task !== 'string')
      throw mistake(`${subject}: task`, 'the id of a task', show(input.task), 'name one, for example add-2digit');
    const config = resolveLanguageConfig(input, subject, undefined, { tasks, models, tokenizers });
    const road = 'language-models';
    const data = tasks.get(config.task)?.data;
    return {
      ...{ road, config, behavior: behaviorOf(context, { road, config }), modules: modules.recordedFor(config.task) },
      ...(data && keepData(data).recorded),
    };
  }
  const { recipe, ...fields } = input;
  if (recipe !== undefined && typeof recipe !== 'string')
    throw mistake(`${subject}: recipe`, 'the name of a recipe', show(recipe), 'write for example paper, or none');
  const config = resolveConfig(withRecipe(fields, recipe, registry, algorithms), subject, undefined, algorithms);
  registry.get(config.env); // throws with the nearest ids
  const road = 'environments';
  return { road, config, behavior: behaviorOf(context, { road, config }), modules: modules.recordedFor(config.env, config.algorithm) };
}

/** `runMatrix` with the library of one platform: checks the matrix and runs what is missing. */
export async function runMatrix(
  context: LibraryContext,
  platform: MatrixPlatform,
  matrix: MatrixInput | Matrix,
  options: RunMatrixOptions,
): Promise<MatrixOutcome> {
  const { directory } = checkRecord(
    options,
    'runMatrix: options',
    'a record of options',
    "write for example { directory: 'results/mine' }",
  );
  checkText(directory, 'runMatrix: directory', 'the path of a folder for results', "write for example 'results/mine'");
  const checked = parseMatrix(matrix);
  await context.registry.loadAll();
  // What its runs are is known only when their models are.
  for (const { input } of cellsOfMatrix(checked)) await openNamed(input, platform);
  return runMatrixWith(checked, {
    ...platform,
    ...options,
    resolve: (input, subject) => resolveRun(context, input, subject),
    behaviorOf: (stored) => behaviorOf(context, stored),
    now: context.platform.now,
  });
}
