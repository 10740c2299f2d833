/**
 * Promise 4 of the design: a recorded iteration of CleanRL's `ppo.py` (weights, rollout, permutations) repeated by ours, to 1e-5: values,
 * log-probabilities, advantages, every minibatch's losses and gradient norm, the first gradient, the new parameters and both moments of Adam.
 */
import { describe, expect, it } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import type { PpoState } from '../../src/algorithms/ppo.ts';
import type { VectorEnv } from '../../src/core/env.ts';
import { box, discrete } from '../../src/core/space.ts';
import { createKernels } from '../../src/kernels/index.ts';
import type { MinibatchReport } from '../../src/policy/learner.ts';
import { resolveConfig } from '../../src/training/config.ts';
import fixture from '../fixtures/cleanrl/iteration.json' with { type: 'json' };
import clippingFixture from '../fixtures/cleanrl/iteration-clipping.json' with { type: 'json' };
import { numbers, type PackedArray } from '../fixtures/typedArray.ts';

const floats = (packed: PackedArray): Float32Array => Float32Array.from(numbers(packed));

type Weights = Record<string, PackedArray>;
type Recorded = typeof fixture;
type Iteration = Recorded['iterations'][number];

/** A vector environment that plays back what was recorded, whatever the actions are. */
function replay({ rollout }: Iteration, numSteps: number, numEnvs: number): VectorEnv {
  const observations = floats(rollout.observations);
  const next = floats(rollout.nextObservations);
  const rewards = floats(rollout.rewards);
  const dones = floats(rollout.dones);
  const nextDones = floats(rollout.nextDones);
  const row = numEnvs * 4;
  const env = {
    numEnvs,
    observationSpace: box(-100, 100, [4]),
    actionSpace: discrete(2),
    observations: observations.slice(0, row),
    rewards: new Float64Array(numEnvs),
    terminated: new Uint8Array(numEnvs),
    truncated: new Uint8Array(numEnvs),
    finalObservations: new Float32Array(row),
    episodeLengths: new Int32Array(numEnvs),
    episodeReturns: new Float64Array(numEnvs),
    reset: () => undefined,
    getState: () => undefined,
    setState: () => undefined,
    close: () => undefined,
  };
  let t = 0;
  return {
    ...env,
    step() {
      env.rewards.set(Array.from(rewards.slice(t * numEnvs, (t + 1) * numEnvs), Number));
      t++;
      env.observations.set(t < numSteps ? observations.subarray(t * row, (t + 1) * row) : next);
      for (let n = 0; n < numEnvs; n++) env.terminated[n] = Number(t < numSteps ? dones[t * numEnvs + n] : nextDones[n]);
    },
  };
}

/** CleanRL's name of one of our tensors: `actor.0.weight` is its first linear layer, at index 0 of the sequential; the next is at 2. */
function torchName(name: string): string {
  const [network, layer, kind] = name.split('.');
  return `${network}.${Number(layer) * 2}.${kind}`;
}

/** Largest absolute difference. */
function difference(ours: ArrayLike<number>, theirs: PackedArray): number {
  const expected = floats(theirs);
  expect(ours.length).toBe(expected.length);
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(ours[i]! - Number(expected[i])));
  return most;
}

