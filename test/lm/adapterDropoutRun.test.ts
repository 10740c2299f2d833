/** Runs whose adapters have a dropout: what the loss sees, how they are taken up again, what is refused, what is written for peft. */
import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { testCohort, testPlatform } from '../training/cohort.ts';
import { fileText, largestDigit, metricsWithoutTimes, shortRun } from './languageRun.ts';
import { packages, pretrainedRun, smallModel, written } from './smallModel.ts';

const opened = async () => {
  const cohort = testCohort();
  await cohort.openModel(await smallModel(), packages);
  return cohort;
};
const dropping: LanguageTrainConfig = { ...pretrainedRun, loraRank: 4, loraDropout: 0.3, estimator: 'grpo', learningRate: 0.02 };

const run = async (fields: Partial<LanguageTrainConfig>) => {
  const training = (await opened()).trainLanguageModel({ ...dropping, ...fields } as LanguageTrainConfig);
  const metrics: Readonly<Record<string, number>>[] = [];
  for await (const result of training) metrics.push({ ...result.metrics });
  return { metrics, hash: (await training.finish()).summary.parametersSha256 };
};

describe('a run whose adapters have a dropout', () => {
  it('has ratios that are not 1 on the first pass; without one they are', async () => {
    // As long as B is 0 there is nothing to drop: the second iteration tells.
    const [without, dropped] = [await run({ loraDropout: 0 }), await run({})];
    expect(Math.abs(without.metrics[1]!['losses/approx_kl']!)).toBeLessThan(1e-6);
    expect(dropped.metrics[1]!['losses/approx_kl']).toBeGreaterThan(1e-5);
    expect(dropped.hash).not.toBe(without.hash);
  });

  it.each(['gpg-lm', 'gspo', 'cispo', 'sapo'] as const)('%s: is another run than without, and the same twice', async (estimator) => {
    const [without, one, two] = [await run({ estimator, loraDropout: 0 }), await run({ estimator }), await run({ estimator })];
    expect(one.hash).not.toBe(without.hash);
    expect(two.hash).toBe(one.hash);
  });

  it('gspo counts the ratio of what is left, also on the first pass', async () => {
    const { metrics } = await run({ estimator: 'gspo' });
    expect(metrics[1]!['losses/approx_kl']).toBeGreaterThan(1e-5);
    expect(metrics.some((one) => one['losses/clipfrac']! > 0)).toBe(true);
  });

  it('taken up again is the run that was not stopped', async () => {
    const input: LanguageTrainConfig = { ...dropping, updateEpochs: 2 };
    const cohort = await opened();
    const whole = await cohort.trainLanguageModel(input, { runDirectory: 'whole' }).finish();
    await cohort.trainLanguageModel({ ...input, stopAfter: 1 }, { runDirectory: 'parts' }).finish();
    await (await cohort.resume('parts', { task: largestDigit, stopAfter: 2 })).finish();
    const last = await (await cohort.resume('parts', { task: largestDigit })).finish();
    expect(last.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    const lines = (directory: string) => metricsWithoutTimes(fileText(cohort, directory, 'metrics.jsonl'));
    expect(lines('parts')).toEqual(lines('whole'));
  });

  it('is written for peft with its dropout', async () => {
    const { model } = await (await opened()).trainLanguageModel({ ...dropping, iterations: 1 }).finish();
    const config = (await model.export('peft')).find(({ name }) => name === 'adapter_config.json')!;
    let text = '';
    for await (const piece of config.pieces()) text += new TextDecoder().decode(piece);
    expect(JSON.parse(text)).toMatchObject({ lora_dropout: 0.3, r: 4 });
  });

  it('goes on with the dropout of an adapter that others trained, unless another one is said', async () => {
    const { model } = await (await opened()).trainLanguageModel({ ...dropping, iterations: 1 }).finish();
    const peft = await written('adapter', await model.export('peft'));
    const openModelFiles = async (path: string) => ({ files: path === 'base' ? await smallModel() : peft });
    const cohort = testCohort({ ...testPlatform, openModelFiles, loadTokenizers: async () => packages.tokenizers });
    await cohort.openModel('adapter', packages);
    const { loraRank: _, loraDropout: __, ...input } = { ...dropping, model: 'adapter' };
    expect(cohort.trainLanguageModel(input).config).toMatchObject({ loraRank: 4, loraDropout: 0.3 });
    expect(cohort.trainLanguageModel({ ...input, loraDropout: 0 }).config.loraDropout).toBe(0);
  });

  it('needs adapters, and leaves something of what they read', async () => {
    const cohort = await opened();
    expect(() => cohort.trainLanguageModel({ ...dropping, loraRank: 0 })).toThrow(
      'loraDropout: expected a loraRank above 0 with it, got loraRank 0',
    );
    expect(() => cohort.trainLanguageModel({ ...shortRun, loraDropout: 0.1 })).toThrow('loraDropout: expected a loraRank above 0');
    expect(() => cohort.trainLanguageModel({ ...dropping, loraDropout: 1 })).toThrow('loraDropout: expected a number from 0 to 0.999');
  });
});
