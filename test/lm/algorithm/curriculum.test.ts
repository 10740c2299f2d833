/** Which prompts are asked: weights by hand, frequencies against the weights, and what a checkpoint keeps. */
import { describe, expect, it } from 'vitest';
import { Curriculum, promptWeight } from '../../../src/lm/algorithm/curriculum.ts';
import type { RolloutGroup } from '../../../src/lm/model/rollouts.ts';
import { drawProblem, problemStreams } from '../../../src/lm/tasks/problems.ts';
import type { LanguageTask, Problem } from '../../../src/lm/tasks/task.ts';
import { testCohort } from '../../training/cohort.ts';
import { hashOf, metricsOf } from '../languageRun.ts';

it.each([
  ['uniform', [1, 1, 1, 1, 1]],
  ['hard', [1, 1, 0.75, 0.25, 0]],
  ['soft', [1, 0, 0.75, 0.25, 0]],
  ['medium', [1, 0, 1, 1, 0]],
] as const)('%s: weights of a prompt never asked, and of accuracies 0, 1/4, 3/4, 1', (curriculum, weights) => {
  expect([undefined, 0, 0.25, 0.75, 1].map((accuracy) => promptWeight(curriculum, accuracy))).toEqual(weights);
});

const curricula = ['uniform', 'hard', 'soft', 'medium'] as const;

const task: LanguageTask = {
  id: 'four',
  description: 'one of four prompts',
  alphabet: 'abcdefghijklmnopqrst',
  promptLength: 1,
  completionLength: 2,
  prompts: (random) => ({ prompt: 'abcdefghijklmnopqrst'[random.integers(0, 20)]!, solution: 'a', reward: () => 1 }),
};

/** A group of four completions of which so many are right. */
function group(problem: Problem, right: number, status: 'ok' | 'threw' = 'ok'): RolloutGroup {
  const rollouts = Array.from({ length: 4 }, (_, i) => ({ score: { status, outcome: i < right ? 1 : 0 } }));
  return { problem, rollouts } as unknown as RolloutGroup;
}

const prompts = [...new Set(Array.from({ length: 400 }, (_, i) => drawProblem(task, [1, 0, i], 'train').prompt as string))].sort();
const problemOf = (prompt: string): Problem => ({ prompt, reward: () => 1 });

describe('what is asked', () => {
  it('of all alike is what is drawn, whatever was remembered', () => {
    const curriculum = new Curriculum('uniform');
    curriculum.remember(prompts.map((prompt) => group(problemOf(prompt), 4)));
    for (let i = 0; i < 50; i++) {
      const drawn = curriculum.draw(task, 7, i);
      expect(drawn).toEqual({
        problem: expect.objectContaining({ prompt: drawProblem(task, [7, problemStreams.training, i], 'train').prompt }),
        passedOver: 0,
      });
    }
    expect(curriculum.tensors()).toEqual([]);
  });

  it.each(['hard', 'soft', 'medium'] as const)('%s: each prompt as often as its weight says', (name) => {
    const curriculum = new Curriculum(name);
    const right = (prompt: string): number => prompts.indexOf(prompt) % 5;
    curriculum.remember(prompts.map((prompt) => group(problemOf(prompt), right(prompt))));
    const weights = prompts.map((prompt) => promptWeight(name, right(prompt) / 4));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const counts = new Map<string, number>();
    const draws = 4000;
    for (let i = 0; i < draws; i++) {
      const prompt = curriculum.draw(task, 1, i).problem.prompt as string;
      counts.set(prompt, (counts.get(prompt) ?? 0) + 1);
    }
    prompts.forEach((prompt, i) => {
      const expected = weights[i]! / all;
      const error = Math.sqrt((expected * (1 - expected)) / draws);
      expect(Math.abs((counts.get(prompt) ?? 0) / draws - expected), prompt).toBeLessThanOrEqual(4.5 * error);
    });
  });

  it('is the last that was drawn where nothing has a weight', () => {
    const curriculum = new Curriculum('medium');
    curriculum.remember(prompts.map((prompt) => group(problemOf(prompt), 0)));
    expect(curriculum.draw(task, 1, 0).passedOver).toBe(999);
  });

  it('goes by the last answers, and by none where every reward failed', () => {
    const curriculum = new Curriculum('hard');
    const problem = problemOf('a');
    curriculum.remember([group(problem, 4), group(problem, 1), group(problem, 0, 'threw')]);
    expect(curriculum.accuracyOf(problem)).toBe(0.25);
  });
});

describe('a checkpoint', () => {
  it('gives back what was remembered, in order', () => {
    const curriculum = new Curriculum('soft');
    curriculum.remember(prompts.map((prompt, i) => group(problemOf(prompt), i % 5)));
    const tensors = new Map(curriculum.tensors().map((tensor) => [tensor.name, tensor]));
    const other = new Curriculum('soft');
    other.restore({ tensors } as never);
    expect(other.tensors()).toEqual(curriculum.tensors());
    expect(other.draw(task, 3, 9)).toMatchObject({ passedOver: curriculum.draw(task, 3, 9).passedOver });
  });

  it('without, or with other than shares, is refused', () => {
    expect(() => new Curriculum('soft').restore({ tensors: new Map() } as never)).toThrow('curriculum/prompts');
    const tensors = new Map([
      ['curriculum/prompts', { name: 'curriculum/prompts', shape: [1], data: Uint32Array.of(1) }],
      ['curriculum/accuracies', { name: 'curriculum/accuracies', shape: [1], data: Float64Array.of(Number.NaN) }],
    ]);
    expect(() => new Curriculum('soft').restore({ tensors } as never)).toThrow('shares from 0 to 1');
  });
});

describe('in a run', () => {
  it('every curriculum learns from other prompts, and says how many it passed over', async () => {
    const fields = { iterations: 30, evaluationInterval: 0 };
    const hashes = await Promise.all(curricula.map((curriculum) => hashOf(testCohort(), { ...fields, curriculum })));
    expect(new Set(hashes).size).toBe(curricula.length);
    const { metrics } = await metricsOf(testCohort(), { ...fields, curriculum: 'hard' });
    expect(metrics[0]!['group/passed_over']).toBe(0);
    expect(metrics.reduce((sum, one) => sum + one['group/passed_over']!, 0)).toBeGreaterThan(0);
  });
});
