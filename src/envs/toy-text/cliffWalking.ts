/**
 * CliffWalking: along a cliff from start to goal on a 4 x 12 grid (R. S. Sutton, A. G. Barto, "Reinforcement Learning", 2018,
 * example 6.6), with Gymnasium's rules and draws (`gymnasium/envs/toy_text/cliffwalking.py`, -v0, -v1 and Slippery-v1).
 */
import type { Env, EnvState, Info, ResetResult, Seed, StepResult } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import { EpisodeGuard } from '../guard.ts';
import { createEnvGenerator } from '../seeding.ts';
import { restoreArrays } from '../state.ts';

const columns = 12;
const rows = 4;
const startState = 36;
const goalState = 47;

/** The cell: row * 12 + column. */
export const cliffWalkingObservationSpace: DiscreteSpace = /* @__PURE__ */ discrete(rows * columns);
/** 0 up, 1 right, 2 down, 3 left. */
export const cliffWalkingActionSpace: DiscreteSpace = /* @__PURE__ */ discrete(4);

/** Options of CliffWalking. */
export interface CliffWalkingOptions {
  /** The move goes astray by a quarter turn to either side with probability 1/3 each. Default false. */
  readonly isSlippery?: boolean;
}

/** The rules as tables over `cell * 4 + direction`: the next cell, and 1 where the step falls off the cliff. */
function transitions(): { next: Uint8Array; falls: Uint8Array } {
  const next = new Uint8Array(rows * columns * 4);
  const falls = new Uint8Array(rows * columns * 4);
  const moves = [
    [-1, 0],
    [0, 1],
    [1, 0],
    [0, -1],
  ] as const;
  for (let cell = 0; cell < rows * columns; cell++) {
    moves.forEach(([down, right], direction) => {
      const row = Math.min(Math.max(Math.floor(cell / columns) + down, 0), rows - 1);
      const column = Math.min(Math.max((cell % columns) + right, 0), columns - 1);
      const fell = row === rows - 1 && column > 0 && column < columns - 1;
      next[cell * 4 + direction] = fell ? startState : row * columns + column;
      falls[cell * 4 + direction] = fell ? 1 : 0;
    });
  }
  return { next, falls };
}
const table = /* @__PURE__ */ transitions();

/** Where an episode starts. */
export const cliffWalkingStart: number = startState;

/**
 * The direction that a step takes. One draw, also where nothing is random (Gymnasium's `categorical_sample`).
 */
export function cliffWalkingDirection(action: number, slippery: boolean, generator: Generator): number {
  const draw = generator.random();
  if (!slippery) return action;
  // Cumulative sums of three times 1/3 in doubles, in the order action - 1, action, action + 1.
  const turn = draw < 1 / 3 ? 3 : draw < 1 / 3 + 1 / 3 ? 0 : 1;
  return (action + turn) & 3;
}

/** The cell after a step in a direction. */
export function cliffWalkingNext(cell: number, direction: number): number {
  return table.next[cell * 4 + direction]!;
}

/** The reward of a step in a direction: -100 for a fall, else -1. */
export function cliffWalkingReward(cell: number, direction: number): number {
  return table.falls[cell * 4 + direction] === 1 ? -100 : -1;
}

/** Whether this cell ends the episode. */
export function isCliffWalkingGoal(cell: number): boolean {
  return cell === goalState;
}

/** What there is to see. Cells are row * columns + column, row 0 at the top. */
export interface CliffWalkingScene extends Scene {
  readonly kind: 'cliffWalking';
  readonly rows: number;
  readonly columns: number;
  /** Where the walker stands. */
  readonly cell: number;
  readonly start: number;
  readonly goal: number;
  /** The cells from which the walker is thrown back to the start. */
  readonly cliff: readonly number[];
}

const cliffCells: readonly number[] = /* @__PURE__ */ Array.from({ length: columns - 2 }, (_, k) => startState + 1 + k);

/** The scene with the walker on `cell`. */
export function cliffWalkingScene(cell: number): CliffWalkingScene {
  return { kind: 'cliffWalking', rows, columns, cell, start: startState, goal: goalState, cliff: cliffCells };
}

/** CliffWalking without a time limit. `info.prob` is the probability of the transition that happened. */
export class CliffWalkingEnv implements Env<number, number> {
  readonly observationSpace: DiscreteSpace = cliffWalkingObservationSpace;
  readonly actionSpace: DiscreteSpace = cliffWalkingActionSpace;
  readonly #guard: EpisodeGuard = new EpisodeGuard('CliffWalking', cliffWalkingActionSpace);
  readonly #slippery: boolean;
  #generator: Generator = createEnvGenerator(0);
  #cell: number = startState;

  constructor(options: CliffWalkingOptions = {}) {
    this.#slippery = options.isSlippery ?? false;
  }

  /** Begins an episode at cell 36; see `Env.reset`. Throws CohortError for a bad seed. */
  reset(options: { seed?: Seed; options?: Info } = {}): ResetResult<number> {
    if (options.seed !== undefined) this.#generator = createEnvGenerator(options.seed);
    // Gymnasium draws the first cell from a distribution with one possible outcome.
    this.#generator.random();
    this.#cell = startState;
    this.#guard.begin();
    return { observation: startState, info: { prob: 1 } };
  }

  /** One step; see `Env.step`. */
  step(action: number): StepResult<number> {
    this.#guard.check(action);
    const direction = cliffWalkingDirection(action, this.#slippery, this.#generator);
    const reward = cliffWalkingReward(this.#cell, direction);
    this.#cell = cliffWalkingNext(this.#cell, direction);
    const terminated = isCliffWalkingGoal(this.#cell);
    if (terminated) this.#guard.end();
    return { observation: this.#cell, reward, terminated, truncated: false, info: { prob: this.#slippery ? 1 / 3 : 1 } };
  }

  /** What there is to see, for drawing. */
  scene(): CliffWalkingScene {
    return cliffWalkingScene(this.#cell);
  }

  /** `cell` (1), `generator` (10), `phase` (1). */
  getState(): EnvState {
    return {
      cell: Int32Array.of(this.#cell),
      generator: this.#generator.getState(),
      phase: Uint8Array.of(this.#guard.phase),
    };
  }

  /** Goes on from what {@link getState} returned. */
  setState(state: EnvState): void {
    const arrays = { cell: new Int32Array(1), generator: new Uint32Array(10), phase: new Uint8Array(1) };
    restoreArrays('CliffWalking', arrays, state);
    this.#cell = arrays.cell[0]!;
    this.#generator.setState(arrays.generator);
    this.#guard.phase = arrays.phase[0]!;
  }
}
