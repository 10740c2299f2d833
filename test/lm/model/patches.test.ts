/** Pictures as patches: the worked example, ids in prompts, and that what is learned depends on what is seen. */
import { describe, expect, it } from 'vitest';
import { taskFromRows } from '../../../src/lm/data/task.ts';
import { patchesOf, patchSpec } from '../../../src/lm/model/patches.ts';
import { createVocabulary } from '../../../src/lm/model/tokenizer.ts';
import { createPicture } from '../../../src/lm/tasks/pictures/canvas.ts';
import type { ImagePart } from '../../../src/lm/tasks/prompt.ts';
import { testCohort } from '../../training/cohort.ts';

const picture = (width: number, height: number, ...bytes: number[]): ImagePart => ({
  image: { width, height, pixels: Uint8Array.from(bytes) },
});

describe('patches', () => {
  it('are cut row by row, each pixel by pixel, bytes from -1 to 1, padded to a multiple of 8', () => {
    const images = { width: 2, height: 1, patchSize: 1, count: 1 };
    expect(patchSpec(images)).toEqual({ count: 2, inputs: 3 });
    const numbers = patchesOf([picture(2, 1, 0, 0, 0, 255, 255, 255)], images);
    expect([...numbers]).toEqual([-1, -1, -1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
  });

  it('of two pictures of 4 x 2 pixels in patches of 2: left to right, picture after picture', () => {
    const images = { width: 4, height: 2, patchSize: 2, count: 2 };
    const bytes = Array.from({ length: 24 }, (_, i) => i);
    const parts = [picture(4, 2, ...bytes), 'x', picture(4, 2, ...bytes.map((byte) => byte + 100))];
    const numbers = patchesOf(parts, images);
    expect(numbers).toHaveLength(4 * 16);
    const bytesOf = (patch: number): number[] =>
      [...numbers.subarray(patch * 16, patch * 16 + 12)].map((x) => Math.round(x * 127.5 + 127.5));
    expect(bytesOf(0)).toEqual([0, 1, 2, 3, 4, 5, 12, 13, 14, 15, 16, 17]);
    expect(bytesOf(1)).toEqual([6, 7, 8, 9, 10, 11, 18, 19, 20, 21, 22, 23]);
    expect(bytesOf(3)).toEqual([106, 107, 108, 109, 110, 111, 118, 119, 120, 121, 122, 123]);
    const tokenizer = createVocabulary('xy', images);
    expect(tokenizer.encode(parts)).toEqual([3, 4, 1, 5, 6]);
    expect(tokenizer.size).toBe(3);
  });

  it('are refused by a tokenizer of texts', () => {
    expect(() => createVocabulary('x').encode([picture(1, 1, 0, 0, 0)])).toThrow('texts only');
  });
});

const run = {
  task: 'count-shapes',
  iterations: 3,
  numGroups: 8,
  groupSize: 4,
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 24,
  warmStartAccuracy: 0.2,
  evaluationInterval: 0,
  finalEvaluationPrompts: 8,
  evaluationSamples: 2,
} as const;

describe('a run on pictures', () => {
  it.each([
    ['gpg-lm', {}, '88f7cd8b1768c69ec657676a1f7a7d38'],
    ['ppo, whose critic sees them too', { estimator: 'ppo' }, '887304a80592917f4f98c3239f10a081'],
    ['digits that are loaded when they are needed', { task: 'digits-few-shot', klCoef: 0.1 }, 'ed2b4ed34042ddf485c8f4b0ee043f3c'],
  ] as const)('%s: the recorded hash, and its bits again when it is resumed', async (_name, fields, hash) => {
    const whole = await testCohort()
      .trainLanguageModel({ ...run, ...fields })
      .finish();
    expect(whole.summary.parametersSha256).toMatch(new RegExp(`^${hash}`));
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...run, ...fields, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    const resumed = await (await cohort.resume('run')).finish();
    expect(resumed.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(resumed.summary.evaluation).toEqual(whole.summary.evaluation);
  });

  it('has no form for transformers', async () => {
    const { model } = await testCohort()
      .trainLanguageModel({ ...run, iterations: 1 })
      .finish();
    await expect(model.export('huggingface')).rejects.toThrow('export: expected a model of texts, got one that reads pictures');
  });

  it('begins from rows of a file, and goes on from the copy in its folder', async () => {
    const shades = Array.from({ length: 60 }, (_, i) => ({
      prompt: [`${i}: `, { image: createPicture(4, 4, [4 * i, 4 * i, 4 * i]) }],
      answer: i < 30 ? 'dark' : 'light',
    }));
    const task = taskFromRows(shades, { id: 'shades' });
    const fields = { ...run, task, warmStartAccuracy: 0.4 };
    const whole = await testCohort().trainLanguageModel(fields).finish();
    const cohort = testCohort();
    await cohort.trainLanguageModel({ ...fields, stopAfter: 1 }, { runDirectory: 'run' }).finish();
    const resumed = await (await cohort.resume('run')).finish();
    expect(resumed.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(resumed.summary.evaluation).toEqual(whole.summary.evaluation);
  });
});
