/** The policy of a run in progress is that of a run which stopped there, and stays so. */
import { describe, expect, it } from 'vitest';
import type { Training } from '../../src/api/environments.ts';
import type { Env } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import type { LanguageModel } from '../../src/lm/training/languageModel.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { largestDigit, shortRun as shortModel } from '../lm/languageRun.ts';
import { shortRun, testCohort } from './cohort.ts';

const normalized = { ...shortRun, normalizeObservation: 'shared', numSteps: 16 } as const;
const observation = Float32Array.of(0.1, -0.4, 0.05, 0.3);

/** Sampled actions, which follow a stream of the policy's own. */
const actionsOf = (policy: Policy): unknown[] => Array.from({ length: 30 }, () => policy.act(observation, { greedy: false }));

/** Stands for all bytes of a policy: where two differ, a list of differences would take minutes. */
const digest = (policy: Policy): string => sha256(policy.encode());

/** The policy of a run that stopped after so many iterations. */
async function stopped(stopAfter: number): Promise<Policy> {
  const { policy } = await testCohort()
    .train({ ...normalized, stopAfter }, {})
    .finish();
  return policy;
}

describe('the current policy of a run', () => {
  it('is that of a run which stopped there, and stays so while training goes on', async () => {
    const training = testCohort().train(normalized);
    const taken: Policy[] = [];
    for await (const { iteration } of training) {
      if (iteration === 2 || iteration === 4) taken.push(await training.snapshot());
    }
    const last = await training.snapshot();
    const { policy } = await training.finish();
    expect(taken.map(digest)).toEqual([digest(await stopped(2)), digest(await stopped(4))]);
    expect(digest(taken[0]!)).not.toBe(digest(taken[1]!));
    expect(digest(last)).toBe(digest(policy));
    const loaded = await testCohort().createPolicy(decodePolicy((await stopped(2)).encode()));
    expect(actionsOf(taken[0]!)).toEqual(actionsOf(loaded));
    expect(actionsOf(last)).toEqual(actionsOf(await testCohort().createPolicy(decodePolicy(policy.encode()))));
  });

  it('is the initial one before the first iteration, and asking changes nothing of the run', async () => {
    const training = testCohort().train(normalized);
    const first = await training.snapshot();
    expect(decodePolicy(first.encode()).source).toMatchObject({ iteration: 0, globalStep: 0 });
    const { summary } = await training.finish();
    const { summary: alone } = await testCohort().train(normalized).finish();
    expect(summary.parametersSha256).toBe(alone.parametersSha256);
    const { policy } = await testCohort()
      .train({ ...normalized, learningRate: 0, stopAfter: 1 })
      .finish();
    const weights = (one: Policy): string[] => [...decodePolicy(one.encode()).parameters.values()].map((values) => sha256(values));
    expect(weights(first)).toEqual(weights(policy));
  });

  it('is at hand at the pauses of a run that finishes by itself', async () => {
    const taken: Promise<Policy>[] = [];
    const training: Training = testCohort().train(normalized, {
      onEvent: ({ event }) => {
        if (event === 'iteration') taken.push(training.snapshot());
      },
    });
    await training.finish();
    const iterations = (await Promise.all(taken)).map((policy) => decodePolicy(policy.encode()).source.iteration);
    expect(iterations).toEqual([1, 2, 3, 4, 5, 6]);
    expect(digest(await taken[2]!)).toBe(digest(await stopped(3)));
  });

  it('is that of the checkpoint in a run that goes on', async () => {
    const cohort = testCohort();
    await cohort.train({ ...normalized, stopAfter: 3 }, { runDirectory: 'run' }).finish();
    const resumed = (await cohort.resume('run')) as Training;
    expect(digest(await resumed.snapshot())).toBe(digest(await stopped(3)));
    await resumed.close();
    expect((await (await cohort.resume('run')).finish()).summary.status).toBe('done');
  });

  it('asked for before the first iteration holds nothing that closing does not free', async () => {
    const cohort = testCohort();
    const training = cohort.train(normalized, { runDirectory: 'run' });
    const policy = await training.snapshot();
    await training.close();
    expect(cohort.home.folders.get('run')!.files.has('run.lock')).toBe(false);
    expect((await training.finish()).summary).toMatchObject({ status: 'interrupted', iterations: 0 });
    expect(digest(await training.snapshot())).toBe(digest(policy));
  });

  it('is refused in words where a run was closed before it began, and with its error where it failed', async () => {
    const closed = testCohort().train(normalized);
    await closed.close();
    await expect(closed.snapshot()).rejects.toThrow(/snapshot: expected a run that has begun/);
    await expect(closed.finish()).rejects.toThrow(/finish: expected a run that has begun/);
    let steps = 0;
    const breaking = { observation: Float32Array.of(0), reward: 1, terminated: false, truncated: false, info: {} };
    const env = (): Env => ({
      observationSpace: box(-1, 1, [1]),
      actionSpace: discrete(2),
      reset: () => ({ observation: Float32Array.of(0), info: {} }),
      step: () => {
        if (++steps > 40) throw new Error('it broke');
        return breaking;
      },
    });
    const failing = testCohort().train({ env, numEnvs: 2, numSteps: 16, iterations: 3 });
    await expect(failing.finish()).rejects.toThrow('it broke');
    await expect(failing.snapshot()).rejects.toThrow('it broke');
    await expect(failing.finish()).rejects.toThrow('it broke');
  });
});

describe('the current model of a run of a language model', () => {
  it('is that of a run which stopped there, and stays so while training goes on', async () => {
    const shown = { prompt: '371=', numSamples: 8 } as const;
    const training = testCohort().trainLanguageModel({ ...shortModel, task: largestDigit });
    const taken: LanguageModel[] = [];
    for await (const { iteration } of training) if (iteration === 1) taken.push(await training.snapshot());
    const { model } = await testCohort()
      .trainLanguageModel({ ...shortModel, task: largestDigit, stopAfter: 1 })
      .finish();
    expect(taken[0]!.sample(shown)).toEqual(model.sample(shown));
    expect(taken[0]!.sample(shown)).not.toEqual((await training.snapshot()).sample(shown));
  });
});
