import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CompletionEstimator,
  completionEstimators,
  defineEstimator,
  estimatorNames,
} from '../../../src/advantage/completions/index.ts';
import type { Transformer } from '../../../src/kernels/transformer/spec.ts';
import { inProcess } from '../../../src/lm/algorithm/inProcess.ts';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import { samplePrompts } from '../../../src/lm/algorithm/sampler.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { encodePrompt } from '../../../src/lm/model/rollouts.ts';
import { drawProblem } from '../../../src/lm/tasks/problems.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { countersOf, restoreState, stateTensors } from '../../../src/lm/training/checkpoint.ts';
import { openPolicy } from '../../../src/lm/training/warmStart.ts';
import type { Checkpoint } from '../../../src/run/storedRun.ts';
import { lastLetter, openedState, policyHash, smallState } from '../smallState.ts';

async function run(state: LanguageState, iterations: number): Promise<Record<string, number>[]> {
  const metrics: Record<string, number>[] = [];
  for (let i = 0; i < iterations; i++) metrics.push((await iterate(state)).metrics);
  return metrics;
}

it('takes no kernel memory: the layout of the state has it all', async () => {
  for (const fields of [{}, { estimator: 'ppo', klCoef: 0.1, warmStartAccuracy: 0.2 }, { estimator: 'remax' }, { estimator: 'vineppo' }]) {
    const { state, context } = await smallState(fields);
    onTestFinished(() => state.kernels.close());
    const before = state.kernels.bytesUsed;
    await openPolicy(state, context);
    await run(state, 2);
    expect(state.kernels.bytesUsed).toBe(before);
  }
});

/** A checkpoint of a state, as a run keeps it. */
const checkpointOf = (state: LanguageState): Checkpoint => ({
  tensors: new Map(stateTensors(state).map((tensor) => [tensor.name, tensor])),
  metadata: { counters: JSON.stringify(countersOf(state)) },
});

/** A task whose completions are worth what they say: `b` is 1, all others 0. */
const letters: LanguageTask = {
  id: 'letters',
  description: 'b is right',
  alphabet: 'abc',
  promptLength: 2,
  completionLength: 3,
  prompts: (random) => ({
    prompt: 'abc'[random.integers(0, 3)]! + 'abc'[random.integers(0, 3)]!,
    reward: (completion) => (completion.includes('c') ? Number.NaN : completion.includes('b') ? 1 : 0),
  }),
};

/** The state with a policy that says what it is told instead of drawing, and keeps the losses that it is asked for. */
function scripted(state: LanguageState, completions: readonly (readonly number[])[]): { state: LanguageState; losses: string[] } {
  const losses: string[] = [];
  const policy: Transformer = {
    ...state.policy,
    sample(batch, { greedy }) {
      completions.forEach((tokens, row) => {
        if (greedy && row >= batch.spec.numGroups) return;
        batch.completions.set(greedy ? [2, 0] : tokens, row * batch.spec.completionLength);
        batch.completionLengths[row] = greedy ? 2 : tokens.length;
      });
    },
    gradient(_, { loss }) {
      losses.push(loss);
    },
  };
  return { state: { ...state, policy, ...inProcess({ ...state, policy }, state) }, losses };
}

