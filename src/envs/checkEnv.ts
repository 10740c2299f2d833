/** Tells the author of an environment what is wrong with it and how to fix it. */
import { isPromise, isRecord, makerBreach } from '../core/arguments.ts';
import type { Action, Env, EnvState, Observation } from '../core/env.ts';
import { CohortError, mistake, show } from '../core/errors.ts';
import { completeSpace, type Mask, maskFault, numbersOf, type Space } from '../core/space.ts';
import { createGenerator } from '../random/index.ts';
import { actionsOf } from './actionsToTry.ts';
import { adviceOn } from './advice.ts';
import {
  closeEnvs,
  closeThrew,
  environmentBreach,
  getStateThrew,
  makingThrew,
  observationBreach,
  resetBreach,
  resetThrew,
  sharedBreach,
  stateBreach,
  stepBreach,
  stepParts,
  stepThrew,
} from './contract.ts';
import { checkScene, ownSceneKinds } from './draw/checkScene.ts';
import { type EnvProblem, Findings, Stop } from './findings.ts';

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

function checkObservation(where: string, space: Space, observation: unknown, findings: Findings): void {
  if (findings.breach(observationBreach(space, observation), where)) {
    // What cannot be copied number by number cannot be followed further.
    const isUsable =
      space.kind === 'discrete'
        ? typeof observation === 'number'
        : space.kind === 'box' && (observation as Partial<Float32Array>)?.length === space.size;
    if (!isUsable) throw new Stop();
    return;
  }
  if (space.kind !== 'box') return;
  const entries = observation as Float32Array;
  for (let k = 0; k < space.size; k++) {
    if (entries[k]! >= space.low[k]! && entries[k]! <= space.high[k]!) continue;
    findings.add(
      'bounds',
      `${where} gave ${entries[k]} at entry ${k} of the observation, outside ${space.low[k]} .. ${space.high[k]}`,
      'widen the bounds of observationSpace (Infinity is allowed) or clip the observation',
    );
  }
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
      if (observation === last.observation || !same(numbersOf(last.observation), last.copy)) {
        this.#findings.add(
          'aliasing',
          `${where} wrote into the observation that an earlier call had returned`,
          'return a fresh array every time (observation.slice())',
        );
      }
    }
    const copy = numbersOf(observation);
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
      this.#findings.stop(resetThrew(error), '');
      throw new Stop();
    }
    const breach = resetBreach(result);
    this.#findings.breach(breach, breach?.part === 'reset' ? '' : where);
    if (breach?.part === 'reset') throw new Stop();
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
      findings.stop(stepThrew(error, given ?? action), where);
      throw new Stop();
    }
    findings.stop(stepBreach(result), where);
    for (const look of stepParts) findings.breach(look(result as unknown as Readonly<Record<string, unknown>>), where);
    const { reward, terminated, truncated } = result;
    if (given && !same(Array.from(action as ArrayLike<number>), given)) {
      findings.add('action', `${where} changed the action that it was given`, 'copy the action before changing it');
    }
    if (!terminated && !truncated) this.#takeMask(where, result.info?.actionMask);
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
  let state: EnvState;
  try {
    state = env.getState!();
  } catch (error) {
    findings.breach(getStateThrew(error), '');
    return;
  }
  if (findings.breach(stateBreach(state), '')) return;
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

/** What is wrong with the picture of this moment; which drawings there are besides simple shapes is not for here to know. */
function lookAtScene(env: Env, findings: Findings): void {
  let scene: unknown;
  try {
    scene = env.scene!();
  } catch (error) {
    findings.add('scene', `scene() threw ${describeError(error)}`, 'let it tell of the moment after the last reset or step');
    return;
  }
  const kind = isRecord(scene) ? scene.kind : undefined;
  if (typeof kind !== 'string') {
    findings.add('scene', `scene() gave ${show(scene)}, which has no kind`, 'give for example { kind: "shapes", width, height, shapes }');
  } else if ((ownSceneKinds as readonly string[]).includes(kind)) {
    try {
      checkScene(scene, 'scene()');
    } catch (error) {
      if (!(error instanceof CohortError)) throw error;
      const { subject, expected, got, advice } = error.parts;
      findings.add('scene', `${subject}: expected ${expected}, got ${got}`, advice);
    }
  }
}

/**
 * Plays an environment with random actions and reports what breaks the contract of `Env`, in the words of the error that training would end with; and
 * what training does not look at: observations outside the bounds of the space, or reused, two passes with one seed that differ, a state that does not
 * restore, a `scene` of shapes or cells that cannot be drawn, and a `close` that throws (an environment that you made yourself is left open). Give a function that
 * makes the environment if you can: then a second, new one is checked against the first. Throws only for wrong options.
 */
export function checkEnv(subject: Env | (() => Env), options: CheckOptions = {}): CheckReport {
  const { steps = 300, seed = 0 } = options;
  if (!Number.isInteger(steps) || steps < 1) {
    throw mistake('checkEnv: steps', 'a whole number of at least 1', show(steps), 'leave it out for 300');
  }
  const findings = new Findings();
  let resumable = false;
  let played: Player | undefined;
  const made: Env[] = [];
  const make = (): Env => {
    if (typeof subject !== 'function') {
      // One that was made, or what is neither an environment nor makes one.
      findings.stop(isRecord(subject) && !isPromise(subject) ? environmentBreach(subject) : makerBreach(subject));
      return subject;
    }
    findings.stop(makerBreach(subject));
    let env: Env;
    try {
      env = subject();
    } catch (error) {
      findings.stop(makingThrew(error));
      throw new Stop();
    }
    findings.stop(environmentBreach(env) ?? (made.includes(env) ? sharedBreach : undefined));
    made.push(env);
    return env;
  };
  let notes: readonly string[] = [];
  try {
    const env = make();
    notes = adviceOn(env);
    played = play(env, steps, seed, findings);
    if (env.scene) lookAtScene(env, findings);
    const again = play(make(), steps, seed, findings);
    const difference = firstDifference(played.seen, again.seen);
    if (difference !== undefined) {
      findings.add(
        'determinism',
        `two passes with seed ${seed} and the same actions differed at ${difference === 0 ? 'the reset' : `observation ${difference + 1}`}`,
        'make the generator anew in reset when a seed is given (createEnvGenerator(seed)), draw only from it (no Math.random, no clock), and set every part of the state in reset',
      );
    }
    if (env.getState) {
      resumable = true;
      // Without determinism the comparison would only repeat the finding above.
      if (difference === undefined) stateProblem(env, make(), steps, seed, findings);
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  const failure = closeEnvs(made);
  if (failure) findings.breach(closeThrew(failure.error), '');
  const { problems } = findings;
  const { steps: taken = 0, episodes = 0 } = played ?? {};
  if (taken >= steps && episodes === 0) notes = [...notes, endless(taken)];
  return { ok: problems.length === 0, problems, notes, resumable, steps: taken, episodes };
}

function endless(steps: number): string {
  const advice = 'if episodes may never end, truncate them after so many steps, or set evaluationMaxSteps in training';
  return `no episode ended in ${steps} steps: evaluation plays whole episodes; ${advice}`;
}
