/**
 * BipedalWalker: walk on two legs of two parts each (O. Klimov 2016), with Gymnasium's constants, order of arithmetic and order of draws
 * (`gymnasium/envs/box2d/bipedal_walker.py`, BipedalWalker-v3). Float64 here, float32 in the rigid-body core; rewards are rounded to float32
 * as NumPy 2 does with float32 actions. Every episode has a world of its own, as the first of an environment of Gymnasium's has.
 */
import type { EnvState } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import { cos, sin } from '../../math/index.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { framesPerSecond, GroundContacts } from './groundContacts.ts';
import { bodyAngle, bodyBytes, bodyPosition, bodySpin, bodyVelocity } from './layout.ts';
import type { SceneBody } from './lunarLander.ts';
import { Physics } from './physics.ts';
import {
  blockNumbers,
  grassPoints,
  groundHeight,
  groundPoints,
  layGround,
  maxBlocks,
  scale,
  skipClouds,
  startPoints,
  stride,
} from './walkerGround.ts';

// Gymnasium's constants.
/** Greatest torque of a motor, N m. */
const motorTorque = 80;
/** Speeds of the motors, rad/s. */
const hipSpeed = 4;
const kneeSpeed = 6;
/** Length of a lidar ray, m. */
const lidarRange = 160 / scale;
const rays = 10;
/** Greatest push along x at the start, N. */
const initialForce = 5;
const hull = [-30, 9, 6, 9, 34, 1, 34, -8, -30, -8].map((pixels) => pixels / scale);
/** Height of the hips in the hull's frame, width and length of a part of a leg, m. */
const hipHeight = -8 / scale;
const legWidth = 8 / scale;
const legLength = 34 / scale;
/** Size of the view, m. */
const viewWidth = 600 / scale;
const viewHeight = 400 / scale;
const groundFriction = 2.5;
/** Where the walk ends, m. */
const finish = (groundPoints - grassPoints) * stride;
/** Cost of a motor's full torque in a step, a float32. */
const torqueCost: number = /* @__PURE__ */ Math.fround(0.00035 * motorTorque);

/** Bits of fixtures: the ground collides with all, the walker with the ground only. */
const groundFilter = { category: 1, mask: 0xffff };
const walkerFilter = { category: 0x20, mask: 1 };
const limitAndMotor = 3;
/** Bodies of the walker: the hull, then upper and lower part of the first leg and of the second. */
const walkerBodies = 5;
/** The lower parts among them. */
const lowerParts = [2, 4] as const;
/** Bodies of each joint, and what Gymnasium names its limits: hip and knee of the first leg, hip and knee of the second. */
const joints = [
  { upper: 0, lower: 1, isHip: true },
  { upper: 1, lower: 2, isHip: false },
  { upper: 0, lower: 3, isHip: true },
  { upper: 3, lower: 4, isHip: false },
] as const;
/** Angle of the legs at the start, by the order of the legs; a hip's angle counts from it. */
const legAngles = [-0.05, 0.05] as const;

/** Worlds per call of the core, so few that all their events fit. */
const worldsPerCall = 16;
/** Contacts of a world at most: 26 is the most seen in 1,500 episodes of random, of full and of a trained policy's torques. */
const maxContacts = 128;

// Entries of one row of `numbers`.
const shapingAt = 0;
/** Offset of the hull in its world, in bytes. */
const hullAt = 1;
const blockCountAt = 2;
const lidarAt = 3;
const heightsAt = lidarAt + rays;
const blocksAt = heightsAt + groundPoints;

function observationSpace(): BoxSpace {
  const hullBounds = [Math.PI, 5, 5, 5];
  const legBounds = [Math.PI, 5, Math.PI, 5];
  const lidarBounds = new Array<number>(rays).fill(1);
  const below = (bounds: readonly number[]): number[] => bounds.map((bound) => -bound);
  return box(
    [...below(hullBounds), ...below(legBounds), 0, ...below(legBounds), 0, ...below(lidarBounds)],
    [...hullBounds, ...legBounds, 5, ...legBounds, 5, ...lidarBounds],
    [14 + rays],
  );
}

/** (24) hull's angle and speeds, joints of both legs with their contacts, ten distances of the lidar; float32. */
export const bipedalWalkerObservationSpace: BoxSpace = /* @__PURE__ */ observationSpace();
/** (4) hip and knee of the first leg, hip and knee of the second: direction and share of the greatest torque; float32. */
export const bipedalWalkerActionSpace: BoxSpace = /* @__PURE__ */ box(-1, 1, [4]);

