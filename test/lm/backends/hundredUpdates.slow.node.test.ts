/**
 * gpg-lm on add-2digit, a hundred updates: on the reference server as in this process, within the noise of ten seeds.
 */
import { describe, expect, it } from 'vitest';
import { layOutKernels } from '../../../src/kernels/index.ts';
import { createLanguageState } from '../../../src/lm/algorithm/state.ts';
import { resolveLanguageConfig } from '../../../src/lm/config/config.ts';
import { findTask } from '../../../src/lm/tasks/index.ts';
import { openPolicy } from '../../../src/lm/training/warmStart.ts';
import { learnerKey } from '../../../src/random/index.ts';
import { mean, meanInterval } from '../../../src/statistics/index.ts';
import { testCohort, testPlatform } from '../../training/cohort.ts';
import { ReferenceServer } from './referenceServer.ts';
import { accessTo, url } from './servedRun.ts';

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const fields = {
  task: 'add-2digit',
  iterations: 100,
  numGroups: 32,
  learningRate: 1.5e-3,
  evaluationInterval: 0,
  finalEvaluationPrompts: 500,
  evaluationSamples: 4,
} as const;

async function serverOf(seed: number): Promise<ReferenceServer> {
  const config = resolveLanguageConfig({ ...fields, seed });
  const context = { task: findTask('add-2digit'), platform: testPlatform, layOut: layOutKernels, key: learnerKey(seed) };
  const state = await createLanguageState(config, context);
  await openPolicy(state, context);
  return new ReferenceServer({ state });
}

describe('a hundred updates of gpg-lm on add-2digit', () => {
  it('end on a server where they end here, within the noise of ten seeds', async () => {
    const differences: number[] = [];
    for (const seed of seeds) {
      const here = await testCohort()
        .trainLanguageModel({ ...fields, seed })
        .finish();
      const place = { backend: 'tinker', url, model: 'tiny', tokenizer: 'task', loraRank: 0 } as const;
      const access = accessTo(await serverOf(seed));
      const there = await testCohort()
        .trainLanguageModel({ ...fields, ...place, seed }, { server: access })
        .finish();
      const [local, remote] = [here, there].map(({ summary }) => mean(summary.evaluation!.sampled.returns));
      process.stdout.write(`seed ${seed}: here ${local!.toFixed(3)}, on the server ${remote!.toFixed(3)}\n`);
      differences.push(remote! - local!);
    }
    const interval = meanInterval(differences)!;
    process.stdout.write(`difference ${mean(differences).toFixed(3)}, 95 % ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}\n`);
    expect(interval.low).toBeLessThan(0);
    expect(interval.high).toBeGreaterThan(0);
  }, 1_800_000);
});
