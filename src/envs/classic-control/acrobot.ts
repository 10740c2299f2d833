/**
 * Acrobot: two links hang from a bar, a motor between them swings the free end up (R. S. Sutton 1996, "Generalization in reinforcement
 * learning: successful examples using sparse coarse coding"), with Gymnasium's constants, types of numbers and order of arithmetic
 * (`gymnasium/envs/classic_control/acrobot.py`, Acrobot-v1).
 */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete } from '../../core/space.ts';
import { cos, cosFloat32, sin, sinFloat32 } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import { boxRows, type EnvSpec } from '../spec.ts';
import { resetBounds } from './resetBounds.ts';

const PI = Math.PI;

// Gymnasium's constants: both links weigh 1 kg, are 1 m long, have their center of mass in the middle and a moment of inertia of 1 kg m^2.
/** Seconds of one step. */
const tau = 0.2;
/** rad/s. */
const maxSpeed1 = 4 * PI;
const maxSpeed2 = 9 * PI;
/** Weight of a link times the distance of its center of mass, N m. */
const weight = 0.5 * 9.8;
/** The same for both links at the end of the first one and its own center. */
const weight1 = 1.5 * 9.8;
/** The free end is to be higher above the bar, in m. */
const goalHeight = 1;

/** (6) cosine and sine of both angles, angular velocities in rad/s; float32. */
const observationSpace: BoxSpace = /* @__PURE__ */ box([-1, -1, -1, -1, -maxSpeed1, -maxSpeed2], [1, 1, 1, 1, maxSpeed1, maxSpeed2], [6]);
/** The torque between the links plus 1, in N m. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(3);

const acrobotOptions = {
  bookOrNips: {
    kind: 'choice',
    names: ['book', 'nips'],
    default: 'book',
    meaning: "equations of Sutton and Barto's book, which gave the published results, or those printed in the paper of 1996",
  },
} as const;

/** Options of Acrobot. */
export type AcrobotOptions = OptionValues<typeof acrobotOptions>;

/** What there is to see, in m and rad; counter-clockwise. */
export interface AcrobotScene extends Scene {
  readonly kind: 'acrobot';
  /** Of the first link, from hanging down. */
  readonly angle1: number;
  /** Of the second link, from the direction of the first. */
  readonly angle2: number;
  /** Between the links in the last step, -1 .. 1 N m. */
  readonly torque: number;
  /** The free end is to be higher above the bar. */
  readonly goalHeight: number;
}

class AcrobotDynamics implements Dynamics<AcrobotScene> {
  readonly name = 'Acrobot';
  readonly observationSpace: BoxSpace = observationSpace;
  readonly actionSpace: DiscreteSpace = actionSpace;
  /** (N, 4) both angles, both angular velocities, float64. */
  readonly #states: Float64Array;
  /** (N) Of the last step; for drawings. */
  readonly #torques: Float64Array;
  readonly #isNips: boolean;
  /** Angular accelerations that {@link #accelerate} found. */
  #acceleration1 = 0;
  #acceleration2 = 0;

  constructor(numEnvs: number, { bookOrNips = 'book' }: AcrobotOptions) {
    this.#states = new Float64Array(4 * numEnvs);
    this.#torques = new Float64Array(numEnvs);
    this.#isNips = bookOrNips === 'nips';
  }

  /** Draws a first state: four uniform numbers, which are rounded to float32, as are their sines and cosines. */
  start(i: number, generator: Generator, observations: StepArrays['observations'], options: Info = {}): void {
    const [low, high] = resetBounds(this.name, options, [-0.1, 0.1], maxSpeed2);
    const states = this.#states;
    for (let k = 4 * i; k < 4 * i + 4; k++) states[k] = Math.fround(generator.uniform(low, high));
    for (let k = 0; k < 2; k++) {
      const angle = states[4 * i + k]!;
      observations[6 * i + 2 * k] = cosFloat32(angle);
      observations[6 * i + 2 * k + 1] = sinFloat32(angle);
      observations[6 * i + 4 + k] = states[4 * i + 2 + k]!;
    }
    this.#torques[i] = 0;
  }

