import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { tokenizerOf } from '../../../src/lm/model/tokenizer.ts';
import { defineTask, findTask, languageTasks } from '../../../src/lm/tasks/index.ts';
import { drawProblem } from '../../../src/lm/tasks/problems.ts';
import { promptText } from '../../../src/lm/tasks/prompt.ts';
import { type Score, scoreCompletions } from '../../../src/lm/tasks/rewards.ts';
import type { LanguageTask, Problem } from '../../../src/lm/tasks/task.ts';

const tasks = Object.values(languageTasks);
const limits = { rewardSeconds: 1, now: () => performance.now() };

/** A generated problem whose prompt is this one. */
function problemOf(id: string, wanted: (problem: Problem) => boolean): Problem {
  const task = findTask(id);
  for (let i = 0; i < 20_000; i++) {
    const problem = drawProblem(task, [3, i], 'train');
    if (wanted(problem)) return problem;
  }
  throw new Error(`no such problem of ${id}`);
}

async function scoreOf(id: string, problem: Problem, completion: string, ended = true): Promise<Score> {
  return (await scoreCompletions([{ problem, completion, ended }], findTask(id), limits))[0]!;
}

describe.each(tasks.map((task) => [task.id, task] as const))('%s', (_, task) => {
  const tokenizer = tokenizerOf(task);
  const draw = (seed: number, split: 'train' | 'heldOut'): Problem => drawProblem(task, [seed], split);

  beforeAll(() => task.load?.());

  it('is a valid task of at most 32 tokens', () => {
    expect(defineTask(task)).toBe(task);
    expect(tokenizer.size).toBeLessThanOrEqual(32);
  });

  it('draws prompts and solutions that fit, and its solutions are right and worth the most', async () => {
    const property = fc.asyncProperty(fc.nat(1e6), fc.constantFrom('train' as const, 'heldOut' as const), async (seed, split) => {
      const problem = draw(seed, split);
      const solution = problem.solution!;
      expect(tokenizer.encode(problem.prompt).length).toBeLessThanOrEqual(task.promptLength);
      expect(problem.prompt.length).toBeGreaterThan(0);
      expect(tokenizer.encode(solution).length + 1).toBeLessThanOrEqual(task.completionLength);
      const [score] = await scoreCompletions([{ problem, completion: solution, ended: true }], task, limits);
      expect(score!.status).toBe('ok');
      expect(score!.outcome).toBe(1);
      // A box is worth its overlap and 1, at most 2.
      const most =
        task.id === 'ground-shape' ? 2 : Object.keys(score!.components).reduce((sum, name) => sum + (task.weights?.[name] ?? 1), 0);
      expect(score!.total).toBe(most || 1);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('scores any completion within 0 .. that of a solution, always with the same components', async () => {
    const text = fc.string({ unit: fc.constantFrom(...task.alphabet!), maxLength: task.completionLength });
    const names = Object.keys(
      (await scoreCompletions([{ problem: draw(1, 'train'), completion: '', ended: true }], task, limits))[0]!.components,
    );
    const property = fc.asyncProperty(fc.nat(1e6), text, fc.boolean(), async (seed, completion, ended) => {
      const problem = draw(seed, 'train');
      const items = [completion, problem.solution!].map((answer) => ({
        problem,
        completion: answer,
        ended: answer === completion ? ended : true,
      }));
      const [score, best] = await scoreCompletions(items, task, limits);
      expect(score!.status).toBe('ok');
      expect(Object.keys(score!.components)).toEqual(names);
      expect(score!.total).toBeGreaterThanOrEqual(0);
      expect(score!.total).toBeLessThanOrEqual(best!.total);
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe('add-2digit', () => {
  it('wants three digits and the end token', async () => {
    const problem = problemOf('add-2digit', ({ prompt }) => prompt === '37+58=');
    expect(problem.solution).toBe('095');
    expect((await scoreOf('add-2digit', problem, '095')).outcome).toBe(1);
    for (const wrong of ['95', '096', '0950', '']) expect((await scoreOf('add-2digit', problem, wrong)).outcome).toBe(0);
    expect((await scoreOf('add-2digit', problem, '095', false)).outcome).toBe(0);
  });

  it('has a sparse form of the same problems from a shorter warm start', () => {
    const [dense, sparse] = [findTask('add-2digit'), findTask('add-2digit-sparse')];
    expect(drawProblem(sparse, [5, 6], 'train').prompt).toBe(drawProblem(dense, [5, 6], 'train').prompt);
    expect(sparse.defaults).toMatchObject({ warmStartAccuracy: 0.04 });
  });
});

describe('strings of digits', () => {
  it('are put backwards and in order', () => {
    const digits = '0123456789';
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const backwards = drawProblem(findTask('reverse'), [seed], 'train');
        expect([...backwards.solution!].reverse().join('')).toBe(backwards.prompt.slice(0, 6));
        const sorted = drawProblem(findTask('sort'), [seed], 'train');
        for (const digit of digits) expect(sorted.solution!.split(digit)).toHaveLength(promptText(sorted.prompt).split(digit).length);
        for (let i = 1; i < 6; i++) expect(sorted.solution![i]! >= sorted.solution![i - 1]!).toBe(true);
      }),
    );
  });

  it('have a dense form that pays every token at its place', async () => {
    const problem = drawProblem(findTask('reverse-dense'), [1], 'train');
    const solution = problem.solution!;
    const total = async (completion: string, ended = true): Promise<number> =>
      (await scoreOf('reverse-dense', problem, completion, ended)).total;
    expect(await total(solution)).toBe(1);
    expect(await total(solution, false)).toBe(6 / 7);
    expect(await total(`${solution}0`, false)).toBe(6 / 7);
    expect(await total(solution.slice(0, 4))).toBe(4 / 7);
    expect(await total('')).toBe(0);
    expect((await scoreOf('reverse-dense', problem, solution.slice(0, 5))).outcome).toBe(0);
  });
});

describe('digit-completion', () => {
  it('goes on modulo 9, and pays the right beginning', async () => {
    const problem = problemOf('digit-completion', ({ prompt }) => prompt === '2,5:9,4');
    expect(problem.solution).toBe('8,2,5,8');
    expect((await scoreOf('digit-completion', problem, '8,2,5,8')).components).toEqual({ prefix: 1, accuracy: 1 });
    expect((await scoreOf('digit-completion', problem, '8,2,5,8', false)).components).toEqual({ prefix: 7 / 8, accuracy: 0 });
    expect((await scoreOf('digit-completion', problem, '8,2,4,8')).components).toEqual({ prefix: 4 / 8, accuracy: 0 });
    expect((await scoreOf('digit-completion', problem, '8,2,5,8,2')).components).toEqual({ prefix: 7 / 8, accuracy: 0 });
    const empty = problemOf('digit-completion', ({ prompt }) => promptText(prompt).endsWith(',0'));
    expect((await scoreOf('digit-completion', empty, '')).total).toBe(1);
    expect((await scoreOf('digit-completion', empty, '1')).total).toBe(0);
  });

  it('starts at 9 as verl does, though 9 is 0', () => {
    const problem = problemOf('digit-completion', ({ prompt }) => prompt === '9,3:9,2');
    expect(problem.solution).toBe('6,0');
  });
});

describe('think-then-answer', () => {
  it('pays the answer and the format apart', async () => {
    const problem = problemOf('think-then-answer', ({ prompt }) => prompt === '37+58=');
    expect(problem.solution).toBe('<think>1508</think><answer>095</answer>');
    const components = async (completion: string, ended = true): Promise<unknown> =>
      (await scoreOf('think-then-answer', problem, completion, ended)).components;
    expect(await components('<think>1</think><answer>095</answer>')).toEqual({ accuracy: 1, format: 1 });
    expect(await components('<think>1</think><answer>95</answer>')).toEqual({ accuracy: 1, format: 1 });
    expect(await components('<think>1508</think><answer>096</answer>')).toEqual({ accuracy: 0, format: 1 });
    expect(await components('<answer>095</answer>')).toEqual({ accuracy: 1, format: 0 });
    expect(await components('<think></think><answer>095</answer>')).toEqual({ accuracy: 1, format: 0 });
    expect(await components('095')).toEqual({ accuracy: 0, format: 0 });
    expect(await components('<think>1</think><answer>095</answer>', false)).toEqual({ accuracy: 1, format: 0 });
  });
});

describe('findTask', () => {
  it('finds tasks by id and suggests the nearest', () => {
    expect(findTask('sort')).toBe(languageTasks.sort);
    expect(() => findTask('add-2digits')).toThrow('task: expected the id of a known task, got "add-2digits"; did you mean add-2digit');
    expect(() => findTask('constructor')).toThrow('choose one of add-2digit, add-2digit-sparse, sort');
    expect(() => findTask(undefined as unknown as string)).toThrow('got nothing');
  });
});

describe('defineTask', () => {
  const good: LanguageTask = {
    id: 'count-vowels',
    description: 'how many vowels: banana= -> 3',
    alphabet: 'abn=0123456789',
    promptLength: 7,
    completionLength: 2,
    prompts: () => ({ prompt: 'banana=', reward: (completion) => (completion === '3' ? 1 : 0) }),
  };

  it('gives a good task back', () => {
    expect(defineTask(good)).toBe(good);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['no id', { id: undefined }, 'task: id: expected lower-case words with hyphens, at most 64 characters, got nothing'],
    ['an id with blanks', { id: 'Count Vowels' }, 'got "Count Vowels"'],
    ['an id that ends in a hyphen', { id: 'count-' }, 'got "count-"'],
    ['no description', { description: '' }, 'task count-vowels: description: expected one line'],
    ['an empty alphabet', { alphabet: '' }, 'task count-vowels: alphabet: expected a text of at least one character'],
    ['a doubled character', { alphabet: 'abca' }, 'got "a" twice'],
    ['a prompt of no length', { promptLength: 0 }, 'task count-vowels: promptLength: expected a whole number from 1 to 65536, got 0'],
    ['half a token', { completionLength: 2.5 }, 'completionLength: expected a whole number from 1 to 65536, got 2.5'],
    ['no prompts', { prompts: 'banana' }, 'prompts: expected a function that draws a problem, got "banana"'],
    [
      'a weight of NaN',
      { weights: { reward: Number.NaN } },
      'weights: expected finite numbers by the names of reward components, got reward: NaN',
    ],
    ['a list of weights', { weights: [1] }, 'got [1]'],
    ['a numbered outcome', { outcome: 0 }, 'outcome: expected the name of a reward component, got 0'],
    ['pictures without a size', { images: { width: 24 } }, 'images: expected { width, height, patchSize, count }, whole numbers from 1'],
    ['pictures that are a list', { images: [24, 24] }, 'got [24, 24]'],
    ['no pictures', { images: { width: 4, height: 4, patchSize: 4, count: 0 } }, 'sides up to 1024 pixels, up to 64 pictures'],
    [
      'patches that do not fit a side',
      { images: { width: 24, height: 22, patchSize: 4, count: 1 } },
      'images: expected sides that are multiples of patchSize, got 24 x 22 pixels and patches of 4',
    ],
    [
      'prompts without room for patches',
      { images: { width: 24, height: 24, patchSize: 4, count: 1 } },
      'images: expected at most 7 patches in a prompt, as promptLength says, got 36; add the patches to promptLength',
    ],
    ['a load that is none', { load: true }, 'load: expected a function that returns a promise, got true'],
    ['no settings', { defaults: 5 }, 'defaults: expected settings by name, got 5'],
  ])('refuses %s', (_, change, message) => {
    expect(() => defineTask({ ...good, ...change } as LanguageTask)).toThrow(message);
  });

  it('refuses what is no task', () => {
    expect(() => defineTask(null as unknown as LanguageTask)).toThrow('task: expected a task, got null');
  });
});
