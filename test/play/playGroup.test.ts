/** A group of trajectories, played without training. */
import { describe, expect, it } from 'vitest';
import { type AdvantageBatch, defaultEstimatorSettings, estimateAdvantages } from '../../src/advantage/index.ts';
import { environmentSeeds, makeVectorEnv } from '../../src/envs/index.ts';
import { Episode } from '../../src/play/episode.ts';
import { type PlayedGroup, playGroup } from '../../src/play/playGroup.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const [numSteps, numEnvs] = [40, 6];

async function play(policy: Policy, id: string, more: { index?: number; greedy?: boolean } = {}): Promise<PlayedGroup> {
  const env = await makeVectorEnv(id, numEnvs);
  const playing = playGroup(policy, env, { numSteps, seeds: environmentSeeds(7, numEnvs), ...more });
  const told: number[] = [];
  for (;;) {
    const { done, value } = playing.next();
    if (done) {
      expect(told).toEqual(Array.from({ length: numSteps }, (_, i) => i + 1));
      return value;
    }
    told.push(value);
  }
}

describe('playGroup', () => {
  it.each([
    ['CartPole-v1', {}],
    ['CartPole-v1', { normalizeObservation: 'shared' }],
    ['CliffWalkingSlippery-v1', {}],
    ['LunarLanderContinuous-v3', {}],
  ] as const)('%s %o: is the episodes that play plays, cut into trajectories', async (id, fields) => {
    const { policy } = await testCohort()
      .train({ ...shortRun, ...fields, env: id, iterations: 2 })
      .finish();
    const group = await play(policy, id, { index: 2 });
    const { trajectories, rewards, observations, observationSize: depth } = group;
    const single = await testCohort().makeEnv(id);
    for (let n = 0; n < numEnvs; n++) {
      const seed = environmentSeeds(7, numEnvs)[n]!;
      const first = [...Array(trajectories.count).keys()].find((i) => trajectories.env[i] === n)!;
      const episode = new Episode(policy, single, { seed, greedy: false, index: 2 * numEnvs + n });
      const steps = trajectories.end[first]!;
      expect([trajectories.start[first], trajectories.startedByReset[first]]).toEqual([0, 1]);
      for (let t = 0; t < steps; t++) {
        episode.advance();
        expect(episode.moment.reward).toBe(rewards[t * numEnvs + n]);
      }
      expect(episode.isOver).toBe(steps < numSteps || trajectories.endedBy[first] !== 0);
      expect(trajectories.endedBy[first] === 1).toBe(episode.moment.terminated);
    }
    expect(observations.length).toBe(numSteps * numEnvs * depth);
    expect(observations.every(Number.isFinite)).toBe(true);
    const raw = group.rawObservations.subarray(0, observations.length);
    if ('normalizeObservation' in fields) expect(observations).not.toEqual(raw);
    else expect(observations).toEqual(raw);
    // What an estimator reads, as it is.
    const batch: AdvantageBatch = group;
    expect(estimateAdvantages(batch, { ...defaultEstimatorSettings, bins: 'space-time' }).numParticipants).toBe(numSteps * numEnvs);
  });

  it('is the same for the same seeds and index, and another for another index', async () => {
    const { policy } = await testCohort()
      .train({ ...shortRun, iterations: 1 })
      .finish();
    const [one, again, other, greedy] = [
      await play(policy, 'CartPole-v1'),
      await play(policy, 'CartPole-v1'),
      await play(policy, 'CartPole-v1', { index: 1 }),
      await play(policy, 'CartPole-v1', { greedy: true }),
    ];
    expect(again).toEqual(one);
    expect(other.observations.subarray(0, 24)).toEqual(one.observations.subarray(0, 24));
    expect(other.actions).not.toEqual(one.actions);
    expect(greedy.actions).not.toEqual(one.actions);
  });

  it('refuses environments of another task, and no steps', async () => {
    const { policy } = await testCohort()
      .train({ ...shortRun, iterations: 1 })
      .finish();
    await expect(play(policy, 'LunarLander-v3')).rejects.toThrow(/^playGroup: expected environments of the task of the policy/);
    const env = await makeVectorEnv('CartPole-v1', 2);
    const none = playGroup(policy, env, { numSteps: 0, seeds: environmentSeeds(1, 2) });
    expect(() => none.next()).toThrow(/^playGroup: numSteps: expected/);
  });
});
