/** Branches: snapshots are exact on every environment of the package, and what branches say of a state is true. */
import { describe, expect, it } from 'vitest';
import { vineppo } from '../../src/algorithms/index.ts';
import type { Actor } from '../../src/core/actor.ts';
import type { VectorEnv } from '../../src/core/env.ts';
import { discrete } from '../../src/core/space.ts';
import { placeRows, takeRow } from '../../src/core/stateRows.ts';
import { environmentSeeds, makeVectorEnv, standardRegistry, vectorize } from '../../src/envs/index.ts';
import { normalized } from '../../src/envs/wrappers/normalize.ts';
import { createGenerator } from '../../src/random/index.ts';
import { Branches } from '../../src/rollout/branches.ts';
import { branchesOnly, valuing } from '../../src/rollout/branching.ts';
import { createRollout } from '../../src/rollout/buffer.ts';
import { createCollectorState } from '../../src/rollout/collect.ts';
import { plain, type SourceContext } from '../../src/rollout/source.ts';
import { shortRun, shortRunHash } from '../algorithms/shortRun.ts';
import { testCohort } from '../training/cohort.ts';

const memory = { float32: (length: number) => new Float32Array(length), int32: (length: number) => new Int32Array(length) };
const specs = standardRegistry().list();

/** Acts at random; step and row are the key. */
function randomActor(env: VectorEnv): Actor {
  const { actionSpace } = env;
  return {
    encode: (observations, _count, inputs) => inputs.set(observations.subarray(0, inputs.length)),
    act(_inputs, count, actions, logProbs, step) {
      const generator = createGenerator([9, step]);
      for (let k = 0; k < actions.length; k++) {
        actions[k] = actionSpace.kind === 'discrete' ? generator.integers(0, actionSpace.n) : generator.uniform(-1, 1);
      }
      logProbs.fill(-1, 0, count);
    },
  };
}

function contextOf(env: VectorEnv, numSteps: number): SourceContext {
  const { numEnvs, observationSpace, actionSpace } = env;
  const rollout = createRollout({ numSteps, numEnvs, observationSpace, actionSpace }, memory);
  return { env, rollout, collector: createCollectorState(numEnvs), now: () => 0 };
}

const shown = ({ observations, rewards, terminated, truncated, episodeLengths, episodeReturns }: VectorEnv) =>
  [observations, rewards, terminated, truncated, episodeLengths, episodeReturns].map((array) => array.slice());

describe.each(specs.map(({ id }) => id))('snapshots of %s', (id) => {
  it('a row copied to another place goes on with the bits of the first, through the end of an episode', async () => {
    const env = await makeVectorEnv(id, 3, { options: { maxEpisodeSteps: 40 } });
    env.reset(environmentSeeds(1, 3));
    const actor = randomActor(env);
    const actions = env.actionSpace.kind === 'box' ? new Float32Array(3 * env.actionSpace.size) : new Int32Array(3);
    const width = actions.length / 3;
    const step = (t: number): void => {
      actor.act(new Float32Array(), 3, actions, new Float32Array(3), t);
      // The third acts as the first.
      actions.copyWithin(2 * width, 0, width);
      env.step(actions);
    };
    for (let t = 0; t < 25; t++) step(t);
    const state = env.getState()!;
    env.setState(
      placeRows(
        state,
        3,
        [0, 1, 0].map((origin) => takeRow(state, 3, origin)),
      ),
    );
    let ends = 0;
    for (let t = 25; t < 60; t++) {
      step(t);
      ends += env.terminated[0]! | env.truncated[0]!;
      for (const array of shown(env)) {
        const size = array.length / 3;
        expect(array.slice(2 * size)).toEqual(array.slice(0, size));
      }
    }
    expect(ends).toBeGreaterThan(0);
    env.close();
  });

  it('a rollout with branches has the bits of one without', async () => {
    const rollouts = await Promise.all(
      [plain, (context: SourceContext) => valuing(context, { branches: 2, interval: 3, gamma: 0.9, maxSteps: 4 })].map(async (source) => {
        const env = await makeVectorEnv(id, 2, { options: { maxEpisodeSteps: 7 } });
        env.reset(environmentSeeds(5, 2));
        const context = contextOf(env, 10);
        const from = source(context);
        const collected = [0, 1].map(() => {
          const { batch, episodes } = from.collect(randomActor(env));
          const { inputs, actions, rewards, terminated, truncated } = batch;
          return {
            lengths: episodes.map(({ length }) => length),
            arrays: [inputs, actions, rewards, terminated, truncated].map((a) => a.slice()),
          };
        });
        const state = env.getState();
        env.close();
        return { collected, state };
      }),
    );
    expect(rollouts[1]).toEqual(rollouts[0]);
  });
});

