/**
 * CartPole: a pole on a cart, pushed left or right (A. G. Barto, R. S. Sutton, C. W. Anderson 1983), with Gymnasium's constants and
 * order of arithmetic (`gymnasium/envs/classic_control/cartpole.py`, CartPole-v0 and -v1).
 */
import type { Env, EnvState, Info, ResetResult, Seed, StepResult } from '../../core/env.ts';
import { CohortError, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete } from '../../core/space.ts';
import { cos, sin } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import { EpisodeGuard } from '../guard.ts';
import { createEnvGenerator } from '../seeding.ts';
import { restoreArrays } from '../state.ts';

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
/** Every entry of a first state lies within -0.05 .. 0.05. */
const initialBound = 0.05;

/** (4) position in m, velocity in m/s, angle in rad, angular velocity in rad/s; float32. */
export const cartPoleObservationSpace: BoxSpace = /* @__PURE__ */ box(
  [-2 * positionLimit, -Infinity, -2 * angleLimit, -Infinity],
  [2 * positionLimit, Infinity, 2 * angleLimit, Infinity],
  [4],
);
/** 0 pushes left, 1 pushes right. */
export const cartPoleActionSpace: DiscreteSpace = /* @__PURE__ */ discrete(2);

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

/** The scene of the state `[x, x', theta, theta']` at `offset`. */
export function cartPoleScene(state: Float64Array, offset: number): CartPoleScene {
  return { kind: 'cartPole', x: state[offset]!, angle: state[offset + 2]!, positionLimit, angleLimit, poleLength: 2 * halfLength };
}

/**
 * One step of explicit Euler, in place and in float64, on the state `[x, x', theta, theta']` at `offset`. Returns whether the pole fell or
 * the cart left the track.
 */
export function advanceCartPole(state: Float64Array, offset: number, action: number): boolean {
  const velocity = state[offset + 1]!;
  const angle = state[offset + 2]!;
  const angularVelocity = state[offset + 3]!;
  const cosine = cos(angle);
  const sine = sin(angle);
  const push = action === 1 ? force : -force;
  const temp = (push + poleMassLength * (angularVelocity * angularVelocity) * sine) / totalMass;
  const angularAcceleration = (gravity * sine - cosine * temp) / (halfLength * (4 / 3 - (massPole * (cosine * cosine)) / totalMass));
  const acceleration = temp - (poleMassLength * angularAcceleration * cosine) / totalMass;
  const x = state[offset]! + tau * velocity;
  const theta = angle + tau * angularVelocity;
  state[offset] = x;
  state[offset + 1] = velocity + tau * acceleration;
  state[offset + 2] = theta;
  state[offset + 3] = angularVelocity + tau * angularAcceleration;
  return x < -positionLimit || x > positionLimit || theta < -angleLimit || theta > angleLimit;
}

/** Draws a first state at `offset`: four uniform numbers. */
export function startCartPole(
  state: Float64Array,
  offset: number,
  generator: Generator,
  low: number = -initialBound,
  high: number = initialBound,
): void {
  for (let i = 0; i < 4; i++) state[offset + i] = generator.uniform(low, high);
}

/** Reward of a step that did or did not end in a fall. */
export function cartPoleReward(fell: boolean, suttonBarto: boolean): number {
  if (!suttonBarto) return 1;
  return fell ? -1 : 0;
}

/** CartPole without a time limit. `reset` takes Gymnasium's options `low` and `high`, bounds of the first state. */
export class CartPoleEnv implements Env<Float32Array, number> {
  readonly observationSpace: BoxSpace = cartPoleObservationSpace;
  readonly actionSpace: DiscreteSpace = cartPoleActionSpace;
  readonly #state: Float64Array = new Float64Array(4);
  readonly #guard: EpisodeGuard = new EpisodeGuard('CartPole', cartPoleActionSpace);
  readonly #suttonBarto: boolean;
  // Never seeded means seed 0: a forgotten seed is still reproducible.
  #generator: Generator = createEnvGenerator(0);

  constructor(options: CartPoleOptions = {}) {
    this.#suttonBarto = options.suttonBartoReward ?? false;
  }

  /** Begins an episode; see `Env.reset`. Throws {@link CohortError} for a bad seed or bounds. */
  reset(options: { seed?: Seed; options?: Info } = {}): ResetResult<Float32Array> {
    const { low = -initialBound, high = initialBound } = options.options ?? {};
    if (typeof low !== 'number' || typeof high !== 'number' || !(low <= high)) {
      throw new CohortError({
        subject: 'CartPole.reset: options',
        expected: 'numbers low <= high',
        got: `${show(low)} and ${show(high)}`,
        advice: 'leave them out for -0.05 and 0.05',
      });
    }
    if (options.seed !== undefined) this.#generator = createEnvGenerator(options.seed);
    startCartPole(this.#state, 0, this.#generator, low, high);
    this.#guard.begin();
    return { observation: Float32Array.from(this.#state), info: {} };
  }

  /** One step; see `Env.step`. */
  step(action: number): StepResult<Float32Array> {
    this.#guard.check(action);
    const fell = advanceCartPole(this.#state, 0, action);
    if (fell) this.#guard.end();
    return {
      observation: Float32Array.from(this.#state),
      reward: cartPoleReward(fell, this.#suttonBarto),
      terminated: fell,
      truncated: false,
      info: {},
    };
  }

  /** What there is to see, for drawing. */
  scene(): CartPoleScene {
    return cartPoleScene(this.#state, 0);
  }

  /** `state` (4) float64, `generator` (10), `phase` (1). */
  getState(): EnvState {
    return { state: this.#state.slice(), generator: this.#generator.getState(), phase: Uint8Array.of(this.#guard.phase) };
  }

  /** Goes on from what {@link getState} returned. */
  setState(state: EnvState): void {
    const arrays = { state: new Float64Array(4), generator: new Uint32Array(10), phase: new Uint8Array(1) };
    restoreArrays('CartPole', arrays, state);
    this.#state.set(arrays.state);
    this.#generator.setState(arrays.generator);
    this.#guard.phase = arrays.phase[0]!;
  }
}
