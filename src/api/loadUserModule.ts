/**
 * Loading one module of the user and taking what it registers and exports.
 */
import type { Algorithm } from '../algorithms/algorithm.ts';
import { type AlgorithmRegistry, algorithms as ownAlgorithms } from '../algorithms/standard.ts';
import { CohortError, mistake, show } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { type ModuleRegistration, splitAddress } from '../envs/module.ts';
import { applyExports, bringsEnvironments } from '../envs/moduleExports.ts';
import type { EnvRegistry } from '../envs/spec.ts';
import { exportedTasks, type LanguageTask } from '../lm/tasks/task.ts';
import { sha256 } from '../run/sha256.ts';
import type { RecordedModule } from '../run/storedRun.ts';
import { checkAlgorithm, checkEnvSpec } from './registrations.ts';

/** A module that was loaded. */
export interface LoadedModule extends RecordedModule {
  readonly url: string;
  /** Ids and names that it registered. */
  readonly registered: ReadonlySet<string>;
  /** Ids of its environments, in its own order. */
  readonly environments: readonly string[];
  /** Ids of its tasks. */
  readonly tasks: readonly string[];
}

/** What modules can add to. */
export interface ModuleTargets {
  readonly registry: EnvRegistry;
  readonly algorithms: AlgorithmRegistry;
  /** Tasks of language models, by id. */
  readonly tasks: Map<string, LanguageTask>;
}

/** Says what a module did wrong in the words of the house. */
function explain(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof CohortError) throw error;
    const got = String(error).split('\n')[0]!;
    throw mistake(`module ${name}`, 'a module that loads and registers without an error', got, 'fix the module', error);
  };
}

/**
 * Loads the module of an address; what follows `#` names one of its exports. Throws {@link CohortError} where it cannot be loaded, brings nothing, or fails.
 */
export async function loadUserModule(address: string, platform: Platform, targets: ModuleTargets): Promise<LoadedModule> {
  const { url, wanted } = splitAddress(address);
  const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
  return load(address, platform, targets, { url, name, wanted }).catch(explain(name));
}

async function load(
  address: string,
  { loadModule, name: platform }: Platform,
  { registry, algorithms, tasks }: ModuleTargets,
  { url, name, wanted }: { readonly url: string; readonly name: string; readonly wanted: string | undefined },
): Promise<LoadedModule> {
  if (!loadModule) {
    const advice = 'call registerEnv and registerAlgorithm in the program itself';
    throw mistake('useModule', 'a platform that loads modules', platform, advice);
  }
  const registered = new Set<string>();
  const environments: string[] = [];
  const { exports, bytes } = await loadModule(url);
  const registration: ModuleRegistration<Algorithm> = {
    registerEnv: (spec) => {
      checkEnvSpec(spec, `module ${name}`);
      registry.register(spec);
      registered.add(spec.id);
      environments.push(spec.id);
    },
    registerAlgorithm: (algorithm) => {
      checkAlgorithm(algorithm, `module ${name}`);
      algorithms.register(algorithm);
      registered.add(algorithm.name);
    },
    algorithms: ownAlgorithms,
  };
  const own = new Set(exportedTasks(exports).flatMap(([key, task]) => ((wanted ?? key) === key ? [task] : [])));
  for (const task of own) {
    // Checked as a whole where it is trained on.
    if (tasks.has(task.id)) throw mistake(`module ${name}`, 'a task with an id of its own', show(task.id), 'change it');
    tasks.set(task.id, task);
    registered.add(task.id);
  }
  if (own.size === 0 || (wanted === undefined && bringsEnvironments(exports)))
    await applyExports(exports, registration, `module ${name}`, name.replace(/\.\w+$/, ''), wanted);
  return { name, url: address, sha256: sha256(bytes), registered, environments, tasks: [...own].map(({ id }) => id) };
}
