/** A run that is done goes on for longer. */
import { describe, expect, it } from 'vitest';
import { shortRun as languageRun, largestDigit } from '../lm/languageRun.ts';
import { shortRun, testCohort } from './cohort.ts';

const steady = { ...shortRun, annealLearningRate: false, numEnvs: 4, numSteps: 16, evaluationInterval: 0 };

describe('a prolonged run', () => {
  it('has the bits of one that was as long from its beginning, where nothing follows a schedule', async () => {
    const cohort = testCohort();
    const whole = await cohort.train({ ...steady, iterations: 6 }).finish();
    await cohort.train({ ...steady, iterations: 3 }, { runDirectory: 'run' }).finish();
    const longer = await (await cohort.resume('run', { iterations: 6 })).finish();
    expect(longer.summary).toMatchObject({ status: 'done', iterations: 6, parametersSha256: whole.summary.parametersSha256 });
    // It says so itself from now on.
    expect((await (await cohort.resume('run')).finish()).summary.iterations).toBe(6);
  });

  it('follows the schedule of the longer run from there on', async () => {
    const cohort = testCohort();
    const annealed = { ...steady, annealLearningRate: true };
    const rates = async (run: AsyncIterable<{ readonly metrics: Readonly<Record<string, number>> }>): Promise<(number | undefined)[]> => {
      const list: (number | undefined)[] = [];
      for await (const { metrics } of run) list.push(metrics['charts/learning_rate']);
      return list;
    };
    const short = await rates(cohort.train({ ...annealed, iterations: 2 }, { runDirectory: 'run' }));
    const rest = await rates((await cohort.resume('run', { iterations: 4 })) as never);
    const whole = await rates(cohort.train({ ...annealed, iterations: 4 }));
    expect(short).toHaveLength(2);
    expect(rest).toEqual(whole.slice(2));
  });

  it('is not shorter than it is', async () => {
    const cohort = testCohort();
    await cohort.train({ ...steady, iterations: 3 }, { runDirectory: 'run' }).finish();
    await expect(cohort.resume('run', { iterations: 2 })).rejects.toThrow(
      /iterations: expected at least the 3 that the run has behind it, got 2/,
    );
  });

  it('may be several seeds, and a language model', async () => {
    const cohort = testCohort();
    await cohort.trainSeeds({ ...steady, iterations: 2 }, [1, 2], { runDirectory: 'seeds' });
    const { joint } = await cohort.resumeSeeds('seeds', { iterations: 4 });
    const whole = await cohort.trainSeeds({ ...steady, iterations: 4 }, [1, 2]);
    expect(joint).toMatchObject({ status: 'done', iterations: 4, parametersSha256: whole.joint!.parametersSha256 });
    const model = {
      ...languageRun,
      numGroups: 2,
      evaluationInterval: 0,
      warmStartAccuracy: 0,
      schedule: 'constant' as const,
      warmupIterations: 0,
    };
    await cohort.trainLanguageModel({ ...model, iterations: 2 }, { runDirectory: 'model' }).finish();
    const longer = await (await cohort.resume('model', { task: largestDigit, iterations: 3 })).finish();
    const straight = await cohort.trainLanguageModel({ ...model, iterations: 3 }).finish();
    expect(longer.summary.parametersSha256).toBe(straight.summary.parametersSha256);
  });
});
