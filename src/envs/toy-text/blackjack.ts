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
/** Numbers of an observation that is one-hot. */
const width = sizes[0] + sizes[1] + sizes[2];
/** 0 stick, 1 hit. */
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(2);

/** Ace 1, jack, queen and king 10. */
const deck: readonly number[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
/** The dealer draws below this. */
const dealerStands = 17;
const most = 21;

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

/** Numbers of a hand: how many cards, their sum with aces as 1, how many aces, the cards as they were drawn; 21 aces and one card more are the most. */
const room = 3 + 22;
/** Whether an ace of hand i counts as 11, for that is not too much. */
const hasUsableAce = (hands: Uint8Array, i: number): boolean => hands[room * i + 2]! > 0 && hands[room * i + 1]! + 10 <= most;
const sumOf = (hands: Uint8Array, i: number): number => hands[room * i + 1]! + (hasUsableAce(hands, i) ? 10 : 0);
/** Whether it is an ace and a ten. */
const isNatural = (hands: Uint8Array, i: number): boolean => hands[room * i] === 2 && sumOf(hands, i) === most;
const cardsOf = (hands: Uint8Array, i: number): number[] => Array.from(hands.subarray(room * i + 3, room * i + 3 + hands[room * i]!));

function hit(hands: Uint8Array, i: number, generator: Generator): void {
  const card = deck[generator.choice(deck.length)]!;
  hands[room * i + 3 + hands[room * i]!++] = card;
  hands[room * i + 1]! += card;
  if (card === 1) hands[room * i + 2]!++;
}

function deal(hands: Uint8Array, i: number, generator: Generator): void {
  hands.fill(0, room * i, room * i + 3);
  for (let k = 0; k < 2; k++) hit(hands, i, generator);
}

class BlackjackDynamics implements Dynamics<BlackjackScene> {
  readonly name = 'Blackjack';
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace = actionSpace;
  readonly #options: BlackjackOptions;
  /** (N, 25) hands. */
  readonly #player: Uint8Array;
  readonly #dealer: Uint8Array;
  /** (N) 1 where the hand is over. */
  readonly #over: Uint8Array;

  constructor(numEnvs: number, options: BlackjackOptions) {
    this.#player = new Uint8Array(room * numEnvs);
    this.#dealer = new Uint8Array(room * numEnvs);
    this.#over = new Uint8Array(numEnvs);
    this.#options = options;
    this.observationSpace = options.observation === 'vector' ? vectorSpace : observationSpace;
  }

  #show(i: number, observations: StepArrays['observations']): void {
    const hand = [sumOf(this.#player, i), this.#dealer[room * i + 3]!, hasUsableAce(this.#player, i) ? 1 : 0] as const;
    if (this.observationSpace === vectorSpace) for (let k = 0; k < 3; k++) observations[3 * i + k] = hand[k]!;
    else {
      const at = i * width;
      observations.fill(0, at, at + width);
      observations[at + hand[0]] = observations[at + sizes[0] + hand[1]] = observations[at + sizes[0] + sizes[1] + hand[2]] = 1;
    }
  }

  /** Four cards; then two draws for Gymnasium's picture of the dealer's card: its suit, and which face a ten has. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    deal(this.#dealer, i, generator);
    deal(this.#player, i, generator);
    generator.choice(4);
    if (this.#dealer[room * i + 3] === 10) generator.choice(3);
    this.#over[i] = 0;
    this.#show(i, observations);
  }

  /** One draw for each card. */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    for (let i = 0; i < rewards.length; i++) {
      if (actions[i] === 1) hit(this.#player, i, generators[i]!);
      else while (sumOf(this.#dealer, i) < dealerStands) hit(this.#dealer, i, generators[i]!);
      this.#over[i] = terminated[i] = actions[i] !== 1 || sumOf(this.#player, i) > most ? 1 : 0;
      rewards[i] = this.#reward(i);
      this.#show(i, observations);
    }
  }

  /** What a hand pays: 0 until it is over. */
  #reward(i: number): number {
    if (this.#over[i] === 0) return 0;
    const { sab = true, natural = false } = this.#options;
    const [own, dealers] = [sumOf(this.#player, i), sumOf(this.#dealer, i)];
    if (own > most) return -1;
    const lead = own - (dealers > most ? 0 : dealers);
    if (sab && isNatural(this.#player, i) && !isNatural(this.#dealer, i)) return 1;
    if (!sab && natural && isNatural(this.#player, i) && lead > 0) return 1.5;
    return Math.sign(lead);
  }

  rows(): EnvState {
    return { player: this.#player, dealer: this.#dealer, over: this.#over };
  }

  scene(i: number): BlackjackScene {
    return {
      kind: 'blackjack',
      player: cardsOf(this.#player, i),
      dealer: cardsOf(this.#dealer, i),
      playerSum: sumOf(this.#player, i),
      dealerSum: sumOf(this.#dealer, i),
      usableAce: hasUsableAce(this.#player, i),
      isOver: this.#over[i] === 1,
      reward: this.#reward(i),
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
