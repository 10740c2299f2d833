/** What the playground shows of a group is what training uses: the same estimator, on the same rollout, to the bit. */
import { describe, expect, it } from 'vitest';
import {
  baselineOptions,
  binOptions,
  type Choices,
  refusal,
  scaleOptions,
  settingsOf,
  usualChoices,
  visitOptions,
} from '../../apps/playground/src/group/choices.ts';
import { criticOf } from '../../apps/playground/src/group/critic.ts';
import { estimateGroup, explain, shrunkWeights } from '../../apps/playground/src/group/estimate.ts';
import { groupOf, inSlices, isSameGroup } from '../../apps/playground/src/group/playing.ts';
import { createEstimator, gae } from '../../src/advantage/index.ts';
import { environmentSeeds, makeVectorEnv } from '../../src/envs/index.ts';
import type { PlayedGroup } from '../../src/play/index.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const [numSteps, numEnvs] = [60, 8];

async function trained(algorithm: 'gpg' | 'ppo'): Promise<Policy> {
  const { policy } = await testCohort()
    .train({ ...shortRun, algorithm, iterations: 2 })
    .finish();
  return policy;
}

async function play(policy: Policy, seed: number): Promise<PlayedGroup> {
  const env = await makeVectorEnv('CartPole-v1', numEnvs);
  const environments = { env, seedsOf: (of: number) => environmentSeeds(of, numEnvs) };
  return (await inSlices(groupOf(policy, environments, numSteps, seed), () => false))!;
}

describe('the group view', () => {
  it('has the advantages of the estimator that trains, for every choice, after the same iterations', async () => {
    const policy = await trained('gpg');
    const groups = [await play(policy, 1), await play(policy, 2), await play(policy, 3)];
    const [earlier, group] = [groups.slice(0, 2), groups[2]!];
    const seen = new Set<string>();
    for (const { value: bins } of binOptions) {
      for (const { value: baseline } of baselineOptions) {
        for (const { value: visit } of visitOptions) {
          for (const { value: scale } of scaleOptions) {
            const choices: Choices = { ...usualChoices, bins, baseline, visit, scale, binWidth: 0.5 };
            if (refusal(baseline, choices)) continue;
            const view = estimateGroup(group, earlier, choices);
            // As a run does it: one estimator, iteration after iteration.
            const estimator = createEstimator(settingsOf(choices, group), numSteps, numEnvs);
            const remembers = estimator.kept !== undefined;
            const out = new Float64Array(numSteps * numEnvs);
            for (const one of remembers ? groups : [group]) estimator.estimate(one, out);
            expect(view.remembered).toBe(remembers ? 2 : 0);
            expect(out.every((value, step) => value === view.estimate.advantages[step]!)).toBe(true);
            seen.add(out.slice(0, 50).join());
          }
        }
      }
    }
    // Choices are choices: most of them show something of their own.
    expect(seen.size).toBeGreaterThan(80);
  });

  it('writes a shrunk baseline as the weighted sum of the means of its bins', async () => {
    const policy = await trained('gpg');
    const earlier = [await play(policy, 1)];
    const group = await play(policy, 2);
    for (const bins of ['time', 'space-time'] as const) {
      const view = estimateGroup(group, earlier, { ...usualChoices, baseline: 'shrunk', bins, binWidth: 0.5 });
      for (let step = 0; step < numSteps * numEnvs; step += 7) {
        const told = explain(view, step);
        const weights = shrunkWeights(told, view.strengths);
        const sum = weights.reduce((total, weight, level) => total + (weight > 0 ? weight * told.levels[level]!.mean : 0), 0);
        expect(sum).toBeCloseTo(told.baseline, 9);
        expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 12);
      }
    }
  });

  it('plays the same group for the same seed, another for another, and gives up when it is stale', async () => {
    const policy = await trained('gpg');
    const [one, again, other] = [await play(policy, 1), await play(policy, 1), await play(policy, 2)];
    expect([isSameGroup(one, again), isSameGroup(one, other)]).toEqual([true, false]);
    const endless = (function* () {
      for (;;) yield;
    })();
    let pauses = 0;
    expect(await inSlices(endless, () => ++pauses === 3)).toBeUndefined();
    expect(pauses).toBe(3);
  });

  it('has the advantages of PPO for its critic, as training computes them', async () => {
    const policy = await trained('ppo');
    const group = await play(policy, 1);
    const view = (await inSlices(criticOf(group, policy, 0.99), () => false))!;
    const values = new Float32Array((numSteps + 1) * numEnvs);
    policy.valuesOf(group.rawObservations, values.length, values);
    const size = numSteps * numEnvs;
    expect(view.values).toEqual(Float64Array.from(values.subarray(0, size)));
    const dones = new Uint8Array(size);
    for (let step = 0; step < size; step++) {
      dones[step] = step < numEnvs ? 1 : group.terminated[step - numEnvs]! | group.truncated[step - numEnvs]!;
    }
    const nextDone = Uint8Array.from(
      { length: numEnvs },
      (_, n) => group.terminated[size - numEnvs + n]! | group.truncated[size - numEnvs + n]!,
    );
    const critic = { values: values.subarray(0, size), nextValues: values.subarray(size) };
    const { advantages } = gae({ numSteps, numEnvs, rewards: group.rewards, ...critic, dones, nextDone, gamma: 0.99, gaeLambda: 0.95 });
    expect(view.advantages).toEqual(Float64Array.from(advantages));
    expect(nextDone.includes(0) || dones.includes(1)).toBe(true);
  });
});
