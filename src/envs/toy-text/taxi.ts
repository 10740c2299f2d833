/**
 * Taxi: fetch a passenger and bring it where it wants to go (T. G. Dietterich, "Hierarchical Reinforcement Learning with the MAXQ Value Function
 * Decomposition", 2000), with Gymnasium's rules and draws (`gymnasium/envs/toy_text/taxi.py`, Taxi-v4).
 */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, multiDiscrete, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { Grid } from './grid.ts';
import { uniformStart } from './starts.ts';

/** Rows and columns of the town. */
const side = 5;
/** Cells (row * 5 + column) of the places: red, green, yellow, blue. */
const places: readonly number[] = [0, 4, 20, 23];
/** Cells with a wall on their right. */
const walls: readonly number[] = [1, 6, 15, 17, 20, 22];
/** Where the passenger is while it rides; else the number of a place. */
const inTaxi = 4;

/** ((row * 5 + column) * 5 + passenger) * 4 + destination. */
const observationSpace: DiscreteSpace = /* @__PURE__ */ discrete(500);
/** 0 south, 1 north, 2 east, 3 west, 4 pick up, 5 drop off. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(6);

/** What is on the left and on the right of south, north, east, west. */
const leftOf: readonly number[] = [2, 3, 1, 0];
const rightOf: readonly number[] = [3, 2, 0, 1];

const taxiOptions = {
  isRainy: { kind: 'boolean', default: false, meaning: 'whether a move may lead to the left or the right of where it was meant to' },
  rainyProbability: { kind: 'probability', default: 0.8, meaning: 'how likely a move in the rain leads where it was meant to' },
  ficklePassenger: { kind: 'boolean', default: false, meaning: 'whether a passenger may want to go elsewhere at the first move with it' },
  fickleProbability: { kind: 'probability', default: 0.3, meaning: 'how likely a fickle passenger does so' },
  actionMask: { kind: 'boolean', default: true, meaning: 'whether policies are told which actions change something, and take no other' },
  observation: {
    kind: 'choice',
    names: ['one-hot', 'factors'],
    default: 'one-hot',
    meaning: 'how the state is shown: one of 500 values; or row, column, passenger and destination, each one-hot to a network',
  },
} as const;

/** Options of Taxi, all optional. */
export type TaxiOptions = OptionValues<typeof taxiOptions>;

/** What there is to see. Cells are row * 5 + column, row 0 at the top. */
export interface TaxiScene extends Scene {
  readonly kind: 'taxi';
  readonly columns: number;
  /** Where the taxi is. */
  readonly cell: number;
  /** The number of the place where the passenger waits, or 4: it rides. */
  readonly passenger: number;
  /** The number of the place where the passenger wants to go. */
  readonly destination: number;
  /** Cells of the places: red, green, yellow, blue. */
  readonly places: readonly number[];
  /** Cells with a wall on their right. */
  readonly walls: readonly number[];
}

/** Where `cell * 4 + direction` leads: nowhere at a wall. */
function drives(): Uint16Array {
  return new Grid(side, side).ways(['down', 'up', 'right', 'left']).map((to, move) => {
    const cell = move >> 2;
    const besideWall = (move & 3) === 2 ? cell : (move & 3) === 3 ? cell - 1 : -1;
    return walls.includes(besideWall) ? cell : to;
  });
}

/** The states in which an episode may begin: the passenger waits at a place that is not its destination. */
function startStates(): number[] {
  const states = Array.from({ length: observationSpace.n }, (_, state) => ({ state, passenger: (state >> 2) % 5, destination: state & 3 }));
  return states.flatMap(({ state, passenger, destination }) => (passenger === inTaxi || passenger === destination ? [] : [state]));
}

class TaxiDynamics implements Dynamics<TaxiScene> {
  readonly name = 'Taxi';
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = actionSpace;
  readonly actionMasks: Uint8Array | undefined;
  /** (N) each: where the taxis and the passengers are, where these want to go, and 1 where one will change its mind at the first move with it. */
  readonly #rows: Readonly<Record<'cells' | 'passengers' | 'destinations' | 'fickle', Uint8Array>>;
  readonly #drives: Uint16Array = drives();
  readonly #drawStart: (generator: Generator) => number = uniformStart(startStates());
  /** How likely a passenger is fickle; undefined: none is, and nothing is drawn. */
  readonly #fickleProbability: number | undefined;
  readonly #straight: number;
  readonly #aside: number;
  /** Of the transition that happened last. */
  #probability = 1;

  constructor(numEnvs: number, options: TaxiOptions) {
    const { isRainy = false, rainyProbability = 0.8, ficklePassenger = false, fickleProbability = 0.3, actionMask = true } = options;
    const bytes = (): Uint8Array => new Uint8Array(numEnvs);
    this.#rows = { cells: bytes(), passengers: bytes(), destinations: bytes(), fickle: bytes() };
    this.#fickleProbability = ficklePassenger ? fickleProbability : undefined;
    this.#straight = isRainy ? rainyProbability : 1;
    this.#aside = (1 - this.#straight) / 2;
    this.actionMasks = actionMask ? new Uint8Array(6 * numEnvs) : undefined;
    this.observationSpace = options.observation === 'factors' ? multiDiscrete([side, side, 5, 4]) : observationSpace;
  }

