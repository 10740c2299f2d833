/**
 * MountainCar: a car too weak for the hill swings itself up (A. W. Moore 1990, "Efficient memory-based learning for robot control"), with
 * Gymnasium's constants and order of arithmetic (`gymnasium/envs/classic_control/mountain_car.py`, MountainCar-v0).
 */
import { type DiscreteSpace, discrete } from '../../core/space.ts';
import { cos } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import {
  gravity,
  type MountainCarOptions,
  type MountainCarScene,
  maxPosition,
  maxSpeed,
  minPosition,
  mountainCarOptions,
  ValleyDynamics,
  valleySpace,
} from './valley.ts';

// Gymnasium's constants.
const goalPosition = 0.5;
/** Of the engine, per step^2. */
const force = 0.001;

/** 0 drives left, 1 rolls, 2 drives right. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(3);

class MountainCarDynamics extends ValleyDynamics {
  readonly name = 'MountainCar';
  readonly actionSpace: DiscreteSpace = actionSpace;
  protected readonly goal = goalPosition;

  /** Explicit Euler with a step of 1; the wall on the left takes all speed. An episode ends at the flag. */
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.states;
    for (let i = 0; i < rewards.length; i++) {
      const at = 2 * i;
      const drive = actions[i]! - 1;
      const sum = states[at + 1]! + (drive * force + cos(3 * states[at]!) * -gravity);
      let velocity = sum > maxSpeed ? maxSpeed : sum < -maxSpeed ? -maxSpeed : sum;
      const reached = states[at]! + velocity;
      const position = reached > maxPosition ? maxPosition : reached < minPosition ? minPosition : reached;
      if (position === minPosition && velocity < 0) velocity = 0;
      observations[at] = states[at] = position;
      observations[at + 1] = states[at + 1] = velocity;
      this.drives[i] = drive;
      terminated[i] = position >= goalPosition && velocity >= this.goalVelocity ? 1 : 0;
      rewards[i] = -1;
    }
  }
}

/**
 * MountainCar for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. The reset of a single one takes Gymnasium's options `low` and
 * `high`, bounds of the first position.
 */
export function mountainCar(options: MountainCarOptions = {}): MakeDynamics<MountainCarScene> {
  return (numEnvs) => new MountainCarDynamics(numEnvs, options);
}

/** MountainCar-v0, with the limit and threshold that Gymnasium registers. */
export const mountainCarSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'MountainCar-v0',
      description: 'Swing a weak car out of a valley by driving left, right or not at all',
      observationSpace: valleySpace,
      actionSpace,
      observation: boxRows(valleySpace, [
        ['position', 'place along the valley, positive to the right; the bottom is at -0.5236, the flag at 0.5, a wall at -1.2'],
        ['velocity', 'change of the position in one step, positive to the right'],
      ]),
      action: [
        { name: 'drive left', meaning: 'accelerate to the left by 0.001' },
        { name: 'roll', meaning: 'do not accelerate' },
        { name: 'drive right', meaning: 'accelerate to the right by 0.001' },
      ],
      rewards: '-1 for every step, the last one included.',
      episodeEnd:
        'Terminated when the car is at 0.5 or beyond with at least the velocity of the option goalVelocity. Truncated after 200 steps.',
      versions: 'v0 is the only version.',
      source: 'https://gymnasium.farama.org/environments/classic_control/mountain_car/',
      maxEpisodeSteps: 200,
      rewardThreshold: -110,
      parity: 'reset and reward exact, a step tested to 1e-15',
    },
    mountainCarOptions,
    mountainCar,
  ),
];
