/** The table of all completions: every one that was sampled, with what the update made of it. */
import { describe, expect, it } from 'vitest';
import { completionAdvantages, completionEstimators, type EstimatorName } from '../../../src/advantage/completions/index.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { testCohort } from '../../training/cohort.ts';
import { fileText, largestDigit, shortRun } from '../languageRun.ts';

interface Line {
  readonly iteration: number;
  readonly prompt: string;
  readonly completion: string;
  readonly total: number | null;
  readonly group: number;
  readonly tokens: number;
  readonly logProb: number;
  readonly advantage: number | null;
  readonly status: string;
  readonly ended: boolean;
}

async function tableOf(change: object): Promise<{ lines: Line[]; hash: string; rollouts: number }> {
  const cohort = testCohort();
  const input = { ...shortRun, iterations: 3, evaluationInterval: 0, completions: 'all', ...change } as const;
  const { summary } = await cohort.trainLanguageModel(input, { runDirectory: 'run' }).finish();
  const lines = fileText(cohort, 'run', 'completions.jsonl').trimEnd().split('\n');
  return { lines: lines.map((line) => JSON.parse(line) as Line), hash: summary.parametersSha256, rollouts: summary.progress.count };
}

describe('completions: all', () => {
  it.each<EstimatorName>(['gpg-lm', 'grpo', 'rloo', 'reinforce++-baseline', 'ppo'])(
    '%s: every completion once, no bit of the run',
    async (estimator) => {
      const { lines, hash, rollouts } = await tableOf({ estimator });
      const few = await tableOf({ estimator, completions: 'few' });
      expect(hash).toBe(few.hash);
      expect(lines).toHaveLength(rollouts);
      expect(few.lines).toHaveLength(12);
      expect(Object.keys(few.lines[0]!)).toEqual(['iteration', 'prompt', 'completion', 'total', 'components', 'ended']);
      for (const line of lines) {
        expect(line.tokens).toBe(line.completion.length + (line.ended ? 1 : 0));
        expect(line.logProb).toBeLessThan(0);
        expect(line.status).toBe('ok');
      }
      for (const iteration of [1, 2, 3]) {
        const own = lines.filter((line) => line.iteration === iteration);
        expect(own.map(({ group }) => group)).toEqual(own.map((_, i) => Math.floor(i / shortRun.groupSize)));
        for (const { group, prompt } of own) expect(own[group * shortRun.groupSize]!.prompt).toBe(prompt);
      }
    },
  );

  it('gives a program what it keeps, by prompt', async () => {
    const cohort = testCohort();
    const input = { ...shortRun, iterations: 3, evaluationInterval: 0 } as const;
    const told: string[] = [];
    for await (const { iteration, groups } of cohort.trainLanguageModel({ ...input, completions: 'all' }, { runDirectory: 'run' })) {
      const all = groups!();
      expect(all.every((group, g) => group.length === shortRun.groupSize && group.every((one) => one.group === g))).toBe(true);
      told.push(...all.flat().map((one) => JSON.stringify({ iteration, ...one })));
    }
    expect(told).toEqual(fileText(cohort, 'run', 'completions.jsonl').trimEnd().split('\n'));
    for await (const { groups } of cohort.trainLanguageModel(input)) expect(groups).toBeUndefined();
  });

  it.each<EstimatorName>(['gpg-lm', 'grpo', 'rloo'])('%s: advantages are those of the table of estimators', async (estimator) => {
    const { lines } = await tableOf({ estimator, minValidFraction: 0 });
    for (const iteration of [1, 2, 3]) {
      const own = lines.filter((line) => line.iteration === iteration);
      const batch = {
        rewards: Float64Array.from(own, ({ total }) => total!),
        groups: Int32Array.from(own, ({ group }) => group),
        lengths: Int32Array.from(own, ({ tokens }) => tokens),
      };
      expect(own.map(({ advantage }) => advantage)).toEqual([...completionAdvantages(batch, completionEstimators[estimator])]);
    }
  });

  it('what no update used, and what failed, has no advantage; the reason of a failure stands there', async () => {
    const task: LanguageTask = {
      ...largestDigit,
      prompts(random) {
        const { reward, ...problem } = largestDigit.prompts(random);
        return {
          ...problem,
          reward(completion, ended) {
            if (completion.startsWith('0')) throw new Error('a zero');
            return reward(completion, ended);
          },
        };
      },
    };
    const { lines } = await tableOf({ task, minValidFraction: 1 });
    const failed = lines.filter(({ status }) => status === 'threw');
    expect(failed.length).toBeGreaterThan(0);
    for (const { advantage, total, completion } of failed) expect([advantage, total, completion[0]]).toEqual([null, null, '0']);
    const unused = lines.filter(({ status, advantage }) => status === 'ok' && advantage === null);
    expect(unused.length).toBeGreaterThan(0);
    const used = lines.filter(({ advantage }) => advantage !== null);
    expect(used.some(({ advantage }) => advantage! > 0) && used.some(({ advantage }) => advantage! < 0)).toBe(true);
  });
});
