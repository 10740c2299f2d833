/** Modules of users: files that register custom environments and algorithms. Given to a run, they are imported by its threads too. */
import { CohortError, mistake, show } from '../core/errors.ts';
import { box, discrete } from '../core/space.ts';
import type { ModuleHelpers } from './moduleHelpers.ts';
import { createEnvGenerator } from './seeding.ts';
import type { EnvSpec } from './spec.ts';
import { TimeLimit } from './wrappers/timeLimit.ts';

/** What a module needs in order to register things; `A` is an algorithm. The helpers spare it an import of the package. */
export interface ModuleContext<A = unknown> extends ModuleRegistration<A>, ModuleHelpers {
  readonly box: typeof box;
  readonly discrete: typeof discrete;
  readonly createEnvGenerator: typeof createEnvGenerator;
  readonly TimeLimit: typeof TimeLimit;
  readonly CohortError: typeof CohortError;
}

/** The part of {@link ModuleContext} that differs between a program and the threads that step its environments. */
export interface ModuleRegistration<A = unknown> {
  /** Makes an environment known by its id. Throws {@link CohortError} if the id is taken. */
  registerEnv(spec: EnvSpec): void;
  /** Makes an algorithm known by its name. Does nothing in a thread that steps environments. */
  registerAlgorithm(algorithm: A): void;
  /** The built-in algorithms, to build on. */
  readonly algorithms: unknown;
}

/** What a module exports, unless it exports environments themselves (a class, a maker, a row). */
export interface CohortModule<A = unknown> {
  /** Registers what the module brings. */
  default(context: ModuleContext<A>): void | Promise<void>;
}

/**
 * Calls the default export of an imported module with what it needs to register its things, and gives what it returns. `where` names the module in
 * errors. Throws {@link CohortError} if the default export is not a function, and whatever the function throws. A task of language models
 * brings nothing to apply.
 */
export async function applyModule<A>(
  namespace: unknown,
  registration: ModuleRegistration<A>,
  where: string,
  helpers: Partial<ModuleHelpers> = {},
): Promise<unknown> {
  const { default: register } = namespace as { readonly default?: (context: ModuleContext<A>) => unknown };
  if ((register as { readonly prompts?: unknown } | undefined)?.prompts) return undefined;
  if (typeof register !== 'function') {
    throw mistake(
      where,
      'a module whose default export is a function',
      show(register),
      'write export default ({ registerEnv, registerAlgorithm }) => { ... }, or export the class of an environment',
    );
  }
  return register({ ...helpers, ...registration, box, discrete, createEnvGenerator, TimeLimit, CohortError } as ModuleContext<A>);
}

/** The address of a module without the export that may be named behind it (`mine.js#maze`), and that export. */
export function splitAddress(address: string): { readonly url: string; readonly wanted?: string } {
  const at = address.indexOf('#');
  return at < 0 ? { url: address } : { url: address.slice(0, at), wanted: decodeURIComponent(address.slice(at + 1)) };
}
