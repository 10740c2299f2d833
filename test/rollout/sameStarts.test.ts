/** Groups of one start. */
import { describe, expect, it } from 'vitest';
import { estimateAdvantages } from '../../src/advantage/estimate.ts';
import { methodSettings } from '../../src/advantage/methodSettings.ts';
import type { Actor } from '../../src/core/actor.ts';
import { environmentSeeds, makeVectorEnv } from '../../src/envs/index.ts';
import { createRollout } from '../../src/rollout/buffer.ts';
import { createCollectorState } from '../../src/rollout/collect.ts';
import { sameStarts } from '../../src/rollout/sameStarts.ts';
import { plain } from '../../src/rollout/source.ts';
import { batchOf } from '../advantage/helpers.ts';
import { shortRunHash } from '../algorithms/shortRun.ts';

const memory = { float32: (length: number) => new Float32Array(length), int32: (length: number) => new Int32Array(length) };

/** Two rollouts of four environments in groups of two, all of which do the same. */
async function rolloutsOf(id: string, common: boolean) {
  const env = await makeVectorEnv(id, 4, {});
  env.reset(environmentSeeds(1, 4));
  const { observationSpace, actionSpace } = env;
  const rollout = createRollout({ numSteps: 12, numEnvs: 4, observationSpace, actionSpace }, memory);
  const context = { env, rollout, collector: createCollectorState(4), now: () => 0 };
  const actor: Actor = {
    encode: (observations, _count, inputs) => inputs.fill(observations[0]!),
    act: (_inputs, _count, actions, _logProbs, step) => void actions.fill(step % 2),
  };
  const source = sameStarts(plain(context), context, 2, common);
  return [0, 1].map(() => {
    const { batch } = source.collect(actor);
    const seen = Array.from({ length: 4 }, (_, n) => Array.from({ length: 12 }, (_, t) => batch.rewards[4 * t + n]));
    return { seen, last: [...env.observations], batch };
  });
}

describe('groups of one start', () => {
  it('begin every rollout alike, each in a state of its own', async () => {
    const [first, second] = await rolloutsOf('CartPole-v1', false);
    for (const { last, batch } of [first!, second!]) {
      // The same actions from the same state end in the same state.
      expect(last.slice(0, 4)).toEqual(last.slice(4, 8));
      expect(last.slice(8, 12)).toEqual(last.slice(12));
      expect(last.slice(0, 4)).not.toEqual(last.slice(8, 12));
      expect([...batch.groups!, batch.numGroups]).toEqual([0, 0, 1, 1, 2]);
      expect([...batch.trajectories.startedByReset.slice(0, 4)]).toEqual([1, 1, 1, 1]);
    }
    expect(first!.last).not.toEqual(second!.last);
  });

  it('meet random numbers of their own, or the same', async () => {
    const ends = async (common: boolean) =>
      (await rolloutsOf('CliffWalkingSlippery-v1', common)).map(({ last, seen }) => [last, seen] as const);
    for (const [last, seen] of await ends(true)) {
      expect([last[0], seen[0]]).toEqual([last[1], seen[1]]);
      expect([last[2], seen[2]]).toEqual([last[3], seen[3]]);
    }
    expect((await ends(false)).some(([last]) => last[0] !== last[1] || last[2] !== last[3])).toBe(true);
  });

  it('are unbiased with random numbers in common: every pair of actions and every number, one step', () => {
    // Reward of action a when the environment draws w; the policy takes action 1 with probability p.
    const rewards = [
      [1, 5],
      [-2, 4],
    ] as const;
    const p = 0.3;
    const score = (a: number): number => a - p;
    const probability = (a: number): number => (a === 1 ? p : 1 - p);
    let [expected, exact] = [0, 0];
    for (const w of [0, 1]) {
      for (const a of [0, 1]) exact += 0.5 * probability(a) * score(a) * rewards[a]![w]!;
      for (const a of [0, 1]) {
        for (const b of [0, 1]) {
          const batch = batchOf([{ rewards: [rewards[a]![w]!] }, { rewards: [rewards[b]![w]!] }], {
            groups: Int32Array.of(0, 0),
            numGroups: 1,
          });
          const { advantages } = estimateAdvantages(batch, methodSettings('gpg-same-start'));
          expected += 0.5 * probability(a) * probability(b) * ((score(a) * advantages[0]! + score(b) * advantages[1]!) / 2);
        }
      }
    }
    expect(Math.abs(expected - exact)).toBeLessThan(1e-15);
  });

  it('refuse what contradicts them', async () => {
    const refused = (fields: object) => expect(shortRunHash({ algorithm: 'gpg-same-start', ...fields })).rejects;
    await refused({ startGroup: 3 }).toThrow(/startGroup: expected a number that divides numEnvs 4, got 3/);
    await refused({ tail: 'carry' }).toThrow(/startGroup: expected none with what remembers earlier rollouts, got tail carry/);
    await refused({ baseline: 'pooled' }).toThrow(/got baseline pooled/);
    await expect(shortRunHash({ algorithm: 'grpo', commonNoise: true })).rejects.toThrow(
      /commonNoise: expected startGroup with it, got none/,
    );
  });
});