describe('weights of the loss', () => {
  // Four groups of four, of which the first and the last are valid: alpha is 4 / 2. `1` is a, `2` is b, 0 the end.
  const [right, wrong, long] = [
    [2, 0],
    [1, 0],
    [1, 1, 0],
  ] as const;
  const fixture = [
    ...[right, wrong, wrong, long],
    ...[right, right, right, right],
    ...[wrong, wrong, wrong, wrong],
    ...[right, right, wrong, long],
  ];
  const tokens = 14 * 2 + 2 * 3;

  it('are alpha times share times advantage, by hand', async () => {
    const { state, losses } = scripted(await openedState({ numGroups: 4, groupSize: 4 }, { task: letters }), fixture);
    const { metrics } = await iterate(state);
    expect(metrics).toMatchObject({
      'group/alpha': 2,
      'group/valid_frac': 0.5,
      'group/all_right_frac': 0.25,
      'group/all_wrong_frac': 0.25,
    });
    expect(metrics).toMatchObject({ 'completions/accuracy': 7 / 16, 'completions/length': tokens / 16, 'reward/failed': 0 });
    expect(state.rollouts).toBe(16);
    expect(state).toMatchObject({ iteration: 1, rollouts: 16, tokens, promptsDrawn: 4, optimizerSteps: 1 });
    expect(losses).toEqual(['score']);
    // The valid groups stand first: advantages 3/4, -1/4, -1/4, -1/4 and 1/2, 1/2, -1/2, -1/2; all others 0.
    const advantages = [0.75, -0.25, -0.25, -0.25, 0.5, 0.5, -0.5, -0.5, 0, 0, 0, 0, 0, 0, 0, 0];
    const lengths = [2, 2, 2, 3, 2, 2, 2, 3, 2, 2, 2, 2, 2, 2, 2, 2];
    const expected = advantages.flatMap((advantage, i) => [0, 1, 2].map((t) => (t < lengths[i]! ? (2 * advantage) / tokens : 0)));
    expect(Array.from(state.batch.advantageWeights)).toEqual(expected.map(Math.fround));
    expect(Array.from(state.batch.tokenWeights)).toEqual(
      lengths.flatMap((n) => [0, 1, 2].map((t) => (t < n ? Math.fround(1 / tokens) : 0))),
    );
  });

  it('follow the estimator: RLOO by hand, ReMax against the greedy completion', async () => {
    const rloo = scripted(await openedState({ numGroups: 4, groupSize: 4, estimator: 'rloo' }, { task: letters }), fixture);
    await iterate(rloo.state);
    expect(Array.from(rloo.state.batch.advantageWeights.subarray(0, 6))).toEqual(
      [1, 1, 0, -1 / 3, -1 / 3, 0].map((a) => Math.fround(a / 16)),
    );
    const remax = scripted(await openedState({ numGroups: 4, groupSize: 4, estimator: 'remax' }, { task: letters }), fixture);
    await iterate(remax.state);
    expect(remax.state.rollouts).toBe(16 + 4);
    // The greedy completion is right: the advantage is 0 or -1.
    expect(Array.from(remax.state.batch.advantageWeights.subarray(0, 6))).toEqual([0, 0, 0, -1 / 16, -1 / 16, 0]);
  });

  it('are 0 for a completion whose reward failed, which is counted and has no share', async () => {
    const { state } = scripted(await openedState({ numGroups: 1, groupSize: 4 }, { task: letters }), [right, wrong, [3, 0], [2, 2, 0]]);
    const { metrics } = await iterate(state);
    expect(metrics['reward/failed']).toBe(0.25);
    expect(metrics['completions/accuracy']).toBe(2 / 3);
    const [third, share] = [1 / 3, 1 / 7];
    const expected = [third, third, 0, -2 * third, -2 * third, 0, 0, 0, 0, third, third, third].map((a) => a * share);
    Array.from(state.batch.advantageWeights).forEach((weight, i) => {
      expect(weight).toBeCloseTo(expected[i]!, 7);
    });
  });

  it('make no step where nothing is to be learnt, and no NaN', async () => {
    const same = scripted(await openedState({ numGroups: 2, groupSize: 2 }, { task: letters }), [wrong, wrong, wrong, wrong]);
    const before = policyHash(same.state);
    const { metrics, solved } = await iterate(same.state);
    expect(same.losses).toEqual([]);
    expect(metrics).toMatchObject({ 'group/alpha': 1, 'group/valid_frac': 0, 'losses/gradient_norm': 0, 'losses/clipped_step': 0 });
    expect(solved).toBe(false);
    expect(same.state.optimizerSteps).toBe(0);
    expect(policyHash(same.state)).toBe(before);
  });

  it('end a run that has solved its task, with every draw counted', async () => {
    const { state } = scripted(await openedState({ numGroups: 2, groupSize: 2, maxAttempts: 3 }, { task: letters }), [
      right,
      right,
      right,
      right,
    ]);
    const { solved, metrics } = await iterate(state);
    expect(solved).toBe(true);
    expect(state.rollouts).toBe(12);
    expect(metrics['group/attempts']).toBe(3);
    expect(state.promptsDrawn).toBe(6);
  });

  it('leave a run as it was where an iteration fails', async () => {
    const { state } = scripted(await openedState({ numGroups: 2, groupSize: 2, minValidFraction: 0.5 }, { task: letters }), [
      wrong,
      wrong,
      wrong,
      wrong,
    ]);
    await expect(iterate(state)).rejects.toThrow(
      'minValidFraction 0.5: expected 1 valid groups of 2 within 20 draws, got 0; 40 of 40 groups are all wrong',
    );
    expect(state).toMatchObject({ iteration: 0, rollouts: 0, tokens: 0, promptsDrawn: 0, optimizerSteps: 0 });
  });
});

