import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, tuple } from '../../src/core/space.ts';
import { checkEnv, discrete, makeEnv, makeVectorEnv, standardRegistry, unflatten, vectorize } from '../../src/envs/index.ts';
import type { BlackjackScene } from '../../src/envs/toy-text/blackjack.ts';
import recorded from '../fixtures/environments/blackjack.json' with { type: 'json' };
import { playGroup, playResets, type RecordedGroup } from './toyTextEpisodes.ts';

const [stick, hit] = [0, 1] as const;

describe('Blackjack-v1 against Gymnasium', () => {
  it.each(recorded.groups as RecordedGroup[])('$kwargs, $policy: 1,000 episodes have the same bits', async (group) => {
    expect(await playGroup(group)).toEqual(group.sequences);
    expect(group.episodes * group.sequences.length).toBe(1000);
  });

  it.each(recorded.resets)('eleven seeds give the same first hands', async (resets) => {
    expect(await playResets(resets)).toEqual(resets.resets);
  });

  it('has no limit and no threshold', () => {
    const { maxEpisodeSteps, rewardThreshold } = standardRegistry().get('Blackjack-v1');
    const head = recorded.environments['Blackjack-v1'];
    expect([maxEpisodeSteps ?? null, rewardThreshold ?? null]).toEqual([head.maxEpisodeSteps, head.rewardThreshold]);
  });
});

/** What 21 is worth: the sum of a hand by the definition, each ace as 1 or as 11, the greatest that is not too much. */
function sumOf(cards: readonly number[]): number {
  const sums = cards.reduce<number[]>((all, card) => all.flatMap((sum) => (card === 1 ? [sum + 1, sum + 11] : [sum + card])), [0]);
  const fitting = sums.filter((sum) => sum <= 21);
  return fitting.length > 0 ? Math.max(...fitting) : Math.min(...sums);
}

/** Plays hands by a rule and gives, for each, its scenes and what was shown with them. */
async function hands(count: number, options: Readonly<Record<string, unknown>>, seed: number, below = 17) {
  const env = await makeEnv('Blackjack-v1', options);
  return Array.from({ length: count }, (_, k) => {
    let { observation } = env.reset(k === 0 ? { seed } : {});
    const seen = [{ observation, reward: 0, scene: env.scene!() as BlackjackScene }];
    for (let ended = false; !ended; ) {
      const result = env.step(observation[0]! < below ? hit : stick);
      observation = result.observation;
      seen.push({ observation, reward: result.reward, scene: env.scene!() as BlackjackScene });
      ended = result.terminated;
    }
    return seen;
  });
}

