/** The base of wrappers around a single environment: everything is the inner environment's unless a wrapper replaces it. */
import type { Action, Env, EnvState, Info, Observation, ResetResult, Seed, StepResult } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import type { Space } from '../../core/space.ts';
import { restoreArrays, saveArrays } from '../state.ts';

/** What a wrapper shows instead of the inner environment's, and its own part of the state. */
interface Shown {
  readonly observationSpace?: Space;
  readonly actionSpace?: Space;
  /** Name of the wrapper, and the arrays that it keeps from step to step. */
  readonly state?: readonly [name: string, arrays: EnvState];
}

/** A name that no part of the inner state has: two wrappers of one kind may lie around each other. */
function freeName(name: string, state: EnvState): string {
  const isTaken = Object.keys(state).some((key) => key.startsWith(`${name}/`));
  return isTaken ? freeName(`${name}+`, state) : name;
}

/** An environment that hands everything on. */
export abstract class EnvWrapper<
  O extends Observation = Observation,
  A extends Action = Action,
  InnerO extends Observation = O,
  InnerA extends Action = A,
> implements Env<O, A>
{
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  /** Present if the inner environment has it. */
  readonly getState?: () => EnvState;
  /** Present if the inner environment has it. */
  readonly setState?: (state: EnvState) => void;
  /** Present if the inner environment has it. */
  readonly scene?: () => Scene;
  protected readonly env: Env<InnerO, InnerA>;

  constructor(env: Env<InnerO, InnerA>, { observationSpace, actionSpace, state: own }: Shown = {}) {
    this.observationSpace = observationSpace ?? env.observationSpace;
    this.actionSpace = actionSpace ?? env.actionSpace;
    this.env = env;
    if (env.scene) this.scene = () => env.scene!();
    if (!env.getState || !env.setState) return;
    this.getState = () => {
      const inner = env.getState!();
      return own ? { ...inner, ...saveArrays(own[1], `${freeName(own[0], inner)}/`) } : inner;
    };
    this.setState = (state) => {
      if (!own) {
        env.setState!(state);
        return;
      }
      // The outermost of a kind has the longest name.
      const [name, arrays] = own;
      let prefix = name;
      while (Object.keys(state).some((key) => key.startsWith(`${prefix}+`))) prefix = `${prefix}+`;
      restoreArrays(this.constructor.name, arrays, state, `${prefix}/`);
      env.setState!(Object.fromEntries(Object.entries(state).filter(([key]) => !key.startsWith(`${prefix}/`))));
    };
  }

  /** What is shown of the inner environment's observation. */
  protected abstract observe(observation: InnerO, isFirst: boolean): O;

  /** What the inner environment is given. */
  protected act(action: A): InnerA {
    return action as unknown as InnerA;
  }

  /** What the inner environment's reward is worth. */
  protected value(reward: number): number {
    return reward;
  }

  reset(options?: { seed?: Seed; options?: Info }): ResetResult<O> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.observe(observation, true), info };
  }

  step(action: A): StepResult<O> {
    const result = this.env.step(this.act(action));
    return { ...result, observation: this.observe(result.observation, false), reward: this.value(result.reward) };
  }

  close(): void {
    this.env.close?.();
  }
}
