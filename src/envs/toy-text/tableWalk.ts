/** Walks whose rules are a table: one simulator for the grids on which a move may go astray by a quarter turn. */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import type { Grid } from './grid.ts';
import { uniformStart } from './starts.ts';

/** Four directions, each a quarter turn from the one before. */
export const directions: DiscreteSpace = /* @__PURE__ */ discrete(4);

/** What makes a walk. Tables are over `cell * 4 + direction`. */
export interface TableWalk<S extends Scene> {
  /** Speaks in errors. */
  readonly name: string;
  readonly grid: Grid;
  /** The next cell. */
  readonly next: Uint16Array;
  /** What the step pays. */
  readonly pays: Float64Array;
  /** 1 where the step ends the episode. */
  readonly ends: Uint8Array;
  /** Cells in which an episode begins, all as likely. */
  readonly starts: readonly number[];
  /** How likely a move leads where it was meant to, and how likely to each of its sides. */
  readonly straight: number;
  readonly aside: number;
  /** What there is to see of a walker on `cell`. */
  scene(cell: number): S;
}

class TableWalkDynamics<S extends Scene> implements Dynamics<S> {
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = directions;
  readonly #walk: TableWalk<S>;
  /** (N) where the walkers stand. */
  readonly #cells: Int32Array;
  readonly #drawStart: (generator: Generator) => number;
  /** The sums of probabilities that Gymnasium compares a draw with. */
  readonly #sums: readonly [number, number, number];
  /** Quarter turns by which the last move went astray. */
  #turn = 0;

  constructor(numEnvs: number, walk: TableWalk<S>) {
    const { name, grid, starts, straight, aside } = walk;
    this.name = name;
    this.observationSpace = grid.observationSpace;
    this.#walk = walk;
    this.#cells = new Int32Array(numEnvs).fill(starts[0]!);
    this.#drawStart = uniformStart(starts);
    this.#sums = [aside, aside + straight, aside + straight + aside];
  }

  /** One draw, also where there is but one start. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const cell = this.#drawStart(generator);
    this.#cells[i] = cell;
    this.#walk.grid.show(cell, i, observations);
  }

  /** One draw each, also where nothing is random (Gymnasium's `categorical_sample`). */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const cells = this.#cells;
    const { grid, next, pays, ends } = this.#walk;
    const [first, second, third] = this.#sums;
    for (let i = 0; i < cells.length; i++) {
      const draw = generators[i]!.random();
      // In the order action - 1, action, action + 1; a draw above all sums is the first, as NumPy's argmax has it.
      const turn = draw < first ? 3 : draw < second ? 0 : draw < third ? 1 : 3;
      const move = cells[i]! * 4 + ((actions[i]! + turn) & 3);
      rewards[i] = pays[move]!;
      terminated[i] = ends[move]!;
      cells[i] = next[move]!;
      this.#turn = turn;
      grid.show(next[move]!, i, observations);
    }
  }

  rows(): EnvState {
    return { cells: this.#cells };
  }

  scene(i: number): S {
    return this.#walk.scene(this.#cells[i]!);
  }

  /** Gymnasium's, whatever the number of starts. */
  resetInfo(): Info {
    return { prob: 1 };
  }

  /** The probability of the transition that happened. */
  stepInfo(): Info {
    return { prob: this.#turn === 0 ? this.#walk.straight : this.#walk.aside };
  }
}

/** The walk for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition. */
export const tableWalk =
  <S extends Scene>(walk: TableWalk<S>): MakeDynamics<S> =>
  (numEnvs) =>
    new TableWalkDynamics(numEnvs, walk);