async function repeat(recorded: Recorded, index: number): Promise<{ state: PpoState; reports: MinibatchReport[]; iteration: Iteration }> {
  const { config } = recorded;
  const numSteps = config.num_steps;
  const numEnvs = config.num_envs;
  const iteration = recorded.iterations[index]!;
  const resolved = resolveConfig({
    env: 'CartPole-v1',
    algorithm: 'ppo',
    numEnvs,
    numSteps,
    iterations: 1,
    learningRate: iteration.learningRate,
    annealLearningRate: false,
    gamma: config.gamma,
    gaeLambda: config.gae_lambda,
    numMinibatches: config.num_minibatches,
    updateEpochs: config.update_epochs,
    clipCoef: config.clip_coef,
    clipValueLoss: config.clip_vloss,
    entropyCoef: config.ent_coef,
    valueCoef: config.vf_coef,
    maxGradNorm: config.max_grad_norm,
    normalizeAdvantage: config.norm_adv,
    adamEpsilon: recorded.adamEpsilon,
  });
  const state: PpoState = await algorithms.ppo.create(resolved, {
    env: replay(iteration, numSteps, numEnvs),
    platform: { name: 'test', now: () => 0, wallTime: () => 0, pause: async () => undefined },
    createKernels: async (bytes: number) => createKernels({ bytes, threads: 1, arithmetic: 'plain' }),
    key: Uint32Array.of(1, 2),
  });
  const { learner } = state;
  const before = index === 0 ? undefined : recorded.iterations[index - 1]!;
  for (const { name, set } of learner.policy.parameters.tensors()) {
    set('values', floats((before?.weightsAfter ?? recorded.weightsBefore)[torchName(name) as never] as PackedArray));
    if (!before) continue;
    set('firstMoments', floats((before.adamFirstMomentAfter as Weights)[torchName(name)]!));
    set('secondMoments', floats((before.adamSecondMomentAfter as Weights)[torchName(name)]!));
    learner.optimizerSteps = before.adamStepsAfter;
  }
  // The recorded actions are taken instead of sampled ones.
  const actions = floats(iteration.rollout.actions);
  const logProbs = floats(iteration.rollout.logProbabilities);
  const actor = learner.policy.actorFor(1);
  learner.policy.actorFor = () => ({
    encode: actor.encode,
    act: (_inputs, count, outActions, outLogProbs, step) => {
      for (let n = 0; n < count; n++) outActions[n] = Number(actions[step * count + n]);
      outLogProbs.set(logProbs.subarray(step * count, (step + 1) * count));
    },
  });
  const permutations = iteration.permutations.map((permutation) => floats(permutation));
  const reports: MinibatchReport[] = [];
  const update = learner.update.bind(learner);
  learner.update = (batch, settings, rate, number, scaleOf) => {
    const made = update(batch, settings, rate, number, scaleOf, (epoch, _count, out) => out.set(Int32Array.from(permutations[epoch]!)));
    reports.push(...made);
    return made;
  };
  algorithms.ppo.iterate(state);
  return { state, reports, iteration };
}

describe.each([
  ['default, first iteration', fixture, 0],
  ['default, second iteration (annealed rate, warm Adam)', fixture, 1],
  ['learning rate 0.01, where ratios are clipped', clippingFixture as unknown as Recorded, 0],
])('CleanRL ppo.py: %s', (_title, recorded, index) => {
  it('has the same values, advantages and returns', async () => {
    const { state, iteration } = await repeat(recorded, index);
    const steps = recorded.config.num_steps * recorded.config.num_envs;
    expect(difference(state.values.subarray(0, steps), iteration.rollout.values)).toBeLessThan(1e-5);
    expect(difference(state.values.subarray(steps), iteration.rollout.nextValues)).toBeLessThan(1e-5);
    expect(difference(state.advantages, iteration.advantages)).toBeLessThan(1e-5);
    expect(difference(state.returns, iteration.returns)).toBeLessThan(1e-5);
  });

  it('has the same losses, divergences, clip fraction and gradient norm in every minibatch', async () => {
    const { reports, iteration } = await repeat(recorded, index);
    expect(reports).toHaveLength(iteration.minibatches.length);
    for (const [i, theirs] of iteration.minibatches.entries()) {
      const ours = reports[i]!;
      const names = ['policyLoss', 'valueLoss', 'entropy', 'approxKl', 'oldApproxKl', 'clipFraction', 'gradientNorm'] as const;
      for (const name of names) {
        expect(Math.abs(ours[name] - theirs[name]) / (1 + Math.abs(theirs[name])), `minibatch ${i}: ${name}`).toBeLessThan(1e-5);
      }
    }
  });

  it('has the same parameters and moments afterwards', async () => {
    const { state, iteration } = await repeat(recorded, index);
    expect(state.learner.optimizerSteps).toBe(iteration.adamStepsAfter);
    for (const { name, get } of state.learner.policy.parameters.tensors()) {
      expect(difference(get('values'), (iteration.weightsAfter as Weights)[torchName(name)]!), name).toBeLessThan(1e-5);
      expect(difference(get('firstMoments'), (iteration.adamFirstMomentAfter as Weights)[torchName(name)]!), name).toBeLessThan(1e-5);
      expect(difference(get('secondMoments'), (iteration.adamSecondMomentAfter as Weights)[torchName(name)]!), name).toBeLessThan(1e-5);
    }
  });

  it('has the same log-probabilities for the recorded actions', async () => {
    const { reports, iteration } = await repeat(recorded, index);
    // In the first minibatch the parameters are those that acted: the mean of the log-ratio is what our log-probabilities differ by.
    expect(Math.abs(reports[0]!.oldApproxKl - iteration.minibatches[0]!.oldApproxKl)).toBeLessThan(1e-6);
  });
});