/** Options of BipedalWalker, as in Gymnasium. */
export interface BipedalWalkerOptions {
  /** Whether there are stumps, pits and stairs. Default false. */
  readonly hardcore?: boolean;
}

/** What there is to see, in m. y points up. */
export interface BipedalWalkerScene extends Scene {
  readonly kind: 'bipedalWalker';
  /** Size of the part of the world that is shown. */
  readonly width: number;
  readonly height: number;
  /** The ground from left to right: `x, y, x, y, ...`. */
  readonly ground: readonly number[];
  /** Stumps, sides of pits, and stairs: `left, right, bottom, top` of each. */
  readonly blocks: readonly (readonly number[])[];
  /** Where the walk began, and from where on it is done. */
  readonly start: number;
  readonly finish: number;
  readonly hull: SceneBody;
  /** Upper and lower part of the first leg, of the second, and whether the lower one touches the ground. */
  readonly legs: readonly (readonly [upper: SceneBody, lower: SceneBody & { readonly touches: boolean }])[];
  /** Ends of the lidar's rays, which begin at the hull: `x, y, x, y, ...`. */
  readonly lidar: readonly number[];
}

/** Offsets of the ends of the lidar's rays from the hull: `x, y, x, y, ...`. */
function rayOffsets(): Float64Array {
  const offsets = new Float64Array(2 * rays);
  for (let k = 0; k < rays; k++) {
    offsets[2 * k] = sin((1.5 * k) / 10) * lidarRange;
    offsets[2 * k + 1] = -cos((1.5 * k) / 10) * lidarRange;
  }
  return offsets;
}

/** Corners of a box around the origin. */
const boxCorners = (halfWidth: number, halfHeight: number): number[] => [
  ...[-halfWidth, -halfHeight, halfWidth, -halfHeight],
  ...[halfWidth, halfHeight, -halfWidth, halfHeight],
];

/** N walkers, their worlds in one memory. */
class BipedalWalkerDynamics implements Dynamics<BipedalWalkerScene> {
  readonly name = 'BipedalWalker';
  readonly observationSpace: BoxSpace = bipedalWalkerObservationSpace;
  readonly actionSpace: BoxSpace = bipedalWalkerActionSpace;
  readonly #hardcore: boolean;
  readonly #physics: Physics;
  /** (N, R) shaping of the last step, offset of the hull, number of blocks, lidar, heights of the ground, blocks. */
  readonly #numbers: Float64Array;
  readonly #rowLength: number;
  readonly #contacts: GroundContacts;
  /** What `#settle` computed last. */
  readonly #state: Float64Array = new Float64Array(14 + rays);
  #reward = 0;
  readonly #offsets: Float64Array = rayOffsets();
  readonly #ends: Float64Array = new Float64Array(2 * rays);
  readonly #fractions: Float64Array = new Float64Array(rays);

  constructor(count: number, { hardcore = false }: BipedalWalkerOptions) {
    this.#hardcore = hardcore;
    const blocks = hardcore ? maxBlocks : 0;
    const bodies = groundPoints - 1 + blocks + walkerBodies;
    const corners = 2 * (groundPoints - 1) + 4 * blocks + hull.length / 2 + 4 * (walkerBodies - 1);
    this.#physics = new Physics(count, { bodies, fixtures: bodies, joints: joints.length, contacts: maxContacts, corners });
    this.#contacts = new GroundContacts(this.#physics, count, [lowerParts[0] * bodyBytes, lowerParts[1] * bodyBytes], worldsPerCall);
    this.#rowLength = blocksAt + blockNumbers * blocks;
    this.#numbers = new Float64Array(this.#rowLength * count);
  }

