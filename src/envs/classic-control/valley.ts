/** The valley of both MountainCars: sin(3 x), in lengths of its own; Gymnasium's constants, and how an episode begins. */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, StepArrays } from '../dynamics.ts';
import type { OptionValues } from '../options.ts';
import { resetBounds } from './resetBounds.ts';

/** A wall. */
export const minPosition = -1.2;
export const maxPosition = 0.6;
/** Per step. */
export const maxSpeed = 0.07;
/** Per step^2, where the valley is steepest. */
export const gravity = 0.0025;
/** The first position lies within them. */
const initialBounds = [-0.6, -0.4] as const;

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

/** Cars in the valley. How they drive is a subclass's. */
export abstract class ValleyDynamics implements Dynamics<MountainCarScene> {
  abstract readonly name: string;
  abstract readonly actionSpace: Space;
  readonly observationSpace: BoxSpace = valleySpace;
  /** (N, 2) position and velocity. */
  protected readonly states: Float64Array;
  /** (N) Of the last step; for drawings. */
  protected readonly drives: Float64Array;
  protected readonly goalVelocity: number;
  /** Where the flag is. */
  protected abstract readonly goal: number;

  constructor(numEnvs: number, { goalVelocity = 0 }: MountainCarOptions) {
    this.states = new Float64Array(2 * numEnvs);
    this.drives = new Float64Array(numEnvs);
    this.goalVelocity = goalVelocity;
  }

  /** Draws a first position: one uniform number. The car stands. */
  start(i: number, generator: Generator, observations: StepArrays['observations'], options: Info = {}): void {
    const [low, high] = resetBounds(this.name, options, initialBounds);
    observations[2 * i] = this.states[2 * i] = generator.uniform(low, high);
    observations[2 * i + 1] = this.states[2 * i + 1] = 0;
    this.drives[i] = 0;
  }

  abstract advance(actions: ArrayLike<number>, generators: readonly Generator[], arrays: StepArrays): void;

  rows(): EnvState {
    return { states: this.states, drives: this.drives };
  }

  scene(i: number): MountainCarScene {
    return { kind: 'mountainCar', x: this.states[2 * i]!, goal: this.goal, minPosition, maxPosition, drive: this.drives[i]! };
  }
}