describe('identities through the kernels', () => {
  /** An estimator like gpg-lm whose advantages are `factor` times as large. */
  const times = (factor: number): CompletionEstimator =>
    defineEstimator({
      title: `gpg times ${factor}`,
      advantages: ({ rewards, groups }) =>
        rewards.map((reward, i) => {
          const group = rewards.filter((_, j) => groups[j] === groups[i]);
          return factor * (reward - group.reduce((sum, x) => sum + x, 0) / group.length);
        }),
    });

  it('Adam: a constant factor of the advantages changes nothing; SGD: it is a factor of the learning rate', async () => {
    // A factor of 4 is exact in floating point, so that the bits agree; epsilon is next to nothing.
    const adam = async (factor: number): Promise<string> => {
      const state = await openedState({ adamEpsilon: 1e-30 }, { estimator: times(factor) });
      await run(state, 4);
      return policyHash(state);
    };
    expect(await adam(4)).toBe(await adam(1));
    const sgd = async (factor: number, learningRate: number): Promise<string> => {
      const state = await openedState({ optimizer: 'sgd', momentum: 0.5, learningRate }, { estimator: times(factor) });
      await run(state, 4);
      return policyHash(state);
    };
    const reference = await sgd(1, 0.5);
    expect(await sgd(4, 0.125)).toBe(reference);
    expect(await sgd(4, 0.5)).not.toBe(reference);
  });

  it('clipping on every step takes alpha away', async () => {
    const clipped = async (factor: number): Promise<Float32Array> => {
      const state = await openedState({ optimizer: 'sgd', learningRate: 0.5, maxGradNorm: 1e-2 }, { estimator: times(factor) });
      const start = state.policy.parameters.values.slice();
      const metrics = await run(state, 3);
      expect(metrics.map((each) => each['losses/clipped_step'])).toEqual([1, 1, 1]);
      return state.policy.parameters.values.map((value, i) => value - start[i]!);
    };
    const [once, four] = [await clipped(1), await clipped(4)];
    expect(Math.hypot(...once)).toBeGreaterThan(0.005);
    // The factor of the clip is rounded once more or once less.
    expect(Math.hypot(...once.map((change, i) => change - four[i]!)) / Math.hypot(...once)).toBeLessThan(1e-4);
  });

  it('on-policy the clipped ratio has the gradient of the score: gpg-lm with F_norm std is grpo', async () => {
    const common = { gradientRescaling: 'off', minValidFraction: 0, aggregation: 'token-mean' } as const;
    const gpg = await openedState({ ...common, estimator: 'gpg-lm', advantageScale: 'std' });
    const grpo = await openedState({ ...common, estimator: 'grpo' });
    await iterate(gpg);
    const [{ 'losses/approx_kl': approxKl, 'losses/clipfrac': clipFraction }] = (await run(grpo, 1)) as [Record<string, number>];
    expect(approxKl).toBe(0);
    expect(clipFraction).toBe(0);
    const [a, b] = [gpg.policy.parameters.gradients, grpo.policy.parameters.gradients];
    let [difference, norm] = [0, 0];
    a.forEach((x, i) => {
      difference += (x - b[i]!) * (x - b[i]!);
      norm += x * x;
    });
    expect(norm).toBeGreaterThan(0);
    expect(Math.sqrt(difference / norm)).toBeLessThan(1e-6);
  });

  it('the order of the groups changes the gradient by rounding only', async () => {
    const gradientOf = async (order: (groups: number[]) => number[]): Promise<Float32Array> => {
      const state = await openedState({});
      await iterate(state);
      const { batch, policy } = state;
      const { completionLength, groupSize, promptLength, numGroups } = batch.spec;
      const copies = {
        ...batch,
        prompts: batch.prompts.slice(),
        completions: batch.completions.slice(),
        advantageWeights: batch.advantageWeights.slice(),
      };
      const [lengths, promptLengths] = [batch.completionLengths.slice(), batch.promptLengths.slice()];
      order(Array.from({ length: numGroups }, (_, g) => g)).forEach((from, to) => {
        const block = groupSize * completionLength;
        batch.prompts.set(copies.prompts.subarray(from * promptLength, (from + 1) * promptLength), to * promptLength);
        batch.promptLengths[to] = promptLengths[from]!;
        for (const name of ['completions', 'advantageWeights'] as const) {
          batch[name].set(copies[name].subarray(from * block, (from + 1) * block), to * block);
        }
        batch.completionLengths.set(lengths.subarray(from * groupSize, (from + 1) * groupSize), to * groupSize);
      });
      policy.gradient(batch, { numGroups, groupSize, loss: 'score' });
      return policy.parameters.gradients.slice();
    };
    const [ascending, descending] = [await gradientOf((groups) => groups), await gradientOf((groups) => groups.reverse())];
    const norm = Math.sqrt(ascending.reduce((sum, x) => sum + x * x, 0));
    const difference = Math.sqrt(ascending.reduce((sum, x, i) => sum + (x - descending[i]!) * (x - descending[i]!), 0));
    expect(norm).toBeGreaterThan(0);
    expect(difference / norm).toBeLessThan(1e-5);
  });
});

