/** What makes a MuJoCo environment: a model and a page of rules. */
import type { Info } from '../../core/env.ts';
import type { BoxSpace } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { numpySumOfSquares } from './sums.ts';

/** Arrays of MuJoCo that rules may ask for, by their names in `mjData` (`body_mass`: in `mjModel`). */
export type MujocoField =
  | 'body_mass'
  | 'cfrc_ext'
  | 'cinert'
  | 'cvel'
  | 'qfrc_actuator'
  | 'qfrc_constraint'
  | 'site_xpos'
  | 'ten_length'
  | 'ten_velocity'
  | 'xipos'
  | 'xpos';

/**
 * What was asked for of {@link MujocoField}, row after row, as the last `mj_step` left it: it was computed from the positions before its end, as in
 * Gymnasium. The arrays are read at once, not kept.
 */
export type MujocoFields = Readonly<Partial<Record<MujocoField, Float64Array>>>;

/** One step as the rules see it. The arrays are read at once, not kept. */
export interface MujocoMoment {
  /** (nq) positions before the step. */
  readonly before: Float64Array;
  /** (nq) and (nv): positions and velocities after it. */
  readonly qpos: Float64Array;
  readonly qvel: Float64Array;
  /** (nu) The action as it was given, not clamped. */
  readonly action: Float32Array;
  /** Seconds of the step: time step times frame skip. */
  readonly dt: number;
  /** What the task asked for, after the step. */
  readonly fields: MujocoFields;
  /** What the task carries, as it was after the step before (or the reset), and after this one. */
  readonly carriedBefore: Float64Array;
  readonly carried: Float64Array;
}

/** What the rules say about a step. */
export interface MujocoOutcome {
  readonly reward: number;
  readonly terminated: boolean;
  /** The info with Gymnasium's keys. Call it before the next step, or not at all. */
  info(): Info;
}

/** What of the world is seen. */
export interface MujocoView {
  /** Height of the floor, if there is one. */
  readonly floor?: number;
  /** Whether the camera goes along with the first position; seen from above, with the second too. */
  readonly follows: boolean;
  /** Seen from above: y points up in the picture, and what is said of heights is said of y. Default: from the side. */
  readonly fromAbove?: boolean;
  /** Height of the picture's center, and of the part of the world that is seen, in m. */
  readonly cameraZ: number;
  readonly visibleHeight: number;
}

/** From where a task in space is seen, in the terms of MuJoCo's cameras. */
export interface SpatialView {
  /** Direction of sight around the vertical, in degrees: 0 looks along x, 90 along y. */
  readonly azimuth: number;
  /** Direction of sight from the horizontal, in degrees: -90 looks straight down. */
  readonly elevation: number;
  /** The point in the middle of the picture, in m; with `follows` relative to those positions of the state. */
  readonly center: readonly [x: number, y: number, z: number];
  /** Whether the camera goes along with the first two positions, or along x with the first alone. */
  readonly follows: boolean | 'x';
  /** Height of the floor, if there is one. */
  readonly floor?: number;
  /** Height of the part of the world that is seen, in m. */
  readonly visibleHeight: number;
}

/** What a step leaves for the next one's rules and MuJoCo itself does not keep: positions that are behind `qpos`. It is part of the state. */
export interface MujocoCarried {
  readonly length: number;
  /** Writes the numbers to `out`. */
  read(fields: MujocoFields, out: Float64Array): void;
}

/** A MuJoCo environment; `mujocoDynamics` makes it run. */
export interface MujocoTask<V extends MujocoView | SpatialView = MujocoView> {
  /** Speaks in errors. */
  readonly name: string;
  /** The model, as MJCF. Give it a small arena (`<size memory="..."/>`): every environment has its own. */
  readonly xml: string;
  /** A model that computes the same bits with less work, to be run instead. */
  readonly quickXml?: string;
  /** Steps of MuJoCo per step of the environment. */
  readonly frameSkip: number;
  readonly observationSpace: BoxSpace;
  readonly actionSpace: BoxSpace;
  readonly view: V;
  /** What the rules read besides positions and velocities. With `cfrc_ext` every step ends with `mj_rnePostConstraint`. */
  readonly fields?: readonly MujocoField[];
  readonly carried?: MujocoCarried;
  /** Turns the model's initial positions and velocities into those of a new episode. */
  start(generator: Generator, qpos: Float64Array, qvel: Float64Array): void;
  /** Writes the observation to `out` from `offset`. */
  observe(qpos: Float64Array, qvel: Float64Array, out: Float64Array, offset: number, fields: MujocoFields): void;
  judge(moment: MujocoMoment): MujocoOutcome;
  /** The info that goes with a reset; none if it is left out. */
  resetInfo?(qpos: Float64Array, fields: MujocoFields): Info;
}

/** Adds uniform noise of half width `scale` to each of the values. */
export function addUniformNoise(generator: Generator, scale: number, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) values[k] = values[k]! + generator.uniform(-scale, scale);
}

/** Gymnasium's control cost: `weight * sum(square(action))`, which NumPy 2 computes in float32 because the action is. */
export function controlCost(weight: number, action: Float32Array): number {
  return Math.fround(Math.fround(weight) * numpySumOfSquares(action, Math.fround));
}
