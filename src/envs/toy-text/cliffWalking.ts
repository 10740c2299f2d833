/**
 * CliffWalking: along a cliff from start to goal on a 4 x 12 grid (R. S. Sutton, A. G. Barto, "Reinforcement Learning", 2018,
 * example 6.6), with Gymnasium's rules and draws (`gymnasium/envs/toy_text/cliffwalking.py`, -v0, -v1 and Slippery-v1).
 */
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete } from '../../core/space.ts';
import type { MakeDynamics } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { EnvSpec } from '../spec.ts';
import { type CellForm, cellOption, directions, Grid } from './grid.ts';
import { tabular } from './tabular.ts';

const columns = 12;
const rows = 4;
const startState = 36;
const goalState = 47;

/** The cell: row * 12 + column. */
const observationSpace: DiscreteSpace = /* @__PURE__ */ discrete(rows * columns);

/** Options of CliffWalking. */
export interface CliffWalkingOptions {
  /** What the environment shows, see {@link CellForm}. Default `one-hot`. */
  readonly observation?: CellForm;
  /** The move goes astray by a quarter turn to either side with probability 1/3 each. Default false. */
  readonly isSlippery?: boolean;
}

/** By the number of the action. */
const moves = ['up', 'right', 'down', 'left'] as const;

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

/** CliffWalking for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition. */
export function cliffWalking({ observation, isSlippery = false }: CliffWalkingOptions = {}): MakeDynamics<CliffWalkingScene> {
  const grid = new Grid(rows, columns, observation);
  return tabular({
    name: 'CliffWalking',
    states: rows * columns,
    actionSpace: directions,
    view: grid,
    isStart: (cell) => cell === startState,
    outcomes: grid.outcomes(moves, isSlippery ? 1 / 3 : 1, isSlippery ? 1 / 3 : 0, (cell) => {
      const isFall = cell > startState && cell < goalState;
      return { next: isFall ? startState : cell, reward: isFall ? -100 : -1, terminated: cell === goalState };
    }),
    scene: (cell) => ({ kind: 'cliffWalking', rows, columns, cell, start: startState, goal: goalState, cliff: cliffCells }),
  });
}

function cliffWalkingSpec(id: string, slipperyByDefault: boolean, description: string): EnvSpec {
  // Only version 1 of the plain task takes is_slippery in Gymnasium; the others are fixed.
  const slips = { kind: 'boolean', default: false, meaning: 'a move turns by a quarter to either side with probability 1/3 each' } as const;
  return dynamicsSpec(
    {
      id,
      description,
      observationSpace,
      actionSpace: directions,
      observation: [
        {
          name: 'cell',
          meaning: 'where the walker stands: 12 * row + column, row 0 at the top; 36 is the start, 47 the goal',
          min: 0,
          max: observationSpace.n - 1,
        },
      ],
      action: moves.map((name) => ({
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
