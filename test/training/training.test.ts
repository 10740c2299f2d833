/**
 * Training as a program sees it: events, iterations, custom environments and binnings, early stop, and what stops a run.
 */
import { describe, expect, it } from 'vitest';
import type { BinKey } from '../../src/advantage/core.ts';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { Env } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { shortRun, testCohort } from './cohort.ts';

/** Walk right to win: position in [0, 4], reward 1 at the end, at most 20 steps. */
class Corridor implements Env {
  readonly observationSpace = box(0, 4, [1]);
  readonly actionSpace = discrete(2);
  #position = 0;
  #steps = 0;
  reset(): { observation: Float32Array; info: object } & { info: Record<string, unknown> } {
    this.#position = 0;
    this.#steps = 0;
    return { observation: Float32Array.of(0), info: {} };
  }
  step(action: unknown): ReturnType<Env['step']> {
    this.#position = Math.max(0, this.#position + (action === 1 ? 1 : -1));
    this.#steps++;
    const terminated = this.#position === 4;
    return {
      observation: Float32Array.of(this.#position),
      reward: terminated ? 1 : 0,
      terminated,
      truncated: this.#steps >= 20,
      info: {},
    };
  }
}

describe('events', () => {
  it('begin with the configuration, end with the summary, and evaluate on the grid', async () => {
    const events: RunEvent[] = [];
    const run = testCohort().train(shortRun, { runDirectory: 'run', onEvent: (event) => events.push(event) });
    const seen: number[] = [];
    for await (const { iteration } of run) seen.push(iteration);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    expect(events[0]).toMatchObject({ event: 'config', seed: 1, resumed: false });
    expect(events.at(-1)).toMatchObject({
      event: 'summary',
      status: 'done',
      iterations: 6,
      progress: { unit: 'steps', count: 6 * 8 * 64 },
    });
    const evaluated = events.filter((event) => event.event === 'evaluation').map((event) => event.iteration);
    expect(evaluated).toEqual([0, 2, 4, 6]);
    expect(events.filter((event) => event.event === 'iteration')).toHaveLength(6);
    expect(events.filter((event) => event.event === 'checkpoint').at(-1)).toMatchObject({ iteration: 6 });
  });
});

describe('a custom environment', () => {
  it('is closed where the rollout does not fit into memory', async () => {
    let closed = 0;
    const env = (): Env => Object.assign(new Corridor(), { close: () => void closed++ });
    const run = testCohort().train({ env, numEnvs: 1024, numSteps: 1_048_576 });
    await expect(run.finish()).rejects.toThrow(
      /expected a rollout and networks that fit into memory \(4\.3 GB at most\), got 1024 environments.*: \d+\.\d GB; /,
    );
    expect(closed).toBe(1024);
  });

  it('is learned: the corridor, from about nothing to the shortest way', async () => {
    const input: TrainConfig = { env: () => new Corridor(), iterations: 30, numEnvs: 16, numSteps: 40, learningRate: 3e-3 };
    const { summary, policy } = await testCohort().train(input).finish();
    expect(summary.target).toBe('custom');
    expect(summary.evaluation?.greedy.mean).toBe(1);
    expect(summary.evaluation?.greedy.lengths.every((length) => length === 4)).toBe(true);
    expect(policy.act(Float32Array.of(2))).toBe(1);
  });

  it('must be given again to resume, and is resumed without its state if it has none', async () => {
    const cohort = testCohort();
    const input: TrainConfig = { env: () => new Corridor(), iterations: 4, numEnvs: 4, numSteps: 16, stopAfter: 2 };
    await cohort.train(input, { runDirectory: 'run' }).finish();
    await expect(async () => (await cohort.resume('run')).finish()).rejects.toThrow(/expected the function that makes/);
    const { summary } = await (await cohort.resume('run', { env: () => new Corridor() })).finish();
    expect(summary).toMatchObject({ status: 'done', iterations: 4 });
  });

  it('with NaN in an observation stops the run and says where', async () => {
    class Broken extends Corridor {
      override step(action: unknown): ReturnType<Env['step']> {
        return { ...super.step(action), observation: Float32Array.of(Number.NaN) };
      }
    }
    const run = testCohort().train({ env: () => new Broken(), iterations: 2, numEnvs: 2, numSteps: 8 });
    await expect(run.finish()).rejects.toThrow(/NaN/);
  });
});

/** Say a number near 0.7, three times an episode: the reward is minus the squared distance. */
class Target implements Env {
  readonly observationSpace = discrete(3, 5);
  readonly actionSpace = box(-1, 1, [1]);
  #steps = 0;
  reset(): ReturnType<Env['reset']> {
    this.#steps = 0;
    return { observation: 5, info: {} };
  }
  step(action: unknown): ReturnType<Env['step']> {
    const [value] = action as Float32Array;
    if (!(value! >= -1 && value! <= 1)) throw new Error(`outside the box: ${value}`);
    this.#steps++;
    const terminated = this.#steps === 3;
    return { observation: 5 + Math.min(2, this.#steps), reward: -((value! - 0.7) ** 2), terminated, truncated: false, info: {} };
  }
}

describe('continuous actions', () => {
  it.each(['gpg', 'ppo'] as const)('%s learns to say 0.7; actions are cut to the box, observations start at 5', async (algorithm) => {
    const input: TrainConfig = {
      env: () => new Target(),
      algorithm,
      iterations: 60,
      numEnvs: 16,
      numSteps: 30,
      learningRate: 5e-3,
      entropyCoef: 0,
    };
    const { summary, policy } = await testCohort().train(input).finish();
    expect(summary.evaluation!.greedy.mean).toBeGreaterThan(-0.03);
    expect(Math.abs((policy.act(6) as Float32Array)[0]! - 0.7)).toBeLessThan(0.1);
  });
});

describe('a custom binning', () => {
  it('that returns the time gives the bits of time bins', async () => {
    const cohort = testCohort();
    const named = await cohort.train({ ...shortRun, bins: 'time' }).finish();
    const own = await cohort.train({ ...shortRun, bins: (step) => step.time }).finish();
    expect(own.summary.parametersSha256).toBe(named.summary.parametersSha256);
  });

  it('sees the past of its trajectory: what was done, what came of it, where it began', async () => {
    // What each environment was told and paid, row by row.
    const happened: { action: number; reward: number }[][] = [];
    class Diary extends Corridor {
      readonly rows = happened[happened.push([]) - 1]!;
      override step(action: unknown): ReturnType<Env['step']> {
        const result = super.step(action);
        this.rows.push({ action: Number(action), reward: result.reward });
        return result;
      }
    }
    const run = { env: () => new Diary(), recipe: 'none', iterations: 1, numEnvs: 3, numSteps: 50, evaluationInterval: 0 } as const;
    let looked = 0;
    const bins: BinKey = (step) => {
      const { env, row, time, observation } = step;
      for (let past = 0; past < time; past++) {
        const { action, reward } = happened[env]![row - time + past]!;
        expect([step.actionAt(past)[0], step.rewardAt(past)]).toEqual([action, reward]);
        looked++;
      }
      expect(step.observationAt(time)).toEqual(observation);
      if (step.startedByReset) expect(step.observationAt(0)[0]).toBe(0);
      return time;
    };
    await testCohort()
      .train({ ...run, bins })
      .finish();
    expect(looked).toBeGreaterThan(100);
  });
});

describe('the end of a run', () => {
  it('comes early at the target return', async () => {
    const { summary } = await testCohort()
      .train({ ...shortRun, targetReturn: 1, evaluationInterval: 1 })
      .finish();
    expect(summary).toMatchObject({ status: 'stopped', iterations: 1 });
    expect(summary.message).toMatch(/^mean return \d+\.\d over 5 sampled episodes at iteration 1 \(target 1\)$/);
  });

  it('comes with an error that names iteration and tensor when numbers blow up, and the last checkpoint stays', async () => {
    const cohort = testCohort();
    class Huge extends Corridor {
      override step(action: unknown): ReturnType<Env['step']> {
        return { ...super.step(action), reward: 1e300 };
      }
    }
    const input: TrainConfig = { env: () => new Huge(), iterations: 3, numEnvs: 2, numSteps: 8, normalizeAdvantage: false };
    await expect(cohort.train(input, { runDirectory: 'run' }).finish()).rejects.toThrow(/iteration \d: expected finite.*tensor actor/);
    expect((await cohort.loadPolicy('run')).parameters.values.every(Number.isFinite)).toBe(true);
  });
});

describe('a loaded policy', () => {
  it('acts as the trained one', async () => {
    const cohort = testCohort();
    const { policy } = await cohort.train(shortRun, { runDirectory: 'run' }).finish();
    const loaded = await cohort.loadPolicy('run');
    for (let i = 0; i < 50; i++) {
      const observation = Float32Array.of(i / 50 - 0.5, 0.1, (25 - i) / 100, -0.2);
      expect(loaded.act(observation)).toBe(policy.act(observation));
    }
    expect(() => loaded.act(Float32Array.of(1, 2, 3))).toThrow(/expected an observation of Box\(4, float32\)/);
    expect(() => loaded.act(Float32Array.of(1, 2, 3, Number.NaN))).toThrow(/without NaN/);
  });
});