describe('branches', () => {
  it('count their steps, and end where episodes do', async () => {
    const env = await makeVectorEnv('CartPole-v1', 2, { options: { maxEpisodeSteps: 8 } });
    env.reset(environmentSeeds(1, 2));
    const context = contextOf(env, 4);
    const branches = new Branches(context, { gamma: 1, maxSteps: 100, numSteps: 8 });
    // Every step pays 1, and nobody falls so soon.
    expect([...branches.play(randomActor(env), [0, 1, 1], 'own')]).toEqual([8, 8, 8]);
    expect([branches.steps, context.collector.globalStep]).toEqual([24, 24]);
    expect([...new Branches(context, { gamma: 0.5, maxSteps: 2, numSteps: 8 }).play(randomActor(env), [1], 'own')]).toEqual([1.5]);
  });

  it('begin where an environment stood when it was marked, however far it is by then', async () => {
    const env = await makeVectorEnv('CartPole-v1', 2, { options: { maxEpisodeSteps: 8 } });
    env.reset(environmentSeeds(1, 2));
    const actor = randomActor(env);
    const branches = new Branches(contextOf(env, 4), { gamma: 1, maxSteps: 100, numSteps: 8 });
    const points = branches.mark([1]);
    for (let t = 0; t < 3; t++) env.step(Int32Array.of(t % 2, t % 2));
    points.push(...branches.mark([0, 1]));
    const before = env.getState();
    expect([...branches.playFrom(actor, points, 2)]).toEqual([8, 8, 5, 5, 5, 5]);
    expect(branches.steps).toBe(2 * (8 + 5 + 5));
    expect(env.getState()).toEqual(before);
  });

  it('draw their own random numbers of the environment, or have them in common', async () => {
    const env = await makeVectorEnv('CliffWalkingSlippery-v1', 1, {});
    env.reset(environmentSeeds(1, 1));
    // One action again and again: only the ice differs.
    const stubborn: Actor = { ...randomActor(env), act: (_inputs, _count, actions) => void actions.fill(1) };
    const context = contextOf(env, 4);
    const origins = new Array<number>(40).fill(0);
    const returnsOf = (noise: 'own' | 'common') => [
      ...new Branches(context, { gamma: 1, maxSteps: 12, numSteps: 8 }).play(stubborn, origins, noise),
    ];
    expect(new Set(returnsOf('common')).size).toBe(1);
    expect(new Set(returnsOf('own')).size).toBeGreaterThan(3);
  });

  it('refuse an environment that cannot give its state', () => {
    const mute = { observationSpace: discrete(2), actionSpace: discrete(2) };
    const env = vectorize([
      {
        ...mute,
        reset: () => ({ observation: 0, info: {} }),
        step: () => ({ observation: 0, reward: 0, terminated: false, truncated: false, info: {} }),
      },
    ]);
    env.reset();
    expect(() => new Branches(contextOf(env, 2), { gamma: 1, maxSteps: 1, numSteps: 8 })).toThrow(
      /branches: expected an environment that can give its state/,
    );
  });

  it('leave running statistics as they were', async () => {
    const bare = await makeVectorEnv('CartPole-v1', 2, {});
    const options = { normalizeObservation: 'shared', normalizeReward: 'perEnv', clipObservation: 10, clipReward: 10, gamma: 0.9 } as const;
    const { env } = normalized(bare, options);
    env.reset(environmentSeeds(1, 2));
    for (let t = 0; t < 5; t++) env.step(Int32Array.of(0, 1));
    const before = env.getState();
    new Branches(contextOf(env, 4), { gamma: 1, maxSteps: 50, numSteps: 8 }).play(randomActor(env), [0, 1, 0], 'own');
    expect(env.getState()).toEqual(before);
  });
});

