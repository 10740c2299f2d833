/** Every flawed environment is told in one sentence, the same by `checkEnv` and by `train`. */
import { describe, expect, it } from 'vitest';
import { CohortError, checkEnv, type EnvFactory, type RunEvent, train } from '../../src/node/index.ts';
import { closing, flawedEnvironments, soundEnvironments } from './flawedEnvironments.ts';

const tiny = {
  numEnvs: 2,
  numSteps: 8,
  numMinibatches: 1,
  iterations: 1,
  hiddenSizes: [4],
  evaluationInterval: 0,
  finalEvaluationEpisodes: 1,
};

/** What `train` ends with. */
async function refusalOf(env: unknown): Promise<unknown> {
  try {
    await train({ ...tiny, env: env as EnvFactory }).finish();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('a flawed environment', () => {
  it('is one of at least 60', () => {
    expect(flawedEnvironments.length).toBeGreaterThanOrEqual(60);
    expect(new Set(flawedEnvironments.map(([name]) => name)).size).toBe(flawedEnvironments.length);
  });

  it.each(flawedEnvironments)('%s: the same sentence in checkEnv and in train', async (_, env, sentence) => {
    const { ok, problems } = checkEnv(env as EnvFactory, { steps: 20 });
    expect(ok).toBe(false);
    expect(problems.map(({ what, fix }) => `${what}; ${fix}`).join('\n')).toContain(sentence);
    const error = await refusalOf(env);
    expect(error).toBeInstanceOf(CohortError);
    expect((error as Error).message).toContain(sentence);
    expect((error as Error).message).not.toContain('\n');
  });

  it.each(soundEnvironments)('%s: nothing', async (_, env) => {
    expect(checkEnv(env as EnvFactory, { steps: 20 }).problems).toEqual([]);
    expect(await refusalOf(env)).toBeUndefined();
  });

  it('whose close throws is told, and the results are there', async () => {
    const sentence = 'close: expected an end without an error, got an error: the viewer is gone';
    expect(checkEnv(closing as EnvFactory, { steps: 20 }).problems.map(({ what }) => what)).toEqual([sentence]);
    const warnings: string[] = [];
    const onEvent = (event: RunEvent): void => void (event.event === 'warning' && warnings.push(event.message));
    const { summary, policy } = await train({ ...tiny, env: closing as EnvFactory }, { onEvent }).finish();
    expect([summary.status, warnings.length]).toEqual(['done', 1]);
    expect(warnings[0]).toContain(sentence);
    expect(policy.act(Float32Array.of(0, 0))).toBeTypeOf('number');
  });
});

it('an instance is checked, and train asks for a function', async () => {
  const [, make] = soundEnvironments[0]!;
  expect(checkEnv((make as EnvFactory)()).problems).toEqual([]);
  expect(String(await refusalOf(make()))).toContain('train: env: expected a function that makes the environment, got an object with');
});
