import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineTask } from '../../../../src/lm/tasks/define.ts';
import { pictureTasks } from '../../../../src/lm/tasks/pictures/index.ts';
import { drawProblem } from '../../../../src/lm/tasks/problems.ts';
import { type ImagePart, promptKey, promptParts } from '../../../../src/lm/tasks/prompt.ts';
import { scoreCompletions } from '../../../../src/lm/tasks/rewards.ts';
import { type LanguageTask, type Problem, patchTokens, type Split } from '../../../../src/lm/tasks/task.ts';
import { createGenerator } from '../../../../src/random/index.ts';
import { sha256 } from '../../../../src/run/sha256.ts';

const limits = { rewardSeconds: 1, now: () => performance.now() };

beforeAll(async () => {
  for (const task of pictureTasks) await task.load?.();
});

const pictures = ({ prompt }: Problem): ImagePart[] => promptParts(prompt).filter((part): part is ImagePart => typeof part !== 'string');
const texts = ({ prompt }: Problem): string =>
  promptParts(prompt)
    .filter((part) => typeof part === 'string')
    .join('');

// The bytes of 20 prompts and the solutions: the same in Node, in Chromium, and in every version until a task's `behavior` rises.
const digests: Readonly<Record<string, string>> = {
  'count-shapes': '6f332f9b1c272235195b7f3f698b0580ba389ffe19f5acf99cc599862d6ba8d0',
  'shape-relation': '97c044dd66b2f2fec364da1d2246cd84f06bcc5f5b286616e6cd74ae1ad7a8c5',
  'ground-shape': '6fe8c2bfcacb4dacd1f84f1bcf76e808f7468b1a7cb6944dfd6ee9cfbf59062a',
  'few-shot-glyphs': '5a30a7d113ef1561b383b0467871ffda70a36ff6af85c7f0a3a55f7553760563',
  'digits-few-shot': '1b8bb9ad38ed0d76e8ff2acabb3d54b783c9a25450c5420559f721f810437c8c',
  'digits-sum': '5a5d11b93d9ba4c47f91325951b844d0088f63799bfddcc4228c64a08781b8ab',
};

// The answers of each task, all equally likely but for sums and boxes.
const answers: Readonly<Record<string, number>> = { 'count-shapes': 4, 'shape-relation': 2, 'few-shot-glyphs': 4, 'digits-few-shot': 10 };

describe.each(pictureTasks.map((task) => [task.id, task] as const))('%s', (id, task) => {
  const draw = (seed: number, split: Split): Problem => drawProblem(task, [seed], split);

  it('is a valid task of at most 32 tokens', () => {
    expect(defineTask(task)).toBe(task);
    expect(task.alphabet!.length).toBeLessThanOrEqual(31);
    expect(patchTokens(task.images!)).toBeLessThan(task.promptLength);
  });

  it('draws prompts and solutions that fit, of the declared pictures, and its solutions are worth the most', async () => {
    const property = fc.asyncProperty(fc.nat(1e6), fc.constantFrom('train' as const, 'heldOut' as const), async (seed, split) => {
      const problem = draw(seed, split);
      expect(patchTokens(task.images!) + texts(problem).length).toBeLessThanOrEqual(task.promptLength);
      expect(problem.solution!.length + 1).toBeLessThanOrEqual(task.completionLength);
      for (const character of texts(problem) + problem.solution!) expect(task.alphabet).toContain(character);
      expect(pictures(problem)).toHaveLength(task.images!.count);
      for (const { image } of pictures(problem)) {
        expect([image.width, image.height]).toEqual([task.images!.width, task.images!.height]);
        expect(image.pixels.length).toBe(3 * image.width * image.height);
      }
      const items = [problem.solution!, problem.solution!, ''].map((completion, i) => ({ problem, completion, ended: i !== 1 }));
      const [score, cut, empty] = await scoreCompletions(items, task, limits);
      expect(score!.outcome).toBe(1);
      expect(score!.total).toBe(id === 'ground-shape' ? 2 : 1);
      for (const other of [cut!, empty!]) {
        expect([other.status, other.outcome, other.total]).toEqual(['ok', 0, 0]);
        expect(Object.keys(other.components)).toEqual(Object.keys(score!.components));
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('scores any completion within 0 .. that of a solution', async () => {
    const text = fc.string({ unit: fc.constantFrom(...task.alphabet!), maxLength: task.completionLength });
    const property = fc.asyncProperty(fc.nat(1e6), text, async (seed, completion) => {
      const [score] = await scoreCompletions([{ problem: draw(seed, 'train'), completion, ended: true }], task, limits);
      expect(score!.status).toBe('ok');
      expect(score!.total).toBeGreaterThanOrEqual(0);
      expect(score!.total).toBeLessThanOrEqual(id === 'ground-shape' ? 2 : 1);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('draws the same problem from the same seed, and no held-out prompt in training', () => {
    const keys = new Set(Array.from({ length: 150 }, (_, seed) => promptKey(draw(seed, 'train').prompt)));
    for (let seed = 0; seed < 30; seed++) {
      const held = draw(seed, 'heldOut');
      expect(promptKey(draw(seed, 'heldOut').prompt)).toBe(promptKey(held.prompt));
      expect(keys.has(promptKey(held.prompt))).toBe(false);
    }
  });

  it('has the same pixels everywhere', () => {
    const random = createGenerator([2026]);
    let all = '';
    for (let i = 0; i < 20; i++) {
      const problem = task.prompts(random, i % 2 === 0 ? 'train' : 'heldOut');
      const key = [...promptKey(problem.prompt)].map((character) => character.charCodeAt(0).toString(16)).join(',');
      all += `${key} ${problem.solution}\n`;
    }
    expect(sha256(all)).toBe(digests[id]);
  });

  if (answers[id] !== undefined) {
    it('is balanced: every answer is equally likely', () => {
      const random = createGenerator([7]);
      const counts = new Map<string, number>();
      const draws = 2000;
      for (let i = 0; i < draws; i++) {
        const solution = task.prompts(random, 'train').solution!;
        counts.set(solution, (counts.get(solution) ?? 0) + 1);
      }
      const share = 1 / answers[id]!;
      expect(counts.size).toBe(answers[id]);
      // Five standard deviations of a binomial share.
      const margin = 5 * Math.sqrt((share * (1 - share)) / draws);
      for (const count of counts.values()) expect(Math.abs(count / draws - share)).toBeLessThan(margin);
    });
  }
});

describe('drawProblem of a task with pictures', () => {
  const task: LanguageTask = {
    ...pictureTasks[0]!,
    images: { width: 2, height: 2, patchSize: 1, count: 1 },
    prompts: () => ({ prompt: 'no picture', reward: () => 0 }),
  };
  const image = (width: number, height: number, bytes: number): ImagePart => ({ image: { width, height, pixels: new Uint8Array(bytes) } });

  it.each<[string, Problem['prompt'], string]>([
    ['no picture', 'circle?', 'expected 1 pictures, as the task’s images say, got 0; let prompts()'],
    ['two pictures', [image(2, 2, 12), image(2, 2, 12)], 'got 2'],
    ['another size', [image(4, 1, 12), 'circle?'], 'expected pictures of 2 x 2 pixels with 12 bytes, got 4 x 1 with 12 bytes'],
    ['too few bytes', [image(2, 2, 11)], 'got 2 x 2 with 11 bytes'],
  ])('refuses %s', (_, prompt, message) => {
    const wrong = { ...task, prompts: () => ({ prompt, reward: () => 0 }) };
    expect(() => drawProblem(wrong, [1], 'train')).toThrow(message);
  });
});
