/**
 * Modules of the user: files that register environments and algorithms. Only a caller loads one; a run folder records name and SHA-256 as text.
 */
import type { Algorithm } from '../algorithms/algorithm.ts';
import type { AlgorithmRegistry } from '../algorithms/index.ts';
import { algorithms as ownAlgorithms } from '../algorithms/index.ts';
import { CohortError, mistake, show } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import { type ModuleRegistration, splitAddress } from '../envs/module.ts';
import type { EnvRegistry } from '../envs/spec.ts';
import { exportedTasks, type LanguageTask } from '../lm/tasks/task.ts';
import { sha256 } from '../run/sha256.ts';
import type { RecordedModule, RunDescription } from '../run/storedRun.ts';
import { checkAlgorithm, checkEnvSpec } from './registrations.ts';

/** A module that was loaded. */
interface LoadedModule extends RecordedModule {
  readonly url: string;
  /** Ids and names that it registered. */
  readonly registered: ReadonlySet<string>;
  /** Ids of its environments, in its own order. */
  readonly environments: readonly string[];
  /** Ids of its tasks. */
  readonly tasks: readonly string[];
}

/** Says what a module did wrong in the words of the house. */
function explain(name: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof CohortError) throw error;
    const got = String(error).split('\n')[0]!;
    throw mistake(`module ${name}`, 'a module that loads and registers without an error', got, 'fix the module', error);
  };
}

/** What modules can add to. */
export interface ModuleTargets {
  readonly registry: EnvRegistry;
  readonly algorithms: AlgorithmRegistry;
  /** Tasks of language models, by id. */
  readonly tasks: Map<string, LanguageTask>;
}

/** The modules that a library was told to load. */
export class UserModules {
  readonly #platform: Platform;
  readonly #targets: ModuleTargets;
  readonly #loaded: LoadedModule[] = [];

  constructor(platform: Platform, targets: ModuleTargets) {
    this.#platform = platform;
    this.#targets = targets;
  }

  /** Addresses of all, for threads that step environments. */
  get urls(): string[] {
    return this.#loaded.map(({ url }) => url);
  }

  /**
   * Loads a module, once, and gives the ids of its environments. What follows `#` in the address names one of its exports. Throws {@link CohortError}
   * where it cannot be loaded, brings nothing, or fails. Its exports may also be tasks of language models.
   */
  async use(address: string): Promise<readonly string[]> {
    const { url, wanted } = splitAddress(address);
    const name = decodeURIComponent(url.slice(url.lastIndexOf('/') + 1));
    const known =
      this.#loaded.find((module) => module.url === address) ?? (await this.#load(address, url, name, wanted).catch(explain(name)));
    return known.environments;
  }

  async #load(address: string, url: string, name: string, wanted: string | undefined): Promise<LoadedModule> {
    const { loadModule } = this.#platform;
    if (!loadModule) {
      const advice = 'call registerEnv and registerAlgorithm in the program itself';
      throw mistake('useModule', 'a platform that loads modules', this.#platform.name, advice);
    }
    const registered = new Set<string>();
    const { registry, algorithms, tasks } = this.#targets;
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
    // Loaded late: most programs use no module.
    const { applyExports, bringsEnvironments } = await import('../envs/moduleExports.ts');
    if (own.size === 0 || (wanted === undefined && bringsEnvironments(exports)))
      await applyExports(exports, registration, `module ${name}`, name.replace(/\.\w+$/, ''), wanted);
    const loaded = { name, url: address, sha256: sha256(bytes), registered, environments, tasks: [...own].map(({ id }) => id) };
    this.#loaded.push(loaded);
    return loaded;
  }

  /** Ids of the tasks of a module that was loaded by this address. */
  tasksOf(address: string): readonly string[] {
    return this.#loaded.find(({ url }) => url === address)?.tasks ?? [];
  }

  /** The modules that registered one of these names, as a run folder records them. */
  recordedFor(...names: readonly string[]): RecordedModule[] {
    return this.#loaded
      .filter(({ registered }) => names.some((name) => registered.has(name)))
      .map(({ name, sha256: digest }) => ({ name, sha256: digest }));
  }

  /** Throws {@link CohortError} where a run needs a module that was not loaded. */
  check({ modules = [] }: Pick<RunDescription, 'modules'>, directory: string): void {
    const missing = modules.find(({ name }) => !this.#loaded.some((loaded) => loaded.name === name));
    if (!missing) return;
    const expected = `the module ${missing.name}, which registers what this run needs and which no file of it can load`;
    const advice = `give it again: --module <path of ${missing.name}>, or in a program useModule(url)`;
    throw mistake(directory, expected, 'nothing', advice);
  }

  /** Names of modules that differ from those that the run began with. */
  changed({ modules = [] }: Pick<RunDescription, 'modules'>): string[] {
    const isOther = ({ name, sha256: digest }: RecordedModule): boolean =>
      this.#loaded.some((loaded) => loaded.name === name && loaded.sha256 !== digest);
    return modules.filter(isOther).map(({ name }) => name);
  }
}