describe('what branches say', () => {
  /** What the policy that draws among four actions gets in `steps` steps of slippery CliffWalking, from every cell, by dynamic programming. */
  function valuesOf(steps: number, gamma: number): Float64Array {
    let values = new Float64Array(48);
    for (let k = 0; k < steps; k++) {
      values = Float64Array.from(values, (_, cell) => {
        const [row, column] = [Math.floor(cell / 12), cell % 12];
        // Slips turn to either side with a third each, so that all directions stay equally likely.
        const moves = [
          [row - 1, column],
          [row, column + 1],
          [row + 1, column],
          [row, column - 1],
        ].map(([r, c]) => [Math.min(3, Math.max(0, r!)), Math.min(11, Math.max(0, c!))]);
        return moves.reduce((sum, [r, c]) => {
          const falls = r === 3 && c! > 0 && c! < 11;
          const next = falls ? 36 : 12 * r! + c!;
          return sum + ((falls ? -100 : -1) + (next === 47 ? 0 : gamma * values[next]!)) / 4;
        }, 0);
      });
    }
    return values;
  }

  it('is within its standard error of the exact value: slippery CliffWalking', async () => {
    const env = await makeVectorEnv('CliffWalkingSlippery-v1', 50, {});
    env.reset(environmentSeeds(2, 50));
    const actor = randomActor(env);
    const context = contextOf(env, 6);
    plain(context).collect(actor);
    const exact = valuesOf(15, 0.9);
    const branches = new Branches(context, { gamma: 0.9, maxSteps: 15, numSteps: 8 });
    const squares: number[] = [];
    for (const i of [0, 1, 2, 3, 4, 5]) {
      const returns = branches.play(actor, new Array<number>(400).fill(i), 'own');
      const mean = returns.reduce((sum, value) => sum + value, 0) / 400;
      const variance = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 399;
      squares.push((mean - exact[env.observations[i]!]!) ** 2 / (variance / 400));
    }
    // Six squared standard scores: the sum is above 22.5 once in a thousand times.
    expect(squares.reduce((sum, value) => sum + value, 0)).toBeLessThan(22.5);
  });

  it.each(['CartPole-v1', 'LunarLander-v3'])('is within its standard error of a long Monte Carlo run: %s', async (id) => {
    const env = await makeVectorEnv(id, 40, {});
    env.reset(environmentSeeds(3, 40));
    const actor = randomActor(env);
    const branches = new Branches(contextOf(env, 8), { gamma: 0.95, maxSteps: 30, numSteps: 8 });
    const measure = (i: number, count: number): { mean: number; error: number } => {
      const returns = branches.play(actor, new Array<number>(count).fill(i), 'own');
      const mean = returns.reduce((sum, value) => sum + value, 0) / count;
      return { mean, error: returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1) / count };
    };
    const squares = [0, 1, 2].map((i) => {
      const [short, long] = [measure(i, 80), measure(i, 1600)];
      return (short.mean - long.mean) ** 2 / (short.error + long.error);
    });
    expect(squares.reduce((sum, value) => sum + value, 0)).toBeLessThan(16.3);
    env.close();
  });
});

describe('a source that branches', () => {
  it('knows the first state of every trajectory, every interval-th after it, and the edge', async () => {
    const env = await makeVectorEnv('CartPole-v1', 1, { options: { maxEpisodeSteps: 5 } });
    env.reset(environmentSeeds(1, 1));
    const source = valuing(contextOf(env, 8), { branches: 3, interval: 2, gamma: 1, maxSteps: 100 });
    const { batch, measured } = source.collect(randomActor(env));
    // An episode of five steps, then three steps of another, which the edge cuts.
    expect([...batch.stateValues!]).toEqual([5, Number.NaN, 3, Number.NaN, 1, 5, Number.NaN, 3, 2]);
    expect(measured).toEqual({ 'branches/steps': 3 * (5 + 3 + 1 + 5 + 3 + 2), 'branches/value_error': 0 });
  });

  it('of branches alone keeps first steps: what was seen, done, and came of it', async () => {
    const env = await makeVectorEnv('CartPole-v1', 2, { options: { maxEpisodeSteps: 6 } });
    env.reset(environmentSeeds(1, 2));
    const context = contextOf(env, 6);
    const first = env.observations.slice();
    const source = branchesOnly(context, 4, { branches: 3, interval: 2, gamma: 1, maxSteps: 100 });
    const { batch, episodes } = source.collect(randomActor(env));
    // Points at steps 0 and 2; the first rows are three branches of where the environments began.
    for (const row of [0, 1, 2]) expect(batch.inputs.slice(8 * row, 8 * (row + 1))).toEqual(Float32Array.from(first));
    expect(batch.inputs.slice(24, 32)).not.toEqual(Float32Array.from(first));
    expect([...batch.rewards]).toEqual([6, 6, 6, 6, 6, 6, 4, 4, 4, 4, 4, 4]);
    expect(batch.trajectories.count).toBe(12);
    expect([...batch.trajectories.end.slice(0, 6)]).toEqual([1, 2, 3, 4, 5, 6]);
    expect(episodes).toEqual([]);
    expect(context.collector.globalStep).toBe(8 + 6 * 6 + 6 * 4);
  });
});

describe('methods that branch', () => {
  it('learn CartPole in a few iterations: VinePPO, mean over three seeds', async () => {
    const scores = await Promise.all(
      [1, 2, 3].map(async (seed) => {
        const config = {
          ...shortRun,
          algorithm: vineppo.name,
          seed,
          iterations: 30,
          numEnvs: 8,
          numSteps: 64,
          finalEvaluationEpisodes: 20,
        };
        const { summary } = await testCohort()
          .train({ ...config, learningRate: 1e-3, branchMaxSteps: 200 })
          .finish();
        return summary.evaluation!.sampled.mean as number;
      }),
    );
    expect(scores.reduce((sum, score) => sum + score, 0) / 3).toBeGreaterThan(300);
  });

  it('refuse what cannot be compared', async () => {
    await expect(shortRunHash({ algorithm: 'vine', branches: 1, numMinibatches: 1 })).rejects.toThrow(
      /branches: expected at least 2, got 1/,
    );
  });
});
