/**
 * LunarLander: land between two flags on rough ground (O. Klimov 2016), with Gymnasium's constants, order of arithmetic and order of draws
 * (`gymnasium/envs/box2d/lunar_lander.py`, LunarLander-v3). Float64 here, float32 in the rigid-body core.
 */
import type { EnvState } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete } from '../../core/space.ts';
import { cos, sin, tanh } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { framesPerSecond, GroundContacts } from './groundContacts.ts';
import { bodiesAt, bodyAngle, bodyBytes, bodyFlags, bodyIsAwake, bodyPosition, bodySpin, bodyVelocity } from './layout.ts';
import { Physics } from './physics.ts';

// Gymnasium's constants.
/** Pixels per meter. */
const scale = 30;
/** Of the view, m. */
const width = 600 / scale;
const height = 400 / scale;
/** m. */
const padHeight = height / 4;
/** Corners of the ground from left to right. */
const chunks = 11;
/** Greatest part along x and y of the push at the start, N. */
const initialForce = 1000;
/** Powers of the engines: impulse of one step per meter of offset. */
const mainPower = 13;
const sidePower = 0.6;
/** Places of the engines and of the hinges of the legs, in pixels from the center of the hull. */
const mainEngineY = 4;
const sideEngineX = 12;
const sideEngineY = 14;
const legAway = 20;
const legDown = 18;
const hull = [-14, 17, -17, 0, -17, -10, 17, -10, 17, 0, 14, 17].map((pixels) => pixels / scale);
const legWidth = 2 / scale;
const legHeight = 8 / scale;
const legCorners = [-legWidth, -legHeight, legWidth, -legHeight, legWidth, legHeight, -legWidth, legHeight];

const moon = bodiesAt;
const lander = moon + bodyBytes;
const firstLeg = lander + bodyBytes;
const secondLeg = firstLeg + bodyBytes;

/** Bits of a fixture by default in pybox2d: it collides with all. */
const unfiltered = { category: 1, mask: 0xffff };
const limitAndMotor = 3;

/** Worlds per call of the core, so few that all their events fit. */
const worldsPerCall = 64;

// Entries of one row of `numbers`.
const shapingAt = 0;
const windAt = 1;
const torqueAt = 2;
const mainAt = 3;
const sideAt = 4;
const groundAt = 5;
const rowLength = groundAt + chunks;

/** (8) position, velocity, angle, angular velocity, and whether the leg on the right and the one on the left touch the ground; float32. */
export const lunarLanderObservationSpace: BoxSpace = /* @__PURE__ */ box(
  [-2.5, -2.5, -10, -10, -2 * Math.PI, -10, 0, 0],
  [2.5, 2.5, 10, 10, 2 * Math.PI, 10, 1, 1],
  [8],
);
/** 0 nothing, 1 left engine, 2 main engine, 3 right engine. */
export const lunarLanderActionSpace: DiscreteSpace = /* @__PURE__ */ discrete(4);
/** (2) throttle of the main engine (on above 0), throttle of the side engines (on beyond -0.5 and 0.5); float32. */
export const lunarLanderContinuousActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [2]);

/** Options of LunarLander, as in Gymnasium. */
export interface LunarLanderOptions {
  /** Two throttles instead of four actions. Default false. */
  readonly continuous?: boolean;
  /** Vertical acceleration in m/s^2, between -12 and 0. Default -10. */
  readonly gravity?: number;
  /** Whether wind blows. Default false. */
  readonly enableWind?: boolean;
  /** Greatest force of the wind in N; 0 to 20 is sensible. Default 15. */
  readonly windPower?: number;
  /** Greatest torque of the wind in N m; 0 to 2 is sensible. Default 1.5. */
  readonly turbulencePower?: number;
}

function refuseOption(name: string, expected: string, value: unknown, advice: string): never {
  throw mistake(`LunarLander: ${name}`, expected, show(value), advice);
}

/** Left end of stretch k of the ground. */
const xOf = (k: number): number => (width / (chunks - 1)) * k;

/** A body of the scene: where it is, and its corners `x, y, x, y, ...` in its own frame. */
export interface SceneBody {
  readonly x: number;
  readonly y: number;
  /** Radians, counter-clockwise. */
  readonly angle: number;
  readonly corners: readonly number[];
}

