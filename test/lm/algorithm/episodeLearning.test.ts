/**
 * Learning from episodes: what the batch of an update holds, by hand and through the kernels.
 */
import { describe, expect, it } from 'vitest';
import { inProcess } from '../../../src/lm/algorithm/inProcess.ts';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { defineTask } from '../../../src/lm/tasks/index.ts';
import { lastLetter, openedState, policyHash } from '../smallState.ts';
import { relay } from './relay.ts';

async function hashAfter(state: LanguageState, iterations: number): Promise<string> {
  for (let i = 0; i < iterations; i++) await iterate(state);
  return policyHash(state);
}

/** The policy says these ids in the first turns of a group, and those in later ones. */
function scripted(state: LanguageState, first: readonly (readonly number[])[], later: readonly (readonly number[])[]): LanguageState {
  const policy = {
    ...state.policy,
    sample(batch: LanguageState['batch'], { numGroups }: { numGroups: number }) {
      const said = batch === state.singles ? later.slice(0, numGroups) : first;
      said.forEach((tokens, row) => {
        batch.completions.set(tokens, row * batch.spec.completionLength);
        batch.completionLengths[row] = tokens.length;
        batch.logProbs.fill(-1, row * batch.spec.completionLength, row * batch.spec.completionLength + tokens.length);
      });
    },
  };
  return { ...state, policy, ...inProcess({ ...state, policy }, state) };
}

describe('the batch', () => {
  it('holds every episode as one completion, whose appended tokens weigh nothing, by hand', async () => {
    // First turns: c, d, a, and the first again; the tool asks on after c and d alone.
    const task = defineTask({
      ...relay,
      prompts: (random) => ({ prompt: `${'abcd'[random.integers(0, 4)]}${'abcd'[random.integers(0, 4)]}=` }),
      async rollout({ sample }) {
        const { text } = await sample();
        if (text === 'a') return 0;
        return (await sample({ append: '==' })).text === 'b' ? 1 : 0;
      },
    });
    const first = [
      [3, 0],
      [4, 0],
      [1, 0],
      [3, 0],
    ];
    const later = [[2, 0], [1, 0], [1]];
    const state = scripted(await openedState({ numGroups: 1, groupSize: 4 }, { task }), first, later);
    const { metrics } = await iterate(state);
    const { batch } = state;
    const rows = (of: Float32Array | Int32Array): number[][] => [0, 1, 2, 3].map((row) => Array.from(of.subarray(row * 9, row * 9 + 6)));
    expect(Array.from(batch.completionLengths)).toEqual([6, 6, 2, 5]);
    expect(rows(batch.completions)[0]).toEqual([3, 0, 5, 5, 2, 0]);
    expect(rows(batch.oldLogProbs)[0]).toEqual([-1, -1, 0, 0, -1, -1]);
    // Sampled tokens: 4 + 4 + 2 + 3 = 13; advantages 3/4 and -1/4.
    const [w, right, wrong] = [1 / 13, 0.75 / 13, -0.25 / 13].map(Math.fround) as [number, number, number];
    expect(rows(batch.tokenWeights)).toEqual([
      [w, w, 0, 0, w, w],
      [w, w, 0, 0, w, w],
      [w, w, 0, 0, 0, 0],
      [w, w, 0, 0, w, 0],
    ]);
    expect(rows(batch.advantageWeights)).toEqual([
      [right, right, 0, 0, right, right],
      [wrong, wrong, 0, 0, wrong, wrong],
      [wrong, wrong, 0, 0, 0, 0],
      [wrong, wrong, 0, 0, wrong, 0],
    ]);
    expect(state.tokens).toBe(13);
    expect(metrics).toMatchObject({ 'completions/length': 13 / 4, 'completions/accuracy': 1 / 4, 'completions/truncated_frac': 1 / 4 });
  });

  it('the sampler’s log-probabilities of every turn are those of the whole episode', async () => {
    const state = await openedState({ seed: 2 }, { task: relay });
    const { learningRate } = state.config;
    expect(learningRate).toBeGreaterThan(0);
    await iterate(state);
    const fresh = await openedState({ seed: 2 }, { task: relay });
    const { batch } = fresh;
    for (const name of ['prompts', 'promptLengths', 'completions', 'completionLengths'] as const) batch[name].set(state.batch[name]);
    fresh.policy.evaluate(batch, { numGroups: 8, groupSize: 8 });
    let [learned, appended] = [0, 0];
    for (let row = 0; row < 64; row++) {
      for (let t = 0; t < batch.completionLengths[row]!; t++) {
        const place = row * batch.spec.completionLength + t;
        if (state.batch.tokenWeights[place] === 0) {
          appended++;
          expect(state.batch.advantageWeights[place]).toBe(0);
          continue;
        }
        learned++;
        expect(batch.logProbs[place]).toBeCloseTo(state.batch.oldLogProbs[place]!, 5);
      }
    }
    expect(learned).toBeGreaterThan(200);
    expect(appended).toBeGreaterThan(50);
  });

  it('appended tokens have no gradient, and would have one', async () => {
    const state = await openedState({}, { task: relay });
    await iterate(state);
    const { policy, batch } = state;
    const range = { numGroups: 8, groupSize: 8, loss: 'score' } as const;
    const isAppended = Array.from(batch.tokenWeights, (weight) => weight === 0);
    const largest = (): number => policy.parameters.gradients.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    batch.advantageWeights.fill(0);
    policy.gradient(batch, range);
    expect(largest()).toBe(0);
    batch.advantageWeights.set(isAppended.map((one) => (one ? 1 : 0)));
    policy.gradient(batch, range);
    expect(largest()).toBeGreaterThan(0.1);
  });
});