describe('a hand', () => {
  it('counts an ace as 11 unless that is too much, and shows the first card of the dealer', async () => {
    for (const { observation, scene } of (await hands(500, {}, 11, 20)).flat()) {
      const hasUsableAce = scene.player.includes(1) && sumOf(scene.player) !== scene.player.reduce((sum, card) => sum + card, 0);
      expect(observation).toEqual([sumOf(scene.player), scene.dealer[0], hasUsableAce ? 1 : 0]);
      expect([scene.playerSum, scene.dealerSum, scene.usableAce]).toEqual([observation[0], sumOf(scene.dealer), hasUsableAce]);
    }
  });

  it('is paid as the rules say, with sab, with natural, and with neither', async () => {
    for (const [options, natural] of [
      [{}, 'wins'],
      [{ natural: true }, 'wins'],
      [{ sab: false }, 'counts'],
      [{ sab: false, natural: true }, 'pays'],
    ] as const) {
      let naturals = 0;
      for (const seen of await hands(1500, options, 3)) {
        const { scene, reward } = seen.at(-1)!;
        const [own, other] = [sumOf(scene.player), sumOf(scene.dealer)];
        if (own > 21) {
          expect(reward).toBe(-1);
          expect(scene.dealer).toHaveLength(2);
          continue;
        }
        expect(other).toBeGreaterThanOrEqual(17);
        const [isNatural, isDealers] = [scene.player, scene.dealer].map((cards) => cards.length === 2 && sumOf(cards) === 21);
        const plain = Math.sign(own - (other > 21 ? 0 : other));
        if (isNatural) naturals++;
        if (isNatural && natural === 'wins' && !isDealers) expect(reward).toBe(1);
        else if (isNatural && natural === 'pays' && plain === 1) expect(reward).toBe(1.5);
        else expect(reward).toBe(plain);
      }
      expect(naturals).toBeGreaterThan(30);
    }
  });

  it('ends above 21 at once, at the latest with the 22nd card', async () => {
    for (const seen of await hands(500, {}, 5, 32)) {
      expect(seen.at(-1)!.observation[0]).toBeGreaterThan(21);
      expect(seen.slice(0, -1).every(({ observation }) => observation[0]! <= 21)).toBe(true);
    }
    // Aces alone, as long as there is room for them.
    const env = await makeEnv('Blackjack-v1');
    env.reset({ seed: 1 });
    const state = env.getState!();
    env.setState!({ ...state, player: Uint8Array.from({ length: 25 }, (_, k) => (k < 3 ? 21 : k < 24 ? 1 : 0)) });
    expect(env.step(hit)).toMatchObject({ reward: -1, terminated: true });
    expect((env.scene!() as BlackjackScene).player).toHaveLength(22);
  });

  it('is the same as a tuple, as one-hot rows, and as a vector', async () => {
    const space = tuple([discrete(32), discrete(11), discrete(2)]);
    const env = await makeEnv('Blackjack-v1');
    expect(env.observationSpace).toEqual(space);
    const rows = await makeVectorEnv('Blackjack-v1', 1);
    const numbers = await makeVectorEnv('Blackjack-v1', 1, { options: { observation: 'vector' } });
    expect(numbers.observationSpace).toEqual(box(0, [31, 10, 1], [3]));
    for (const vector of [rows, numbers]) vector.reset([9]);
    let { observation } = env.reset({ seed: 9 });
    for (let t = 0; t < 200; t++) {
      expect(unflatten(space, rows.observations)).toEqual(observation);
      expect([...numbers.observations]).toEqual(observation);
      for (const vector of [rows, numbers]) vector.step(Int32Array.of(t & 1));
      const { terminated } = env.step(t & 1);
      observation = terminated ? env.reset().observation : (unflatten(space, rows.observations) as readonly number[]);
    }
  });
});

describe('vector Blackjack', () => {
  it('goes on from any moment to the same hands', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => makeVectorEnv('Blackjack-v1', 3)));
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(fc.nat(7), { maxLength: 12 }),
        fc.array(fc.nat(7), { minLength: 1, maxLength: 12 }),
        (seed, before, after) => {
          const actions = (bits: number): Int32Array => Int32Array.of(bits & 1, (bits >> 1) & 1, bits >> 2);
          one!.reset([seed, seed + 1, seed + 2]);
          for (const bits of before) one!.step(actions(bits));
          other!.setState(one!.getState()!);
          for (const bits of after) for (const env of [one!, other!]) env.step(actions(bits));
          expect(other!.getState()).toEqual(one!.getState());
        },
      ),
      { numRuns: 40 },
    );
  });

  it.each([{}, { sab: false, natural: true }, { observation: 'vector' }])('is sound with %j, and equals single ones', async (options) => {
    expect(checkEnv(await makeEnv<string>('Blackjack-v1', options))).toMatchObject({ ok: true, problems: [], resumable: true });
    const fast = await makeVectorEnv('Blackjack-v1', 3, { options });
    const lifted = vectorize(await Promise.all([1, 2, 3].map(() => makeEnv<string>('Blackjack-v1', options))));
    for (const env of [fast, lifted]) env.reset([1, 2, 3]);
    for (let t = 0; t < 150; t++) {
      for (const env of [fast, lifted]) env.step(Int32Array.of(t & 1, (t >> 1) & 1, 1));
      for (const name of ['observations', 'rewards', 'terminated', 'truncated', 'finalObservations', 'episodeReturns'] as const)
        expect(fast[name]).toEqual(lifted[name]);
    }
  });

  it.each([
    [{ sab: 'yes' }, /sab: expected true or false, got "yes"/],
    [{ natural: 1 }, /natural: expected true or false, got 1/],
    [{ observation: 'tuple' }, /observation: expected one of one-hot, vector, got "tuple"/],
    [{ naturel: true }, /did you mean natural\?/],
  ])('%j is refused', async (options, message) => {
    await expect(makeEnv<string>('Blackjack-v1', options)).rejects.toThrow(message);
  });

  it('refuses actions that are none, and a step after the end', async () => {
    const env = await makeEnv('Blackjack-v1');
    env.reset({ seed: 1 });
    for (const action of [2, -1, 0.5]) expect(() => env.step(action)).toThrow(/Discrete\(2\)/);
    env.step(stick);
    expect(() => env.step(stick)).toThrow(/after the episode ended/);
  });
});