/** What there is to see, in m. y points up. */
export interface LunarLanderScene extends Scene {
  readonly kind: 'lunarLander';
  readonly width: number;
  readonly height: number;
  /** The ground from left to right: `x, y, x, y, ...`. */
  readonly ground: readonly number[];
  /** Where the two flags stand. */
  readonly flags: readonly [left: number, right: number];
  readonly padHeight: number;
  readonly hull: SceneBody;
  /** The leg on the right, the leg on the left (Gymnasium's order), and whether they touch the ground. */
  readonly legs: readonly [SceneBody & { readonly touches: boolean }, SceneBody & { readonly touches: boolean }];
  /** Power of the main engine in the last step, 0 to 1. */
  readonly main: number;
  /** Power of the side engines in the last step, -1 to 1; action 1 is negative. */
  readonly side: number;
}

const hullOf = (): number => lander;

/** N landers, their worlds in one memory. */
class LunarLanderDynamics implements Dynamics<LunarLanderScene> {
  readonly name = 'LunarLander';
  readonly observationSpace: BoxSpace = lunarLanderObservationSpace;
  readonly actionSpace: BoxSpace | DiscreteSpace;
  /** (8) The state that `#settle` computed last, float64. */
  readonly #state: Float64Array = new Float64Array(8);
  /** The reward that `#settle` computed last. */
  #reward = 0;
  /** (N, 16) shaping of the last step, counters of wind and turbulence, powers of the main and the side engines, heights of the ground. */
  readonly #numbers: Float64Array;
  readonly #contacts: GroundContacts;
  readonly #physics: Physics;
  readonly #gravity: number;
  readonly #wind: boolean;
  readonly #windPower: number;
  readonly #turbulencePower: number;
  readonly #heights: Float64Array = new Float64Array(chunks + 1);

  constructor(count: number, options: LunarLanderOptions) {
    const { gravity = -10, enableWind = false, windPower = 15, turbulencePower = 1.5 } = options;
    if (!(gravity > -12 && gravity < 0)) refuseOption('gravity', 'a number between -12 and 0', gravity, 'the earth has -10');
    if (!Number.isFinite(windPower)) refuseOption('windPower', 'a number', windPower, '0 to 20 is sensible');
    if (!Number.isFinite(turbulencePower)) refuseOption('turbulencePower', 'a number', turbulencePower, '0 to 2 is sensible');
    this.actionSpace = options.continuous ? lunarLanderContinuousActionSpace : lunarLanderActionSpace;
    this.#gravity = gravity;
    this.#wind = enableWind;
    this.#windPower = windPower;
    this.#turbulencePower = turbulencePower;
    this.#numbers = new Float64Array(rowLength * count);
    this.#physics = new Physics(count, { bodies: 4, fixtures: chunks + 3, joints: 2, contacts: 3 * chunks, corners: 2 * chunks + 6 + 8 });
    this.#contacts = new GroundContacts(this.#physics, count, [firstLeg - lander, secondLeg - lander], worldsPerCall);
  }