  /** (N, bytes) the worlds, numbers and legs. */
  rows(): EnvState {
    return { worlds: this.#physics.state(), numbers: this.#numbers, legs: this.#contacts.legs };
  }

  /** New ground, the walker with a push along x, one step without torque. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const physics = this.#physics;
    const { api } = physics;
    const world = physics.world(i);
    api.createWorld(world, 0, -10);
    this.#makeGround(i, generator);
    skipClouds(generator);
    const x = (stride * startPoints) / 2;
    const y = groundHeight + 2 * legLength;
    const hullBody = api.createBody(world, 1, x, y, 0);
    this.#numbers[this.#rowLength * i + hullAt] = hullBody;
    physics.addPolygon(world, hullBody, hull, { density: 5, friction: 0.1, ...walkerFilter });
    api.applyForce(world, hullBody, generator.uniform(-initialForce, initialForce), 0, 0);
    for (const angle of legAngles) {
      const upper = api.createBody(world, 1, x, y - legLength / 2 - hipHeight, angle);
      physics.addBox(world, upper, legWidth / 2, legLength / 2, { density: 1, friction: 0.2, ...walkerFilter });
      // The reference angle is the difference of the bodies' angles.
      api.createRevoluteJoint(world, hullBody, upper, 0, hipHeight, 0, legLength / 2, angle, -0.8, 1.1, 0, 0, limitAndMotor);
      const lower = api.createBody(world, 1, x, y - (legLength * 3) / 2 - hipHeight, angle);
      physics.addBox(world, lower, (0.8 * legWidth) / 2, legLength / 2, { density: 1, friction: 0.2, ...walkerFilter });
      api.createRevoluteJoint(world, upper, lower, 0, -legLength / 2, 0, legLength / 2, 0, -1.6, -0.1, 0, 0, limitAndMotor);
    }
    this.#contacts.legs.fill(0, 2 * i, 2 * i + 2);
    this.#contacts.move(i, 1, this.#hullOf);
    this.#settle(i, observations);
  }

  /** Draws the ground and makes its bodies, one for every block and every stretch. */
  #makeGround(i: number, generator: Generator): void {
    const physics = this.#physics;
    const { api } = physics;
    const world = physics.world(i);
    const row = this.#numbers.subarray(this.#rowLength * i, this.#rowLength * (i + 1));
    const heights = row.subarray(heightsAt, blocksAt);
    const blocks = row.subarray(blocksAt).fill(0);
    const count = layGround(generator, this.#hardcore, heights, blocks);
    row[blockCountAt] = count;
    const material = { friction: groundFriction, ...groundFilter };
    for (let k = 0; k < count; k++) {
      const [left, right, bottom, top] = blocks.subarray(blockNumbers * k, blockNumbers * (k + 1)) as unknown as [
        number,
        number,
        number,
        number,
      ];
      physics.addPolygon(world, api.createBody(world, 0, 0, 0, 0), [left, top, right, top, right, bottom, left, bottom], material);
    }
    for (let k = 0; k + 1 < groundPoints; k++) {
      physics.addEdge(world, api.createBody(world, 0, 0, 0, 0), k * stride, heights[k]!, (k + 1) * stride, heights[k + 1]!, material);
    }
  }

  readonly #hullOf = (i: number): number => this.#numbers[this.#rowLength * i + hullAt]!;

  /** Motors of all walkers, then their worlds, then what came of it. */
  advance(actions: ArrayLike<number>, _generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const { api } = this.#physics;
    const count = rewards.length;
    for (let i = 0; i < count; i++) {
      const world = this.#physics.world(i);
      for (let k = 0; k < joints.length; k++) {
        const action = actions[joints.length * i + k]!;
        const speed = joints[k]!.isHip ? hipSpeed : kneeSpeed;
        api.setMotor(world, k, action > 0 ? speed : action < 0 ? -speed : 0, motorTorque * Math.fround(Math.abs(action)));
      }
    }
    this.#contacts.move(0, count, this.#hullOf);
    for (let i = 0; i < count; i++) {
      terminated[i] = this.#settle(i, observations, actions) ? 1 : 0;
      rewards[i] = this.#reward;
    }
  }

  /** The lidar of walker i, whose hull is at (x, y): fractions of the rays' length. */
  #look(i: number, x: number, y: number): Float64Array {
    const ends = this.#ends;
    const offsets = this.#offsets;
    for (let k = 0; k < 2 * rays; k += 2) {
      ends[k] = x + offsets[k]!;
      ends[k + 1] = y + offsets[k + 1]!;
    }
    this.#physics.castRays(this.#physics.world(i), x, y, ends, groundFilter.category, this.#fractions);
    return this.#fractions;
  }

