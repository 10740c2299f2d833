/** Lifts single environments into a vector environment, and checks at every step what they return. */

import { type Breach, makerBreach, throwBreach } from '../core/arguments.ts';
import type { Action, Env, EnvState, Observation, ResetResult, Seed, StepResult, VectorEnv } from '../core/env.ts';
import { CohortError, mistake, show } from '../core/errors.ts';
import type { Scene } from '../core/scene.ts';
import {
  type ActionVector,
  actionAt,
  completeSpace,
  createAction,
  describeSpace,
  flatSize,
  type Misfit,
  type Space,
  sameSpace,
  storeElement,
} from '../core/space.ts';
import { envPrefix } from '../core/stateRows.ts';
import {
  closeEnvs,
  closeThrew,
  environmentBreach,
  getStateThrew,
  makingThrew,
  misfitBreach,
  observationBreach,
  resetBreach,
  resetThrew,
  sharedBreach,
  stateBreach,
  stepBreach,
  stepParts,
  stepThrew,
} from './contract.ts';
import { refuseUnstarted } from './guard.ts';
import { ActionMasks } from './masks.ts';
import { entriesUnder, restoreArrays, saveArrays } from './state.ts';
import { checkNumEnvs, checkSeeds, refuseActionCount, VectorBuffers } from './vectorBuffers.ts';

type Spaces = Pick<Env, 'observationSpace' | 'actionSpace'>;

function refuse(breach: Breach | undefined, where: string): void {
  if (breach) throwBreach(breach, where);
}

/** The spaces of the environments. Throws {@link CohortError} unless all have the same spaces and each is another object. */
function checkAlike(envs: readonly Env[]): Spaces {
  if (!Array.isArray(envs)) {
    throw mistake('vectorize', 'a list of environments', show(envs), 'write for example [new Mine(), new Mine()]');
  }
  checkNumEnvs(envs.length);
  const spaces = envs.map((env: unknown, i): Spaces => {
    refuse(environmentBreach(env) ?? (envs.indexOf(env as Env) === i ? undefined : sharedBreach), `environment ${i}`);
    const { observationSpace, actionSpace } = env as Env;
    return {
      observationSpace: completeSpace(observationSpace, 'observationSpace'),
      actionSpace: completeSpace(actionSpace, 'actionSpace'),
    };
  });
  envs.forEach((_, i) => {
    for (const name of ['observationSpace', 'actionSpace'] as const) {
      if (sameSpace(spaces[i]![name], spaces[0]![name])) continue;
      throw mistake(
        `vectorize: ${name} of environment ${i}`,
        `${describeSpace(spaces[0]![name])} as in environment 0, with the same bounds`,
        describeSpace(spaces[i]![name]),
        'make all environments with the same options',
      );
    }
  });
  return spaces[0]!;
}

/** N single environments over shared arrays, with same-step autoreset. Make it with {@link vectorize}. */
class VectorizedEnv extends VectorBuffers implements VectorEnv {
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Present if the environments have it. */
  readonly scene?: (i: number) => Scene;
  readonly #envs: readonly Env[];
  /** Numbers of one observation, and of one action. */
  readonly #size: number;
  readonly #width: number;
  /** One vector per environment, for environments may keep the action that they are given. */
  readonly #actions: readonly ActionVector[];
  readonly #masks: ActionMasks;

  constructor(envs: readonly Env[]) {
    const { observationSpace, actionSpace } = checkAlike(envs);
    super(envs.length, observationSpace);
    this.observationSpace = observationSpace;
    this.actionSpace = actionSpace;
    this.#envs = [...envs];
    if (envs.every((env) => env.scene)) this.scene = (i) => this.#envs[i]!.scene!();
    this.#size = flatSize(observationSpace);
    this.#width = flatSize(actionSpace);
    this.#actions = envs.map(() => createAction(actionSpace));
    this.#masks = new ActionMasks(actionSpace, envs.length);
  }

  get actionMasks(): Uint8Array | undefined {
    return this.#masks.masks;
  }

  protected override all(): EnvState {
    const { masks } = this.#masks;
    return { ...super.all(), ...(masks && { actionMasks: masks }) };
  }

  /** Copies an observation to place i of `target`. Throws {@link CohortError} if it is none of the space, bounds aside, or not finite. */
  #store(observation: Observation, target: Float32Array | Float64Array, i: number, when: () => string): void {
    const space = this.observationSpace;
    if (space.kind !== 'discrete' && space.kind !== 'box') {
      storeElement(space, observation, target, i * this.#size, (misfit: Misfit) => throwBreach(misfitBreach(misfit), when()));
      return;
    }
    const breach = observationBreach(space, observation);
    if (breach) throwBreach(breach, when());
    if (typeof observation === 'number') target[i] = observation;
    else target.set(observation as Float32Array, i * this.#size);
  }

  /** Begins an episode of environment i, and keeps its first observation. */
  #resetOne(i: number, seed?: Seed): void {
    const when = (): string => `environment ${i}, reset`;
    let result: ResetResult;
    try {
      result = this.#envs[i]!.reset(seed === undefined ? undefined : { seed });
    } catch (error) {
      // What says itself what is wrong is not wrapped.
      if (error instanceof CohortError) throw error;
      throwBreach(resetThrew(error), `environment ${i}`, 'failure', error);
    }
    const breach = resetBreach(result);
    if (breach) throwBreach(breach, breach.part === 'reset' ? `environment ${i}` : when());
    this.#store(result.observation, this.observations, i, when);
    this.#masks.take(i, result.info, when);
  }