  /** (N, bytes) the worlds, numbers and legs. */
  rows(): EnvState {
    return { worlds: this.#physics.state(), numbers: this.#numbers, legs: this.#contacts.legs };
  }

  /** New ground, a push in a random direction, one step without engines. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const physics = this.#physics;
    const { api } = physics;
    const world = physics.world(i);
    const heights = this.#heights;
    generator.fillUniform(heights, 0, height / 2);
    for (let k = 3; k <= 7; k++) heights[k] = padHeight;
    const row = rowLength * i;
    const ground = this.#numbers.subarray(row + groundAt, row + rowLength);
    for (let k = 0; k < chunks; k++) ground[k] = 0.33 * (heights[(k + chunks) % (chunks + 1)]! + heights[k]! + heights[k + 1]!);

    api.createWorld(world, 0, this.#gravity);
    api.createBody(world, 0, 0, 0, 0);
    physics.addEdge(world, moon, 0, 0, width, 0, { friction: 0.2, ...unfiltered });
    for (let k = 0; k + 1 < chunks; k++) {
      physics.addEdge(world, moon, xOf(k), ground[k]!, xOf(k + 1), ground[k + 1]!, { friction: 0.1, ...unfiltered });
    }
    const x = width / 2;
    api.createBody(world, 1, x, height, 0);
    physics.addPolygon(world, lander, hull, { density: 5, friction: 0.1, category: 0x10, mask: 1 });
    const pushX = generator.uniform(-initialForce, initialForce);
    const pushY = generator.uniform(-initialForce, initialForce);
    api.applyForce(world, lander, pushX, pushY, 0);
    if (this.#wind) {
      this.#numbers[row + windAt] = generator.integers(-9999, 9999) as number;
      this.#numbers[row + torqueAt] = generator.integers(-9999, 9999) as number;
    }
    for (const side of [-1, 1]) {
      const angle = side * 0.05;
      const leg = api.createBody(world, 1, x - (side * legAway) / scale, height, angle);
      physics.addBox(world, leg, legWidth, legHeight, { density: 1, friction: 0.2, category: 0x20, mask: 1 });
      const [lower, upper] = side < 0 ? [0.9 - 0.5, 0.9] : [-0.9, -0.9 + 0.5];
      const anchorX = (side * legAway) / scale;
      // The reference angle is the difference of the bodies' float32 angles.
      api.createRevoluteJoint(world, lander, leg, 0, 0, anchorX, legDown / scale, angle, lower, upper, 40, 0.3 * side, limitAndMotor);
    }
    this.#contacts.legs.fill(0, 2 * i, 2 * i + 2);
    this.#numbers[row + shapingAt] = 0;
    this.#push(i, generator, 0, 0);
    this.#contacts.move(i, 1, hullOf);
    this.#settle(i, observations);
  }

  /** Wind and engines of all landers, then their worlds, then what came of it. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const isDiscrete = this.actionSpace.kind === 'discrete';
    for (let i = 0; i < rewards.length; i++) {
      const action = actions[i]!;
      if (isDiscrete) this.#push(i, generators[i]!, action === 2 ? 1 : 0, action === 0 || action === 2 ? 0 : action - 2);
      else this.#push(i, generators[i]!, mainPowerOf(actions[2 * i]!), sidePowerOf(actions[2 * i + 1]!));
    }
    this.#contacts.move(0, rewards.length, hullOf);
    for (let i = 0; i < rewards.length; i++) {
      terminated[i] = this.#settle(i, observations) ? 1 : 0;
      rewards[i] = this.#reward;
    }
  }

  #blow(i: number, world: number): void {
    const numbers = this.#numbers;
    const at = rowLength * i;
    const strength = (k: number): number => tanh(sin(0.02 * k) + sin(Math.PI * 0.01 * k));
    const force = strength(numbers[at + windAt]!++) * this.#windPower;
    const torque = strength(numbers[at + torqueAt]!++) * this.#turbulencePower;
    this.#physics.api.applyForce(world, lander, force, 0, torque);
  }

  /**
   * The first part of a step of lander i: wind and engines. `main` is the main engine's power, 0 or 0.5 .. 1; `side` the side engines', its
   * sign their direction.
   */
  #push(i: number, generator: Generator, main: number, side: number): void {
    const physics = this.#physics;
    const { api, floats } = physics;
    const world = physics.world(i);
    const legs = this.#contacts.legs;
    if (this.#wind && legs[2 * i] === 0 && legs[2 * i + 1] === 0) this.#blow(i, world);
    const body = (world + lander) >> 2;
    const disperse0 = generator.uniform(-1, 1) / scale;
    const disperse1 = generator.uniform(-1, 1) / scale;
    const power = Math.abs(side);
    this.#numbers[rowLength * i + mainAt] = main;
    this.#numbers[rowLength * i + sideAt] = side;
    if (main > 0 || power > 0) {
      const angle = floats[body + bodyAngle / 4]!;
      const tipX = sin(angle);
      const tipY = cos(angle);
      const sideX = -tipY;
      const sideY = tipX;
      const x = floats[body + bodyPosition / 4]!;
      const y = floats[body + bodyPosition / 4 + 1]!;
      if (main > 0) {
        const along = mainEngineY / scale + 2 * disperse0;
        const offsetX = tipX * along + sideX * disperse1;
        const offsetY = -tipY * along - sideY * disperse1;
        api.applyImpulse(world, lander, -offsetX * mainPower * main, -offsetY * mainPower * main, x + offsetX, y + offsetY);
      }
      if (power > 0) {
        const direction = side < 0 ? -1 : 1;
        const across = 3 * disperse1 + (direction * sideEngineX) / scale;
        const offsetX = tipX * disperse0 + sideX * across;
        const offsetY = -tipY * disperse0 - sideY * across;
        // Gymnasium uses 17 here rather than the engine height; kept for parity.
        const pointX = x + offsetX - (tipX * 17) / scale;
        const pointY = y + offsetY + (tipY * sideEngineY) / scale;
        api.applyImpulse(world, lander, -offsetX * sidePower * power, -offsetY * sidePower * power, pointX, pointY);
      }
    }
  }

  /** What there is to see of lander i. Nothing before its first `start`. */
  scene(i: number): LunarLanderScene {
    const { floats } = this.#physics;
    const row = this.#numbers.subarray(rowLength * i, rowLength * (i + 1));
    const bodyOf = (reference: number, corners: readonly number[]): SceneBody => {
      const body = (this.#physics.world(i) + reference) >> 2;
      const position = body + bodyPosition / 4;
      return { x: floats[position]!, y: floats[position + 1]!, angle: floats[body + bodyAngle / 4]!, corners };
    };
    return {
      kind: 'lunarLander',
      width,
      height,
      ground: Array.from(row.subarray(groundAt)).flatMap((y, k) => [xOf(k), y]),
      flags: [xOf(4), xOf(6)],
      padHeight,
      hull: bodyOf(lander, hull),
      legs: [
        { ...bodyOf(firstLeg, legCorners), touches: this.#contacts.legs[2 * i] === 1 },
        { ...bodyOf(secondLeg, legCorners), touches: this.#contacts.legs[2 * i + 1] === 1 },
      ],
      main: row[mainAt]!,
      side: row[sideAt]!,
    };
  }

  /** The last part of a step of lander i: writes the observation and `#reward`; returns whether the episode ended. */
  #settle(i: number, observations: StepArrays['observations']): boolean {
    const { floats, words } = this.#physics;
    const legs = this.#contacts.legs;
    const body = (this.#physics.world(i) + lander) >> 2;
    const state = this.#state;
    const position = body + bodyPosition / 4;
    const velocity = body + bodyVelocity / 4;
    state[0] = (floats[position]! - width / 2) / (width / 2);
    state[1] = (floats[position + 1]! - (padHeight + legDown / scale)) / (height / 2);
    state[2] = (floats[velocity]! * (width / 2)) / framesPerSecond;
    state[3] = (floats[velocity + 1]! * (height / 2)) / framesPerSecond;
    state[4] = floats[body + bodyAngle / 4]!;
    state[5] = (20 * floats[body + bodySpin / 4]!) / framesPerSecond;
    state[6] = legs[2 * i]!;
    state[7] = legs[2 * i + 1]!;
    const shaping =
      -100 * Math.sqrt(state[0] * state[0] + state[1] * state[1]) -
      100 * Math.sqrt(state[2] * state[2] + state[3] * state[3]) -
      100 * Math.abs(state[4]) +
      10 * state[6] +
      10 * state[7];
    let reward = shaping - this.#numbers[rowLength * i + shapingAt]!;
    this.#numbers[rowLength * i + shapingAt] = shaping;
    reward -= this.#numbers[rowLength * i + mainAt]! * 0.3;
    reward -= Math.abs(this.#numbers[rowLength * i + sideAt]!) * 0.03;
    let ended = false;
    if (this.#contacts.crashed[i] === 1 || Math.abs(state[0]) >= 1) {
      ended = true;
      reward = -100;
    }
    if ((words[body + bodyFlags / 4]! & bodyIsAwake) === 0) {
      ended = true;
      reward = 100;
    }
    this.#reward = reward;
    observations.set(state, state.length * i);
    return ended;
  }
}

/** LunarLander for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. Making one throws {@link CohortError} for options out of range. */
export function lunarLander(options: LunarLanderOptions = {}): MakeDynamics<LunarLanderScene> {
  return (numEnvs) => new LunarLanderDynamics(numEnvs, options);
}

/** Power of the main engine for a throttle: off up to 0, then 0.5 to 1. Throttles beyond 1 count as 1. */
function mainPowerOf(throttle: number): number {
  return throttle > 0 ? (Math.min(throttle, 1) + 1) * 0.5 : 0;
}

/** Signed power of the side engines for a throttle: off from -0.5 to 0.5, then 0.5 to 1. */
function sidePowerOf(throttle: number): number {
  const size = Math.abs(throttle);
  return size > 0.5 ? (throttle < 0 ? -1 : 1) * Math.min(size, 1) : 0;
}