  #accelerate(angle1: number, angle2: number, velocity1: number, velocity2: number, torque: number): void {
    const cosine = cos(angle2);
    const sine = sin(angle2);
    const d1 = 0.25 + (1.25 + cosine) + 1 + 1;
    const d2 = 0.25 + 0.5 * cosine + 1;
    const pull2 = weight * cos(angle1 + angle2 - PI / 2);
    const turned = -0.5 * (velocity2 * velocity2) * sine - velocity2 * velocity1 * sine;
    const pull1 = turned + weight1 * cos(angle1 - PI / 2) + pull2;
    const driven = torque + (d2 / d1) * pull1;
    const whirl = this.#isNips ? 0 : 0.5 * (velocity1 * velocity1) * sine;
    this.#acceleration2 = (driven - whirl - pull2) / (1.25 - (d2 * d2) / d1);
    this.#acceleration1 = -(d2 * this.#acceleration2 + pull1) / d1;
  }

  /** The method of Runge and Kutta of fourth order. An episode ends when the free end is high enough. */
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.#states;
    for (let i = 0; i < rewards.length; i++) {
      const at = 4 * i;
      const torque = actions[i]! - 1;
      const [x1, x2, v1, v2] = [states[at]!, states[at + 1]!, states[at + 2]!, states[at + 3]!];
      // Velocities of a stage; weighted sums of velocities and accelerations over the stages.
      let u1 = 0;
      let u2 = 0;
      let sumU1 = 0;
      let sumU2 = 0;
      let sumA1 = 0;
      let sumA2 = 0;
      this.#acceleration1 = this.#acceleration2 = 0;
      for (let stage = 0; stage < 4; stage++) {
        const ahead = stage === 0 ? 0 : stage === 3 ? tau : tau / 2;
        const share = stage === 0 || stage === 3 ? 1 : 2;
        const y1 = x1 + ahead * u1;
        const y2 = x2 + ahead * u2;
        u1 = v1 + ahead * this.#acceleration1;
        u2 = v2 + ahead * this.#acceleration2;
        this.#accelerate(y1, y2, u1, u2, torque);
        sumU1 += share * u1;
        sumU2 += share * u2;
        sumA1 += share * this.#acceleration1;
        sumA2 += share * this.#acceleration2;
      }
      const angle1 = wrapped(x1 + (tau / 6) * sumU1);
      const angle2 = wrapped(x2 + (tau / 6) * sumU2);
      states[at] = angle1;
      states[at + 1] = angle2;
      observations[6 * i + 4] = states[at + 2] = Math.max(-maxSpeed1, Math.min(v1 + (tau / 6) * sumA1, maxSpeed1));
      observations[6 * i + 5] = states[at + 3] = Math.max(-maxSpeed2, Math.min(v2 + (tau / 6) * sumA2, maxSpeed2));
      const cosine1 = cos(angle1);
      observations[6 * i] = cosine1;
      observations[6 * i + 1] = sin(angle1);
      observations[6 * i + 2] = cos(angle2);
      observations[6 * i + 3] = sin(angle2);
      this.#torques[i] = torque;
      const isHigh = -cosine1 - cos(angle2 + angle1) > goalHeight;
      terminated[i] = isHigh ? 1 : 0;
      rewards[i] = isHigh ? 0 : -1;
    }
  }

  rows(): EnvState {
    return { states: this.#states, torques: this.#torques };
  }

  scene(i: number): AcrobotScene {
    return { kind: 'acrobot', angle1: this.#states[4 * i]!, angle2: this.#states[4 * i + 1]!, torque: this.#torques[i]!, goalHeight };
  }
}

/** The angle within -pi .. pi, turns taken off one by one; not those of angles that only a state from elsewhere has. */
function wrapped(angle: number): number {
  let rest = Math.abs(angle) > 1e6 ? angle % (2 * PI) : angle;
  while (rest > PI) rest -= 2 * PI;
  while (rest < -PI) rest += 2 * PI;
  return rest;
}

/**
 * Acrobot for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. The reset of a single one takes Gymnasium's options `low` and
 * `high`, bounds of the first state, of at most 9 pi: from faster ones Gymnasium's steps may never end.
 */
export function acrobot(options: AcrobotOptions = {}): MakeDynamics<AcrobotScene> {
  return (numEnvs) => new AcrobotDynamics(numEnvs, options);
}

/** Acrobot-v1, with the limit and threshold that Gymnasium registers. */
export const acrobotSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'Acrobot-v1',
      description: 'Swing two hanging links up by the motor between them',
      observationSpace,
      actionSpace,
      observation: boxRows(observationSpace, [
        ['cosine of angle 1', 'of the first link from hanging down, counter-clockwise'],
        ['sine of angle 1', 'positive where the first link is on the right'],
        ['cosine of angle 2', 'of the second link from the direction of the first, counter-clockwise'],
        ['sine of angle 2', 'positive where the second link is turned counter-clockwise'],
        ['angular velocity 1', 'of the first link, positive counter-clockwise', 'rad/s'],
        ['angular velocity 2', 'of the second link against the first, positive counter-clockwise', 'rad/s'],
      ]),
      action: [
        { name: 'torque -1', meaning: 'turn the second link clockwise with 1 N m' },
        { name: 'torque 0', meaning: 'let it swing' },
        { name: 'torque 1', meaning: 'turn the second link counter-clockwise with 1 N m' },
      ],
      rewards: '-1 for every step, but 0 for the one that ends with the free end high enough.',
      episodeEnd: 'Terminated when the free end is more than 1 m above the bar. Truncated after 500 steps of 0.2 s.',
      versions: 'v1 shows sines and cosines. v0, which showed the angles themselves and was truncated after 200 steps, is not included.',
      source: 'https://gymnasium.farama.org/environments/classic_control/acrobot/',
      maxEpisodeSteps: 500,
      rewardThreshold: -100,
      parity: 'reset and reward exact, a step tested to 1e-15',
    },
    acrobotOptions,
    acrobot,
  ),
];
