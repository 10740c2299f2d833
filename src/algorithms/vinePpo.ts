/**
 * VinePPO (A. Kazemnejad et al. 2024, arXiv 2410.01679): PPO whose critic is played instead of learned.
 *
 *     V(s) = mean over K of the return of a branch from s: the policy plays on from a copy of the environment
 *     A    = rewards of a stretch + gamma^(its length) V(the state after it) - V(the state before it), for all its steps
 *     minimise  -E[min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)] - c_ent E[entropy]
 *
 * V is unbiased for the present policy whatever the task, and needs nothing but snapshots; it costs K branches per stretch, counted as environment steps.
 *
 * Deviations: the paper's stretches are steps of reasoning in a text; here they are `branchInterval` environment steps, from the first step of every
 * trajectory on. The rollout's edge is bootstrapped with branches. No penalty for the distance to a reference policy, which environments do not have.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm vineppo`.
 */
import type * as z from 'zod/mini';
import { stretchEstimator } from '../advantage/stretches.ts';
import { inGroup, real } from '../core/config.ts';
import { clippedSurrogate } from '../policy/losses.ts';
import { valuing } from '../rollout/branching.ts';
import { type Algorithm, type AlgorithmContext, checkMinibatches } from './algorithm.ts';
import { branchFields, recipesOfBranching } from './branchFields.ts';
import { groupIteration } from './gpg.ts';
import { createGroup, type GroupState, groupFields } from './group.ts';

/** Configuration fields of VinePPO. */
export const vinePpoFields = {
  ...branchFields,
  ...inGroup('Branches', {
    branchLambda: real({
      description: 'how far a stretch looks beyond its end: 0 = to the next branch point, 1 = to the end',
      default: 0,
      min: 0,
      max: 1,
    }),
  }),
  ...groupFields,
} satisfies z.core.$ZodShape;

type VinePpoConfig = z.output<z.ZodMiniObject<typeof vinePpoFields>> & { readonly iterations: number };

function create(config: VinePpoConfig, context: AlgorithmContext): Promise<GroupState> {
  const { numSteps, gamma, branches, branchInterval: interval, branchMaxSteps: maxSteps, branchLambda: lambda } = config;
  return createGroup(config, context, {
    numSteps,
    sourceOf: (source) => valuing(source, { gamma, branches, interval, maxSteps }),
    thirdStopOf: ({ numEnvs }) => ({ estimator: stretchEstimator({ gamma, lambda }, numSteps, numEnvs), loss: clippedSurrogate(config) }),
  });
}

/** VinePPO as training sees it. */
export const vineppo: Algorithm<VinePpoConfig, GroupState> = {
  name: 'vineppo',
  title: 'VinePPO',
  family: 'methods that branch',
  playsBesides: 'branches',
  comparesWith: 'gpg',
  recipesOf: recipesOfBranching,
  // 2: branch points wait for one another, and are played together.
  behavior: 2,
  description: 'VinePPO: what states are worth is the mean return of branches that the policy plays from copies of the environment',
  fields: vinePpoFields,
  check: checkMinibatches,
  create,
  ...groupIteration,
};
