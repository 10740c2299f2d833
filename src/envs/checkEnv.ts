/** Tells the author of an environment what is wrong with it and how to fix it. */
import { closeAll } from '../core/closeAll.ts';
import type { Action, Env, EnvState, Observation } from '../core/env.ts';
import { CohortError, show } from '../core/errors.ts';
import { completeSpace, describeSpace, type Mask, maskFault, misfitOf, type Space, spaceFault, writePath } from '../core/space.ts';
import { createGenerator } from '../random/index.ts';
import { actionsOf } from './actionsToTry.ts';

/** One thing that is wrong. */
export interface EnvProblem {
  /** What is wrong, with the values seen. */
  readonly what: string;
  /** What to change. */
  readonly fix: string;
}

/** What {@link checkEnv} found. */
export interface CheckReport {
  /** No problem was found. */
  readonly ok: boolean;
  readonly problems: readonly EnvProblem[];
  /** What is no fault, but good to know. */
  readonly notes: readonly string[];
  /** Whether the environment has getState and setState, so that a run with it can be resumed exactly. */
  readonly resumable: boolean;
  /** Steps that were taken in the first pass, and episodes that ended in it. */
  readonly steps: number;
  readonly episodes: number;
}

/** How thoroughly to check. */
export interface CheckOptions {
  /** Steps of the first pass. The second pass and the check of the state take as many each. Default 300. */
  readonly steps?: number;
  /** Seed of the environment and of the actions. Default 0. */
  readonly seed?: number;
}

/** Collects problems, each kind once. */
class Findings {
  readonly problems: EnvProblem[] = [];
  readonly #kinds = new Set<string>();

