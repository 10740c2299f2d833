/** Environments of the user's that misbehave around a training: one that never ends, one whose close throws. */
import { describe, expect, it, vi } from 'vitest';
import type { EnvFactory } from '../../src/api/environments.ts';
import type { Env } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import { usualMaxSteps } from '../../src/play/evaluate.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { testCohort } from './cohort.ts';

/** An environment of one state whose episodes end after so many steps. */
function waiting(steps: number, close?: () => void): EnvFactory {
  return () => {
    let elapsed = 0;
    const env: Env = {
      observationSpace: box(-1, 1, [1]),
      actionSpace: discrete(2),
      reset() {
        elapsed = 0;
        return { observation: Float32Array.of(0), info: {} };
      },
      step: () => ({ observation: Float32Array.of(0), reward: 1, terminated: ++elapsed >= steps, truncated: false, info: {} }),
      ...(close && { close }),
    };
    return env;
  };
}

const short = { numEnvs: 2, numSteps: 16, iterations: 2, hiddenSizes: [4], evaluationInterval: 1, evaluationEpisodes: 1 };

const warningsOf = (events: readonly RunEvent[]): string[] => events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));

describe('an environment that never ends', () => {
  it('is cut in evaluations after a stated number of steps, and that is told once', async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const env = waiting(Number.POSITIVE_INFINITY);
    const { summary } = await testCohort()
      .train({ ...short, env, finalEvaluationEpisodes: 2 }, { onEvent })
      .finish();
    expect(summary).toMatchObject({ status: 'done', evaluation: { greedy: { lengths: [usualMaxSteps, usualMaxSteps] } } });
    expect(warningsOf(events)).toEqual([
      expect.stringMatching(
        /^2 of 2 evaluation episodes had not ended after 10000 steps .*, so the score is of cut episodes: set evaluationMaxSteps/,
      ),
    ]);
  });

  it('is cut without a word where evaluationMaxSteps says so, and not at all where it ends by itself', async () => {
    for (const [steps, evaluationMaxSteps, length] of [
      [Number.POSITIVE_INFINITY, 30, 30],
      [usualMaxSteps, undefined, usualMaxSteps],
      [100, undefined, 100],
    ] as const) {
      const events: RunEvent[] = [];
      const config = { ...short, env: waiting(steps), finalEvaluationEpisodes: 1, ...(evaluationMaxSteps && { evaluationMaxSteps }) };
      const { summary } = await testCohort()
        .train(config, { onEvent: (event) => events.push(event) })
        .finish();
      expect(summary.evaluation!.sampled.lengths).toEqual([length]);
      expect(warningsOf(events)).toEqual([]);
    }
  });
});

describe('a registered environment that does not keep to the limit that it states', () => {
  it('is cut in evaluations, too, and that is told', async () => {
    const events: RunEvent[] = [];
    const cohort = testCohort();
    const { observationSpace, actionSpace } = waiting(1)();
    const make = waiting(Number.POSITIVE_INFINITY);
    cohort.registerEnv({ id: 'Endless-v0', description: 'never ends', observationSpace, actionSpace, maxEpisodeSteps: 5, make });
    const config = { ...short, env: 'Endless-v0', evaluationInterval: 0, finalEvaluationEpisodes: 1 };
    const { summary } = await cohort.train(config, { onEvent: (event) => events.push(event) }).finish();
    expect(summary.evaluation!.greedy.lengths).toEqual([usualMaxSteps]);
    expect(warningsOf(events)).toEqual([expect.stringMatching(/^2 of 2 evaluation episodes had not ended after 10000 steps/)]);
  });
});

describe('an environment that a new policy will have trouble with', () => {
  it('is told once, at the start, and normalized pictures are not', async () => {
    const hard: EnvFactory = () => ({ ...waiting(8)(), actionSpace: box(100, 200, [1]), observationSpace: box(0, 255, [1]) });
    const told = async (config: object): Promise<string[]> => {
      const events: RunEvent[] = [];
      await testCohort()
        .train({ ...short, ...config, env: hard }, { onEvent: (event) => events.push(event) })
        .finish();
      expect(events.findIndex(({ event }) => event === 'warning')).toBeLessThan(events.findIndex(({ event }) => event === 'iteration'));
      return warningsOf(events);
    };
    const [actions, pictures] = [
      expect.stringMatching(/^actions have the bounds 100 \.\. 200/),
      expect.stringMatching(/^observations are pictures/),
    ];
    expect(await told({})).toEqual([actions, pictures]);
    expect(await told({ normalizeObservation: 'shared' })).toEqual([actions]);
  });
});

describe('a close that throws', () => {
  const failing = (): void => {
    throw new Error('the viewer is gone');
  };

  it('takes no result away, and is told', async () => {
    const events: RunEvent[] = [];
    const whole = await testCohort()
      .train({ ...short, env: waiting(8) })
      .finish();
    const cohort = testCohort();
    const run = cohort.train({ ...short, env: waiting(8, failing) }, { runDirectory: 'run', onEvent: (event) => events.push(event) });
    const { summary, policy } = await run.finish();
    expect(summary).toMatchObject({ status: 'done', parametersSha256: whole.summary.parametersSha256 });
    expect(policy.act(Float32Array.of(0))).toBeTypeOf('number');
    expect(warningsOf(events)).toEqual([
      'closing after the run failed: environment: close: expected an end without an error, got an error: the viewer is gone; close must work once, at any time after the environment was made',
    ]);
    expect(cohort.home.folders.get('run')!.files.has('run.lock')).toBe(false);
  });

  it('leaves no other environment open', async () => {
    let closed = 0;
    let made = 0;
    const env: EnvFactory = () => waiting(8, made++ === 0 ? failing : () => void closed++)();
    await testCohort()
      .train({ ...short, env }, { onEvent: () => {} })
      .finish();
    expect(closed).toBe(made - 1);
  });

  it('is told on the console where nobody listens', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    await testCohort()
      .train({ ...short, env: waiting(8, failing) })
      .finish();
    expect(warn.mock.calls).toEqual([
      [
        'cohort-rl: closing after the run failed: environment: close: expected an end without an error, got an error: the viewer is gone; close must work once, at any time after the environment was made',
      ],
    ]);
    warn.mockRestore();
  });

  it('takes no evaluation of a kept run away', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const cohort = testCohort();
    await cohort.train({ ...short, env: waiting(8) }, { runDirectory: 'run' }).finish();
    const evaluation = await cohort.evaluate('run', { episodes: 2, env: waiting(8, failing) });
    expect(evaluation.greedy.lengths).toEqual([8, 8]);
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringMatching(/^cohort-rl: closing after the evaluation failed: .*the viewer is gone/),
    ]);
    warn.mockRestore();
  });

  it('hides no other error', async () => {
    let steps = 0;
    const env: EnvFactory = () => ({
      ...waiting(8, failing)(),
      step: () => {
        if (++steps > 5) throw new Error('the motor broke');
        return { observation: Float32Array.of(0), reward: 1, terminated: false, truncated: false, info: {} };
      },
    });
    const run = testCohort().train({ ...short, env, evaluationInterval: 0 }, { onEvent: () => {} });
    await expect(run.finish()).rejects.toThrow('the motor broke');
  });
});
