/**
 * FrozenLake: over the ice to the goal, past the holes, with Gymnasium's rules and draws (`gymnasium/envs/toy_text/frozen_lake.py`,
 * FrozenLake-v1 and FrozenLake8x8-v1).
 */
import type { EnvState, Info } from '../../core/env.ts';
import { mistake } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { generateRandomMap, lakeMaps, largestLake } from './frozenLakeMaps.ts';
import { cellOption, Grid } from './grid.ts';
import { uniformStart } from './starts.ts';

/** 0 left, 1 down, 2 right, 3 up. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(4);

/** The options of FrozenLake: Gymnasium's, how the tile is shown, and those of `generate_random_map`. */
const optionsOf = (mapName: keyof typeof lakeMaps) =>
  ({
    desc: { kind: 'map', names: ['S', 'F', 'H', 'G'], meaning: 'a map of your own (start, frozen, hole, goal), in place of mapName' },
    mapName: {
      kind: 'choice',
      names: ['4x4', '8x8', 'random'],
      default: mapName,
      meaning: 'the map by its name, or random: that one is drawn',
    },
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
    const got = `${desc.length} x ${desc[0]!.length}`;
    throw mistake('FrozenLake: desc', `at most ${largestLake} x ${largestLake} tiles`, got, 'take a smaller map');
  }
  if (!desc.join('').includes('S'))
    throw mistake('FrozenLake: desc', 'at least one S, the start', 'none', 'write S where an episode begins');
  return desc;
}

/** Steps left, down, right and up. */
const steps = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;

/** The rules of a map as tables over `cell * 4 + direction`: the next cell, what it pays, and 1 where it ends the episode. */
function transitions(tiles: string, grid: Grid, [goal = 1, hole = 0, ice = 0]: readonly number[] = []) {
  const next = grid.ways(steps);
  const pays = Float64Array.from(next, (cell) => (tiles[cell] === 'G' ? goal : tiles[cell] === 'H' ? hole : ice));
  const ends = Uint8Array.from(next, (cell) => ('GH'.includes(tiles[cell]!) ? 1 : 0));
  return { next, pays, ends };
}

class FrozenLakeDynamics implements Dynamics<FrozenLakeScene> {
  readonly name = 'FrozenLake';
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = actionSpace;
  /** (N) where the walkers stand. */
  readonly #cells: Int32Array;
  readonly #map: readonly string[];
  readonly #grid: Grid;
  readonly #table: ReturnType<typeof transitions>;
  readonly #drawStart: (generator: Generator) => number;
  /** Probabilities of going straight and of going to one side, and the sums of them that Gymnasium compares a draw with. */
  readonly #straight: number;
  readonly #aside: number;
  readonly #sums: readonly [number, number, number];
  /** Of the transition that happened last. */
  #probability = 1;

  constructor(numEnvs: number, map: readonly string[], options: FrozenLakeOptions) {
    const { isSlippery = true, successRate = 1 / 3, rewardSchedule, observation } = options;
    const tiles = map.join('');
    this.#map = map;
    this.#grid = new Grid(map.length, map[0]!.length, observation);
    this.observationSpace = this.#grid.observationSpace;
    this.#table = transitions(tiles, this.#grid, rewardSchedule);
    this.#drawStart = uniformStart(Array.from(tiles, (_, cell) => cell).filter((cell) => tiles[cell] === 'S'));
    this.#cells = new Int32Array(numEnvs).fill(tiles.indexOf('S'));
    this.#straight = isSlippery ? successRate : 1;
    this.#aside = (1 - this.#straight) / 2;
    this.#sums = [this.#aside, this.#aside + this.#straight, this.#aside + this.#straight + this.#aside];
  }

  /** One draw, also where there is but one start. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const cell = this.#drawStart(generator);
    this.#cells[i] = cell;
    this.#grid.show(cell, i, observations);
  }

  /** One draw each, also where nothing is random. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const cells = this.#cells;
    const { next, pays, ends } = this.#table;
    const [first, second, third] = this.#sums;
    for (let i = 0; i < cells.length; i++) {
      const draw = generators[i]!.random();
      // In the order action - 1, action, action + 1; a draw above all sums is the first, as NumPy's argmax has it.
      const turn = draw < first ? 3 : draw < second ? 0 : draw < third ? 1 : 3;
      const move = cells[i]! * 4 + ((actions[i]! + turn) & 3);
      rewards[i] = pays[move]!;
      terminated[i] = ends[move]!;
      cells[i] = next[move]!;
      this.#probability = turn === 0 ? this.#straight : this.#aside;
      this.#grid.show(next[move]!, i, observations);
    }
  }

  rows(): EnvState {
    return { cells: this.#cells };
  }

  scene(i: number): FrozenLakeScene {
    return { kind: 'frozenLake', map: this.#map, columns: this.#map[0]!.length, cell: this.#cells[i]! };
  }

  /** Gymnasium's, whatever the number of starts. */
  resetInfo(): Info {
    return { prob: 1 };
  }

  /** The probability of the transition that happened. */
  stepInfo(): Info {
    return { prob: this.#probability };
  }
}

/**
 * FrozenLake for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition. Throws `CohortError` for a
 * map that is none.
 */
export function frozenLake(options: FrozenLakeOptions = {}): MakeDynamics<FrozenLakeScene> {
  const map = mapOf(options);
  return (numEnvs) => new FrozenLakeDynamics(numEnvs, map, options);
}

function frozenLakeSpec(id: string, mapName: '4x4' | '8x8', maxEpisodeSteps: number, rewardThreshold: number): EnvSpec {
  const count = mapName === '4x4' ? 16 : 64;
  return dynamicsSpec(
    {
      id,
      description: `Cross a frozen lake of ${mapName.replace('x', ' x ')} tiles where moves go astray, past the holes`,
      observationSpace: discrete(count),
      actionSpace,
      observation: [{ name: 'tile', meaning: 'where the walker stands: row * columns + column, row 0 at the top', min: 0, max: count - 1 }],
      action: ['left', 'down', 'right', 'up'].map((name) => ({
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
