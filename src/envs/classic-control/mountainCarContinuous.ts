/**
 * MountainCarContinuous: the car of MountainCar with an engine of any strength up to its bounds, with Gymnasium's constants, types of numbers
 * and order of arithmetic (`gymnasium/envs/classic_control/continuous_mountain_car.py`, MountainCarContinuous-v0, under NumPy 2).
 */
import type { EnvState, Info } from '../../core/env.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { cos } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { checkFiniteAction, finiteActions } from '../finiteActions.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import type { MountainCarOptions, MountainCarScene } from './valley.ts';
import * as valley from './valley.ts';

const fround = Math.fround;

const { minPosition, maxPosition, maxSpeed } = valley;
// Gymnasium's constants.
const goalPosition = 0.45;
/** Of the engine at full drive, per step^2. */
const power = 0.0015;

// A Python number beside a float32 is rounded to one first (NumPy 2).
const minPosition32 = /* @__PURE__ */ fround(minPosition);
const maxPosition32 = /* @__PURE__ */ fround(maxPosition);
const maxSpeed32 = /* @__PURE__ */ fround(maxSpeed);
const goalPosition32 = /* @__PURE__ */ fround(goalPosition);
const power32 = /* @__PURE__ */ fround(power);

/** (1) drive of the engine, positive to the right; float32. */
const actionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [1]);

/** States are float64 after a reset, float32 from the first step on. */
class MountainCarContinuousDynamics extends valley.ValleyDynamics {
  readonly name = 'MountainCarContinuous';
  readonly actionSpace: BoxSpace = actionSpace;
  /** The engine is cut to its bounds, the reward's cost of it is not. */
  readonly acceptedActions: BoxSpace = finiteActions(1);
  protected readonly goal = goalPosition;
  /** (N) 1 before the first step of an episode, which is computed in float64. */
  readonly #fresh: Uint8Array;

  constructor(numEnvs: number, options: MountainCarOptions) {
    super(numEnvs, options);
    this.#fresh = new Uint8Array(numEnvs);
  }

  override start(i: number, generator: Generator, observations: StepArrays['observations'], options?: Info): void {
    super.start(i, generator, observations, options);
    this.#fresh[i] = 1;
  }

  /** Throws {@link CohortError} unless the action is finite. */
  checkAction(where: string, actions: ArrayLike<number>, at: number): void {
    checkFiniteAction(where, actions, at, 1);
  }

  /** Explicit Euler with a step of 1; the wall on the left takes all speed. An episode ends at the flag. */
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.states;
    for (let i = 0; i < rewards.length; i++) {
      const action = fround(actions[i]!);
      if (this.#fresh[i] === 1) this.#first(i, action);
      else this.#later(i, action);
      const at = 2 * i;
      observations[at] = states[at] = fround(states[at]!);
      observations[at + 1] = states[at + 1] = fround(states[at + 1]!);
      this.drives[i] = action > 1 ? 1 : action < -1 ? -1 : action;
      terminated[i] = this.#atGoal;
      rewards[i] = (this.#atGoal === 1 ? 100 : 0) - action * action * 0.1;
    }
  }

  /** Whether the state of the step under way is the goal. */
  #atGoal: 0 | 1 = 0;

  /** The engine's push minus the slope: float32 if the action lies within its bounds, else float64, as its bounds are Python's numbers. */
  #push(action: number, slope: number): number {
    if (action > 1) return power - slope;
    return action < -1 ? -power - slope : fround(fround(action * power32) - fround(slope));
  }

  /** A step from a float64 state. */
  #first(i: number, action: number): void {
    const states = this.states;
    const at = 2 * i;
    const sum = states[at + 1]! + this.#push(action, valley.gravity * cos(3 * states[at]!));
    let velocity = sum > maxSpeed ? maxSpeed : sum < -maxSpeed ? -maxSpeed : sum;
    const reached = states[at]! + velocity;
    const position = reached > maxPosition ? maxPosition : reached < minPosition ? minPosition : reached;
    if (position === minPosition && velocity < 0) velocity = 0;
    this.#atGoal = position >= goalPosition && velocity >= this.goalVelocity ? 1 : 0;
    this.#fresh[i] = 0;
    states[at] = position;
    states[at + 1] = velocity;
  }

  /** A step from a float32 state: every result is rounded, and what is compared, too. */
  #later(i: number, action: number): void {
    const states = this.states;
    const at = 2 * i;
    const sum = fround(states[at + 1]! + fround(this.#push(action, valley.gravity * cos(fround(3 * states[at]!)))));
    const isFast = sum > maxSpeed32 || sum < -maxSpeed32;
    let velocity = isFast ? (sum > 0 ? maxSpeed32 : -maxSpeed32) : sum;
    const reached = fround(states[at]! + velocity);
    const position = reached > maxPosition32 ? maxPosition32 : reached < minPosition32 ? minPosition32 : reached;
    if (position === minPosition32 && velocity < 0) velocity = 0;
    // A velocity at its bound is Python's number, and so is compared as one.
    const isEnough =
      isFast && velocity !== 0 ? (velocity > 0 ? maxSpeed : -maxSpeed) >= this.goalVelocity : velocity >= fround(this.goalVelocity);
    this.#atGoal = position >= goalPosition32 && isEnough ? 1 : 0;
    states[at] = position;
    states[at + 1] = velocity;
  }

  override rows(): EnvState {
    return { ...super.rows(), fresh: this.#fresh };
  }
}

/**
 * MountainCarContinuous for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. The reset of a single one takes Gymnasium's options
 * `low` and `high`, bounds of the first position.
 */
export function mountainCarContinuous(options: MountainCarOptions = {}): MakeDynamics<MountainCarScene> {
  return (numEnvs) => new MountainCarContinuousDynamics(numEnvs, options);
}

/** MountainCarContinuous-v0, with the limit and threshold that Gymnasium registers. */
export const mountainCarContinuousSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'MountainCarContinuous-v0',
      description: 'Swing a weak car out of a valley with an engine that costs what it is driven',
      observationSpace: valley.valleySpace,
      actionSpace,
      observation: boxRows(valley.valleySpace, [
        ['position', 'place along the valley, positive to the right; the bottom is at -0.5236, the flag at 0.45, a wall at -1.2'],
        ['velocity', 'change of the position in one step, positive to the right'],
      ]),
      action: boxRows(actionSpace, [
        ['drive', 'acceleration by the engine, positive to the right: 0.0015 times the action, which is cut to its bounds'],
      ]),
      rewards: 'Minus 0.1 times the square of the action for every step, and 100 more for the step that reaches the flag.',
      episodeEnd:
        'Terminated when the car is at 0.45 or beyond with at least the velocity of the option goalVelocity. Truncated after 999 steps.',
      versions: 'v0 is the only version.',
      source: 'https://gymnasium.farama.org/environments/classic_control/mountain_car_continuous/',
      maxEpisodeSteps: 999,
      rewardThreshold: 90,
      parity: 'reset and reward exact, a step tested to 1e-15',
    },
    valley.mountainCarOptions,
    mountainCarContinuous,
  ),
];
