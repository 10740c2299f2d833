/**
 * Hybrid GRPO (S. Sane 2025, arXiv 2502.01652): several actions are tried for one step in every state, and a critic sees to the rest.
 *
 *     A_t = (1 / K) sum over k of f(r(s_t, a_k)) + V(s_(t+1)) - V(s_t)        a_1 the action that is taken, the others tried on copies of the environment
 *     minimise  -E[min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)] - c_ent E[entropy] + c_vf E[value loss]
 *
 * Of the reward, an action is credited with a K-th of its own: the mean is the same whichever is taken. What it does to the future it is credited with in
 * full, so that with K = 1 and f the identity this is PPO at lambda 0.
 *
 * The formula is the one by which the method is described; its equations were not at hand when this was written. Readings of our own: f is nothing or tanh,
 * V(s_(t+1)) is discounted by gamma, the critic is fitted to the first two terms, and actions are drawn independently.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm hybrid-grpo`.
 */
import type * as z from 'zod/mini';
import type { Actor } from '../core/actor.ts';
import { choice, inGroup, integer } from '../core/config.ts';
import { tanh } from '../math/index.ts';
import { Branches } from '../rollout/branches.ts';
import { collectRollout } from '../rollout/collect.ts';
import { type Algorithm, type AlgorithmContext, inStops, type Stops } from './algorithm.ts';
import { createPpo, criticStops, estimateWithCritic, type PpoState, ppo, ppoFields } from './ppo.ts';

/** Configuration fields of Hybrid GRPO. */
export const hybridGrpoFields = {
  ...inGroup('Branches', {
    rewardSamples: integer({
      description: 'actions tried in every state (K), the one that is taken included',
      default: 4,
      min: 1,
      max: 4096,
    }),
    rewardTransform: choice({ description: 'what rewards go through (f)', default: 'none', names: ['none', 'tanh'] }),
  }),
  ...ppoFields,
  gaeLambda: ppoFields.gaeLambda.default(0),
} satisfies z.core.$ZodShape;

type HybridConfig = z.output<z.ZodMiniObject<typeof hybridGrpoFields>> & { readonly iterations: number };

interface HybridState extends PpoState {
  readonly config: HybridConfig;
  readonly branches: Branches;
  /** (T, N) sums of f(r) over the actions that were tried and not taken. */
  readonly tried: Float64Array;
}

async function create(config: HybridConfig, context: AlgorithmContext): Promise<HybridState> {
  const state = await createPpo(config, context);
  const branches = new Branches(state, { gamma: 1, maxSteps: 1, numSteps: config.numSteps });
  return { ...state, config, branches, tried: new Float64Array(config.numSteps * config.numEnvs) };
}

const transforms = { none: (reward: number) => reward, tanh };

/** Tries actions where the environments stand before row `row`; after the last one rewards become the means. */
function tryActions({ config, branches, tried, rollout }: HybridState, row: number, actor: Actor): void {
  const { rewardSamples, numEnvs, numSteps } = config;
  const transform = transforms[config.rewardTransform];
  if (row < numSteps) {
    if (row === 0) branches.begin();
    if (rewardSamples === 1) return;
    const others = rewardSamples - 1;
    const origins = Array.from({ length: others * numEnvs }, (_, branch) => branch % numEnvs);
    tried.fill(0, row * numEnvs, (row + 1) * numEnvs);
    for (const [branch, reward] of branches.play(actor, origins, 'own').entries())
      tried[row * numEnvs + (branch % numEnvs)]! += transform(reward);
    return;
  }
  const { rewards } = rollout;
  for (let step = 0; step < rewards.length; step++) rewards[step] = (transform(rewards[step]!) + tried[step]!) / rewardSamples;
}

/** PPO's iteration, of the rewards that {@link tryActions} leaves. */
const stops: Stops<HybridState> = {
  ...criticStops<HybridState>(estimateWithCritic),
  collect(state) {
    const { env, learner, rollout, collector, branches, iteration, firstEnv, now } = state;
    const actor = learner.policy.actorFor(iteration, undefined, firstEnv);
    const episodes = collectRollout(env, actor, rollout, collector, now, 0, (row) => tryActions(state, row, actor));
    collector.envMilliseconds += branches.milliseconds;
    return { episodes, measured: { 'branches/steps': branches.steps } };
  },
};

/** Hybrid GRPO as training sees it. */
export const hybridGrpo: Algorithm<HybridConfig, HybridState> = {
  ...ppo,
  name: 'hybrid-grpo',
  title: 'Hybrid GRPO',
  playsBesides: 'branches',
  comparesWith: 'ppo',
  family: 'methods with a critic',
  recipesOf: { algorithm: 'ppo', without: ['gaeLambda'] },
  description: 'Hybrid GRPO: PPO at lambda 0 whose reward is the mean over several actions that are tried for a step in every state',
  fields: hybridGrpoFields,
  create,
  ...inStops(stops),
};