  /** The last part of a step of walker i: writes the observation and `#reward`; returns whether the episode ended. */
  #settle(i: number, observations: StepArrays['observations'], actions?: ArrayLike<number>): boolean {
    const { floats } = this.#physics;
    const numbers = this.#numbers;
    const row = this.#rowLength * i;
    const first = (this.#physics.world(i) + numbers[row + hullAt]!) >> 2;
    const state = this.#state;
    const x = floats[first + bodyPosition / 4]!;
    const angle = floats[first + bodyAngle / 4]!;
    state[0] = angle;
    state[1] = (2 * floats[first + bodySpin / 4]!) / framesPerSecond;
    state[2] = (0.3 * floats[first + bodyVelocity / 4]! * viewWidth) / framesPerSecond;
    state[3] = (0.3 * floats[first + bodyVelocity / 4 + 1]! * viewHeight) / framesPerSecond;
    for (let k = 0; k < joints.length; k++) {
      const { upper, lower, isHip } = joints[k]!;
      const one = first + (upper * bodyBytes) / 4;
      const other = first + (lower * bodyBytes) / 4;
      const leg = k >> 1;
      const reference = isHip ? Math.fround(legAngles[leg]!) : 0;
      const turn = Math.fround(Math.fround(floats[other + bodyAngle / 4]! - floats[one + bodyAngle / 4]!) - reference);
      const speed = Math.fround(floats[other + bodySpin / 4]! - floats[one + bodySpin / 4]!);
      const at = 4 + 5 * leg + (isHip ? 0 : 2);
      state[at] = isHip ? turn : turn + 1;
      state[at + 1] = speed / (isHip ? hipSpeed : kneeSpeed);
      if (!isHip) state[at + 2] = this.#contacts.legs[2 * i + leg]!;
    }
    const lidar = this.#look(i, x, floats[first + bodyPosition / 4 + 1]!);
    for (let k = 0; k < rays; k++) {
      state[14 + k] = lidar[k]!;
      numbers[row + lidarAt + k] = lidar[k]!;
    }
    const shaping = (130 * x) / scale - 5 * Math.abs(angle);
    let reward = Math.fround(shaping - numbers[row + shapingAt]!);
    numbers[row + shapingAt] = shaping;
    if (actions)
      for (let k = 0; k < 4; k++) reward = Math.fround(reward - Math.fround(torqueCost * Math.fround(Math.abs(actions[4 * i + k]!))));
    const fell = this.#contacts.crashed[i] === 1 || x < 0;
    this.#reward = fell ? -100 : reward;
    observations.set(state, state.length * i);
    return fell || x > finish;
  }

  /** What there is to see of walker i. Nothing before its first `start`. */
  scene(i: number): BipedalWalkerScene {
    const { floats } = this.#physics;
    const row = this.#numbers.subarray(this.#rowLength * i, this.#rowLength * (i + 1));
    const bodyOf = (part: number, corners: readonly number[]): SceneBody => {
      const body = (this.#physics.world(i) + row[hullAt]! + part * bodyBytes) >> 2;
      const position = body + bodyPosition / 4;
      return { x: floats[position]!, y: floats[position + 1]!, angle: floats[body + bodyAngle / 4]!, corners };
    };
    const legOf = (leg: number): BipedalWalkerScene['legs'][number] => [
      bodyOf(2 * leg + 1, boxCorners(legWidth / 2, legLength / 2)),
      { ...bodyOf(2 * leg + 2, boxCorners((0.8 * legWidth) / 2, legLength / 2)), touches: this.#contacts.legs[2 * i + leg] === 1 },
    ];
    const body = bodyOf(0, hull);
    return {
      kind: 'bipedalWalker',
      width: viewWidth,
      height: viewHeight,
      ground: Array.from(row.subarray(heightsAt, blocksAt)).flatMap((y, k) => [k * stride, y]),
      blocks: Array.from({ length: row[blockCountAt]! }, (_, k) =>
        Array.from(row.subarray(blocksAt + blockNumbers * k, blocksAt + blockNumbers * (k + 1))),
      ),
      start: (stride * startPoints) / 2,
      finish,
      hull: body,
      legs: [legOf(0), legOf(1)],
      lidar: Array.from(this.#offsets, (offset, k) => (k % 2 === 0 ? body.x : body.y) + offset * row[lidarAt + (k >> 1)]!),
    };
  }
}

/** BipedalWalker for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. */
export function bipedalWalker(options: BipedalWalkerOptions = {}): MakeDynamics<BipedalWalkerScene> {
  return (numEnvs) => new BipedalWalkerDynamics(numEnvs, options);
}
