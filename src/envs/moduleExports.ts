/** Environments that a module exports instead of registering them: a class, a function that makes one, or a row as `registerEnv` takes it. */
import { isClass, isRecord, throwBreach } from '../core/arguments.ts';
import type { Env } from '../core/env.ts';
import { mistake, show, suggest } from '../core/errors.ts';
import { environmentBreach } from './contract.ts';
import { applyModule, type CohortModule, type ModuleContext, type ModuleRegistration } from './module.ts';
import { moduleHelpers } from './moduleHelpers.ts';
import { readOptions } from './options.ts';
import type { EnvOptions, EnvSpec } from './spec.ts';

type Exports = Readonly<Record<string, unknown>>;
type Make = EnvSpec['make'];

/** A module and where its things go. */
interface Applied<A> {
  readonly registration: ModuleRegistration<A>;
  /** What errors call it: `module mine.js`. */
  readonly where: string;
  /** The name of an environment that has none of its own: that of the file. */
  readonly stem: string;
}

/** Whether a value has what a row of the registry has. */
const isRow = (value: unknown): value is EnvSpec => isRecord(value) && typeof value.id === 'string' && typeof value.make === 'function';

/** Whether a value is the class of an environment. */
const isEnvClass = (value: unknown): value is new (options?: EnvOptions) => Env =>
  isClass(value) && ['reset', 'step'].every((name) => typeof (value.prototype as Exports)[name] === 'function');

const isEnv = (value: unknown): value is Env => isRecord(value) && ['reset', 'step'].every((name) => typeof value[name] === 'function');

/** What a class or a maker says of its environment in members of its own (`static recipes = [...]`), as a row does. */
const facts = [
  'description',
  'observation',
  'action',
  'rewards',
  'episodeEnd',
  'options',
  'recipes',
  'maxEpisodeSteps',
  'evaluationMaxSteps',
  'rewardThreshold',
] as const satisfies readonly (keyof EnvSpec)[];

function factsOf(value: object): Partial<EnvSpec> {
  const own = value as Exports;
  return Object.fromEntries(facts.flatMap((name) => (own[name] === undefined ? [] : [[name, own[name]]])));
}

/**
 * Makes what `make` makes known under a name, with what `value` says of it; one is made at once, for its spaces. Throws `CohortError` for what is no
 * environment.
 */
async function registerMade<A>(name: string, value: object, make: Make, { registration, where, stem }: Applied<A>): Promise<void> {
  let env: Env;
  try {
    env = await make();
  } catch (cause) {
    const got = `${cause instanceof Error ? cause.message : show(cause)}`;
    throw mistake(`${where}: ${name}`, 'an environment that can be made without options', got, 'give every option a default', cause);
  }
  const breach = environmentBreach(env);
  if (breach) throwBreach(breach, `${where}: ${name}`, 'usage');
  const { observationSpace, actionSpace } = env;
  env.close?.();
  const description = `an environment of the module ${stem}`;
  registration.registerEnv({ description, ...factsOf(value), id: name, observationSpace, actionSpace, make });
}

/** Registers one export. Functions are makers here: they get the helpers of modules and the options in one record. */
async function registerExport<A>(name: string, value: unknown, applied: Applied<A>): Promise<void> {
  const own = name === 'default' ? applied.stem : name;
  if (isRow(value)) applied.registration.registerEnv(value);
  else if (isEnvClass(value)) {
    const id = name === 'default' && value.name !== 'default' && value.name !== '' ? value.name : own;
    const { options: known } = factsOf(value);
    const make: Make = (options = {}) => {
      if (known) readOptions(id, known, options);
      return Object.keys(options).length > 0 ? new value(options) : new value();
    };
    await registerMade(id, value, make, applied);
  } else if (typeof value === 'function' && !isClass(value)) {
    const context = await contextOf(applied.registration, applied.where);
    await registerMade(own, value, (options = {}) => (value as (given: object) => Env)({ ...context, ...options }), applied);
  } else {
    const expected = 'the class of an environment, a function that makes one, or a row as registerEnv takes it';
    throw mistake(`${applied.where}: ${name}`, expected, show(value), 'write reset and step, or name another export');
  }
}

/** What a function of the module is given. */
async function contextOf<A>(registration: ModuleRegistration<A>, where: string): Promise<ModuleContext<A>> {
  let context: ModuleContext<A> | undefined;
  const keep: CohortModule<A> = {
    default: (given) => {
      context = given;
    },
  };
  await applyModule(keep, registration, where, moduleHelpers);
  return context!;
}

/** Named exports that are plainly environments; a function may be anything, and is asked only where there is nothing else. */
function plainExports(namespace: Exports): [name: string, value: unknown][] {
  const others = Object.entries(namespace).filter(([name, value]) => name !== 'default' && value !== namespace.default);
  const plain = others.filter(([, value]) => isRow(value) || isEnvClass(value));
  const functions = others.filter(([, value]) => typeof value === 'function' && !isClass(value));
  return plain.length === 0 && namespace.default === undefined && functions.length === 1 ? functions : plain;
}

/** Whether a module exports environments, or a function that may register some. */
export function bringsEnvironments(namespace: Exports): boolean {
  return 'default' in namespace || Object.values(namespace).some((value) => isRow(value) || isEnvClass(value));
}

/**
 * Registers what a module brings: what its default export registers (a function that is given a {@link ModuleContext}), and the environments that it
 * exports; only the export `wanted`, if one is named. Throws `CohortError` for a module that brings nothing, and for what is no environment.
 */
export async function applyExports<A>(
  namespace: Exports,
  registration: ModuleRegistration<A>,
  where: string,
  stem: string,
  wanted?: string,
): Promise<void> {
  const applied = { registration, where, stem };
  if (wanted !== undefined) {
    if (Object.hasOwn(namespace, wanted)) return registerExport(wanted, namespace[wanted], applied);
    const names = Object.keys(namespace);
    const advice = names.length > 0 ? suggest(wanted, names) : 'export it';
    throw mistake(where, `an export ${wanted}`, names.length > 0 ? names.join(', ') : 'none', advice);
  }
  const plain = plainExports(namespace);
  for (const [name, value] of plain) await registerExport(name, value, applied);
  const main = namespace.default;
  if (main === undefined && plain.length > 0) return;
  if (isRow(main) || isEnvClass(main)) return registerExport('default', main, applied);
  const given = await applyModule(namespace, registration, where, moduleHelpers);
  // It made one, and registered nothing itself.
  if (isEnv(given)) {
    given.close?.();
    await registerExport('default', main, applied);
  }
}
