/**
 * Runs in shards: one shard is the run without, more have the same rollout and, but for rounding, the same gradient; and whoever computes a shard, however
 * often, changes nothing.
 */
import { describe, expect, it } from 'vitest';
import { allAlgorithms } from '../../../src/algorithms/index.ts';
import type { TrainConfig } from '../../../src/api/environments.ts';
import { decodeMessage, encodeMessage } from '../../../src/training/shards/bytes.ts';
import type { CollectTask, GradientTask, ShardExecutor } from '../../../src/training/shards/tasks.ts';
import { shortRun, testCohort } from '../cohort.ts';
import { Goal, Greatest } from '../spaceTasks.ts';
import { record, trainWith } from './recorded.ts';

const short = { ...shortRun, iterations: 2, evaluationInterval: 0, finalEvaluationEpisodes: 1 };
const lander: TrainConfig = {
  ...{ ...short, env: 'LunarLanderContinuous-v3', algorithm: 'ppo', bootstrapTruncated: true, envOptions: { maxEpisodeSteps: 40 } },
  ...({ normalizeObservation: 'perEnv', normalizeReward: 'perEnv' } as const),
};

/** Every kind of observation, action, source of trajectories, weight, noise and critic. */
const runs: readonly [string, TrainConfig][] = [
  ['gpg', short],
  ['ppo', { ...short, algorithm: 'ppo' }],
  ['ppo on LunarLanderContinuous, normalized per environment, time limits bootstrapped', lander],
  ['gpg on CliffWalking (one-hot), bins by place', { ...short, env: 'CliffWalking-v1', bins: 'space-time', numSteps: 96 }],
  ['gpg with masks', { ...short, env: () => new Greatest() }],
  ['gpg on dict observations', { ...short, env: () => new Goal() }],
  ['gpg, forced resets', { ...short, timeOrigin: 'forced-reset' }],
  ['gpg, tail bootstrap', { ...short, tail: 'bootstrap', bootstrapTruncated: true }],
  ['mirrored pairs', { ...short, algorithm: 'gpg-antithetic' }],
  ['weighed trajectories, masked tails', { ...short, algorithm: 'grpo', lossWeighting: 'trajectory-mean', tail: 'mask', gamma: 0.9 }],
  ['groups of one start', { ...short, algorithm: 'grpo', startGroup: 2 }],
  ['a baseline that remembers', { ...short, algorithm: 'gpg-pooled' }],
  ['coordinates that are fitted', { ...short, algorithm: 'gpg-clusters' }],
];

const hashOf = async (input: TrainConfig): Promise<string> => (await testCohort().train(input).finish()).summary.parametersSha256;

/** Columns of shards beside one another, from rows of (shard's environments * width) entries. */
function beside(parts: readonly ArrayLike<number>[], numEnvs: readonly number[], rows: number): number[] {
  const out: number[] = [];
  for (let t = 0; t < rows; t++) {
    for (const [k, part] of parts.entries()) {
      const length = part.length / rows;
      expect(length % numEnvs[k]!).toBe(0);
      for (let i = 0; i < length; i++) out.push(part[t * length + i]!);
    }
  }
  return out;
}

describe('one shard', () => {
  it.each([
    ...allAlgorithms()
      .list()
      .map(({ name }): [string, TrainConfig] => [name, { ...short, algorithm: name, numEnvs: 4, numSteps: 24 }]),
    ...runs.slice(2),
    ['tail complete', { ...short, tail: 'complete' }] satisfies [string, TrainConfig],
  ])('%s: is the run without shards, bit for bit', async (_name, input) => {
    const { hash } = await trainWith(input, (executor) => executor);
    expect(hash).toBe(await hashOf(input));
  });
});

