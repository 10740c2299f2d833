/**
 * Taxi: fetch a passenger and bring it where it wants to go (T. G. Dietterich, "Hierarchical Reinforcement Learning with the MAXQ Value Function
 * Decomposition", 2000), with Gymnasium's rules and draws (`gymnasium/envs/toy_text/taxi.py`, Taxi-v4).
 */
import type { EnvState } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, multiDiscrete } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import type { EnvSpec } from '../spec.ts';
import { Grid } from './grid.ts';
import { type Outcome, type StateView, TabularDynamics, type TabularTask } from './tabular.ts';

/** Rows and columns of the town. */
const side = 5;
/** Cells (row * 5 + column) of the places: red, green, yellow, blue. */
const places: readonly number[] = [0, 4, 20, 23];
/** Cells with a wall on their right. */
const walls: readonly number[] = [1, 6, 15, 17, 20, 22];
/** Where the passenger is while it rides; else the number of a place. */
const inTaxi = 4;

const stateMeaning = '((row * 5 + column) * 5 + passenger) * 4 + destination; 0 red, 1 green, 2 yellow, 3 blue, 4 in the taxi';
const observationSpace: DiscreteSpace = /* @__PURE__ */ discrete(500);
/** 0 south, 1 north, 2 east, 3 west, 4 pick up, 5 drop off. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(6);

/** By the number of the action; and what is on the left and on the right of each. */
const moves = ['down', 'up', 'right', 'left'] as const;
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

const numberOf = (cell: number, passenger: number, destination: number): number => (cell * 5 + passenger) * 4 + destination;
const partsOf = (state: number) => ({ cell: Math.floor(state / 20), passenger: (state >> 2) % 5, destination: state & 3 });

/** What an action leads to, in Gymnasium's order. `ways`: where moves lead; `straight`: how likely one goes ahead. */
function outcomesOf(ways: Uint16Array, straight: number, state: number, action: number): readonly Outcome[] {
  const { cell, passenger, destination } = partsOf(state);
  if (action < 4) {
    // Where the way ahead is blocked, the taxi does not go aside either.
    const isBlocked = ways[cell * 4 + action] === cell;
    const directions = straight === 1 ? [action] : [action, leftOf[action]!, rightOf[action]!];
    return directions.map((direction, k) => ({
      probability: k === 0 ? straight : (1 - straight) / 2,
      next: isBlocked ? state : numberOf(ways[cell * 4 + direction]!, passenger, destination),
      reward: -1,
      terminated: false,
    }));
  }
  // Where the passenger is then; -1: there is nobody to let in or out, or no place.
  const [from, to] = action === 4 ? [places[passenger], inTaxi] : [passenger === inTaxi ? cell : undefined, places.indexOf(cell)];
  const place = from === cell ? to : -1;
  const next = place < 0 ? state : numberOf(cell, place, destination);
  const terminated = place === destination;
  return [{ probability: 1, next, reward: terminated ? 20 : place < 0 ? -10 : -1, terminated }];
}

/** How states are shown as row, column, passenger and destination. */
const factors: StateView = {
  observationSpace: /* @__PURE__ */ multiDiscrete([side, side, 5, 4]),
  show(state, i, observations) {
    const { cell, passenger, destination } = partsOf(state);
    observations[4 * i] = Math.floor(cell / side);
    observations[4 * i + 1] = cell % side;
    observations[4 * i + 2] = passenger;
    observations[4 * i + 3] = destination;
  },
};

/** Passengers of whom one may want to go elsewhere at the first move with it. */
class FicklePassengers extends TabularDynamics<TaxiScene> {
  readonly #probability: number;
  /** (N) 1 where it will. */
  readonly #fickle: Uint8Array;
  readonly #before: Int32Array;

  constructor(numEnvs: number, task: TabularTask<TaxiScene>, probability: number) {
    super(numEnvs, task);
    this.#probability = probability;
    this.#fickle = new Uint8Array(numEnvs);
    this.#before = new Int32Array(numEnvs);
  }

  /** One draw more. */
  override start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    super.start(i, generator, observations);
    this.#fickle[i] = generator.random() < this.#probability ? 1 : 0;
  }

  /** One draw more where one changes its mind. */
  override advance(actions: ArrayLike<number>, generators: readonly Generator[], out: StepArrays): void {
    this.#before.set(this.states);
    super.advance(actions, generators, out);
    for (let i = 0; i < this.states.length; i++) {
      const { cell, passenger, destination } = partsOf(this.states[i]!);
      if (this.#fickle[i] === 0 || passenger !== inTaxi || cell === partsOf(this.#before[i]!).cell) continue;
      this.#fickle[i] = 0;
      const other = generators[i]!.choice(3);
      this.place(i, numberOf(cell, passenger, other < destination ? other : other + 1), out.observations);
    }
  }

  override rows(): EnvState {
    return { ...super.rows(), fickle: this.#fickle };
  }
}

/**
 * Taxi for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the transition, without that of a passenger who
 * changes its mind; `info.actionMask` has 1 for each action that changes something.
 */
export function taxi(options: TaxiOptions = {}): MakeDynamics<TaxiScene> {
  const { isRainy = false, rainyProbability = 0.8, ficklePassenger = false, fickleProbability = 0.3, actionMask = true } = options;
  const ways = new Grid(side, side, 'one-hot', walls).ways(moves);
  const task: TabularTask<TaxiScene> = {
    name: 'Taxi',
    states: observationSpace.n,
    actionSpace,
    view: options.observation === 'factors' ? factors : undefined,
    isStart: (state) => ![inTaxi, partsOf(state).destination].includes(partsOf(state).passenger),
    outcomes: (state, action) => outcomesOf(ways, isRainy ? rainyProbability : 1, state, action),
    isMasked: actionMask,
    scene: (state) => ({ kind: 'taxi', columns: side, places, walls, ...partsOf(state) }),
  };
  return (numEnvs) => (ficklePassenger ? new FicklePassengers(numEnvs, task, fickleProbability) : new TabularDynamics(numEnvs, task));
}

/** Taxi-v4, with the limit and the threshold that Gymnasium registers. */
export const taxiSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'Taxi-v4',
      description: 'Fetch a passenger with a taxi, and bring it where it wants to go',
      observationSpace,
      actionSpace,
      observation: [{ name: 'state', meaning: stateMeaning, min: 0, max: 499 }],
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
