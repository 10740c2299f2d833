import type { Policy, RunEvent, WorkerTrainConfig, WorkerTraining } from 'cohort-rl/worker';
import { describe, expect, it } from 'vitest';
import { Lane, type LaneOptions } from '../../apps/playground/src/training/lane.ts';
import { timeShares } from '../../apps/playground/src/training/timeShares.ts';

/** A run of so many iterations that are told to go on by whoever asks; its policy is its iteration. */
function fakeRun({ iterations = 4 }: WorkerTrainConfig, onEvent: (event: RunEvent) => void): WorkerTraining {
  let iteration = 0;
  let closed = false;
  const evaluate = (mean: number): void => {
    const result = { mean };
    onEvent({
      event: 'evaluation',
      iteration,
      globalStep: 10 * iteration,
      sampled: result,
      greedy: { mean: mean + 1 },
    } as unknown as RunEvent);
  };
  const training = {
    next: async () => {
      if (iteration === 0) {
        onEvent({ event: 'config', config: { iterations } } as unknown as RunEvent);
        evaluate(0);
      }
      if (closed || iteration === iterations) return { done: true, value: undefined };
      iteration++;
      evaluate(100 * iteration);
      const value = { iteration, iterations, globalStep: 10 * iteration, metrics: { 'time/env': 1, 'time/forward': 3 } };
      return { done: false, value };
    },
    [Symbol.asyncIterator]: () => training,
    snapshot: async () => ({ encode: () => Uint8Array.of(iteration) }) as unknown as Policy,
    finish: async () => ({ summary: { parametersSha256: `hash ${iteration}`, iterations } }),
    close: async () => {
      closed = true;
    },
  };
  return training as unknown as WorkerTraining;
}

const turns = async (count: number): Promise<void> => {
  for (let k = 0; k < count; k++) await new Promise((resolve) => setTimeout(resolve, 0));
};

function open(changes: Partial<LaneOptions> = {}): Lane {
  const options: LaneOptions = {
    config: { env: 'CartPole-v1', iterations: 4 },
    seeds: [1],
    threshold: 200,
    train: fakeRun,
    newest: () => undefined,
    changed: () => undefined,
    now: () => 0,
    sleep: () => Promise.resolve(),
    ...changes,
  };
  return new Lane(options);
}

describe('a lane of the playground', () => {
  it('gathers curves, the moment of being solved, kept policies and the hash', async () => {
    const shown: number[] = [];
    const lane = open({ newest: (_, iteration) => shown.push(iteration) });
    await turns(5);
    const { status, seeds, kept } = lane.view();
    expect(status).toBe('done');
    expect(seeds[0]).toMatchObject({ seed: 1, iteration: 4, steps: 40, hash: 'hash 4', solvedAt: { iteration: 2 } });
    expect(seeds[0]!.points.map(({ steps, sampled, greedy }) => [steps, sampled, greedy])).toEqual([
      [0, 0, 1],
      [10, 100, 101],
      [20, 200, 201],
      [30, 300, 301],
      [40, 400, 401],
    ]);
    expect(kept).toBe(5);
    expect(shown).toEqual([0, 1, 2, 3, 4]);
    // The policy at a share of the training is the one kept last before it.
    expect([0, 0.3, 0.5, 0.99].map((share) => lane.keptAt(share)?.bytes[0])).toEqual([0, 1, 2, 3]);
  });

  it('holds still when paused, and goes on step by step', async () => {
    const lane = open({ paused: true });
    await turns(3);
    expect(lane.view().seeds[0]!.iteration).toBe(0);
    lane.step();
    await turns(3);
    expect(lane.view()).toMatchObject({ status: 'paused', seeds: [{ iteration: 1 }] });
    lane.step();
    lane.step();
    await turns(3);
    expect(lane.view().seeds[0]!.iteration).toBe(3);
    lane.pause(false);
    await turns(3);
    expect(lane.view().status).toBe('done');
  });

  it('trains every seed, and says why it failed', async () => {
    const lane = open({ seeds: [3, 5] });
    await turns(5);
    expect(lane.view().seeds.map(({ seed, hash }) => [seed, hash])).toEqual([
      [3, 'hash 4'],
      [5, 'hash 4'],
    ]);
    const broken = open({
      train: (config, onEvent) => Object.assign(fakeRun(config, onEvent), { snapshot: () => Promise.reject(new Error('numEnvs')) }),
    });
    await turns(3);
    expect(broken.view()).toMatchObject({ status: 'failed', failure: new Error('numEnvs') });
  });

  it('tells where the time goes', () => {
    const shares = timeShares([
      { 'time/env': 1, 'time/forward': 2 },
      { 'time/env': 0, 'time/backward': 1 },
    ]);
    expect(shares.map(({ name, share }) => [name, share])).toEqual([
      ['environment', 0.25],
      ['forward', 0.5],
      ['advantage', 0],
      ['backward', 0.25],
      ['optimizer', 0],
    ]);
    expect(timeShares([])).toEqual([]);
  });
});