  add(kind: string, what: string, fix: string): void {
    if (this.#kinds.has(kind)) return;
    this.#kinds.add(kind);
    this.problems.push({ what, fix });
  }
}

/** Thrown and caught in this file, when going on makes no sense. */
class Stop extends Error {}

/** The space, completed where it was written by hand. */
function checkSpace(name: string, space: Space, findings: Findings): Space {
  const fix = `make ${name} with discrete(n) or box(low, high, shape)`;
  if (space?.kind === 'box' && ArrayBuffer.isView(space.low) && ArrayBuffer.isView(space.high)) {
    const wrong = space.low.findIndex((low, i) => !(low <= space.high[i]!));
    const [low, high] = [space.low[wrong], space.high[wrong]];
    const isShort = space.low.length !== space.size || space.size !== space.shape?.reduce((product, length) => product * length, 1);
    if (isShort) findings.add(name, `${name} has shape [${space.shape}] but ${space.low.length} bounds and size ${space.size}`, fix);
    else if (wrong >= 0) findings.add(name, `${name} has the lower bound ${low} above the upper bound ${high} at entry ${wrong}`, fix);
    if (isShort || wrong >= 0) throw new Stop();
  }
  const fault = spaceFault(space, name);
  if (!fault) return completeSpace(space, name);
  const what = typeof space === 'object' && space !== null ? `${fault.subject} wants ${fault.expected}, got ${fault.got}` : undefined;
  findings.add(name, what ?? `${name} is ${show(space)}, which is no space`, what ? fault.advice : fix);
  throw new Stop();
}

function checkObservation(where: string, space: Space, observation: unknown, findings: Findings): void {
  if (space.kind === 'discrete') {
    if (typeof observation !== 'number') {
      findings.add('kind', `${where} gave the observation ${show(observation)}, not a number`, 'return the index of the state');
      throw new Stop();
    }
    if (!Number.isInteger(observation) || observation < space.start || observation >= space.start + space.n) {
      findings.add(
        'bounds',
        `${where} gave the observation ${observation}, outside ${describeSpace(space)}`,
        `return a whole number from ${space.start} to ${space.start + space.n - 1}, or enlarge observationSpace`,
      );
    }
    return;
  }
  if (space.kind !== 'box') {
    const misfit = misfitOf(space, observation);
    if (!misfit) return;
    const what = `${where}: ${writePath('observation', misfit.path)} must be ${misfit.expected}, got ${misfit.got}`;
    findings.add('observation', what, 'make the observation and observationSpace agree');
    throw new Stop();
  }
  if (!(observation instanceof Float32Array || observation instanceof Float64Array)) {
    findings.add(
      'kind',
      `${where} gave the observation ${show(observation)}, not a typed array`,
      `return a ${space.dtype === 'float32' ? 'Float32Array' : 'Float64Array'} (Float32Array.of(...))`,
    );
    throw new Stop();
  }
  if (observation.length !== space.size) {
    findings.add(
      'length',
      `${where} gave an observation of ${observation.length} numbers, but observationSpace is ${describeSpace(space)}`,
      'make the observation and the shape of observationSpace agree',
    );
    throw new Stop();
  }
  if (observation instanceof Float32Array !== (space.dtype === 'float32')) {
    findings.add(
      'dtype',
      `${where} gave a ${observation.constructor.name}, but observationSpace says ${space.dtype}`,
      `return the other type, or give box(..., '${space.dtype === 'float32' ? 'float64' : 'float32'}')`,
    );
  }
  for (let k = 0; k < space.size; k++) {
    const entry = observation[k]!;
    if (!Number.isFinite(entry)) {
      findings.add(
        'finite',
        `${where} gave ${entry} at entry ${k} of the observation`,
        'look for a division by zero, the root of a negative number, or a state that was never set',
      );
    } else if (entry < space.low[k]! || entry > space.high[k]!) {
      findings.add(
        'bounds',
        `${where} gave ${entry} at entry ${k} of the observation, outside ${space.low[k]} .. ${space.high[k]}`,
        'widen the bounds of observationSpace (Infinity is allowed) or clip the observation',
      );
    }
  }
}

/** Values of an observation, copied. */
function copyOf(observation: Observation): number[] {
  if (typeof observation === 'number') return [observation];
  return ArrayBuffer.isView(observation) ? Array.from(observation) : Object.values<Observation>(observation).flatMap(copyOf);
}

function same(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** One step as it was seen: observation entries, reward, flags. A reset has no reward. */
type Seen = readonly number[];

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : show(error);
}

/** Plays an environment and watches it. */
class Player {
  /** What was seen, in order. */
  readonly seen: Seen[] = [];
  episodes = 0;
  steps = 0;
  /** What is allowed next, if the environment says so. */
  mask: Mask | undefined;
  readonly #env: Env;
  readonly #observationSpace: Space;
  readonly #findings: Findings;
  #last: { observation: Observation; copy: number[] } | undefined;

  constructor(env: Env, findings: Findings) {
    this.#env = env;
    this.#observationSpace = completeSpace(env.observationSpace, 'observationSpace');
    this.#findings = findings;
  }

  #look(where: string, observation: Observation): number[] {
    checkObservation(where, this.#observationSpace, observation, this.#findings);
    const last = this.#last;
    if (last && typeof observation === 'object') {
      if (observation === last.observation || !same(copyOf(last.observation), last.copy)) {
        this.#findings.add(
          'aliasing',
          `${where} wrote into the observation that an earlier call had returned`,
          'return a fresh array every time (observation.slice())',
        );
      }
    }
    const copy = copyOf(observation);
    this.#last = { observation, copy };
    return copy;
  }

