/**
 * Evaluation: whole episodes with a frozen policy, on environments and random numbers of their own, so that evaluating never changes a run.
 */
import type { Seed, VectorEnv } from '../core/env.ts';
import { createActionRows } from '../core/space.ts';
import type { Policy } from '../policy/policy.ts';
import { noIteration } from '../random/index.ts';
import { type EvaluationResult, evaluationResult } from '../run/evaluation.ts';

/** Where evaluation cuts an episode of an environment that has no limit of its own. */
export const usualMaxSteps = 10_000;

/** How to evaluate. */
export interface EvaluationOptions {
  /** One per environment of `env`: one episode each. */
  readonly seeds: readonly Seed[];
  /** The most probable action (or the mean) instead of a sample; evaluation is reported both ways, so there is no default. */
  readonly greedy: boolean;
  /** Episodes are cut here. Default: never, which only tasks with a limit of their own can afford. */
  readonly maxSteps?: number | undefined;
  /** Part of the random key of sampled actions. Default: that of no iteration, as in play. */
  readonly iteration?: number;
}

/** Both ways to act, and how many of the episodes had not ended when they were cut. */
export interface PlayedEpisodes {
  readonly sampled: EvaluationResult;
  readonly greedy: EvaluationResult;
  readonly cut: number;
}

/**
 * Plays one episode in each environment of `env` and sums up; a cut episode counts with what it had gathered. `policy` sees raw observations: one in
 * training is given {@link Policy.withNormalizer}. The work goes on from step to step, so that whoever drives it may pause, or leave it.
 */
export function* evaluate(
  policy: Policy,
  env: VectorEnv,
  options: EvaluationOptions,
): Generator<void, { readonly result: EvaluationResult; readonly cut: number }> {
  const { numEnvs } = env;
  const { seeds, greedy, iteration = noIteration, maxSteps = Number.POSITIVE_INFINITY } = options;
  // Many environments take a while to be made, and to be reset: whoever waits for a pause gets one before and after.
  yield;
  env.reset(seeds);
  yield;
  const actions = createActionRows(env.actionSpace, numEnvs);
  const returns = new Array<number>(numEnvs).fill(0);
  const lengths = new Array<number>(numEnvs).fill(0);
  const open = new Uint8Array(numEnvs).fill(1);
  let left = numEnvs;
  let step = 0;
  while (left > 0 && step < maxSteps) {
    policy.decide(env.observations, numEnvs, actions, { iteration, step, stream: 'evaluation', greedy }, env.actionMasks);
    env.step(actions);
    step++;
    for (let n = 0; n < numEnvs; n++) {
      if (!open[n]) continue;
      returns[n] = env.episodeReturns[n]!;
      lengths[n] = step;
      if (env.terminated[n] || env.truncated[n]) {
        open[n] = 0;
        left--;
      }
    }
    yield;
  }
  return { result: evaluationResult(returns, lengths), cut: left };
}

/** {@link evaluate}, sampled and then greedy. */
export function* evaluateBoth(policy: Policy, env: VectorEnv, options: Omit<EvaluationOptions, 'greedy'>): Generator<void, PlayedEpisodes> {
  const sampled = yield* evaluate(policy, env, { ...options, greedy: false });
  const greedy = yield* evaluate(policy, env, { ...options, greedy: true });
  return { sampled: sampled.result, greedy: greedy.result, cut: sampled.cut + greedy.cut };
}
