import { describe, expect, it } from 'vitest';
import type { Sequences } from '../../../src/kernels/transformer/spec.ts';
import { scoreGroups, writeGroups, writePerToken } from '../../../src/lm/algorithm/batch.ts';
import { ratioStatistics } from '../../../src/lm/algorithm/metrics.ts';
import type { Rollout, RolloutGroup } from '../../../src/lm/model/rollouts.ts';

/** A batch on ordinary arrays. */
function plainBatch(numGroups: number, groupSize: number, promptLength: number, completionLength: number): Sequences {
  const tokens = numGroups * groupSize * completionLength;
  const floats = (): Float32Array => new Float32Array(tokens);
  return {
    spec: { numGroups, groupSize, promptLength, completionLength },
    prompts: new Int32Array(numGroups * promptLength),
    promptLengths: new Int32Array(numGroups),
    completions: new Int32Array(tokens),
    patches: new Float32Array(0),
    completionLengths: new Int32Array(numGroups * groupSize),
    logProbs: floats(),
    entropies: floats(),
    values: floats(),
    advantageWeights: floats(),
    oldLogProbs: floats(),
    referenceLogProbs: floats(),
    tokenWeights: floats(),
    targets: floats(),
  };
}

function rollout(total: number, tokens: number[], status: 'ok' | 'threw' = 'ok'): Rollout {
  const logProbs = Float32Array.from(tokens, (_, t) => -1 - t);
  const score = { status, total, outcome: total, components: {} };
  return { tokens: Int32Array.from(tokens), text: '', ended: true, logProbs, entropy: 0, score };
}

const problem = { prompt: 'p', reward: () => 0 };

describe('scoreGroups', () => {
  const groups: RolloutGroup[] = [
    { problem, prompt: { tokens: [5] }, rollouts: [rollout(1, [1, 2, 0]), rollout(Number.NaN, [1, 0], 'threw')] },
    { problem, prompt: { tokens: [6, 7] }, rollouts: [rollout(Number.NaN, [0], 'threw'), rollout(Number.NaN, [0], 'threw')] },
    { problem, prompt: { tokens: [8] }, rollouts: [rollout(0, [4, 0]), rollout(2, [0])] },
  ];

  it('lists the scored completions with the rows they stand in', () => {
    const batch = scoreGroups(groups, 2, 'total');
    expect(Array.from(batch.rewards)).toEqual([1, 0, 2]);
    expect(Array.from(batch.groups)).toEqual([0, 2, 2]);
    expect(Array.from(batch.rows)).toEqual([0, 4, 5]);
    expect(Array.from(batch.lengths)).toEqual([3, 2, 1]);
    expect(batch.greedyRewards).toBeUndefined();
    expect(batch).toMatchObject({ validBy: 'total', validGroups: 1, allRight: 1, allWrong: 0 });
    expect(Array.from(batch.valid)).toEqual([0, 0, 1]);
  });

  it('leaves a group without a greedy reward out where one is needed', () => {
    const [first, , last] = groups;
    const batch = scoreGroups(
      [
        { ...first!, greedy: rollout(Number.NaN, [0], 'threw') },
        { ...last!, greedy: rollout(1, [0]) },
      ],
      2,
      'total',
    );
    expect(Array.from(batch.groups)).toEqual([1, 1]);
    expect(batch.greedyRewards![1]).toBe(1);
  });

  it('is written into a batch with weights only where a reward was', () => {
    const batch = plainBatch(3, 2, 2, 3);
    batch.advantageWeights.fill(9);
    writeGroups(batch, groups);
    expect(Array.from(batch.prompts)).toEqual([5, 0, 6, 7, 8, 0]);
    expect(Array.from(batch.promptLengths)).toEqual([1, 2, 1]);
    expect(Array.from(batch.completionLengths)).toEqual([3, 2, 1, 1, 2, 1]);
    expect(Array.from(batch.completions.subarray(0, 6))).toEqual([1, 2, 0, 1, 0, 0]);
    expect(Array.from(batch.oldLogProbs.subarray(0, 6))).toEqual([-1, -2, -3, -1, -2, 0]);
    writePerToken(batch.advantageWeights, [0.5, 0.25, -1], scoreGroups(groups, 2, 'total'), 3);
    expect(Array.from(batch.advantageWeights)).toEqual([0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.25, 0.25, 0, -1, 0, 0]);
  });
});

describe('ratioStatistics', () => {
  it('is the mean of r - 1 - log r over tokens, and the share outside the clip range', () => {
    const batch = plainBatch(1, 2, 1, 2);
    batch.logProbs.set([Math.log(0.5), Math.log(0.25), Math.log(0.1), 7]);
    batch.oldLogProbs.set([Math.log(0.5), Math.log(0.5), Math.log(0.05), 0]);
    const group = { problem, prompt: { tokens: [1] }, rollouts: [rollout(1, [1, 0]), rollout(0, [0])] };
    const { approxKl, clipFraction } = ratioStatistics(batch, scoreGroups([group], 2, 'total'), { clipLow: 0.2, clipHigh: 2 });
    // Ratios 1, 1/2 and 2; the last place is beyond the completion's end.
    expect(approxKl).toBeCloseTo((0 + (0.5 - 1 + Math.log(2)) + (2 - 1 - Math.log(2))) / 3, 6);
    expect(clipFraction).toBeCloseTo(1 / 3, 12);
  });
});