  #takeMask(where: string, mask: unknown): void {
    const fault = mask === undefined ? undefined : maskFault(completeSpace(this.#env.actionSpace, 'actionSpace'), mask);
    if (fault)
      this.#findings.add('mask', `${where} gave an info.actionMask that is not ${fault.expected}: ${fault.got}`, 'give 1 or 0 per value');
    this.mask = fault ? undefined : (mask as Mask | undefined);
  }

  reset(seed?: number): void {
    const where = seed === undefined ? 'reset()' : `reset({ seed: ${seed} })`;
    let result: ReturnType<Env['reset']>;
    try {
      result = this.#env.reset(seed === undefined ? undefined : { seed });
    } catch (error) {
      this.#findings.add('reset', `${where} threw: ${describeError(error)}`, 'reset must work at any time, with and without a seed');
      throw new Stop();
    }
    if (typeof result !== 'object' || result === null || !('observation' in result)) {
      this.#findings.add('reset', `${where} returned ${show(result)}`, 'return { observation, info }');
      throw new Stop();
    }
    if (typeof result.info !== 'object' || result.info === null) {
      this.#findings.add('info', `${where} returned info ${show(result.info)}`, 'return info: {} if there is nothing to tell');
    }
    this.#takeMask(where, result.info?.actionMask);
    this.seen.push(this.#look(where, result.observation));
  }

  /** Takes a step and, where the episode ends, resets. */
  step(action: Action): void {
    const where = `step ${this.steps + 1}`;
    const findings = this.#findings;
    const given = typeof action === 'number' ? undefined : Array.from(action);
    let result: ReturnType<Env['step']>;
    try {
      result = this.#env.step(action);
    } catch (error) {
      findings.add(
        'step',
        `${where} threw for the action ${typeof action === 'number' ? action : show(given)}, which is inside actionSpace: ${describeError(error)}`,
        'accept every action of actionSpace, or declare a smaller space',
      );
      throw new Stop();
    }
    if (typeof result !== 'object' || result === null || !('observation' in result)) {
      findings.add('result', `${where} returned ${show(result)}`, 'return { observation, reward, terminated, truncated, info }');
      throw new Stop();
    }
    const { reward, terminated, truncated, info } = result;
    if (typeof reward !== 'number' || !Number.isFinite(reward)) {
      findings.add('reward', `${where} gave the reward ${show(reward)}`, 'return a finite number');
    }
    for (const [name, flag] of Object.entries({ terminated, truncated })) {
      if (typeof flag !== 'boolean') {
        findings.add('flags', `${where} gave ${name} ${show(flag)}`, `return true or false (write ${name}: Boolean(...))`);
      }
    }
    if (typeof info !== 'object' || info === null) {
      findings.add('info', `${where} gave info ${show(info)}`, 'return info: {} if there is nothing to tell');
    }
    if (given && !same(Array.from(action as ArrayLike<number>), given)) {
      findings.add('action', `${where} changed the action that it was given`, 'copy the action before changing it');
    }
    if (!terminated && !truncated) this.#takeMask(where, info?.actionMask);
    const copy = this.#look(where, result.observation);
    this.seen.push([...copy, Number(reward), Number(terminated), Number(truncated)]);
    this.steps++;
    if (terminated || truncated) {
      this.episodes++;
      this.reset();
    }
  }
}

/** Plays `steps` steps from a seeded reset and returns the player. */
function play(env: Env, steps: number, seed: number, findings: Findings): Player {
  const player = new Player(env, findings);
  player.reset(seed);
  const actions = actionsOf(completeSpace(env.actionSpace, 'actionSpace'), createGenerator(seed), () => player.mask);
  while (player.steps < steps) player.step(actions.next().value as Action);
  return player;
}

/** The first place where two passes differ, or undefined. */
function firstDifference(a: readonly Seen[], b: readonly Seen[]): number | undefined {
  const index = a.findIndex((seen, i) => !same(seen, b[i] ?? []));
  return index < 0 ? undefined : index;
}

function stateProblem(env: Env, fresh: Env, steps: number, seed: number, findings: Findings): void {
  const half = Math.max(1, Math.floor(steps / 2));
  const player = play(env, half, seed, findings);
  const state: EnvState = env.getState!();
  const copy = Object.fromEntries(Object.entries(state).map(([name, array]) => [name, array.slice()]));
  const continueFrom = (target: Env): Seen[] => {
    const next = new Player(target, findings);
    const actions = actionsOf(completeSpace(env.actionSpace, 'actionSpace'), createGenerator(seed + 1), () => next.mask ?? player.mask);
    while (next.steps < half) next.step(actions.next().value as Action);
    return next.seen;
  };
  const first = continueFrom(env);
  for (const [name, array] of Object.entries(state)) {
    if (same(Array.from(array), Array.from(copy[name]!))) continue;
    findings.add('live state', `the array ${name} of getState() changed while the environment went on`, 'return copies (array.slice())');
  }
  for (const [target, which] of [
    [env, 'the same environment'],
    [fresh, 'a new environment'],
  ] as const) {
    try {
      target.setState!(copy);
    } catch (error) {
      findings.add(
        'setState',
        `setState threw on ${which} for what getState had returned: ${describeError(error)}`,
        'accept every state of getState, also before the first reset',
      );
      return;
    }
    const difference = firstDifference(first, continueFrom(target));
    if (difference === undefined) continue;
    findings.add(
      'inexact state',
      `after setState on ${which}, the course differed at step ${difference + 1} from the one after getState (step ${player.steps})`,
      'save everything that a step or a reset reads: the state, counters, and the random generator (generator.getState())',
    );
    return;
  }
}

/**
 * Plays an environment with random actions and reports what breaks the contract of `Env`: observations outside the space, of the wrong
 * type, NaN or reused, rewards and flags of the wrong kind, valid actions refused, two passes with one seed that differ, a state that
 * does not restore, and a `close` that throws (an environment that you made yourself is left open). Give a function that makes the environment if you can: then a second, new one is checked against the first.
 * Throws only for wrong options.
 */
export function checkEnv(subject: Env | (() => Env), options: CheckOptions = {}): CheckReport {
  const { steps = 300, seed = 0 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw new CohortError({
      subject: 'checkEnv: steps',
      expected: 'a whole number of at least 1',
      got: show(steps),
      advice: 'leave it out for 300',
    });
  }
  const findings = new Findings();
  let resumable = false;
  let played: Player | undefined;
  const made: Env[] = [];
  const make = (): Env => {
    if (typeof subject !== 'function') return subject;
    try {
      const env = subject();
      made.push(env);
      return env;
    } catch (error) {
      findings.add(
        'make',
        `making the environment threw: ${describeError(error)}`,
        'make it without arguments, or give checkEnv a function that does',
      );
      throw new Stop();
    }
  };
  try {
    const env = make();
    for (const name of ['reset', 'step'] as const) {
      if (typeof env?.[name] === 'function') continue;
      findings.add(name, `${name} is ${show(env?.[name])}`, `write a method ${name}`);
      throw new Stop();
    }
    checkSpace('observationSpace', env.observationSpace, findings);
    checkSpace('actionSpace', env.actionSpace, findings);
    played = play(env, steps, seed, findings);
    const again = play(make(), steps, seed, findings);
    const difference = firstDifference(played.seen, again.seen);
    if (difference !== undefined) {
      findings.add(
        'determinism',
        `two passes with seed ${seed} and the same actions differed at ${difference === 0 ? 'the reset' : `observation ${difference + 1}`}`,
        'make the generator anew in reset when a seed is given (createEnvGenerator(seed)), draw only from it (no Math.random, no clock), and set every part of the state in reset',
      );
    }
    if (Boolean(env.getState) !== Boolean(env.setState)) {
      const [has, lacks] = env.getState ? ['getState', 'setState'] : ['setState', 'getState'];
      findings.add('half state', `the environment has ${has} but no ${lacks}`, `write ${lacks} too, or leave out both`);
    } else if (env.getState) {
      resumable = true;
      // Without determinism the comparison would only repeat the finding above.
      if (difference === undefined) stateProblem(env, make(), steps, seed, findings);
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  try {
    closeAll(made);
  } catch (error) {
    findings.add('close', `close() threw: ${describeError(error)}`, 'close must work once, at any time after the environment was made');
  }
  const { problems } = findings;
  const { steps: taken = 0, episodes = 0 } = played ?? {};
  const notes = taken >= steps && episodes === 0 ? [endless(taken)] : [];
  return { ok: problems.length === 0, problems, notes, resumable, steps: taken, episodes };
}

function endless(steps: number): string {
  const advice = 'if episodes may never end, truncate them after so many steps, or set evaluationMaxSteps in training';
  return `no episode ended in ${steps} steps: evaluation plays whole episodes; ${advice}`;
}
