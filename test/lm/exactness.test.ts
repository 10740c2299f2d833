/**
 * The same configuration and seed give the same bits: twice, and whatever is evaluated. The hashes below were recorded once;
 * every supported Node and Chromium must give them.
 */
import { describe, expect, it } from 'vitest';
import type { LanguageTrainInput } from '../../src/languageModels.ts';
import { shortRun, testLanguageCohort } from './languageRun.ts';

/** SHA-256 of the final parameters. */
async function hashOf(input: LanguageTrainInput, cohort = testLanguageCohort()): Promise<string> {
  return (await cohort.trainLanguageModel(input).finish()).summary.parametersSha256;
}

const golden: readonly [string, LanguageTrainInput, string][] = [
  ['gpg-lm', shortRun, '5ca2ef1aaec6ec0077226fba5e5134f260eaa6ee1e82ee039c222a2312c16c92'],
  [
    'gpg-lm, drawn to the threshold, with a reference and SGD',
    { ...shortRun, betaTh: 0.8, klCoef: 0.1, optimizer: 'sgd', momentum: 0.9, learningRate: 0.1 },
    '3d10a8154d15b94fc0f2f0249ebcb7602df46e558eeff5858dba75f4c1c444be',
  ],
  [
    'grpo, two epochs, AdamW along a cosine',
    { ...shortRun, estimator: 'grpo', updateEpochs: 2, optimizer: 'adamw', schedule: 'cosine', warmupIterations: 2 },
    '88dd7734923a6e3a5a2c1b29d33b3b6666f1e895a71b3ba28b0660a69f469466',
  ],
  [
    'remax, grouped queries, interleaved, untied, with biases',
    { ...shortRun, estimator: 'remax', keyValueHeads: 1, rotaryLayout: 'interleaved', tiedEmbeddings: false, attentionBias: true },
    '02a01fcb481d9a710382d2b27a275c6c1c555cbdbfaacacdc43c003386fd5be7',
  ],
  ['ppo', { ...shortRun, estimator: 'ppo' }, 'b9d40433f14725058e531e27bf49f04004bb83b06f9f45afe0a040e84a54d26b'],
];

describe('the same bits', () => {
  it.each(golden)('%s: the recorded hash, with a warm start and with the one that was kept', async (_name, input, hash) => {
    const cohort = testLanguageCohort();
    expect(await hashOf(input, cohort)).toBe(hash);
    expect(await hashOf(input, cohort)).toBe(hash);
  });

  it('another seed gives other bits, also from the same warm start', async () => {
    expect(await hashOf({ ...shortRun, seed: 2, warmStartSeed: 1 })).not.toBe(golden[0]![2]);
  });

  it('evaluating more or less changes nothing', async () => {
    const input = { ...shortRun, evaluationInterval: 0, finalEvaluationPrompts: 1, evaluationSamples: 1 };
    expect(await hashOf(input)).toBe(golden[0]![2]);
  });
});
