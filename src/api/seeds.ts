/**
 * Several seeds of one configuration, in a program. Each is a run of its own; a common folder keeps them, with the plan of all.
 */
import { failure, mistake, show } from '../core/errors.ts';
import type { StartOptions } from '../policies/start.ts';
import { checkJson } from '../run/checkJson.ts';
import { keepData, type RunData, readData } from '../run/data.ts';
import type { RunEvent } from '../run/events.ts';
import { checkLabels, labelsOf } from '../run/labels.ts';
import { isDone, readSeedPlan, readSeedStates, type SeedPlan, type SeedState, seedDirectory, writeSeedPlan } from '../run/seedPlan.ts';
import { type JointSummary, type SeedOutcome, summarizeOutcomes, writeJointSummary } from '../run/seeds.ts';
import { type RunStart, readStart, recordStart } from '../run/start.ts';
import type { RunSummary } from '../run/summary.ts';
import { withRecipe } from '../training/recipes.ts';
import type { LibraryContext } from './context.ts';
import { openRunDisplay } from './display.ts';
import type { TrainConfig } from './environments.ts';
import type { JobLibrary } from './jobs.ts';
import { custom, given, type LanguageGiven, type LanguageRunOptions, type LanguageTrainConfig } from './languageModels.ts';
import { createPolicies } from './policies.ts';
import { runSeeds, type SeedsMethod, type SeedTask } from './seedLanes.ts';
import { refuseStart, saidStart } from './startOptions.ts';

/** What every seed is trained with: what `train` or `trainLanguageModel` takes, without the seed. */
export type SeedsConfig = Omit<TrainConfig, 'seed'> | Omit<LanguageTrainConfig, 'seed'>;

/** How to run several seeds. */
export interface SeedsOptions extends LanguageRunOptions {
  /**
   * Runs at once. Default: as many as the machine has cores for. In a page, and with an environment or a task that the program made itself, they
   * run one after the other.
   */
  readonly simultaneous?: number;
  /**
   * Milliseconds after an abort until a seed in a thread of its own is cut off in its iteration (outcome `cutOff`: it goes on from its last checkpoint).
   * Default: every seed ends its iteration and writes a checkpoint.
   */
  readonly patience?: number;
}

/** How several seeds ended. */
export interface SeedsResult {
  /** One per seed, in the order given: its summary, its error, or that an abort came before it began. */
  readonly outcomes: readonly SeedOutcome[];
  /** Of the seeds that have one, in the order given. */
  readonly summaries: readonly RunSummary[];
  /** All of them together, as in `summary.json` of the common folder; `null` if no seed has a summary. */
  readonly joint: JointSummary | null;
}

/** What a seed that goes on, or begins late, is given: what `resume` takes. */
type Changes = Readonly<Record<string, unknown>> & LanguageGiven;

/** Several seeds on one platform. */
export type Seeds = ReturnType<typeof createSeeds>;

