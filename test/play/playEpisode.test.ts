import { describe, expect, it } from 'vitest';
import type { Env } from '../../src/core/env.ts';
import { type CartPoleScene, cartPole, DynamicsEnv, TimeLimit } from '../../src/envs/index.ts';
import { playEpisode } from '../../src/play/playEpisode.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

describe('loadPlayer', () => {
  it.each([
    ['CartPole-v1', {}],
    ['CliffWalkingSlippery-v1', { evaluationMaxSteps: 60 }],
    ['LunarLanderContinuous-v3', { evaluationMaxSteps: 80 }],
  ])('%s: plays the very episodes that evaluate plays, greedy and sampled', async (env, fields) => {
    const cohort = testCohort();
    await cohort.train({ ...shortRun, ...fields, env, iterations: 2 }, { runDirectory: 'run' }).finish();
    const { greedy, sampled } = await cohort.evaluate('run', { episodes: 3, seed: 11 });
    const player = await cohort.loadPlayer('run');
    expect(player.env).toBe(env);
    for (const [result, isGreedy] of [
      [greedy, true],
      [sampled, false],
    ] as const) {
      for (const episode of [2, 0, 1]) {
        const moments = [...player.play({ seed: 11, episode, greedy: isGreedy })];
        const last = moments.at(-1)!;
        expect([last.return, last.step]).toEqual([result.returns[episode], result.lengths[episode]]);
        expect(moments.map(({ step }) => step)).toEqual(Array.from({ length: last.step + 1 }, (_, k) => k));
        expect(moments.filter(({ terminated, truncated }) => terminated || truncated)).toEqual([last]);
      }
    }
    // Unless said, the seed is the run's own.
    const own = await cohort.evaluate('run', { episodes: 1 });
    expect([...player.play()].at(-1)!.return).toBe(own.greedy.returns[0]);
    player.close();
  });

  it('takes the custom environment of a run, and says so where it is missing', async () => {
    const cohort = testCohort();
    const env = (): Env => new TimeLimit(new DynamicsEnv(cartPole()), 20);
    await cohort.train({ ...shortRun, env, iterations: 1 }, { runDirectory: 'run' }).finish();
    const player = await cohort.loadPlayer('run', { env });
    expect([...player.play()].at(-1)!.step).toBeLessThanOrEqual(20);
    await expect(cohort.loadPlayer('run')).rejects.toThrow(/env: expected the function that makes the run’s own environment/);
  });
});

describe('playEpisode', () => {
  it('shows the state after each step, the last one included, and cuts where it is told to', async () => {
    const { policy } = await testCohort()
      .train({ ...shortRun, iterations: 1 })
      .finish();
    const moments = [...playEpisode(policy, new DynamicsEnv(cartPole()), { seed: 4, maxSteps: 5 })];
    expect(moments.map(({ truncated }) => truncated)).toEqual([false, false, false, false, false, true]);
    expect(moments.at(-1)).toMatchObject({ step: 5, reward: 1, return: 5, terminated: false });
    const env = new DynamicsEnv(cartPole());
    env.reset({ seed: 4 });
    expect(moments[0]!.scene).toEqual(env.scene());
    const whole = [...playEpisode(policy, new DynamicsEnv(cartPole()), { seed: 4 })].at(-1)!;
    const { x, angle, positionLimit, angleLimit } = whole.scene as CartPoleScene;
    expect(whole.terminated).toBe(true);
    expect(Math.abs(x) > positionLimit || Math.abs(angle) > angleLimit).toBe(true);
  });

  it('refuses an environment that cannot be drawn', async () => {
    const { policy } = await testCohort()
      .train({ ...shortRun, iterations: 1 })
      .finish();
    const seeing = new DynamicsEnv(cartPole());
    const blind: Env = {
      observationSpace: seeing.observationSpace,
      actionSpace: seeing.actionSpace,
      reset: (options) => seeing.reset(options),
      step: (action) => seeing.step(action as number),
    };
    expect(() => playEpisode(policy, blind).next()).toThrow(
      /playEpisode: expected an environment that can be drawn .* got one without; add scene\(\)/,
    );
  });
});
