/**
 * CliffWalking: along a cliff from start to goal on a 4 x 12 grid (R. S. Sutton, A. G. Barto, "Reinforcement Learning", 2018,
 * example 6.6), with Gymnasium's rules and draws (`gymnasium/envs/toy_text/cliffwalking.py`, -v0, -v1 and Slippery-v1).
 */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { EnvSpec } from '../spec.ts';
import { type CellForm, cellOption, Grid } from './grid.ts';

const columns = 12;
const rows = 4;
const startState = 36;
const goalState = 47;

/** The cell: row * 12 + column. */
const observationSpace: DiscreteSpace = /* @__PURE__ */ discrete(rows * columns);
/** 0 up, 1 right, 2 down, 3 left. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(4);

/** Options of CliffWalking. */
export interface CliffWalkingOptions {
  /** What the environment shows, see {@link CellForm}. Default `one-hot`. */
  readonly observation?: CellForm;
  /** The move goes astray by a quarter turn to either side with probability 1/3 each. Default false. */
  readonly isSlippery?: boolean;
}

/** Steps up, right, down and left. */
const steps = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

/** The rules as tables over `cell * 4 + direction`: the next cell, and 1 where the step falls off the cliff. */
function transitions(): { next: Uint16Array; falls: Uint8Array } {
  const ways = new Grid(rows, columns).ways(steps);
  const falls = Uint8Array.from(ways, (to) => (to > startState && to < goalState ? 1 : 0));
  return { next: ways.map((to, move) => (falls[move] === 1 ? startState : to)), falls };
}
const table = /* @__PURE__ */ transitions();

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

class CliffWalkingDynamics implements Dynamics<CliffWalkingScene> {
  readonly name = 'CliffWalking';
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = actionSpace;
  /** (N) where the walkers stand. */
  readonly #cells: Int32Array;
  readonly #slippery: boolean;
  readonly #grid: Grid;

  constructor(numEnvs: number, options: CliffWalkingOptions) {
    this.#cells = new Int32Array(numEnvs).fill(startState);
    this.#slippery = options.isSlippery ?? false;
    this.#grid = new Grid(rows, columns, options.observation);
    this.observationSpace = this.#grid.observationSpace;
  }

  /** One draw: Gymnasium draws the first cell from a distribution with one possible outcome. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    generator.random();
    this.#cells[i] = startState;
    this.#grid.show(startState, i, observations);
  }

  /** One draw each, also where nothing is random (Gymnasium's `categorical_sample`). */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const cells = this.#cells;
    for (let i = 0; i < cells.length; i++) {
      const draw = generators[i]!.random();
      // Cumulative sums of three times 1/3 in doubles, in the order action - 1, action, action + 1.
      const turn = !this.#slippery ? 0 : draw < 1 / 3 ? 3 : draw < 1 / 3 + 1 / 3 ? 0 : 1;
      const move = cells[i]! * 4 + ((actions[i]! + turn) & 3);
      const next = table.next[move]!;
      rewards[i] = table.falls[move] === 1 ? -100 : -1;
      terminated[i] = next === goalState ? 1 : 0;
      cells[i] = next;
      this.#grid.show(next, i, observations);
    }
  }

  rows(): EnvState {
    return { cells: this.#cells };
  }

  scene(i: number): CliffWalkingScene {
    return { kind: 'cliffWalking', rows, columns, cell: this.#cells[i]!, start: startState, goal: goalState, cliff: cliffCells };
  }

  /** The probability of the transition that happened. */
  resetInfo(): Info {
    return { prob: 1 };
  }

  /** The probability of the transition that happened. */
  stepInfo(): Info {
    return { prob: this.#slippery ? 1 / 3 : 1 };
  }
}

/** CliffWalking for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition. */
export function cliffWalking(options: CliffWalkingOptions = {}): MakeDynamics<CliffWalkingScene> {
  return (numEnvs) => new CliffWalkingDynamics(numEnvs, options);
}

function cliffWalkingSpec(id: string, slipperyByDefault: boolean, description: string): EnvSpec {
  // Only version 1 of the plain task takes is_slippery in Gymnasium; the others are fixed.
  const slips = { kind: 'boolean', default: false, meaning: 'a move turns by a quarter to either side with probability 1/3 each' } as const;
  return dynamicsSpec(
    {
      id,
      description,
      observationSpace,
      actionSpace,
      observation: [
        {
          name: 'cell',
          meaning: 'where the walker stands: 12 * row + column, row 0 at the top; 36 is the start, 47 the goal',
          min: 0,
          max: observationSpace.n - 1,
        },
      ],
      action: ['up', 'right', 'down', 'left'].map((name) => ({
        name,
        meaning: `one cell ${name}${slipperyByDefault ? ', but to the left or to the right of that with probability 1/3 each' : ''}; no move at the edge`,
      })),
      rewards: '-1 for every step, -100 for a step into the cliff (cells 37 to 46), which leads back to the start.',
      episodeEnd:
        'Terminated at the goal. Never truncated, unless the option maxEpisodeSteps is given; evaluation cuts episodes at 500 steps.',
      versions: 'v1 added the option isSlippery and the id CliffWalkingSlippery-v1. v0 is v1 without slipping.',
      source: 'https://gymnasium.farama.org/environments/toy_text/cliff_walking/',
      evaluationMaxSteps: 500,
      // Gymnasium registers no threshold. Ours is what every safe way earns, also the one of 17 steps along the top row.
      rewardThreshold: slipperyByDefault ? undefined : -17,
      parity: 'exact',
    },
    id === 'CliffWalking-v1' ? { isSlippery: slips, observation: cellOption } : { observation: cellOption },
    (options) => cliffWalking({ isSlippery: slipperyByDefault, ...options }),
  );
}

/** CliffWalking-v1, its slippery form and -v0. */
export const cliffWalkingSpecs = (): EnvSpec[] => [
  cliffWalkingSpec('CliffWalking-v1', false, 'Walk from start to goal along a cliff'),
  cliffWalkingSpec('CliffWalkingSlippery-v1', true, 'Walk along a cliff where two steps in three go astray'),
  cliffWalkingSpec('CliffWalking-v0', false, 'Walk from start to goal along a cliff (the older id)'),
];
