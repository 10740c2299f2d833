import { describe, expect, it } from 'vitest';
import { cartPole, DynamicsEnv, makeVectorEnv } from '../../src/envs/index.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import { Episode } from '../../src/play/episode.ts';
import { evaluate } from '../../src/play/evaluate.ts';
import { actingRows, Policy } from '../../src/policy/policy.ts';
import { learnerKey } from '../../src/random/index.ts';
import { atOnce } from '../../src/run/breathe.ts';

describe('evaluate', () => {
  it('plays more episodes than a policy has rows, each as it is played alone, without further memory', async () => {
    const { observationSpace, actionSpace } = new DynamicsEnv(cartPole());
    const spec = { observationSpace, actionSpace, hiddenSizes: [8], activation: 'tanh', critic: false } as const;
    const policy = (await layOutKernels((kernels) => new Policy(spec, kernels, learnerKey(3)))).initialize();
    const before = policy.kernels.bytesUsed;
    const count = 2 * actingRows + 5;
    const seeds = Array.from({ length: count }, (_, index) => 7 + index);
    const work = evaluate(policy, await makeVectorEnv('CartPole-v1', count), { seeds, greedy: false });
    const { returns } = atOnce(work).result;
    expect(new Set(returns).size).toBeGreaterThan(10);
    for (const index of [0, actingRows - 1, actingRows, 2 * actingRows + 4]) {
      const episode = new Episode(policy, new DynamicsEnv(cartPole()), { seed: seeds[index]!, index, greedy: false });
      while (!episode.isOver) episode.advance();
      expect(episode.moment.return).toBe(returns[index]);
    }
    expect(policy.kernels.bytesUsed).toBe(before);
  });
});
