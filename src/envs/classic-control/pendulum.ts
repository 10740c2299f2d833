/**
 * Pendulum: swing a pendulum up and hold it with a weak motor, with Gymnasium's constants, types of numbers and order of arithmetic
 * (`gymnasium/envs/classic_control/pendulum.py`, Pendulum-v1, under NumPy 2).
 */
import type { EnvState, Info } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { cos, sin, squareFloat32 } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import { checkFiniteAction, finiteActions } from '../finiteActions.ts';
import { boxRows, type EnvSpec } from '../spec.ts';

const fround = Math.fround;

// Gymnasium's constants; the mass is 1 kg, the length 1 m.
/** rad/s. */
const maxSpeed = 8;
/** N m. */
const maxTorque = 2;
/** Seconds of one step. */
const tau = 0.05;
/** m/s^2, an option. */
const defaultGravity = 10;
/** Bounds of the first angle in rad and of the first angular velocity in rad/s. */
const initialBounds = [Math.PI, 1] as const;
/** A Python number beside a float32 is rounded to one first (NumPy 2). */
const torqueCost = /* @__PURE__ */ fround(0.001);
const fullTurn = 2 * Math.PI;

/** (3) cosine and sine of the angle, angular velocity; float32. */
const observationSpace: BoxSpace = /* @__PURE__ */ box([-1, -1, -maxSpeed], [1, 1, maxSpeed], [3]);
/** (1) torque in N m; float32. */
const actionSpace: BoxSpace = /* @__PURE__ */ box(-maxTorque, maxTorque, [1]);

/** Options of Pendulum, as in Gymnasium. */
export interface PendulumOptions {
  /** Acceleration by gravity in m/s^2. Default 10. */
  readonly g?: number;
}

/** What there is to see: a rod that turns around its end. */
export interface PendulumScene extends Scene {
  readonly kind: 'pendulum';
  /** From upright, counter-clockwise, in rad. */
  readonly angle: number;
  /** Of the last step in N m, counter-clockwise, within its bounds. */
  readonly torque: number;
  readonly maxTorque: number;
}

class PendulumDynamics implements Dynamics<PendulumScene> {
  readonly name = 'Pendulum';
  readonly observationSpace: BoxSpace = observationSpace;
  readonly actionSpace: BoxSpace = actionSpace;
  /** The torque is cut to its bounds. */
  readonly acceptedActions: BoxSpace = finiteActions(1);
  /** (N, 2) angle, which counts whole turns, and angular velocity; float64. */
  readonly #states: Float64Array;
  /** (N) Of the last step; for drawings. */
  readonly #torques: Float64Array;
  /** Angular acceleration of the level rod, rad/s^2. */
  readonly #pull: number;

  constructor(numEnvs: number, { g = defaultGravity }: PendulumOptions) {
    this.#states = new Float64Array(2 * numEnvs);
    this.#torques = new Float64Array(numEnvs);
    this.#pull = (3 * g) / 2;
  }

  /** Draws a first angle and a first angular velocity: two uniform numbers. */
  start(i: number, generator: Generator, observations: StepArrays['observations'], options: Info = {}): void {
    const { xInit = initialBounds[0], yInit = initialBounds[1] } = options;
    // Twice the bound must be finite.
    const isBound = (value: unknown): value is number => typeof value === 'number' && value >= 0 && Number.isFinite(2 * value);
    if (!isBound(xInit) || !isBound(yInit)) {
      throw mistake(
        'Pendulum.reset: options',
        'xInit and yInit, numbers of at least 0',
        `${show(xInit)} and ${show(yInit)}`,
        'leave them out for pi and 1',
      );
    }
    this.#states[2 * i] = generator.uniform(-xInit, xInit);
    this.#states[2 * i + 1] = generator.uniform(-yInit, yInit);
    this.#torques[i] = 0;
    this.#observe(i, observations);
  }

  #observe(i: number, observations: StepArrays['observations']): void {
    const angle = this.#states[2 * i]!;
    observations[3 * i] = cos(angle);
    observations[3 * i + 1] = sin(angle);
    observations[3 * i + 2] = this.#states[2 * i + 1]!;
  }

  /** Throws {@link CohortError} unless the torque is finite. */
  checkAction(where: string, actions: ArrayLike<number>, at: number): void {
    checkFiniteAction(where, actions, at, 1);
  }

  /** Semi-implicit Euler. An episode has no end. */
  advance(actions: ArrayLike<number>, _: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.#states;
    for (let i = 0; i < rewards.length; i++) {
      const at = 2 * i;
      const angle = states[at]!;
      const velocity = states[at + 1]!;
      const action = fround(actions[i]!);
      const torque = action > maxTorque ? maxTorque : action < -maxTorque ? -maxTorque : action;
      const away = fromUpright(angle);
      rewards[i] = -(away * away + 0.1 * (velocity * velocity) + fround(torqueCost * squareFloat32(torque)));
      const sum = velocity + (this.#pull * sin(angle) + fround(3 * torque)) * tau;
      const next = sum > maxSpeed ? maxSpeed : sum < -maxSpeed ? -maxSpeed : sum;
      states[at] = angle + next * tau;
      states[at + 1] = next;
      this.#torques[i] = torque;
      terminated[i] = 0;
      this.#observe(i, observations);
    }
  }

  rows(): EnvState {
    return { states: this.#states, torques: this.#torques };
  }

  scene(i: number): PendulumScene {
    return { kind: 'pendulum', angle: this.#states[2 * i]!, torque: this.#torques[i]!, maxTorque };
  }
}

/** The angle within -pi .. pi: Python's remainder, which has the sign of the divisor. */
function fromUpright(angle: number): number {
  const rest = (angle + Math.PI) % fullTurn;
  return (rest < 0 ? rest + fullTurn : rest) - Math.PI;
}

/**
 * Pendulum for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. The reset of a single one takes Gymnasium's options as `xInit` and
 * `yInit`: the first angle lies within `-xInit .. xInit`, the first angular velocity within `-yInit .. yInit`.
 */
export function pendulum(options: PendulumOptions = {}): MakeDynamics<PendulumScene> {
  return (numEnvs) => new PendulumDynamics(numEnvs, options);
}

/** Pendulum-v1, with the limit that Gymnasium registers; it has no threshold. */
export const pendulumSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'Pendulum-v1',
      description: 'Swing a pendulum up and hold it upright with a weak motor',
      observationSpace,
      actionSpace,
      observation: boxRows(observationSpace, [
        ['cosine of the angle', 'height of the free end, 1 upright', 'm'],
        ['sine of the angle', 'how far the free end is to the left', 'm'],
        ['angular velocity', 'positive counter-clockwise', 'rad/s'],
      ]),
      action: boxRows(actionSpace, [['torque', 'of the motor, positive counter-clockwise; beyond the bounds it is cut', 'N m']]),
      rewards:
        'Minus the sum of the squared angle from upright (rad), 0.1 times the squared angular velocity and 0.001 times the squared torque, each before the step: from -16.27 to 0.',
      episodeEnd: 'Never terminated. Truncated after 200 steps of 0.05 s.',
      versions: 'v1 is the only version that Gymnasium keeps; v0 behaved alike.',
      source: 'https://gymnasium.farama.org/environments/classic_control/pendulum/',
      maxEpisodeSteps: 200,
      parity: 'reset exact, a step tested to 1e-15',
    },
    { g: { kind: 'number', default: defaultGravity, meaning: 'acceleration by gravity in m/s^2' } },
    pendulum,
  ),
];
