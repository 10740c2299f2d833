/**
 * What both roads of the library share on one platform: registries, kernels, run folders, modules of the user.
 */
import { type AlgorithmRegistry, standardAlgorithms } from '../algorithms/index.ts';
import type { Platform } from '../core/platform.ts';
import { version } from '../core/version.ts';
import { type EnvRegistry, standardRegistry } from '../envs/index.ts';
import { type LayOut, layOutKernels } from '../kernels/index.ts';
import type { RunEvent } from '../run/events.ts';
import { type RunHome, requireHome } from '../run/home.ts';
import { createRun, openRun } from '../run/runFolder.ts';
import type { RunFolder, SessionContext } from '../run/session.ts';
import type { RunDescription } from '../run/storedRun.ts';
import { UserModules } from './modules.ts';

/** What a library may be given instead of the standard registries. */
export interface LibraryOptions {
  readonly registry?: EnvRegistry;
  readonly algorithms?: AlgorithmRegistry;
}

/** How to run. */
export interface RunOptions {
  /** Keep the run in this folder, which must not hold one yet. */
  readonly runDirectory?: string;
  /** Ends the run after the current iteration, with a checkpoint. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** The library's insides on one platform. */
export interface LibraryContext {
  readonly platform: Platform;
  readonly versions: Readonly<Record<string, string>>;
  readonly registry: EnvRegistry;
  readonly algorithms: AlgorithmRegistry;
  readonly modules: UserModules;
  /** Kernels with the threads, the clock and the switches of the platform. */
  readonly layOut: LayOut;
  /** Throws {@link CohortError} where nothing can be kept. */
  homeOf(): RunHome;
  /** How a new run opens its folder; missing without one. */
  newFolder(
    runDirectory: string | undefined,
    description: Pick<RunDescription, 'road' | 'modules' | 'config'>,
  ): SessionContext['openFolder'];
  /** How a run that goes on opens its folder. */
  oldFolder(runDirectory: string): SessionContext['openFolder'];
}

/** Puts the insides together. `home` is missing where nothing can be kept. */
export function createContext(platform: Platform, home: RunHome | undefined, options: LibraryOptions): LibraryContext {
  const { registry = standardRegistry(), algorithms = standardAlgorithms() } = options;
  const { spawnThread, enableRelaxedSimd, now } = platform;
  const versions = { 'cohort-rl': version };
  const homeOf = (): RunHome => requireHome(home, platform);
  return {
    platform,
    versions,
    registry,
    algorithms,
    modules: new UserModules(platform, registry, algorithms),
    layOut: (layout, settings) => layOutKernels(layout, { ...settings, spawnThread, enableRelaxedSimd, now }),
    homeOf,
    newFolder(runDirectory, description) {
      if (runDirectory === undefined) return undefined;
      return async (table): Promise<RunFolder> => {
        const { host, open } = homeOf();
        const { modules, ...rest } = description;
        const recorded = modules === undefined || modules.length === 0 ? {} : { modules };
        const whole: RunDescription = { road: rest.road, versions, platform: platform.name, ...recorded, config: rest.config };
        return { writer: await createRun(open(runDirectory), whole, { host, table }), directory: runDirectory };
      };
    },
    oldFolder: (runDirectory) => async (table) => {
      const { host, open } = homeOf();
      const { writer, checkpoint } = await openRun(open(runDirectory), { host, table });
      return { writer, checkpoint, directory: runDirectory };
    },
  };
}
