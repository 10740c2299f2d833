/** Repeats a recorded iteration of CleanRL with our PPO: its environment, weights, actions and permutations in, ours out. */
import { expect, it } from 'vitest';
import type { PpoConfig, PpoState } from '../../src/algorithms/ppo.ts';
import { algorithms } from '../../src/algorithms/standard.ts';
import type { VectorEnv } from '../../src/core/env.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import type { MinibatchReport } from '../../src/policy/learner.ts';
import { resolveConfig } from '../../src/training/config.ts';
import type discrete from '../fixtures/cleanrl/iteration.json';
import type continuous from '../fixtures/cleanrl/iteration-continuous.json';
import { numbers, type PackedArray } from '../fixtures/typedArray.ts';

/** What `tools/fixtures/record_cleanrl_iteration.py` writes. */
export type Recorded = typeof discrete | typeof continuous;
/** One of its iterations. */
export type Iteration = Recorded['iterations'][number];
type Weights = Record<string, PackedArray>;

/** The numbers of a typed array as float32. */
export const floats = (packed: PackedArray): Float32Array => Float32Array.from(numbers(packed));

/** Largest absolute difference. */
export function difference(ours: ArrayLike<number>, theirs: PackedArray): number {
  const expected = floats(theirs);
  expect(ours.length).toBe(expected.length);
  let most = 0;
  for (let i = 0; i < expected.length; i++) most = Math.max(most, Math.abs(ours[i]! - Number(expected[i])));
  return most;
}

/**
 * CleanRL's name of one of our tensors: `actor.0.weight` is its first linear layer, at index 0 of the sequential; the next is at 2. The Gaussian
 * agent's actor is `actor_mean` and its log standard deviation `actor_logstd`.
 */
export function torchName(name: string, isGaussian: boolean): string {
  if (name === 'logStd') return 'actor_logstd';
  const [network, layer, kind] = name.split('.');
  return `${isGaussian && network === 'actor' ? 'actor_mean' : network}.${Number(layer) * 2}.${kind}`;
}

/** What came of it. */
export interface Repeated {
  readonly state: PpoState;
  readonly reports: MinibatchReport[];
  readonly iteration: Iteration;
}

/** Repeats iteration `index` (0 for the first) on `env`, which stands where that iteration began. */
export async function repeat(recorded: Recorded, index: number, env: VectorEnv): Promise<Repeated> {
  const { config } = recorded;
  const numSteps = config.num_steps;
  const numEnvs = config.num_envs;
  const isGaussian = env.actionSpace.kind === 'box';
  const iteration = recorded.iterations[index]!;
  const resolved = resolveConfig({
    env: config.env_id,
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
  const state: PpoState = await algorithms.ppo.create(resolved as unknown as PpoConfig, {
    env,
    platform: { name: 'test', now: () => 0, wallTime: () => 0, pause: async () => undefined },
    layOut: layOutKernels,
    key: Uint32Array.of(1, 2),
  });
  const { learner } = state;
  const before = index === 0 ? undefined : recorded.iterations[index - 1]!;
  for (const { name, set } of learner.policy.parameters.tensors()) {
    set('values', floats((before?.weightsAfter ?? recorded.weightsBefore)[torchName(name, isGaussian) as never] as PackedArray));
    if (!before) continue;
    set('firstMoments', floats((before.adamFirstMomentAfter as Weights)[torchName(name, isGaussian)]!));
    set('secondMoments', floats((before.adamSecondMomentAfter as Weights)[torchName(name, isGaussian)]!));
    learner.optimizerSteps = before.adamStepsAfter;
  }
  // The recorded actions are taken instead of sampled ones.
  const actions = floats(iteration.rollout.actions);
  const logProbs = floats(iteration.rollout.logProbabilities);
  const actionSize = actions.length / logProbs.length;
  const actor = learner.policy.actorFor(1);
  learner.policy.actorFor = () => ({
    encode: actor.encode,
    act: (_inputs, count, outActions, outLogProbs, step) => {
      outActions.set(actions.subarray(step * count * actionSize, (step + 1) * count * actionSize));
      outLogProbs.set(logProbs.subarray(step * count, (step + 1) * count));
    },
  });
  const permutations = iteration.permutations.map((permutation) => floats(permutation));
  const reports: MinibatchReport[] = [];
  const update = learner.update.bind(learner);
  learner.update = (asked) => {
    const made = update({ ...asked, shuffle: (epoch, _count, out) => out.set(Int32Array.from(permutations[epoch]!)) });
    reports.push(...made);
    return made;
  };
  algorithms.ppo.iterate(state);
  return { state, reports, iteration };
}

/** The tests that every repeated iteration has to pass. */
export function itIsTheSame(recorded: Recorded, repeated: () => Promise<Repeated>): void {
  it('has the same values, advantages and returns', async () => {
    const { state, iteration } = await repeated();
    const steps = recorded.config.num_steps * recorded.config.num_envs;
    expect(difference(state.values.subarray(0, steps), iteration.rollout.values)).toBeLessThan(1e-5);
    expect(difference(state.values.subarray(steps), iteration.rollout.nextValues)).toBeLessThan(1e-5);
    expect(difference(state.advantages, iteration.advantages)).toBeLessThan(1e-5);
    expect(difference(state.returns, iteration.returns)).toBeLessThan(1e-5);
  });

  it('has the same losses, divergences, clip fraction and gradient norm in every minibatch', async () => {
    const { reports, iteration } = await repeated();
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
    const { state, iteration } = await repeated();
    expect(state.learner.optimizerSteps).toBe(iteration.adamStepsAfter);
    for (const { name, get } of state.learner.policy.parameters.tensors()) {
      expect(
        difference(get('values'), (iteration.weightsAfter as Weights)[torchName(name, state.learner.policy.head === 'gaussian')]!),
        name,
      ).toBeLessThan(1e-5);
      expect(
        difference(
          get('firstMoments'),
          (iteration.adamFirstMomentAfter as Weights)[torchName(name, state.learner.policy.head === 'gaussian')]!,
        ),
        name,
      ).toBeLessThan(1e-5);
      expect(
        difference(
          get('secondMoments'),
          (iteration.adamSecondMomentAfter as Weights)[torchName(name, state.learner.policy.head === 'gaussian')]!,
        ),
        name,
      ).toBeLessThan(1e-5);
    }
  });

  it('has the same log-probabilities for the recorded actions', async () => {
    const { reports, iteration } = await repeated();
    // In the first minibatch the parameters are those that acted: the mean of the log-ratio is what our log-probabilities differ by.
    expect(Math.abs(reports[0]!.oldApproxKl - iteration.minibatches[0]!.oldApproxKl)).toBeLessThan(1e-6);
  });
}