/** Several seeds on one platform; `cohort.ts` says what its members do. */
export function createSeeds(context: LibraryContext, library: JobLibrary) {
  const { homeOf, modules, platform } = context;

  /** What the seeds are to begin from, if they are. Throws `CohortError` where none of them could begin from that. */
  const openStart = async (options: StartOptions, config: TrainConfig, algorithm: string): Promise<RunStart | undefined> => {
    if (saidStart(options) === undefined) return undefined;
    const { createStarts } = await import('./starts.ts');
    const starts = createStarts(context, createPolicies(context));
    const start = await starts.open(options);
    if (!start) return undefined;
    const { env, envOptions: _, ...said } = config;
    starts.network(start, said, algorithm);
    const { envOptions } = withRecipe(config, config.recipe, context.registry, context.algorithms);
    await starts.tryOut(start, { env, envOptions, algorithm });
    return start;
  };

  /** Runs what is to be run, and says how all of it ended. */
  const finish = async (
    tasks: readonly SeedTask[],
    method: SeedsMethod,
    before: readonly SeedState[],
    order: readonly number[],
    { runDirectory, simultaneous, patience, signal, onEvent, display }: Omit<SeedsOptions, 'warmStartDirectory'>,
  ): Promise<SeedsResult> => {
    const began = platform.now();
    const shown = display ? await openRunDisplay(context, onEvent) : undefined;
    const event = (_index: number, told: RunEvent): void => (shown?.listener ?? onEvent)?.(told);
    let trained: SeedOutcome[];
    try {
      trained = await runSeeds(context, library, tasks, method, { simultaneous, signal, patience, event });
    } finally {
      await shown?.close();
    }
    const ended = before.map(({ seed, summary }): SeedOutcome => ({ seed, kind: 'done', summary: summary! }));
    const all = new Map([...ended, ...trained].map((outcome) => [outcome.seed, outcome]));
    const outcomes = order.map((seed) => all.get(seed)!);
    const joint = summarizeOutcomes(outcomes, { runDirectory: runDirectory ?? null, seconds: (platform.now() - began) / 1000 });
    if (joint && runDirectory !== undefined) await writeJointSummary(homeOf().open(runDirectory), joint);
    if (joint) onEvent?.({ event: 'summary', ...joint });
    return { outcomes, joint, summaries: joint?.runs ?? [] };
  };

  /** Writes the plan, if the seeds are kept, and gives what is to be run. */
  const begin = async (
    plan: SeedPlan,
    input: Readonly<Record<string, unknown>>,
    { runDirectory, warmStartDirectory }: Pick<SeedsOptions, 'runDirectory' | 'warmStartDirectory'>,
    start?: RunStart,
    data?: RunData,
  ): Promise<SeedTask[]> => {
    const { road, seeds } = plan;
    const kept = data && keepData(data);
    const recorded = { ...plan, ...(start && { start: recordStart(start) }), ...kept?.recorded };
    if (runDirectory !== undefined) await writeSeedPlan(homeOf().open(runDirectory), recorded, start, kept);
    return seeds.map((seed) => ({
      seed,
      job: {
        kind: 'train',
        road,
        input: { ...input, seed },
        runDirectory: runDirectory === undefined ? undefined : seedDirectory(runDirectory, seed),
        warmStartDirectory,
        modules: modules.urls,
        labels: labelsOf(plan),
        start,
        data,
      },
    }));
  };

  /** The plan of a folder, how far its seeds are, and what is left to run. */
  const open = async (
    directory: string,
    changes: Changes,
    warmStartDirectory?: string,
  ): Promise<{ readonly plan: SeedPlan; readonly states: readonly SeedState[]; readonly tasks: readonly SeedTask[] }> => {
    const home = homeOf();
    const plan = await readSeedPlan(home.open(directory));
    if (!plan) {
      throw failure(directory, 'a folder of several seeds', 'one without seeds.json, or none', 'use resume for the folder of one run');
    }
    modules.check(plan, directory);
    // What no file holds must be there before the first seed goes on; of an environment, the run itself says so.
    for (const key of ['task', 'estimator'] as const) if (plan.input[key] === custom) given(key, changes[key]);
    const states = await readSeedStates(home.open, directory, plan);
    const { tidyRun } = await import('../run/runFolder.ts');
    for (const state of states) if (isDone(state)) await tidyRun(home.open(state.directory), home.host);
    // As for a run that goes on: where no place to stop is said, there is none.
    const { road, input } = plan;
    const { stopAfter: _before, ...kept } = input;
    const isTaken = (key: string): boolean => ['iterations', 'stopAfter', 'threads'].includes(key) || input[key] === custom;
    const said = Object.fromEntries(Object.entries(changes).filter(([key, value]) => value !== undefined && isTaken(key)));
    const isWaiting = states.some((state) => !state.begun);
    const start = plan.start && isWaiting ? await readStart(home.open(directory), plan.start) : undefined;
    const data = plan.data && isWaiting ? await readData(home.open(directory), plan.target, plan.data) : undefined;
    const tasks = states.flatMap((state): SeedTask[] => {
      if (isDone(state, changes.iterations)) return [];
      const { seed, begun, directory: runDirectory } = state;
      const shared = { road, runDirectory, warmStartDirectory, modules: modules.urls };
      // A seed that an abort kept waiting has no folder yet: it begins here.
      if (!begun)
        return [{ seed, job: { ...shared, kind: 'train', input: { ...kept, ...said, seed }, labels: labelsOf(plan), start, data } }];
      return [{ seed, job: { ...shared, kind: 'resume', input: said } }];
    });
    return { plan, states, tasks };
  };

  return {
    begin,
    open,
    run: (tasks: readonly SeedTask[], shared: SeedsMethod, options: Parameters<typeof runSeeds>[4]) =>
      runSeeds(context, library, tasks, shared, options),

    async train(config: SeedsConfig, seeds: readonly number[], options: SeedsOptions): Promise<SeedsResult> {
      checkSeeds(seeds);
      checkSimultaneous(options.simultaneous);
      checkPatience(options.patience);
      if ('seed' in config && config.seed !== undefined) {
        throw mistake('trainSeeds: seed', 'none in the configuration', show(config.seed), 'name the seeds in the list that follows it');
      }
      // Checks the configuration; nothing runs before it is iterated.
      const shared = methodOf(config, seeds[0]!, library);
      const { road, target, method } = shared;
      const data = 'task' in config && typeof config.task === 'object' ? config.task?.data : undefined;
      // Its data stands for the task, in the folder and in threads.
      const plain = data ? { ...config, task: data.id } : config;
      const input = Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, isOwn(key, value) ? custom : value]));
      if (options.runDirectory !== undefined) checkJson(input, 'config');
      const labels = checkLabels(options, 'trainSeeds');
      if (road === 'language-models') refuseStart(options, 'trainSeeds');
      const start = await openStart(options, config as TrainConfig, method);
      const plan = { road, target, method, ...labels, modules: modules.recordedFor(target, method), seeds, input };
      const tasks = await begin(plan, { ...plain }, options, start, data);
      return finish(tasks, shared, [], seeds, options);
    },

    async resume(
      directory: string,
      { simultaneous, patience, signal, onEvent, display, warmStartDirectory, ...changes }: Changes & Omit<SeedsOptions, 'runDirectory'>,
    ): Promise<SeedsResult> {
      checkSimultaneous(simultaneous);
      checkPatience(patience);
      const { plan, states, tasks } = await open(directory, changes, warmStartDirectory);
      const threads = Number(changes.threads ?? plan.input.threads ?? 1);
      return finish(
        tasks,
        { ...plan, threads },
        states.filter((state) => isDone(state, changes.iterations)),
        plan.seeds,
        {
          runDirectory: directory,
          ...(simultaneous !== undefined && { simultaneous }),
          ...(patience !== undefined && { patience }),
          ...(signal && { signal }),
          ...(onEvent && { onEvent }),
          ...(display && { display }),
        },
      );
    },
  };
}

