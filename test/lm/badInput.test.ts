/**
 * Mistakes and the messages that they get: what was expected, what was got, what to do; and where a run was going, its last checkpoint stays.
 */
import { describe, expect, it } from 'vitest';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { promptText } from '../../src/lm/tasks/prompt.ts';
import type { LanguageTask, Problem } from '../../src/lm/tasks/task.ts';
import { testCohort } from '../training/cohort.ts';
import { relay } from './algorithm/relay.ts';
import { largestDigit, shortRun } from './languageRun.ts';

/** The message of what training throws. */
async function messageOf(input: unknown, cohort = testCohort(), runDirectory?: string): Promise<string> {
  try {
    await cohort.trainLanguageModel(input as LanguageTrainConfig, runDirectory === undefined ? {} : { runDirectory }).finish();
  } catch (error) {
    expect((error as Error).name).toBe('CohortError');
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

/** The task with other problems. */
const withProblems = (change: (problem: Problem) => Partial<Problem>): LanguageTask => ({
  ...largestDigit,
  weights: {},
  prompts: (random) => {
    const problem = largestDigit.prompts(random);
    return { ...problem, ...change(problem) };
  },
});
const own = (change: Partial<LanguageTask>): unknown => ({ ...shortRun, task: { ...largestDigit, ...change } });
const cold = (task: LanguageTask): unknown => ({ ...shortRun, warmStartAccuracy: 0, task });
const vine = { estimator: 'vineppo' } as const;
const form = /^[^:]+.*: expected .+, got .+; .+$/s;

describe('a configuration that cannot be', () => {
  const cases: readonly [string, unknown, RegExp][] = [
    ['a task that there is not', { task: 'add-3digit' }, /task.*"add-3digit".*add-2digit/],
    ['no task', {}, /task/],
    ['a task that is null', { task: null }, /task/],
    ['an unknown estimator', { ...shortRun, estimator: 'grpoo' }, /estimator: expected one of .*got "grpoo".*grpo/],
    ['an unknown field', { ...shortRun, groupsize: 4 }, /expected known fields, got "groupsize".*groupSize/],
    ['a field of the other road', { ...shortRun, numEnvs: 4 }, /expected known fields, got "numEnvs"/],
    ['groups of one', { ...shortRun, groupSize: 1 }, /groupSize: expected at least 2 completions per prompt with estimator gpg-lm, got 1/],
    ['groups of none', { ...shortRun, groupSize: 0 }, /groupSize: expected a whole number from 1 to 4096, got 0/],
    ['a threshold above 1', { ...shortRun, minValidFraction: 1.5 }, /minValidFraction: expected a number from 0 to 1, got 1.5/],
    [
      'heads that do not share',
      { ...shortRun, numAttentionHeads: 2, numKeyValueHeads: 3 },
      /numKeyValueHeads: expected a divisor of numAttentionHeads 2, got 3/,
    ],
    ['a width that is no multiple of 8', { ...shortRun, hiddenSize: 20 }, /hiddenSize: expected a multiple of 8, got 20/],
    ['a text for a number', { ...shortRun, learningRate: '3e-4' }, /learningRate: expected a number from 0 to 1000000, got "3e-4"/],
    ['NaN for a number', { ...shortRun, temperature: Number.NaN }, /temperature: expected a number from .*, got NaN/],
    ['epochs without a ratio', { ...shortRun, updateEpochs: 3 }, /updateEpochs: expected 1 with estimator gpg-lm/],
    [
      'branches of a method that has none',
      { ...shortRun, branches: 4 },
      /branches: expected estimator vineppo with it, got estimator gpg-lm/,
    ],
    [
      'branches of an episode',
      { ...shortRun, task: relay, estimator: 'vineppo' },
      /estimator: expected one that does not branch, for task relay, which has a rollout, got vineppo/,
    ],
    ['branches after nothing', { ...shortRun, ...vine, branchAfter: '=|' }, /branchAfter: expected texts that are not empty, got "=\|"/],
    [
      'branches by the group',
      { ...shortRun, ...vine, advantageScale: 'std' },
      /advantageScale: expected 1 with estimator vineppo, .*got std/,
    ],
    ['branches rescaled', { ...shortRun, ...vine, gradientRescaling: 'group' }, /gradientRescaling: expected off with estimator vineppo/],
    [
      'branches whose rewards are not those of the completions',
      { ...shortRun, ...vine, klCoef: 0.1, klIn: 'reward' },
      /klIn: expected loss with estimator vineppo, got reward/,
    ],
    ['no branches', { ...shortRun, ...vine, branches: 0 }, /branches: expected a whole number from 1 to 4096, got 0/],
    ['more tokens than the task has', { ...shortRun, maxTokens: 4 }, /maxTokens: expected at most 3 for task largest-digit, got 4/],
    ['no alphabet', own({ alphabet: '' }), /task largest-digit: alphabet: expected .*, got ""/],
    [
      'neither alphabet nor tokenizer',
      own({ alphabet: undefined as never }),
      /task largest-digit: alphabet: expected either .*, got neither/,
    ],
    ['a doubled character', own({ alphabet: '01234567890=' }), /task largest-digit: alphabet: expected .*"0"/],
    ['no room for a prompt', own({ promptLength: 0 }), /task largest-digit: promptLength: expected a whole number from 1/],
    ['an id with spaces', own({ id: 'Largest digit' }), /task: id: expected lower-case words with hyphens/],
    ['no prompts', own({ prompts: undefined as never }), /task largest-digit: prompts: expected a function/],
    ['a weight that is NaN', own({ weights: { right: Number.NaN } }), /task largest-digit: weights: expected finite numbers .*NaN/],
  ];

  it.each(cases)('%s', async (_name, input, expected) => {
    const cohort = testCohort();
    const message = await messageOf(input, cohort, 'run');
    expect(message).toMatch(form);
    expect(message).toMatch(expected);
    expect(cohort.home.folders.get('run')?.files.size ?? 0).toBe(0);
  });

  it('a model that does not fit into memory', async () => {
    const message = await messageOf({ ...shortRun, numGroups: 65_536, groupSize: 4096 });
    expect(message).toMatch(/^numGroups, groupSize, hiddenSize, numHiddenLayers: expected .* memory .*, got 65536 x 4096 completions/);
  });
});

describe('a task that fails', () => {
  const cases: readonly [string, unknown, RegExp][] = [
    [
      'prompts that throw',
      cold({
        ...largestDigit,
        prompts: () => {
          throw new Error('out of prompts');
        },
      }),
      /task largest-digit: expected a problem from prompts\(\), got Error: out of prompts/,
    ],
    ['prompts that are none', cold({ ...largestDigit, prompts: () => 'abc' as never }), /expected a problem from prompts\(\), got "abc"/],
    [
      'one prompt only',
      cold(withProblems(() => ({ prompt: '111=' }))),
      /task largest-digit: expected prompts of which .*1 different prompt/,
    ],
    [
      'prompts longer than the context',
      cold(withProblems(({ prompt }) => ({ prompt: `00${prompt}` }))),
      /prompt "00\d\d\d=": expected 1 to 4 tokens, got 6/,
    ],
    [
      'empty prompts',
      cold(withProblems(({ prompt }) => ({ prompt: prompt < '5' ? '' : prompt }))),
      /prompt "": expected 1 to 4 tokens, got 0/,
    ],
    [
      'a foreign character',
      cold(withProblems(({ prompt }) => ({ prompt: promptText(prompt).replace('=', '?') }))),
      /text "\d\d\d\?": expected only characters/,
    ],
    [
      'a reward that always throws',
      cold(withProblems(() => ({ reward: () => raise('no idea') }))),
      /reward: expected .*threw \(Error: no idea\)/,
    ],
    [
      'a reward that is always NaN',
      cold(withProblems(() => ({ reward: () => Number.NaN }))),
      /reward: expected .*notFinite \(reward is NaN\)/,
    ],
    ['a reward that is a text', cold(withProblems(() => ({ reward: () => '1' as never }))), /reward: expected .*notFinite/],
    [
      'components with other names each time',
      cold(withProblems(({ prompt }) => ({ reward: (): Record<string, number> => (prompt < '5' ? { right: 1 } : { rihgt: 0 }) }))),
      /task largest-digit: reward: expected the components (right|rihgt) for every completion, got/,
    ],
    [
      'an outcome that is no component',
      cold({ ...largestDigit, outcome: 'correct' }),
      /outcome: expected names of reward components.*"correct"/,
    ],
    ['a weight of no component', cold({ ...largestDigit, weights: { rigth: 1 } }), /weights: expected names of reward components.*"rigth"/],
    [
      'no solutions to warm up with',
      { ...shortRun, task: withProblems(() => ({ solution: undefined as never })) },
      /warm start on largest-digit: expected problems with a solution.*warmStartAccuracy to 0/,
    ],
    [
      'solutions that are too long',
      { ...shortRun, task: withProblems(() => ({ solution: '123' })) },
      /solution "123": expected at most 2 tokens and the end token/,
    ],
    [
      'a warm start out of reach',
      { ...shortRun, warmStartAccuracy: 1, warmStartMaxSteps: 10 },
      /warm start on largest-digit: expected sampled accuracy 1 within warmStartMaxSteps 10, got 0\.\d+; /,
    ],
    [
      'a threshold that no group reaches',
      { ...shortRun, warmStartAccuracy: 0, minValidFraction: 1, maxAttempts: 2, task: withProblems(() => ({ reward: () => 0 })) },
      /minValidFraction 1: expected 6 valid groups of 6 within 2 draws, got 0; 12 of 12 groups are all wrong/,
    ],
  ];

  it.each(cases)('%s', async (_name, input, expected) => {
    const message = await messageOf(input);
    expect(message).toMatch(form);
    expect(message).toMatch(expected);
  });

  it('a reward that throws now and then is counted, left out, and shown', async () => {
    const task = withProblems(({ reward }) => ({
      reward: (completion, ended) => (completion.startsWith('3') ? raise('not three') : reward(completion, ended)),
    }));
    const run = testCohort().trainLanguageModel({ ...shortRun, warmStartAccuracy: 0, task });
    const failed: number[] = [];
    const shown: number[] = [];
    for await (const { metrics, completions } of run) {
      failed.push(metrics['reward/failed']!);
      shown.push(...completions.filter(({ completion }) => completion.startsWith('3')).map(({ total }) => total));
      expect(metrics['completions/reward']).not.toBeNaN();
    }
    expect(Math.max(...failed)).toBeGreaterThan(0);
    expect(Math.max(...failed)).toBeLessThan(0.5);
    for (const total of shown) expect(total).toBeNaN();
    const { summary } = await run.finish();
    expect(summary.evaluation!.failedRewards).toBeGreaterThan(0);
  });

  it('rewards beyond float32 stop the run, name iteration and tensor, and leave the last good checkpoint', async () => {
    const cohort = testCohort();
    let calls = 0;
    // The first two iterations are sound: 6 groups of 4 each.
    const task = withProblems(({ solution }) => ({
      reward: (completion) => (completion === solution ? 1 : 0) * (calls++ < 48 ? 1 : 1e300),
    }));
    const input = { ...shortRun, task, evaluationInterval: 0, checkpointInterval: 1, warmStartAccuracy: 0, iterations: 40 };
    const message = await messageOf(input, cohort, 'run');
    expect(message).toMatch(
      /^iteration \d+: expected finite losses, gradients and parameters, got .* in losses\/gradient_norm and in the tensor model\./,
    );
    expect(message).toMatch(/; lower the learning rate or look at the rewards; the last checkpoint is from before this iteration$/);
    const model = await cohort.loadLanguageModel('run', { task: largestDigit });
    expect(model.sample({ prompt: '123=' })[0]!.logProb).toBeLessThan(0);
    expect(cohort.home.folders.get('run')!.files.has('summary.json')).toBe(false);
  });
});

describe('a run folder that does not fit', () => {
  const task = largestDigit;
  async function begun(): Promise<ReturnType<typeof testCohort>> {
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...shortRun, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    return cohort;
  }
  const fileOf = (cohort: ReturnType<typeof testCohort>, name: string): Uint8Array => cohort.home.folders.get('run')!.files.get(name)!;

  it('a corrupt checkpoint', async () => {
    const cohort = await begun();
    const bytes = fileOf(cohort, 'checkpoint.safetensors');
    bytes[bytes.length - 5]! ^= 1;
    await expect(cohort.resume('run', { task })).rejects.toThrow(/checkpoint\.safetensors: expected .*; restore the file from a copy/);
    await expect(cohort.evaluate('run', { task })).rejects.toThrow(form);
    await expect(cohort.loadLanguageModel('run', { task })).rejects.toThrow(form);
  });

  it('half a checkpoint', async () => {
    const cohort = await begun();
    const { files } = cohort.home.folders.get('run')!;
    files.set('checkpoint.safetensors', fileOf(cohort, 'checkpoint.safetensors').slice(0, 1000));
    await expect(cohort.resume('run', { task })).rejects.toThrow(form);
  });

  it('the checkpoint of another run', async () => {
    const cohort = await begun();
    await cohort.trainLanguageModel({ ...shortRun, seed: 2, stopAfter: 1 }, { runDirectory: 'other' }).finish();
    const other = cohort.home.folders.get('other')!.files.get('checkpoint.safetensors')!;
    cohort.home.folders.get('run')!.files.set('checkpoint.safetensors', other);
    await expect(cohort.resume('run', { task })).rejects.toThrow('expected a checkpoint of this run, got one of another configuration');
  });

  it('a run of the other road, where only one will do', async () => {
    const cohort = await begun();
    await expect(cohort.loadPolicy('run')).rejects.toThrow(
      'run: expected a run on an environment, got a run of a language model; use load, evaluate or resume',
    );
    await cohort.train({ env: 'CartPole-v1', iterations: 1, numEnvs: 2, numSteps: 32 }, { runDirectory: 'cart' }).finish();
    await expect(cohort.loadLanguageModel('cart')).rejects.toThrow(
      'cart: expected a run of a language model, got a run on an environment; use load, evaluate or resume',
    );
    expect(await cohort.evaluate('cart', { episodes: 2 })).toMatchObject({ road: 'environments', target: 'CartPole-v1' });
  });

  it('a configuration that was changed by hand', async () => {
    const cohort = await begun();
    const text = new TextDecoder().decode(fileOf(cohort, 'config.json')).replace('"numGroups": 6', '"numGroups": 7');
    cohort.home.folders.get('run')!.files.set('config.json', new TextEncoder().encode(text));
    await expect(cohort.resume('run', { task })).rejects.toThrow('config.json was changed');
  });

  it('another task of one’s own than the run’s', async () => {
    const cohort = await begun();
    const other = { ...largestDigit, alphabet: '0123456789=abc' };
    await expect(async () => (await cohort.resume('run', { task: other })).finish()).rejects.toThrow(
      /checkpoint: tensor model\.embed_tokens\.weight: expected \d+ numbers \(Float32Array\), got \d+ .*; the checkpoint is not of this run/,
    );
  });

  it('a folder that holds a run, and one that holds none', async () => {
    const cohort = await begun();
    expect(await messageOf(shortRun, cohort, 'run')).toMatch(/expected a folder without a run/);
    await expect(cohort.resume('nothing', { task })).rejects.toThrow(/expected a run folder/);
    await expect(cohort.load('nothing')).rejects.toThrow(/expected a run folder/);
  });

  it('a run that has not come to a checkpoint', async () => {
    const cohort = testCohort();
    const run = cohort.trainLanguageModel(shortRun, { runDirectory: 'run', signal: AbortSignal.abort() });
    await run.finish();
    await expect(cohort.evaluate('run', { task })).rejects.toThrow('run: expected a run with a checkpoint, got none yet');
  });
});

describe('a model that is asked what it cannot', () => {
  it.each([
    [{ prompt: '12345' }, /prompt "12345": expected 1 to 4 tokens, got 5/],
    [{ prompt: '' }, /prompt "": expected 1 to 4 tokens, got 0/],
    [{ prompt: '1+2=' }, /expected only characters of .*, got "\+"/],
    [{}, /sample: prompt: expected a text, got nothing/],
    [{ prompt: '123=', numSamples: 0 }, /sample: numSamples: expected a whole number from 1 to 65536, got 0/],
    [{ prompt: '123=', temperature: 0 }, /sample: temperature: expected a number from 0.001 to 1000, got 0/],
    [{ prompt: '123=', topP: 2 }, /sample: topP: expected a number from .* to 1, got 2/],
    [{ prompt: '123=', greddy: true }, /sample: expected known fields, got "greddy".*greedy/],
  ])('%j', async (options, expected) => {
    const input = { ...shortRun, iterations: 1, warmStartAccuracy: 0, evaluationInterval: 0 };
    const { model } = await testCohort().trainLanguageModel(input).finish();
    expect(() => model.sample(options as never)).toThrow(expected);
    await expect(model.evaluate({ numPrompts: 0 })).rejects.toThrow(
      'evaluate: numPrompts: expected a whole number from 1 to 1000000, got 0',
    );
  });
});

function raise(message: string): never {
  throw new Error(message);
}