  #stepOne(i: number, action: Action, when: () => string): StepResult {
    let result: StepResult;
    try {
      result = this.#envs[i]!.step(action);
    } catch (error) {
      if (error instanceof CohortError) throw error;
      throwBreach(stepThrew(error, action), when(), 'failure', error);
    }
    const breach = stepBreach(result);
    if (breach) throwBreach(breach, when());
    for (const look of stepParts) refuse(look(result as unknown as Readonly<Record<string, unknown>>), when());
    return result;
  }

  /** The state of environment i, if it can give one. */
  #stateOf(i: number): EnvState | undefined {
    const env = this.#envs[i]!;
    if (!env.getState || !env.setState) return undefined;
    let state: EnvState;
    try {
      state = env.getState();
    } catch (error) {
      if (error instanceof CohortError) throw error;
      throwBreach(getStateThrew(error), `environment ${i}`, 'failure', error);
    }
    refuse(stateBreach(state), `environment ${i}`);
    return state;
  }

  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) checkSeeds(seeds, this.numEnvs);
    const isFirst = this.started[0] === 0;
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) this.#resetOne(i, seeds?.[i]);
    // A fault of it is better told now than at the first checkpoint.
    if (isFirst) this.#stateOf(0);
  }

  step(actions: Int32Array | Float32Array): void {
    const space = this.actionSpace;
    const width = this.#width;
    if (this.started[0] === 0) refuseUnstarted('vectorized environment');
    if (actions.length < this.numEnvs * width) refuseActionCount('vectorized environment', this.numEnvs * width, actions.length);
    for (let i = 0; i < this.numEnvs; i++) {
      const action = actionAt(space, actions, i, this.#actions[i]!);
      const when = (): string => `environment ${i}, step ${this.elapsed[i]! + 1} of its episode`;
      const { observation, reward, terminated, truncated, info } = this.#stepOne(i, action, when);
      this.#store(observation, terminated || truncated ? this.finalObservations : this.observations, i, when);
      this.rewards[i] = reward;
      this.terminated[i] = terminated ? 1 : 0;
      // After the end of an episode nothing is to be chosen.
      if (!terminated && !truncated) this.#masks.take(i, info, when);
      if (this.count(i, truncated)) this.#resetOne(i);
    }
  }

  /** The arrays and, under `env0/`, `env1/`, ..., the state of each environment; `undefined` if one of them has no getState. */
  getState(): EnvState | undefined {
    const state = saveArrays(this.all());
    for (let i = 0; i < this.numEnvs; i++) {
      const own = this.#stateOf(i);
      if (!own) return undefined;
      Object.assign(state, saveArrays(own, envPrefix(i)));
    }
    return state;
  }

  setState(state: EnvState): void {
    this.#envs.forEach((env, i) => {
      if (env.getState && env.setState) return;
      throw mistake(
        `vectorize: setState of environment ${i}`,
        'an environment with getState and setState',
        'one without',
        'add both, or start anew with reset',
      );
    });
    this.#masks.prepare('actionMasks' in state);
    restoreArrays('vectorize', this.all(), state);
    this.#envs.forEach((env, i) => {
      env.setState!(entriesUnder(state, envPrefix(i)));
    });
  }

  close(): void {
    const failure = closeEnvs(this.#envs);
    if (!failure) return;
    if (failure.error instanceof CohortError) throw failure.error;
    throwBreach(closeThrew(failure.error), 'environment', 'failure', failure.error);
  }
}

/**
 * N environments as one `VectorEnv` with same-step autoreset. They must be N different objects with equal spaces. At every step the
 * observation (kind, length, finite entries, within a discrete space), the reward (finite), the flags (booleans) and the info are checked:
 * `step` throws {@link CohortError} naming environment and step, in the words of `checkEnv`. Bounds of a box are left to `checkEnv`.
 */
export function vectorize(envs: readonly Env[]): VectorEnv {
  return new VectorizedEnv(envs);
}

/**
 * `numEnvs` environments of a maker, lifted. Throws {@link CohortError} for a maker that is no function, throws, or gives what is no environment, or one
 * of `known` or of its own again; what it gives is put into `known`.
 */
export function vectorizeMade(maker: () => Env, numEnvs: number, known: WeakSet<object> = new WeakSet()): VectorEnv {
  refuse(makerBreach(maker), 'env');
  const envs: Env[] = [];
  try {
    for (let i = 0; i < numEnvs; i++) envs.push(makeOne(maker, i, known));
    return vectorize(envs);
  } catch (error) {
    // The error that is thrown says more than a fault in closing.
    closeEnvs(envs);
    throw error;
  }
}

function makeOne(maker: () => Env, i: number, known: WeakSet<object>): Env {
  let env: Env;
  try {
    env = maker();
  } catch (error) {
    if (error instanceof CohortError) throw error;
    throwBreach(makingThrew(error), `environment ${i}`, 'failure', error);
  }
  refuse(environmentBreach(env) ?? (known.has(env) ? sharedBreach : undefined), `environment ${i}`);
  known.add(env);
  return env;
}
