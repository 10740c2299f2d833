/**
 * Blackjack against a dealer, from a deck without end (R. S. Sutton, A. G. Barto, "Reinforcement Learning", 2018, example 5.1), with Gymnasium's rules
 * and draws (`gymnasium/envs/toy_text/blackjack.py`, Blackjack-v1).
 */
import type { EnvState } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type BoxSpace, box, type DiscreteSpace, discrete, type Space, type TupleSpace, tuple } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { OptionValues } from '../options.ts';
import type { EnvSpec } from '../spec.ts';

/** How many values the player's sum, the dealer's card and the usable ace have. */
const sizes = [32, 11, 2] as const;
const observationSpace: TupleSpace = /* @__PURE__ */ tuple([discrete(sizes[0]), discrete(sizes[1]), discrete(sizes[2])]);
const vectorSpace: BoxSpace = /* @__PURE__ */ box(0, [sizes[0] - 1, sizes[1] - 1, sizes[2] - 1], [3]);
/** 0 stick, 1 hit. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(2);

/** Ace 1, jack, queen and king 10. */
const deck: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
/** The dealer draws below this. */
const dealerStands = 17;
const most = 21;
/** Numbers of one observation, one-hot. */
const width = sizes[0] + sizes[1] + sizes[2];
/** Numbers of one hand: three, and places for the cards; 21 aces and one card more are the most. */
const room = 3 + 22;

const blackjackOptions = {
  natural: { kind: 'boolean', default: false, meaning: 'whether an ace and a ten that win pay 1.5; only without sab' },
  sab: { kind: 'boolean', default: true, meaning: 'rules of Sutton and Barto: an ace and a ten win against all but the same' },
  observation: {
    kind: 'choice',
    names: ['one-hot', 'vector'],
    default: 'one-hot',
    meaning: 'how the hand is shown: three discrete values, each one-hot to a network; or the three numbers as a vector',
  },
} as const;

/** Options of Blackjack, all optional. Gymnasium registers Blackjack-v1 with `sab`, which makes nothing of `natural`. */
export type BlackjackOptions = OptionValues<typeof blackjackOptions>;

/** What there is to see: cards by their values, ace 1. */
export interface BlackjackScene extends Scene {
  readonly kind: 'blackjack';
  readonly player: readonly number[];
  /** The first card is open; the others are hidden until the player sticks. */
  readonly dealer: readonly number[];
  readonly playerSum: number;
  /** Of all cards. */
  readonly dealerSum: number;
  readonly usableAce: boolean;
  /** Whether the hand is over. */
  readonly isOver: boolean;
  /** What it paid: 0 until it is over. */
  readonly reward: number;
}

/** One hand in each of N environments. */
class Hands {
  /** (N, 25) how many cards, their sum with aces as 1, how many aces, and the cards in the order in which they were drawn. */
  readonly rows: Uint8Array;

  constructor(numEnvs: number) {
    this.rows = new Uint8Array(room * numEnvs);
  }

  hit(i: number, generator: Generator): void {
    const card = deck[generator.choice(deck.length)]!;
    this.rows[room * i + 3 + this.rows[room * i]!++] = card;
    this.rows[room * i + 1]! += card;
    if (card === 1) this.rows[room * i + 2]!++;
  }

  deal(i: number, generator: Generator): void {
    this.rows.fill(0, room * i, room * i + 3);
    this.hit(i, generator);
    this.hit(i, generator);
  }

  /** Whether an ace counts as 11, for that is not too much. */
  hasUsableAce(i: number): boolean {
    return this.rows[room * i + 2]! > 0 && this.rows[room * i + 1]! + 10 <= most;
  }

  sum(i: number): number {
    return this.rows[room * i + 1]! + (this.hasUsableAce(i) ? 10 : 0);
  }

  /** Whether it is an ace and a ten. */
  isNatural(i: number): boolean {
    return this.rows[room * i] === 2 && this.sum(i) === most;
  }

  cards(i: number): number[] {
    return Array.from(this.rows.subarray(room * i + 3, room * i + 3 + this.rows[room * i]!));
  }
}

class BlackjackDynamics implements Dynamics<BlackjackScene> {
  readonly name = 'Blackjack';
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = actionSpace;
  readonly #player: Hands;
  readonly #dealer: Hands;
  /** (N) 1 where the hand is over. */
  readonly #over: Uint8Array;
  /** (N) what the last step paid. */
  readonly #paid: Float64Array;
  readonly #sab: boolean;
  readonly #natural: boolean;

  constructor(numEnvs: number, { sab = true, natural = false, observation }: BlackjackOptions) {
    this.#player = new Hands(numEnvs);
    this.#dealer = new Hands(numEnvs);
    this.#over = new Uint8Array(numEnvs);
    this.#paid = new Float64Array(numEnvs);
    this.#sab = sab;
    this.#natural = natural;
    this.observationSpace = observation === 'vector' ? vectorSpace : observationSpace;
  }

