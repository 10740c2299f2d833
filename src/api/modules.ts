/**
 * Modules of the user: files that register environments and algorithms. Only a caller loads one; a run folder records name and SHA-256 as text.
 */
import { mistake } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import type { RecordedModule, RunDescription } from '../run/storedRun.ts';
import type { LoadedModule, ModuleTargets } from './loadUserModule.ts';

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
    const known = this.#loaded.find((module) => module.url === address);
    if (known) return known.environments;
    // Loaded late: most programs use no module.
    const { loadUserModule } = await import('./loadUserModule.ts');
    const loaded = await loadUserModule(address, this.#platform, this.#targets);
    this.#loaded.push(loaded);
    return loaded.environments;
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