describe('a run', () => {
  it('repeats bit by bit, and another seed is another run', async () => {
    const [a, b, c] = [1, 1, 2].map((seed) => openedState({ seed }, { task: relay }).then((state) => hashAfter(state, 3)));
    expect(await a).toBe(await b);
    expect(await c).not.toBe(await a);
  });

  it('of one turn is the run of the same task without a rollout', async () => {
    const oneTurn = defineTask({
      ...lastLetter,
      async rollout({ sample }) {
        await sample();
      },
    });
    const [plain, episodes] = [await openedState({}, { task: lastLetter }), await openedState({}, { task: oneTurn })];
    expect(await hashAfter(episodes, 4)).toBe(await hashAfter(plain, 4));
    expect(episodes.tokens).toBe(plain.tokens);
  });

  it.each(['gpg-lm', 'grpo', 'gspo', 'ppo', 'remax'] as const)('%s learns to use what the tool says', async (estimator) => {
    const state = await openedState({ estimator, numGroups: 16, learningRate: 5e-3, seed: 3 }, { task: relay });
    const accuracies: number[] = [];
    for (let i = 0; i < 60; i++) {
      const { metrics } = await iterate(state);
      accuracies.push(metrics['completions/accuracy']!);
      // After one step the ratios are those of sampling and learning: rounding.
      if (i === 0 && estimator !== 'ppo') expect(metrics['losses/approx_kl'] ?? 0).toBeLessThan(1e-9);
    }
    const mean = (from: number, to: number): number => accuracies.slice(from, to).reduce((sum, one) => sum + one, 0) / (to - from);
    expect(mean(55, 60)).toBeGreaterThan(mean(0, 3) + 0.3);
  });

  it('counts a rollout that throws as a reward that failed', async () => {
    let count = 0;
    const task = defineTask({
      ...relay,
      async rollout(context) {
        if (count++ % 4 === 0) throw new Error('broken');
        return relay.rollout!(context) as Promise<number>;
      },
    });
    const state = await openedState({}, { task });
    const { metrics } = await iterate(state);
    expect(metrics['reward/failed']).toBe(0.25);
  });

  it('a warm start imitates what is to be said, not what is appended', async () => {
    const state = await openedState({ warmStartAccuracy: 0.6, warmStartMaxSteps: 400 }, { task: relay });
    const { metrics } = await iterate(state);
    expect(metrics['completions/accuracy']).toBeGreaterThan(0.4);
    const { singles } = state;
    // Of `x0=x=x0` the middle is what the tool says.
    const weights = Array.from(singles.advantageWeights.subarray(0, 8), (weight) => weight > 0);
    expect(weights).toEqual([true, true, false, false, false, true, true, false]);
  });
});

describe('defineTask', () => {
  it('says what is wrong with the turns', () => {
    const wrong = (changes: object): (() => unknown) => {
      return () => defineTask({ ...relay, ...changes } as typeof relay);
    };
    expect(wrong({ rollout: 'x' })).toThrow('task relay: rollout: expected an asynchronous function');
    expect(wrong({ maxTurns: 33 })).toThrow('task relay: maxTurns: expected a whole number from 1 to 32, got 33');
    expect(wrong({ turnTokens: 10 })).toThrow('task relay: turnTokens: expected a whole number from 1 to 9, got 10');
    expect(wrong({ rollout: undefined })).toThrow('task relay: maxTurns: expected a rollout with it, got none');
  });
});