describe('several shards', () => {
  it.each(runs)('%s: have the rollout of the whole, bit for bit', async (_name, input) => {
    const whole = await record({ ...input, iterations: 1 });
    for (const shards of [2, 3, 8]) {
      if (input.startGroup && shards > 4) continue;
      const { collected } = await record({ ...input, iterations: 1, shards });
      expect(collected.length).toBe(shards);
      const { rollout, outcome, elapsed } = whole.collected[0]!.answer;
      const counts = collected.map(({ answer }) => answer.elapsed.length);
      const arrays = { ...rollout, ...outcome, elapsed } as unknown as Record<string, ArrayLike<number>>;
      const ofOneRow = ['elapsed', 'startedByReset', 'elapsedAtStart', 'edgeObservations'];
      for (const [name, array] of Object.entries(arrays)) {
        const rows = ofOneRow.includes(name) ? 1 : name === 'inputs' ? 65 + 32 * Number(input.numSteps === 96) : (input.numSteps as number);
        const parts = collected.map(({ answer }) => ({ ...answer.rollout, ...answer.outcome, elapsed: answer.elapsed })[name as 'elapsed']);
        expect(beside(parts, counts, rows), name).toEqual(Array.from(array));
      }
    }
  });

  it.each(runs)('%s: gradients add up to that of the whole', async (_name, input) => {
    const whole = await record({ ...input, iterations: 1 });
    for (const shards of [2, 3, 8]) {
      if (input.startGroup && shards > 4) continue;
      const parts = await record({ ...input, iterations: 1, shards });
      const first = parts.gradients.filter(({ task }) => task.minibatch === 0);
      const sum = new Float64Array(first[0]!.answer.gradient.length);
      const figures = new Float64Array(7);
      let rows = 0;
      for (const { task, answer } of first) {
        rows += task.rows.length;
        answer.gradient.forEach((value, i) => {
          sum[i]! += value;
        });
        answer.statistics.forEach((value, i) => {
          figures[i]! += value;
        });
      }
      const { task, answer } = whole.gradients[0]!;
      expect(rows).toBe(task.of);
      const norm = (values: Iterable<number>): number => Math.sqrt(Array.from(values).reduce((total, value) => total + value * value, 0));
      const error = norm(sum.map((value, i) => value - answer.gradient[i]!));
      // Sums of float32 in another order; measured 2e-8 to 3e-7.
      expect(error).toBeLessThan(1e-6 * norm(answer.gradient));
      for (let i = 0; i < 6; i++)
        expect(Math.abs(figures[i]! - answer.statistics[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(answer.statistics[i]!)));
    }
  });

  it('another number of shards is another run, and each is the same run twice', async () => {
    const hashes = await Promise.all([1, 2, 3, 8, 3].map((shards) => hashOf({ ...short, shards })));
    expect(new Set(hashes).size).toBe(4);
    expect(hashes[4]).toBe(hashes[2]);
  });

  it.each(runs.slice(0, 3))('%s: episodes and progress are those of the whole', async (_name, input) => {
    const linesOf = async (shards: number): Promise<string[]> => {
      const cohort = testCohort();
      const { summary } = await cohort.train({ ...input, iterations: 1, shards }, { runDirectory: 'run' }).finish();
      expect(summary.progress.count).toBe(8 * 64);
      const text = new TextDecoder().decode(cohort.home.folders.get('run')!.files.get('episodes.csv')!);
      return text.split('\n').map((line) => line.split(',').slice(0, 5).join(','));
    };
    const lines = await linesOf(1);
    expect(lines.length).toBeGreaterThan(5);
    expect(await linesOf(3)).toEqual(lines);
  });

  it('say how often all were waited for, and what would have been carried', async () => {
    const { metrics, collected, gradients } = await record({ ...short, shards: 3 });
    // Four epochs of four minibatches, and collecting.
    expect(metrics.map((row) => row['shards/barriers'])).toEqual([17, 17]);
    const bytes = (...arrays: ArrayLike<number>[]): number => arrays.reduce((sum, array) => sum + (array as Float32Array).byteLength, 0);
    const own = ({ task: { iteration } }: { readonly task: { readonly iteration: number } }): boolean => iteration === 1;
    const ofState = (state: object): number => bytes(...(Object.values(state) as Float32Array[]));
    let expected = 0;
    for (const { task, answer } of collected.filter(own)) {
      expected += bytes(task.parameters, task.elapsed, answer.elapsed, answer.episodes) + ofState(task.env) + ofState(answer.env);
      expected += ofState(answer.rollout) + ofState(answer.outcome);
    }
    for (const { task, answer } of gradients.filter(own)) {
      expected += bytes(task.parameters, task.rows, answer.gradient, answer.statistics);
      if (task.minibatch === 0) expected += ofState(task.estimate);
    }
    expect(metrics[0]!['shards/bytes']).toBe(expected);
  });
});

describe('whoever computes a shard', () => {
  const withoutTimes = (answer: object) => ({ ...answer, milliseconds: undefined });

  it.each([
    ['gpg', { ...short, shards: 3 }],
    ['ppo on LunarLanderContinuous, normalized per environment', { ...lander, shards: 3 }],
    ['branches', { ...short, algorithm: 'vineppo', numSteps: 24, shards: 3 }],
    ['actions tried', { ...short, algorithm: 'hybrid-grpo', numSteps: 24, shards: 3 }],
    ['tail complete', { ...short, tail: 'complete', shards: 3 }],
  ] satisfies [string, TrainConfig][])('%s: a task that is done again, by another, late, changes nothing', async (_name, input) => {
    const { hash } = await trainWith(input, (executor, open) => {
      const others: ShardExecutor[] = [];
      /** By bytes, on another machine: twice, the second answer counts, and other tasks come between. */
      const twice = async <Task extends CollectTask | GradientTask, Answer extends object>(
        task: Task,
        ask: (on: ShardExecutor, task: Task) => Promise<Answer>,
      ): Promise<Answer> => {
        const other = await open();
        others.push(other);
        const sent = decodeMessage(encodeMessage(task), 'task') as unknown as Task;
        const [first, second] = await Promise.all([ask(executor, task), ask(other, sent)]);
        expect(withoutTimes(second)).toEqual(withoutTimes(first));
        other.close();
        return decodeMessage(encodeMessage(await ask(executor, sent)), 'answer') as unknown as Answer;
      };
      return {
        collect: (task) => twice(task, (on, given) => on.collect(given)),
        gradient: (task) => (task.minibatch === 1 ? twice(task, (on, given) => on.gradient(given)) : executor.gradient(task)),
        close: () => executor.close(),
      };
    });
    expect(hash).toBe(await hashOf(input));
  });

  it('answers may come in any order', async () => {
    const input = { ...short, shards: 3 };
    const { hash } = await trainWith(input, (executor) => {
      let waiting: (() => void)[] = [];
      // The last comes first.
      const turn = (): Promise<void> =>
        new Promise((go) => {
          waiting.push(go);
          if (waiting.length < 3) return;
          const all = waiting.reverse();
          waiting = [];
          for (const next of all) next();
        });
      return {
        collect: async (task) => turn().then(() => executor.collect(task)),
        gradient: async (task) => turn().then(() => executor.gradient(task)),
        close: () => executor.close(),
      };
    });
    expect(hash).toBe(await hashOf(input));
  });

  it.each([
    ['another shard', (answer: object) => ({ ...answer, shard: 2 }), 'answer of shard 0: shard: expected 0, got 2'],
    ['another iteration', (answer: object) => ({ ...answer, iteration: 7 }), 'answer of shard 0: iteration: expected 1, got 7'],
    [
      'a short rollout',
      (answer: object) => ({ ...answer, elapsed: new Int32Array(1) }),
      'elapsed: expected a Int32Array of 2, got a Int32Array of 1',
    ],
    ['no steps', (answer: object) => ({ ...answer, steps: Number.NaN }), 'answer of shard 0: steps: expected a finite number, got NaN'],
    ['a stranger’s episode', (answer: object) => ({ ...answer, episodes: Float64Array.of(1, 9, 1, 1) }), 'episodes in rows of four'],
    ['nothing', () => undefined, 'answer of shard 0: shard: expected 0, got nothing'],
  ])('an answer with %s fails the run in words', async (_name, change, message) => {
    const run = trainWith({ ...short, shards: 3 }, (executor) => ({
      collect: async (task) => {
        const answer = await executor.collect(task);
        return task.shard === 0 ? (change(answer) as typeof answer) : answer;
      },
      gradient: (task) => executor.gradient(task),
      close: () => executor.close(),
    }));
    await expect(run).rejects.toThrow(message);
  });

  it('refuses tasks that do not fit the run, and goes on with others', async () => {
    const input = { ...short, iterations: 1, shards: 3 };
    const { collected, gradients } = await record(input);
    const { task } = collected[1]!;
    const { task: gradient, answer } = gradients[1]!;
    const { recipe: _recipe, ...withoutRecipe } = input;
    const runner = await testCohort().openShardRunner(withoutRecipe);
    await expect(runner.collect({ ...task, shard: 3 })).rejects.toThrow('expected a shard of 0 .. 2 and an iteration from 1, got shard 3');
    await expect(runner.collect({ ...task, parameters: new Float32Array(3) })).rejects.toThrow(
      'shard 1: parameters: expected a Float32Array of',
    );
    await expect(runner.collect({ ...task, env: {} })).rejects.toThrow('setState: expected');
    await expect(runner.gradient({ ...gradient, rows: Int32Array.of(5000) })).rejects.toThrow(
      'shard 1: rows: expected at least 1 of the rows 0 .. 191',
    );
    await expect(runner.gradient({ ...gradient, rows: new Int32Array(0) })).rejects.toThrow('shard 1: rows');
    await expect(runner.gradient({ ...gradient, scale: Number.NaN })).rejects.toThrow('shard 1: scale: expected a finite number, got NaN');
    await expect(runner.gradient({ ...gradient, estimate: {} as never })).rejects.toThrow('shard 1: advantages');
    expect((await runner.gradient(gradient)).gradient).toEqual(answer.gradient);
    runner.close();
  });

  it('an executor that cannot be opened, or that fails, fails the run with its own words', async () => {
    const failing = testCohort().train({ ...short, shards: 2 }, { openShards: () => Promise.reject(new Error('no broker')) });
    await expect(failing.finish()).rejects.toThrow('no broker');
    const lost = trainWith({ ...short, shards: 2 }, (executor) => ({
      collect: () => Promise.reject(new Error('no worker')),
      gradient: (task) => executor.gradient(task),
      close: () => executor.close(),
    }));
    await expect(lost).rejects.toThrow('no worker');
  });

  it('an environment that cannot give its state is refused', async () => {
    class Forgetful extends Goal {
      declare getState: never;
      declare setState: never;
      constructor() {
        super();
        Object.assign(this, { getState: undefined, setState: undefined });
      }
    }
    const run = testCohort().train({ ...short, env: () => new Forgetful() as never, shards: 2 });
    await expect(run.finish()).rejects.toThrow('shards: expected an environment that can give its state, got one without getState');
  });
});
