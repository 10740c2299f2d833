/**
 * CartPole: a pole on a cart, pushed left or right (A. G. Barto, R. S. Sutton, C. W. Anderson 1983), with Gymnasium's constants and
 * order of arithmetic (`gymnasium/envs/classic_control/cartpole.py`, CartPole-v0 and -v1).
 */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete } from '../../core/space.ts';
import { cos, sin } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { resetBounds } from './resetBounds.ts';

// Gymnasium's constants.
/** m/s^2. */
const gravity = 9.8;
/** kg. */
const massPole = 0.1;
/** Of pole and cart, kg; the cart has 1. */
const totalMass = massPole + 1;
/** Half the length of the pole, m. */
const halfLength = 0.5;
/** kg m. */
const poleMassLength = massPole * halfLength;
/** Of a push, N. */
const force = 10;
/** Seconds of one step. */
const tau = 0.02;
/** Half the length of the track, m. */
const positionLimit = 2.4;
/** 12 degrees in rad. */
const angleLimit = (12 * 2 * Math.PI) / 360;
/** Every entry of a first state lies within them. */
const initialBounds = [-0.05, 0.05] as const;

/** (4) position in m, velocity in m/s, angle in rad, angular velocity in rad/s; float32. */
const observationSpace: BoxSpace = /* @__PURE__ */ box(
  [-2 * positionLimit, -Infinity, -2 * angleLimit, -Infinity],
  [2 * positionLimit, Infinity, 2 * angleLimit, Infinity],
  [4],
);
/** 0 pushes left, 1 pushes right. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(2);

/** Options of CartPole. */
export interface CartPoleOptions {
  /** Reward 0 per step and -1 at the fall, instead of 1 per step. Default false. */
  readonly suttonBartoReward?: boolean;
}

/** What there is to see, in m and rad. x grows to the right; the angle is the lean from upright, positive to the right. */
export interface CartPoleScene extends Scene {
  readonly kind: 'cartPole';
  /** Where the cart is. */
  readonly x: number;
  readonly angle: number;
  /** The episode ends beyond this distance from the middle of the track. */
  readonly positionLimit: number;
  /** The episode ends beyond this angle. */
  readonly angleLimit: number;
  readonly poleLength: number;
}

class CartPoleDynamics implements Dynamics<CartPoleScene> {
  readonly name = 'CartPole';
  readonly observationSpace: BoxSpace = observationSpace;
  readonly actionSpace: DiscreteSpace = actionSpace;
  /** (N, 4) `[x, x', theta, theta']`, float64. */
  readonly #states: Float64Array;
  readonly #suttonBarto: boolean;

  constructor(numEnvs: number, options: CartPoleOptions) {
    this.#states = new Float64Array(4 * numEnvs);
    this.#suttonBarto = options.suttonBartoReward ?? false;
  }

  /** Draws a first state: four uniform numbers. */
  start(i: number, generator: Generator, observations: StepArrays['observations'], options: Info = {}): void {
    const [low, high] = resetBounds(this.name, options, initialBounds);
    for (let k = 4 * i; k < 4 * i + 4; k++) observations[k] = this.#states[k] = generator.uniform(low, high);
  }

  /** Explicit Euler. An episode ends when the pole falls or the cart leaves the track. */
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.#states;
    const suttonBarto = this.#suttonBarto;
    for (let i = 0; i < rewards.length; i++) {
      const at = 4 * i;
      const velocity = states[at + 1]!;
      const angle = states[at + 2]!;
      const angularVelocity = states[at + 3]!;
      const cosine = cos(angle);
      const sine = sin(angle);
      const push = actions[i] === 1 ? force : -force;
      const temp = (push + poleMassLength * (angularVelocity * angularVelocity) * sine) / totalMass;
      const angularAcceleration = (gravity * sine - cosine * temp) / (halfLength * (4 / 3 - (massPole * (cosine * cosine)) / totalMass));
      const acceleration = temp - (poleMassLength * angularAcceleration * cosine) / totalMass;
      const x = states[at]! + tau * velocity;
      const theta = angle + tau * angularVelocity;
      observations[at] = states[at] = x;
      observations[at + 1] = states[at + 1] = velocity + tau * acceleration;
      observations[at + 2] = states[at + 2] = theta;
      observations[at + 3] = states[at + 3] = angularVelocity + tau * angularAcceleration;
      const fell = x < -positionLimit || x > positionLimit || theta < -angleLimit || theta > angleLimit;
      terminated[i] = fell ? 1 : 0;
      rewards[i] = suttonBarto ? (fell ? -1 : 0) : 1;
    }
  }

  rows(): EnvState {
    return { states: this.#states };
  }

  scene(i: number): CartPoleScene {
    const [x, angle] = [this.#states[4 * i]!, this.#states[4 * i + 2]!];
    return { kind: 'cartPole', x, angle, positionLimit, angleLimit, poleLength: 2 * halfLength };
  }
}

/**
 * CartPole for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. The reset of a single one takes Gymnasium's options `low` and
 * `high`, bounds of the first state.
 */
export function cartPole(options: CartPoleOptions = {}): MakeDynamics<CartPoleScene> {
  return (numEnvs) => new CartPoleDynamics(numEnvs, options);
}

function cartPoleSpec(id: string, maxEpisodeSteps: number, rewardThreshold: number): EnvSpec {
  return dynamicsSpec(
    {
      id,
      description: 'Keep a pole upright on a cart that is pushed left or right',
      observationSpace,
      actionSpace,
      observation: boxRows(observationSpace, [
        ['cart position', 'distance from the middle of the track, positive to the right; the episode ends beyond 2.4', 'm'],
        ['cart velocity', 'positive to the right', 'm/s'],
        ['pole angle', 'lean from upright, positive to the right; the episode ends beyond 0.2095 (12 degrees)', 'rad'],
        ['pole angular velocity', 'positive to the right', 'rad/s'],
      ]),
      action: [
        { name: 'push left', meaning: 'push the cart to the left with 10 N' },
        { name: 'push right', meaning: 'push the cart to the right with 10 N' },
      ],
      rewards: '1 for every step, the last one included. With the option suttonBartoReward 0 for a step and -1 for the fall.',
      episodeEnd: `Terminated when the cart is more than 2.4 m from the middle or the pole leans by more than 12 degrees. Truncated after ${maxEpisodeSteps} steps of 0.02 s.`,
      versions:
        'v1 is truncated after 500 steps and counts as solved from 475, v0 after 200 steps and from 195. The dynamics are the same.',
      source: 'https://gymnasium.farama.org/environments/classic_control/cart_pole/',
      maxEpisodeSteps,
      rewardThreshold,
      parity: 'exact as measured, tested to 1 ulp',
    },
    { suttonBartoReward: { kind: 'boolean', default: false, meaning: 'reward 0 per step and -1 at the fall, instead of 1 per step' } },
    cartPole,
  );
}

/** CartPole-v1 and -v0, with the limits and thresholds that Gymnasium registers. */
export const cartPoleSpecs = (): EnvSpec[] => [cartPoleSpec('CartPole-v1', 500, 475), cartPoleSpec('CartPole-v0', 200, 195)];