  #show(i: number, observations: StepArrays['observations']): void {
    const sum = this.#player.sum(i);
    const card = this.#dealer.rows[room * i + 3]!;
    const usable = this.#player.hasUsableAce(i) ? 1 : 0;
    if (this.observationSpace.kind === 'box') {
      observations[3 * i] = sum;
      observations[3 * i + 1] = card;
      observations[3 * i + 2] = usable;
      return;
    }
    const at = i * width;
    observations.fill(0, at, at + width);
    observations[at + sum] = observations[at + sizes[0] + card] = observations[at + sizes[0] + sizes[1] + usable] = 1;
  }

  /** Four cards; then two draws for Gymnasium's picture of the dealer's card: its suit, and which face a ten has. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    this.#dealer.deal(i, generator);
    this.#player.deal(i, generator);
    generator.choice(4);
    if (this.#dealer.rows[room * i + 3] === 10) generator.choice(3);
    this.#over[i] = this.#paid[i] = 0;
    this.#show(i, observations);
  }

  /** One draw for each card. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    for (let i = 0; i < rewards.length; i++) {
      if (actions[i] === 1) {
        this.#player.hit(i, generators[i]!);
        const isBust = this.#player.sum(i) > most;
        this.#over[i] = isBust ? 1 : 0;
        this.#paid[i] = isBust ? -1 : 0;
      } else {
        while (this.#dealer.sum(i) < dealerStands) this.#dealer.hit(i, generators[i]!);
        this.#over[i] = 1;
        this.#paid[i] = this.#payoff(i);
      }
      rewards[i] = this.#paid[i]!;
      terminated[i] = this.#over[i]!;
      this.#show(i, observations);
    }
  }

  /** What sticking pays, once the dealer has drawn. */
  #payoff(i: number): number {
    const sum = this.#dealer.sum(i);
    const lead = this.#player.sum(i) - (sum > most ? 0 : sum);
    if (this.#sab && this.#player.isNatural(i) && !this.#dealer.isNatural(i)) return 1;
    if (!this.#sab && this.#natural && this.#player.isNatural(i) && lead > 0) return 1.5;
    return Math.sign(lead);
  }

  rows(): EnvState {
    return { player: this.#player.rows, dealer: this.#dealer.rows, over: this.#over, paid: this.#paid };
  }

  scene(i: number): BlackjackScene {
    const [player, dealer] = [this.#player, this.#dealer];
    return {
      kind: 'blackjack',
      player: player.cards(i),
      dealer: dealer.cards(i),
      playerSum: player.sum(i),
      dealerSum: dealer.sum(i),
      usableAce: player.hasUsableAce(i),
      isOver: this.#over[i] === 1,
      reward: this.#paid[i]!,
    };
  }
}

/** Blackjack for `DynamicsEnv` and `DynamicsVectorEnv`. */
export function blackjack(options: BlackjackOptions = {}): MakeDynamics<BlackjackScene> {
  return (numEnvs) => new BlackjackDynamics(numEnvs, options);
}

/** Blackjack-v1, which Gymnasium registers without limit and threshold. */
export const blackjackSpecs = (): EnvSpec[] => [
  dynamicsSpec(
    {
      id: 'Blackjack-v1',
      description: 'Draw cards up to 21, but not beyond, and have more than the dealer',
      observationSpace,
      actionSpace,
      observation: [
        { name: 'sum', meaning: 'what the cards of the player count; an ace counts 11 unless that is more than 21', min: 0, max: 31 },
        { name: 'dealer', meaning: "the dealer's open card: 1 is an ace; jack, queen and king count 10", min: 0, max: 10 },
        { name: 'usable ace', meaning: '1 if an ace of the player counts 11, else 0', min: 0, max: 1 },
      ],
      action: [
        { name: 'stick', meaning: 'take no more cards: the dealer draws up to 17 or more, and the hand is over' },
        { name: 'hit', meaning: 'take one more card' },
      ],
      rewards:
        '1 for a hand that is won, -1 for one that is lost, 0 for a draw and for every card before. A hand is lost above 21. The options sab and natural say what an ace and a ten are worth.',
      episodeEnd: 'Terminated when the player sticks or has more than 21. Never truncated, unless the option maxEpisodeSteps is given.',
      versions: 'v1 mended what an ace and a ten are worth in v0, and is the only version of Gymnasium 1.3.0.',
      source: 'https://gymnasium.farama.org/environments/toy_text/blackjack/',
      parity: 'exact',
    },
    blackjackOptions,
    blackjack,
  ),
];
