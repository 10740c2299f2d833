/** Lifts single environments into a vector environment, and checks at every step what they return. */

import { checkRecord } from '../core/arguments.ts';
import { closeAll } from '../core/closeAll.ts';
import type { Env, EnvState, Observation, Seed, VectorEnv } from '../core/env.ts';
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
  writePath,
} from '../core/space.ts';
import { refuseUnstarted } from './guard.ts';
import { ActionMasks } from './masks.ts';
import { entriesUnder, envPrefix, restoreArrays, saveArrays } from './state.ts';
import { checkNumEnvs, checkSeeds, refuseActionCount, VectorBuffers } from './vectorBuffers.ts';

type Spaces = Pick<Env, 'observationSpace' | 'actionSpace'>;

/** The spaces of the environments. Throws {@link CohortError} unless all have the same spaces and each is another object. */
function checkAlike(envs: readonly Env[]): Spaces {
  if (!Array.isArray(envs)) {
    throw mistake('vectorize', 'a list of environments', show(envs), 'write for example [new Mine(), new Mine()]');
  }
  checkNumEnvs(envs.length);
  const spaces = envs.map((env: unknown, i): Spaces => {
    const { observationSpace, actionSpace } = checkRecord(env, `vectorize: environment ${i}`, 'an environment', 'make one with new');
    const observation = completeSpace(observationSpace, `vectorize: observationSpace of environment ${i}`);
    const subject = `vectorize: actionSpace of environment ${i}`;
    const action = completeSpace(actionSpace, subject);
    if (action.kind === 'dict' || action.kind === 'tuple') {
      const advice = 'declare whole numbers (multiDiscrete) or real ones (box), and share them out in step';
      throw mistake(subject, 'a discrete, multi-discrete or multi-binary space, or a box', describeSpace(action), advice);
    }
    return { observationSpace: observation, actionSpace: action };
  });
  envs.forEach((env, i) => {
    for (const name of ['observationSpace', 'actionSpace'] as const) {
      if (sameSpace(spaces[i]![name], spaces[0]![name])) continue;
      throw new CohortError({
        subject: `vectorize: ${name} of environment ${i}`,
        expected: `${describeSpace(spaces[0]![name])} as in environment 0, with the same bounds`,
        got: describeSpace(spaces[i]![name]),
        advice: 'make all environments with the same options',
      });
    }
    if (envs.indexOf(env) !== i) {
      throw new CohortError({
        subject: `vectorize: environment ${i}`,
        expected: 'an environment of its own',
        got: `environment ${envs.indexOf(env)} again`,
        advice: 'make a new one for every place',
      });
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

  /** Begins an episode of environment i. */
  #begin(i: number, seed?: Seed): void {
    const { observation, info } = this.#envs[i]!.reset(seed === undefined ? undefined : { seed });
    const when = (): string => `environment ${i}, reset`;
    this.#store(observation, this.observations, i, when);
    this.#masks.take(i, info, when);
  }

  /** Copies an observation to place i of `target`. Throws CohortError if it is not of the space's kind and length, or not finite. */
  #store(observation: Observation, target: Float32Array | Float64Array, i: number, when: () => string): void {
    storeElement(this.observationSpace, observation, target, i * this.#size, ({ path, expected, got }: Misfit) =>
      this.#refuse(`${when()}: ${writePath('observation', path)}`, expected, got),
    );
  }

  #refuse(subject: string, expected: string, got: unknown): never {
    const written = typeof got === 'string' ? got : show(got);
    throw new CohortError({ subject, expected, got: written, advice: 'fix the environment; checkEnv finds more', kind: 'failure' });
  }

  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) checkSeeds(seeds, this.numEnvs);
    this.begin();
    for (let i = 0; i < this.numEnvs; i++) this.#begin(i, seeds?.[i]);
  }

  step(actions: Int32Array | Float32Array): void {
    const space = this.actionSpace;
    const width = this.#width;
    if (this.started[0] === 0) refuseUnstarted('vectorized environment');
    if (actions.length < this.numEnvs * width) refuseActionCount('vectorized environment', this.numEnvs * width, actions.length);
    for (let i = 0; i < this.numEnvs; i++) {
      const env = this.#envs[i]!;
      const action = actionAt(space, actions, i, this.#actions[i]!);
      const { observation, reward, terminated, truncated, info } = env.step(action);
      const when = (): string => `environment ${i}, step ${this.elapsed[i]! + 1} of its episode`;
      if (!Number.isFinite(reward)) this.#refuse(`${when()}: reward`, 'a finite number', reward);
      if (typeof terminated !== 'boolean') this.#refuse(`${when()}: terminated`, 'true or false', terminated);
      if (typeof truncated !== 'boolean') this.#refuse(`${when()}: truncated`, 'true or false', truncated);
      this.#store(observation, terminated || truncated ? this.finalObservations : this.observations, i, when);
      this.rewards[i] = reward;
      this.terminated[i] = terminated ? 1 : 0;
      // After the end of an episode nothing is to be chosen.
      if (!terminated && !truncated) this.#masks.take(i, info, when);
      if (this.count(i, truncated)) this.#begin(i);
    }
  }

  /** The arrays and, under `env0/`, `env1/`, ..., the state of each environment; `undefined` if one of them has no getState. */
  getState(): EnvState | undefined {
    const state = saveArrays(this.all());
    for (let i = 0; i < this.numEnvs; i++) {
      const env = this.#envs[i]!;
      if (!env.getState || !env.setState) return undefined;
      Object.assign(state, saveArrays(env.getState(), envPrefix(i)));
    }
    return state;
  }

  setState(state: EnvState): void {
    this.#envs.forEach((env, i) => {
      if (env.getState && env.setState) return;
      throw new CohortError({
        subject: `vectorize: setState of environment ${i}`,
        expected: 'an environment with getState and setState',
        got: 'one without',
        advice: 'add both, or start anew with reset',
      });
    });
    this.#masks.prepare('actionMasks' in state);
    restoreArrays('vectorize', this.all(), state);
    this.#envs.forEach((env, i) => {
      env.setState!(entriesUnder(state, envPrefix(i)));
    });
  }

  close(): void {
    closeAll(this.#envs);
  }
}

/**
 * N environments as one `VectorEnv` with same-step autoreset. They must be N different objects with equal spaces. At every step the
 * observation (kind, length, finite entries, within a discrete space), the reward (finite) and the flags (booleans) are checked:
 * `step` throws {@link CohortError} naming environment and step. Bounds of a box are left to `checkEnv`.
 */
export function vectorize(envs: readonly Env[]): VectorEnv {
  return new VectorizedEnv(envs);
}
