/**
 * FrozenLake: over the ice to the goal, past the holes, with Gymnasium's rules and draws (`gymnasium/envs/toy_text/frozen_lake.py`,
 * FrozenLake-v1 and FrozenLake8x8-v1).
 */
import { mistake } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { discrete } from '../../core/space.ts';
import type { MakeDynamics } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { generateRandomMap, lakeMaps, largestLake } from './frozenLakeMaps.ts';
import { cellOption, directions, Grid } from './grid.ts';
import { tabular } from './tabular.ts';

/** The options of FrozenLake: Gymnasium's, how the tile is shown, and those of `generate_random_map`. */
const optionsOf = (mapName: keyof typeof lakeMaps) =>
  ({
    desc: { kind: 'map', names: ['S', 'F', 'H', 'G'], meaning: 'a map of your own (start, frozen, hole, goal), in place of mapName' },
    mapName: { kind: 'choice', names: ['4x4', '8x8', 'random'], default: mapName, meaning: 'the map by its name, or random: one is drawn' },
    mapSize: { kind: 'steps', default: 8, meaning: 'rows and columns of a random map, 2 to 100' },
    mapSeed: { kind: 'count', default: 0, meaning: 'seed of a random map' },
    frozenProbability: { kind: 'probability', default: 0.8, meaning: 'how likely a tile of a random map is frozen' },
    isSlippery: { kind: 'boolean', default: true, meaning: 'whether a move may lead to the left or the right of where it was meant to' },
    successRate: { kind: 'probability', default: 1 / 3, meaning: 'how likely a move on slippery ice leads where it was meant to' },
    rewardSchedule: { kind: 'numbers', names: ['goal', 'hole', 'ice'], default: [1, 0, 0], meaning: 'what a step pays that leads there' },
    observation: cellOption,
  }) as const;

/** Options of FrozenLake, all optional. */
export type FrozenLakeOptions = OptionValues<ReturnType<typeof optionsOf>>;

/** By the number of the action. */
const moves = ['left', 'down', 'right', 'up'] as const;

/** What there is to see. Tiles are row * columns + column, row 0 at the top. */
export interface FrozenLakeScene extends Scene {
  readonly kind: 'frozenLake';
  /** Rows of S, F, H and G. */
  readonly map: readonly string[];
  readonly columns: number;
  /** Where the walker stands. */
  readonly cell: number;
}

const randomOptions = ['mapSize', 'mapSeed', 'frozenProbability'] as const;

/** The map that the options ask for. Throws `CohortError` for one that cannot be walked on, and for options of a random map beside another. */
function mapOf(options: FrozenLakeOptions): readonly string[] {
  const { desc, mapName = '4x4', mapSize: size = 8, mapSeed: seed = 0, frozenProbability = 0.8 } = options;
  const unused = desc || mapName !== 'random' ? randomOptions.find((name) => options[name] !== undefined) : undefined;
  if (unused) {
    throw mistake(`FrozenLake: ${unused}`, 'it with a random map', 'another map', 'add mapName random without desc, or leave it out');
  }
  if (!desc) return mapName === 'random' ? generateRandomMap({ size, seed, frozenProbability }) : lakeMaps[mapName];
  if (desc.length > largestLake || desc[0]!.length > largestLake) {
    throw mistake('FrozenLake: desc', `at most ${largestLake} x ${largestLake} tiles`, `${desc.length} x ${desc[0]!.length}`, 'take fewer');
  }
  if (!desc.join('').includes('S'))
    throw mistake('FrozenLake: desc', 'at least one S, the start', 'none', 'write S where an episode begins');
  return desc;
}

/**
 * FrozenLake for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition. Throws `CohortError` for a
 * map that is none.
 */
export function frozenLake(options: FrozenLakeOptions = {}): MakeDynamics<FrozenLakeScene> {
  const { isSlippery = true, successRate = 1 / 3, rewardSchedule: [goal = 1, hole = 0, ice = 0] = [], observation } = options;
  const map = mapOf(options);
  const tiles = map.join('');
  const columns = map[0]!.length;
  const grid = new Grid(map.length, columns, observation);
  const straight = isSlippery ? successRate : 1;
  return tabular({
    name: 'FrozenLake',
    states: tiles.length,
    actionSpace: directions,
    view: grid,
    isStart: (cell) => tiles[cell] === 'S',
    outcomes: grid.outcomes(moves, straight, (1 - straight) / 2, (next) => {
      const tile = tiles[next]!;
      return { next, reward: tile === 'G' ? goal : tile === 'H' ? hole : ice, terminated: 'GH'.includes(tile) };
    }),
    scene: (cell) => ({ kind: 'frozenLake', map, columns, cell }),
  });
}

function frozenLakeSpec(id: string, mapName: '4x4' | '8x8', maxEpisodeSteps: number, rewardThreshold: number): EnvSpec {
  const count = mapName === '4x4' ? 16 : 64;
  return dynamicsSpec(
    {
      id,
      description: `Cross a frozen lake of ${mapName.replace('x', ' x ')} tiles where moves go astray, past the holes`,
      observationSpace: discrete(count),
      actionSpace: directions,
      observation: [{ name: 'tile', meaning: 'where the walker stands: row * columns + column, row 0 at the top', min: 0, max: count - 1 }],
      action: moves.map((name) => ({
        name,
        meaning: `one tile ${name}, or no move at the edge; on slippery ice so with probability successRate (1/3), else a quarter turn to either side`,
      })),
      rewards: '1 for reaching the goal, 0 for every other step. The option rewardSchedule sets other values for goal, hole and ice.',
      episodeEnd: `Terminated at the goal and in a hole. Truncated after ${maxEpisodeSteps} steps.`,
      versions: 'v1 is the only version of Gymnasium 1.3.0; it mended the rewards of v0.',
      source: 'https://gymnasium.farama.org/environments/toy_text/frozen_lake/',
      maxEpisodeSteps,
      rewardThreshold,
      parity: 'exact',
    },
    optionsOf(mapName),
    (options) => frozenLake({ mapName, ...options }),
  );
}

/** FrozenLake-v1 and FrozenLake8x8-v1, with the limits and thresholds that Gymnasium registers. */
export const frozenLakeSpecs = (): EnvSpec[] => [
  frozenLakeSpec('FrozenLake-v1', '4x4', 100, 0.7),
  frozenLakeSpec('FrozenLake8x8-v1', '8x8', 200, 0.85),
];