describe('every estimator', () => {
  it.each(estimatorNames)('%s: finite, changes the policy, the same twice, and exact after a restore', async (estimator) => {
    const fields = {
      estimator,
      numGroups: 4,
      groupSize: 4,
      updateEpochs: completionEstimators[estimator].loss === 'clipped' ? 2 : 1,
      klCoef: 0.01,
    };
    const [whole, first, second] = [await openedState(fields), await openedState(fields), await openedState(fields)];
    const start = policyHash(whole);
    const metrics = await run(whole, 4);
    for (const each of metrics) for (const [name, value] of Object.entries(each)) expect(value, name).toBeTypeOf('number');
    for (const each of metrics) for (const [name, value] of Object.entries(each)) expect(Number.isFinite(value), name).toBe(true);
    expect(policyHash(whole)).not.toBe(start);
    await run(first, 2);
    restoreState(second, checkpointOf(first));
    expect(second).toMatchObject({ iteration: 2, promptsDrawn: first.promptsDrawn, rollouts: first.rollouts });
    await run(second, 2);
    expect(policyHash(second)).toBe(policyHash(whole));
    expect(second.tokens).toBe(whole.tokens);
    expect('losses/value_loss' in metrics[0]!).toBe(estimator === 'ppo');
    expect('losses/approx_kl' in metrics[0]!).toBe(completionEstimators[estimator].loss !== 'score');
  });

  it.each(['gpg-lm', 'reinforce++', 'ppo', 'vineppo'] as const)('%s learns a tiny task from random weights', async (estimator) => {
    const state = await openedState({ estimator, numGroups: 16, learningRate: 5e-3, seed: 3 });
    const metrics = await run(state, 80);
    const mean = (from: number, to: number): number =>
      metrics.slice(from, to).reduce((sum, each) => sum + each['completions/accuracy']!, 0) / (to - from);
    // One in six tokens is right by chance.
    expect(mean(0, 3)).toBeLessThan(0.3);
    expect(mean(75, 80)).toBeGreaterThan(0.7);
  });
});

describe('restoreState', () => {
  it('refuses what is not of this run', async () => {
    const state = await openedState({});
    const checkpoint = checkpointOf(state);
    const { tensors } = checkpoint;
    const without = (name: string): Checkpoint => ({ ...checkpoint, tensors: new Map([...tensors].filter(([key]) => key !== name)) });
    expect(() => restoreState(state, without('model.norm.weight'))).toThrow('tensor model.norm.weight');
    const larger = await openedState({ hiddenSize: 24, headDim: 8 });
    expect(() => restoreState(larger, checkpoint)).toThrow(/tensor .*: expected \d+ numbers \(Float32Array\), got \d+/);
    expect(() => restoreState(state, { ...checkpoint, metadata: {} })).toThrow(
      'checkpoint: counters: expected whole numbers iteration, globalStep',
    );
    const broken = { counters: JSON.stringify({ ...countersOf(state), tokens: -1 }) };
    expect(() => restoreState(state, { ...checkpoint, metadata: broken })).toThrow('counters: expected whole numbers');
  });
});

describe('samplePrompts', () => {
  it('gives the same completions whatever number of groups the batch holds', async () => {
    const [eight, three] = [await openedState({ warmStartBatchSize: 4 }), await openedState({ numGroups: 3, warmStartBatchSize: 4 })];
    const problems = Array.from({ length: 11 }, (_, k) => encodePrompt(drawProblem(lastLetter, [5, k], 'heldOut'), eight.tokenizer, 4));
    const [a, b] = [samplePrompts(eight, problems, { numSamples: 5 }), samplePrompts(three, problems, { numSamples: 5 })];
    expect(a).toEqual(b);
    expect(a).toHaveLength(11);
    expect(a[0]).toHaveLength(5);
    const many = samplePrompts(eight, problems, { numSamples: 20 });
    expect(many.map((prompt) => new Set(prompt.map(({ logProbs }) => logProbs.join())).size).every((distinct) => distinct > 8)).toBe(true);
    const greedy = samplePrompts(eight, problems, { greedy: true });
    expect(samplePrompts(three, problems, { greedy: true, iteration: 9 })).toEqual(greedy);
    expect(greedy.flat().every(({ tokens: { length } }) => length >= 1 && length <= 3)).toBe(true);
    expect(samplePrompts(eight, problems, { numSamples: 5, iteration: 1 })).not.toEqual(a);
  });

  it('refuses prompts that do not fit', async () => {
    const state = await openedState({});
    const ask =
      (prompt: string): (() => unknown) =>
      () =>
        samplePrompts(state, [encodePrompt({ prompt }, state.tokenizer, state.task.promptLength)]);
    expect(ask('')).toThrow('prompt "": expected 1 to 4 tokens, got 0');
    expect(ask('abcda')).toThrow('expected 1 to 4 tokens, got 5');
    expect(ask('xyz')).toThrow('"x"');
  });
});
