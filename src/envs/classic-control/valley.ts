/** The valley of both MountainCars: sin(3 x), in lengths of its own; Gymnasium's constants. */
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box } from '../../core/space.ts';
import type { OptionValues } from '../options.ts';

/** A wall. */
export const minPosition = -1.2;
export const maxPosition = 0.6;
/** Per step. */
export const maxSpeed = 0.07;
/** Per step^2, where the valley is steepest. */
export const gravity = 0.0025;
/** The first position lies within them. */
export const initialBounds = [-0.6, -0.4] as const;

/** (2) position, velocity per step; float32. */
export const valleySpace: BoxSpace = /* @__PURE__ */ box([minPosition, -maxSpeed], [maxPosition, maxSpeed], [2]);

export const mountainCarOptions = {
  goalVelocity: { kind: 'number', default: 0, meaning: 'velocity per step from which on reaching the flag ends an episode' },
} as const;

/** Options of both MountainCars, as in Gymnasium. */
export type MountainCarOptions = OptionValues<typeof mountainCarOptions>;

/** What there is to see: a car in a valley of height sin(3 x), in the task's lengths. */
export interface MountainCarScene extends Scene {
  readonly kind: 'mountainCar';
  /** Where the car is. */
  readonly x: number;
  /** The flag. */
  readonly goal: number;
  /** A wall. */
  readonly minPosition: number;
  readonly maxPosition: number;
  /** How strongly the engine drives, -1 (left) .. 1 (right). */
  readonly drive: number;
}

/** A car at `x`, driven so in the last step, on its way to the flag. */
export function valleyScene(x: number, goal: number, drive: number): MountainCarScene {
  return { kind: 'mountainCar', x, goal, minPosition, maxPosition, drive };
}
