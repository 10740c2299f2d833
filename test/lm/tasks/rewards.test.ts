import { describe, expect, it } from 'vitest';
import { type ScoreItem, scoreCompletions } from '../../../src/lm/tasks/rewards.ts';
import type { LanguageTask, Problem } from '../../../src/lm/tasks/task.ts';

const limits = { rewardSeconds: 0.05, now: () => performance.now() };

function taskWith(extra: Partial<LanguageTask> = {}): LanguageTask {
  const prompts = (): Problem => ({ prompt: 'a', reward: () => 1 });
  return { id: 'mine', description: 'mine', alphabet: 'abc', promptLength: 1, completionLength: 2, prompts, ...extra };
}

function item(reward: (completion: string, ended: boolean) => unknown, completion = 'x', ended = true): ScoreItem {
  return { problem: { prompt: 'a', reward: reward as Problem['reward'] }, completion, ended };
}

describe('scoreCompletions', () => {
  it('makes a number the component reward, which is also the outcome', async () => {
    expect(await scoreCompletions([item(() => 0.25)], taskWith(), limits)).toEqual([
      { status: 'ok', total: 0.25, outcome: 0.25, components: { reward: 0.25 } },
    ]);
  });

  it('weighs components, 1 where nothing is said, and takes the outcome without its weight', async () => {
    const task = taskWith({ weights: { accuracy: 3, length: -0.5 }, outcome: 'accuracy' });
    const [score] = await scoreCompletions([item(() => ({ format: 1, accuracy: 1, length: 4 }))], task, limits);
    expect(score).toEqual({ status: 'ok', total: 2, outcome: 1, components: { format: 1, accuracy: 1, length: 4 } });
    const [first] = await scoreCompletions([item(() => ({ format: 0.5, accuracy: 1 }))], taskWith(), limits);
    expect(first!.outcome).toBe(0.5);
  });

  it('gives the reward the completion and whether it ended, and keeps the order', async () => {
    const reward = (completion: string, ended: boolean): number => completion.length + (ended ? 10 : 0);
    const later = (completion: string): Promise<number> => new Promise((resolve) => setTimeout(() => resolve(completion.length), 5));
    const items = [item(reward, 'abc', true), item(later, 'abcd'), item(reward, 'ab', false)];
    expect((await scoreCompletions(items, taskWith(), limits)).map(({ total }) => total)).toEqual([13, 4, 2]);
  });

  it('counts every failure as what it is, never as a 0', async () => {
    const items = [
      item(() => 1),
      item(() => {
        throw new RangeError('off the end');
      }),
      item(() => Promise.reject('a text')),
      item(() => Promise.reject(new Error('no network'))),
      item(() => Number.NaN),
      item(() => Number.POSITIVE_INFINITY),
      item(() => ({ reward: Number.NaN })),
      item(() => ({ reward: '1' })),
      item(() => '1'),
      item(() => undefined),
      item(() => null),
      item(() => true),
      item(() => [1]),
      item(() => ({})),
      item(() => new Promise(() => {})),
      item(async () => Number.NaN),
      item(() => ({
        get reward() {
          throw new Error('a getter');
        },
      })),
      item(() => 2),
    ];
    const scores = await scoreCompletions(items, taskWith(), limits);
    expect(scores.map(({ status, message }) => `${status}${message ? `: ${message}` : ''}`)).toEqual([
      'ok',
      'threw: RangeError: off the end',
      'threw: "a text"',
      'threw: Error: no network',
      'notFinite: reward is NaN',
      'notFinite: reward is Infinity',
      'notFinite: reward is NaN',
      'notFinite: reward is "1"',
      'notFinite: the reward is "1"',
      'notFinite: the reward is nothing',
      'notFinite: the reward is null',
      'notFinite: the reward is true',
      'notFinite: the reward is [1]',
      'notFinite: the reward has no components',
      'timedOut: no answer within 0.05 s',
      'notFinite: reward is NaN',
      'threw: Error: a getter',
      'ok',
    ]);
    for (const { status, total, outcome, components } of scores) {
      if (status !== 'ok') expect([total, outcome, components]).toEqual([Number.NaN, Number.NaN, {}]);
    }
  });

  it('calls an infinite total not finite', async () => {
    const task = taskWith({ weights: { reward: 1e300 } });
    expect((await scoreCompletions([item(() => 1e300)], task, limits))[0]).toMatchObject({
      status: 'notFinite',
      message: 'the total is Infinity',
    });
  });

  it('runs promises concurrently, and leaves what comes too late alone', async () => {
    let resolveLate: (value: number) => void = () => {};
    const late = new Promise<number>((resolve) => {
      resolveLate = resolve;
    });
    const waits = Array.from({ length: 20 }, () => item(() => new Promise((resolve) => setTimeout(() => resolve(1), 20))));
    const scores = await scoreCompletions([item(() => late), ...waits], taskWith(), { ...limits, rewardSeconds: 0.3 });
    expect(scores.map(({ status }) => status)).toEqual(['timedOut', ...waits.map(() => 'ok')]);
    resolveLate(1);
    await late;
    expect(scores[0]!.status).toBe('timedOut');
  });

  it('does not trip over a promise that is rejected too late', async () => {
    const rejected = new Promise<number>((_, reject) => setTimeout(() => reject(new Error('late')), 80));
    expect((await scoreCompletions([item(() => rejected)], taskWith(), limits))[0]!.status).toBe('timedOut');
    await rejected.catch(() => {});
  });

  it('refuses components that differ between completions, and names that none of them has', async () => {
    const items = [item(() => ({ accuracy: 1, format: 1 })), item(() => ({ accuracy: 0 }))];
    await expect(scoreCompletions(items, taskWith(), limits)).rejects.toThrow(
      'task mine: reward: expected the components accuracy, format for every completion, got accuracy; return the same names',
    );
    const other = taskWith({ outcome: 'acuracy' });
    await expect(scoreCompletions([item(() => ({ accuracy: 1 }))], other, limits)).rejects.toThrow(
      'task mine: outcome: expected names of reward components (accuracy), got "acuracy"',
    );
    const weighed = taskWith({ weights: { lenght: 1 } });
    await expect(scoreCompletions([item(() => ({ length: 1 }))], weighed, limits)).rejects.toThrow('task mine: weights: expected names');
  });

  it('has nothing to say about no completions, and nothing to complain about where all failed', async () => {
    expect(await scoreCompletions([], taskWith(), limits)).toEqual([]);
    expect(await scoreCompletions([item(() => Number.NaN)], taskWith({ outcome: 'accuracy' }), limits)).toHaveLength(1);
  });
});
