/**
 * What both roads of the library share on one platform: registries, kernels, run folders, modules of the user.
 */
import { type AlgorithmRegistry, standardAlgorithms } from '../algorithms/standard.ts';
import type { Releasable } from '../core/disposal.ts';
import type { VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { version } from '../core/version.ts';
import { lateRegistry } from '../envs/lateRegistry.ts';
import { makeEnvOf, makeVectorEnvOf, type VectorEnvSettings } from '../envs/makeOf.ts';
import type { EnvOf, EnvOptions, EnvRegistry, EnvTypes } from '../envs/spec.ts';
import { type LayOut, layOutKernels } from '../kernels/room.ts';
import type { PretrainedModel, TaskReader } from '../lm/checkpoints/pretrained.ts';
import type { LanguageTask } from '../lm/tasks/task.ts';
import type { StartOptions } from '../policies/start.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunHome } from '../run/home.ts';
import type { JobThreads } from '../run/job.ts';
import { labelsOf, type RunLabels } from '../run/labels.ts';
import type { SessionContext } from '../run/session.ts';
import type { RunStorage } from '../run/storage.ts';
import type { RunDescription } from '../run/storedRun.ts';
import { UserModules } from './modules.ts';

/** What a library may be given instead of the standard registries. */
export interface LibraryOptions {
  readonly registry?: EnvRegistry;
  readonly algorithms?: AlgorithmRegistry;
}

/** How to run. */
export interface RunOptions extends RunLabels, StartOptions {
  /** Keep the run in this folder, which must not hold one yet. */
  readonly runDirectory?: string;
  /** Ends the run after the current iteration, with a checkpoint; an evaluation is cut off, and none is played at the end. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
  /**
   * Shows the run while it goes on: in a terminal the moving display of the command line, elsewhere a line about every two seconds. Node writes to
   * standard error, a page to its console. Default: nothing is shown. For displays elsewhere see `cohort-rl/display`.
   */
  readonly display?: boolean;
}

/** What config.json is to say of a new run, and what the folder keeps besides: what the run begins from, or the data that it is trained on. */
type NewRun = Pick<RunDescription, 'road' | 'modules' | 'config' | 'name' | 'tags'> & {
  readonly kept?:
    | { readonly recorded: Pick<RunDescription, 'start' | 'data'>; readonly files: ReadonlyMap<string, Uint8Array> }
    | undefined;
};

// Loaded late: a page may keep nothing.
const loadRunFolder = () => import('../run/runFolder.ts');

/** The library's insides on one platform. */
export type LibraryContext = ReturnType<typeof createContext>;

/** Puts the insides together. `home` is missing where nothing can be kept. */
export function createContext(platform: Platform, home: RunHome | undefined, options: LibraryOptions, jobThreads?: JobThreads) {
  const { registry = lateRegistry(), algorithms = standardAlgorithms() } = options;
  const { spawnThread, enableRelaxedSimd, now } = platform;
  const versions: Readonly<Record<string, string>> = { 'cohort-rl': version };
  /** Throws `CohortError` where nothing can be kept. */
  const homeOf = (): RunHome => {
    if (home) return home;
    throw mistake('runDirectory', 'a platform that keeps files', platform.name, 'train without a run folder here');
  };
  /** A folder that is only read: of the platform, or of a policy that comes with the package. */
  const openToRead = (directory: string): RunStorage => homeOf().pretrained?.(directory) ?? homeOf().open(directory);
  /** Kernels with the threads, the clock and the switches of the platform. */
  const layOut: LayOut = (layout, settings) => layOutKernels(layout, { ...settings, spawnThread, enableRelaxedSimd, now });
  /** Tasks of the user's, by id: those of modules, and of files. */
  const tasks = new Map<string, LanguageTask>();
  /** Pretrained models that were opened, by what the user calls them. */
  const models = new Map<string, PretrainedModel>();
  /** Tokenizers of models on servers that were opened, by the same. */
  const tokenizers = new Map<string, TaskReader>();
  const modules = new UserModules(platform, { registry, algorithms, tasks });
  const { spawnEnvWorker } = platform;
  return {
    platform,
    versions,
    registry,
    algorithms,
    jobThreads,
    modules,
    tasks,
    models,
    tokenizers,
    layOut,
    homeOf,
    openToRead,
    /** One environment of the registry. */
    makeEnv: <Id extends keyof EnvTypes | (string & {})>(id: Id, options: EnvOptions = {}): Promise<EnvOf<Id>> =>
      makeEnvOf(registry, id, options),
    /** Environments of the registry, with the threads of the platform. */
    makeVectorEnv: (
      id: string,
      numEnvs: number,
      settings: Pick<VectorEnvSettings, 'options' | 'threads'> = {},
    ): Promise<VectorEnv & Releasable> => makeVectorEnvOf(registry, id, numEnvs, { ...settings, modules: modules.urls, spawnEnvWorker }),
    /** How a new run opens its folder; missing without one. */
    newFolder(runDirectory: string | undefined, { road, modules = [], config, kept, ...labels }: NewRun): SessionContext['openFolder'] {
      if (runDirectory === undefined) return undefined;
      const recorded = { ...(modules.length > 0 && { modules }), ...kept?.recorded };
      const description: RunDescription = { road, ...labelsOf(labels), versions, platform: platform.name, ...recorded, config };
      return async (table) => {
        const [{ host, open }, { createRun }] = [homeOf(), await loadRunFolder()];
        return {
          writer: await createRun(open(runDirectory), description, { host, table, start: kept?.files }),
          directory: runDirectory,
        };
      };
    },
    /** How a run that goes on opens its folder; `iterations` are those that it is to have from now on. */
    oldFolder:
      (runDirectory: string, iterations: number): NonNullable<SessionContext['openFolder']> =>
      async (table) => {
        const [{ host, open }, { openRun }] = [homeOf(), await loadRunFolder()];
        return { ...(await openRun(open(runDirectory), { host, table, iterations })), directory: runDirectory };
      },
  };
}