/** Whether a value was made by the program: a function, or a task or an estimator of its own. */
function isOwn(key: string, value: unknown): boolean {
  return typeof value === 'function' || ((key === 'task' || key === 'estimator') && typeof value === 'object');
}

/** What is trained on what. Throws `CohortError` for a configuration that cannot be trained. */
function methodOf(config: SeedsConfig, seed: number, library: JobLibrary): SeedsMethod {
  if ('task' in config) {
    const { task, estimator, threads } = library.trainLanguageModel({ ...config, seed }, {}).config;
    const target = typeof config.task === 'object' ? config.task.id : task;
    return { road: 'language-models', target, method: estimator, threads };
  }
  const { env, algorithm, threads } = library.train({ ...config, seed }, {}).config;
  return { road: 'environments', target: env, method: algorithm, threads };
}

function checkSeeds(seeds: readonly number[]): void {
  const expected = 'a list of whole numbers from 0 that differ';
  const advice = 'write for example [1, 2, 3]';
  if (!Array.isArray(seeds) || seeds.length === 0) throw mistake('trainSeeds: seeds', expected, show(seeds), advice);
  const wrong = seeds.find((seed, index) => !Number.isSafeInteger(seed) || seed < 0 || seeds.indexOf(seed) !== index);
  if (wrong === undefined) return;
  const got = seeds.filter((seed) => seed === wrong).length > 1 ? `${show(wrong)} twice` : show(wrong);
  throw mistake('trainSeeds: seeds', expected, got, advice);
}

function checkPatience(patience: number | undefined): void {
  if (patience === undefined || (Number.isFinite(patience) && patience >= 0)) return;
  throw mistake('patience', 'a number of milliseconds from 0', show(patience), 'leave it out to let every seed end its iteration');
}

function checkSimultaneous(simultaneous: number | undefined): void {
  if (simultaneous === undefined || (Number.isSafeInteger(simultaneous) && simultaneous >= 1)) return;
  throw mistake('simultaneous', 'a whole number from 1', show(simultaneous), 'leave it out to use every core');
}
