/**
 * A run on a server of the Tinker protocol beside the same run in this process.
 */
import { describe, expect, it } from 'vitest';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import type { SamplingBackend } from '../../../src/lm/backends/backend.ts';
import { seedOf } from '../../../src/lm/backends/byPrompt.ts';
import { completionsInPieces, type SampledTokens } from '../../../src/lm/model/rollouts.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { learnerKey, learnerStreams } from '../../../src/random/index.ts';
import { atOnce } from '../../../src/run/breathe.ts';
import { relay } from '../algorithm/relay.ts';
import { lastLetter } from '../smallState.ts';
import { beginning, referenceServer, servedRun } from './servedRun.ts';

/** The kernels, asked by prompts with a seed of their own, as a server is. */
function seeded({ policy, batch, singles, branches }: LanguageState): SamplingBackend {
  return {
    async sample(prompts, request) {
      return prompts.map((prompt, p): SampledTokens[] => {
        const key = learnerKey(seedOf(request, p * request.numSamples));
        const draw = { ...request, key, iteration: 0, stream: 4, firstRollout: 0 };
        const room = request.stream === learnerStreams.branches ? branches! : request.numSamples > 1 ? batch : singles;
        return atOnce(completionsInPieces(policy, room, [prompt], request.numSamples, draw))[0]!;
      });
    },
  };
}

async function twin(fields: object = {}, task?: LanguageTask): Promise<LanguageState> {
  const state = await beginning(fields, task);
  return { ...state, sampling: seeded(state) };
}

/** What both say of an iteration: everything but times, and what only the kernels know. */
function common(metrics: Readonly<Record<string, number>>): Record<string, number> {
  const isOwn = (key: string): boolean => /^time\/|per_second$|^losses\/(entropy|approx_kl|gradient_norm)/.test(key);
  return Object.fromEntries(Object.entries(metrics).filter(([key]) => !isOwn(key)));
}

/** Largest difference, in units of the largest value. */
function distance(a: Float32Array, b: Float32Array): number {
  let [most, scale] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(a[i]!));
  }
  return most / scale;
}

describe('a run on a server', () => {
  it.each([
    ['completions', 0, lastLetter],
    ['completions', 0.9, lastLetter],
    ['episodes with a tool', 0, relay],
  ])('%s, threshold %d: asks the same, draws the same, is rewarded the same and learns the same as here', async (_, least, task) => {
    const server = await referenceServer({}, task);
    // With a threshold prompts are drawn several times in an iteration.
    const fields = { minValidFraction: least, maxAttempts: 6 };
    const [there, here] = [await servedRun(server, { ...fields, task }), await twin(fields, task)];
    for (let i = 0; i < 8; i++) {
      const [remote, local] = [await iterate(there.state), await iterate(here)];
      expect(remote.samples).toEqual(local.samples);
      expect(common(remote.metrics)).toEqual(common(local.metrics));
      expect(remote.metrics['losses/gradient_norm']).toBeCloseTo(local.metrics['losses/gradient_norm']!, 5);
      // What samples there is what learns.
      expect(remote.metrics['losses/approx_kl']).toBe(0);
    }
    const place = await there.state.training.save!('end');
    expect(distance(here.policy.parameters.values, server.kept.get(place)!.values)).toBe(0);
    there.weights.close();
  });

  it('that branches: from the same prefixes, on draws of their own, once per batch', async () => {
    const fields = { estimator: 'vineppo', branches: 5, branchInterval: 1 } as const;
    const server = await referenceServer({}, undefined, fields);
    const [there, here] = [await servedRun(server, fields), await twin({ ...fields, updateEpochs: 1 })];
    expect(there.state.config.updateEpochs).toBe(1);
    for (let i = 0; i < 4; i++) {
      const [remote, local] = [await iterate(there.state), await iterate(here)];
      expect(remote.samples).toEqual(local.samples);
      const { 'losses/clipfrac': clipped, ...own } = common(local.metrics);
      expect(clipped).toBe(0);
      expect(common(remote.metrics)).toEqual(own);
    }
    expect(there.state.tokens).toBe(here.tokens);
    const place = await there.state.training.save!('end');
    expect(distance(here.policy.parameters.values, server.kept.get(place)!.values)).toBe(0);
    there.weights.close();
  });

  it.each(['sum', 'mean-per-sequence'] as const)('%s: the gradient there is the one here', async (normalization) => {
    const server = await referenceServer({ normalization });
    const [there, here] = [await servedRun(server, { serverNormalization: normalization }), await twin()];
    await Promise.all([iterate(there.state), iterate(here)]);
    // The sum has the same bits; a factor and its divisor round.
    expect(distance(here.policy.parameters.gradients, server.gradients[0]!)).toBeLessThan(
      normalization === 'sum' ? Number.MIN_VALUE : 1e-6,
    );
    there.weights.close();
  });

  it('learns another gradient where the normalization is not the server’s', async () => {
    const server = await referenceServer({ normalization: 'mean-per-sequence' });
    const [there, here] = [await servedRun(server), await twin()];
    await Promise.all([iterate(there.state), iterate(here)]);
    expect(distance(here.policy.parameters.gradients, server.gradients[0]!)).toBeGreaterThan(0.5);
    there.weights.close();
  });
});