  /** Writes the observation of environment i, and its mask. */
  #show(i: number, observations: StepArrays['observations']): void {
    const { cells, passengers, destinations } = this.#rows;
    const cell = cells[i]!;
    this.#mask(i);
    if (this.observationSpace.kind === 'discrete') {
      observations[i] = (cell * 5 + passengers[i]!) * 4 + destinations[i]!;
      return;
    }
    observations[4 * i] = Math.floor(cell / side);
    observations[4 * i + 1] = cell % side;
    observations[4 * i + 2] = passengers[i]!;
    observations[4 * i + 3] = destinations[i]!;
  }

  /** What changes something: moves that lead elsewhere, picking up where the passenger is, dropping it off at a place. */
  #mask(i: number): void {
    const masks = this.actionMasks;
    if (!masks) return;
    const cell = this.#rows.cells[i]!;
    const passenger = this.#rows.passengers[i]!;
    for (let k = 0; k < 4; k++) masks[6 * i + k] = this.#drives[cell * 4 + k] === cell ? 0 : 1;
    masks[6 * i + 4] = places[passenger] === cell ? 1 : 0;
    masks[6 * i + 5] = passenger === inTaxi && places.includes(cell) ? 1 : 0;
  }

  /** One draw, and one more with fickle passengers. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    const state = this.#drawStart(generator);
    const { cells, passengers, destinations, fickle } = this.#rows;
    cells[i] = Math.floor(state / 20);
    passengers[i] = (state >> 2) % 5;
    destinations[i] = state & 3;
    fickle[i] = this.#fickleProbability !== undefined && generator.random() < this.#fickleProbability ? 1 : 0;
    this.#show(i, observations);
  }

  /** One draw each, also where nothing is random, and one more where a passenger changes its mind. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const { cells, passengers, destinations, fickle } = this.#rows;
    const straight = this.#straight;
    const aside = this.#aside;
    for (let i = 0; i < cells.length; i++) {
      const action = actions[i]!;
      const draw = generators[i]!.random();
      const passenger = passengers[i]!;
      const cell = cells[i]!;
      rewards[i] = -1;
      terminated[i] = 0;
      this.#probability = 1;
      if (action < 4) {
        // Gymnasium's order: ahead, left, right; a draw above all sums is the first, as NumPy's argmax has it.
        const isAhead = draw < straight || draw >= straight + aside + aside;
        const direction = isAhead ? action : draw < straight + aside ? leftOf[action]! : rightOf[action]!;
        this.#probability = isAhead ? straight : aside;
        // Where the way ahead is blocked, the taxi does not go aside either.
        if (this.#drives[cell * 4 + action] !== cell) cells[i] = this.#drives[cell * 4 + direction]!;
        if (fickle[i] === 1 && passenger === inTaxi && cells[i] !== cell) {
          fickle[i] = 0;
          const other = generators[i]!.choice(3);
          destinations[i] = other < destinations[i]! ? other : other + 1;
        }
      } else if (action === 4 && places[passenger] === cell) passengers[i] = inTaxi;
      else if (action === 5 && passenger === inTaxi && places.includes(cell)) {
        passengers[i] = places.indexOf(cell);
        if (passengers[i] === destinations[i]) {
          rewards[i] = 20;
          terminated[i] = 1;
        }
      } else rewards[i] = -10;
      this.#show(i, observations);
    }
  }

  rows(): EnvState {
    return this.#rows;
  }

  /** The masks follow from the states. */
  restore(): void {
    for (let i = 0; i < this.#rows.cells.length; i++) this.#mask(i);
  }

  scene(i: number): TaxiScene {
    const { cells, passengers, destinations } = this.#rows;
    return { kind: 'taxi', columns: side, cell: cells[i]!, passenger: passengers[i]!, destination: destinations[i]!, places, walls };
  }

  /** Gymnasium's, whatever the number of starts. */
  resetInfo(): Info {
    return { prob: 1 };
  }

  /** The probability of the transition that happened, without that of a passenger who changes its mind. */
  stepInfo(): Info {
    return { prob: this.#probability };
  }
}

/**
 * Taxi for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition, `info.actionMask` has 1 for each
 * action that changes something.
 */
export function taxi(options: TaxiOptions = {}): MakeDynamics<TaxiScene> {
  return (numEnvs) => new TaxiDynamics(numEnvs, options);
}

/** Taxi-v4, with the limit and the threshold that Gymnasium registers. */
export const taxiSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'Taxi-v4',
      description: 'Fetch a passenger with a taxi, and bring it where it wants to go',
      observationSpace,
      actionSpace,
      observation: [
        {
          name: 'state',
          meaning: '((row * 5 + column) * 5 + passenger) * 4 + destination; 0 red, 1 green, 2 yellow, 3 blue, 4 in the taxi',
          min: 0,
          max: 499,
        },
      ],
      action: [
        ...['south', 'north', 'east', 'west'].map((name) => ({ name, meaning: `drive one cell ${name}; no move at a wall` })),
        { name: 'pick up', meaning: 'let the passenger in where it waits' },
        { name: 'drop off', meaning: 'let the passenger out at one of the four places' },
      ],
      rewards:
        '20 for letting the passenger out at its destination, -10 for picking up or dropping off where that is not possible, else -1. An action mask keeps policies from the second.',
      episodeEnd: 'Terminated when the passenger is at its destination. Truncated after 200 steps.',
      versions:
        'v4 came with Gymnasium 1.3.0, which refuses v3 and names v4 instead. It mended isRainy and added the two probabilities; without rain v3 of Gymnasium 1.2.3 has the same numbers.',
      source: 'https://gymnasium.farama.org/environments/toy_text/taxi/',
      maxEpisodeSteps: 200,
      rewardThreshold: 8,
      parity: 'exact',
    },
    taxiOptions,
    taxi,
  ),
];
