/**
 * The vine (J. Schulman et al. 2015, arXiv 1502.05477, section 5.2): several actions are tried in the same states.
 *
 *     Q(s, a_k) = return of a branch that begins with a_k, k = 1 .. K, actions drawn from the policy, random numbers after it common to all K
 *     L(s)      = sum of ratio_k Q(s, a_k) / sum of ratio_k
 *     A_k       = Q(s, a_k) - mean over k of Q(s, a_k)                    the gradient of L at the acting policy is (1 / K) sum of A_k grad log pi
 *     minimise  -E[min(ratio A, clip(ratio, 1 - eps, 1 + eps) A)] - c_ent E[entropy]
 *
 * It is GPG with one bin for each branched state. Only the first steps of branches are learned from; all their steps are environment steps.
 *
 * Deviations: PPO's clip and Adam in place of the trust region and its conjugate gradient, so that the loss, not the step, is what is kept near the acting
 * policy; states are those at every `branchInterval`-th step of a rollout, not a random choice. Where actions are few the paper may try each of them; here
 * they are always drawn.
 *
 * Reproduce: `npx cohort-rl train CartPole-v1 --algorithm vine`.
 */
import type * as z from 'zod/mini';
import { createEstimator, defaultEstimatorSettings } from '../advantage/core.ts';
import { mistake } from '../core/errors.ts';
import { clippedSurrogate } from '../policy/losses.ts';
import { branchesOnly, branchRows } from '../rollout/branching.ts';
import { type Algorithm, type AlgorithmContext, checkMinibatches } from './algorithm.ts';
import { branchFields, recipesOfBranching } from './branchFields.ts';
import { groupIteration } from './gpg.ts';
import { createGroup, type GroupState, groupFields } from './group.ts';

/** Configuration fields of the vine. */
export const vineFields = { ...branchFields, ...groupFields } satisfies z.core.$ZodShape;

type VineConfig = z.output<z.ZodMiniObject<typeof vineFields>> & { readonly iterations: number };

/** Rows of a rollout: the first steps of branches. */
function rowsOf({ numSteps, branches, branchInterval: interval }: VineConfig): number {
  return branchRows(numSteps, { branches, interval });
}

function create(config: VineConfig, context: AlgorithmContext): Promise<GroupState> {
  const { numSteps, gamma, branches, branchInterval: interval, branchMaxSteps: maxSteps } = config;
  return createGroup(config, context, {
    numSteps: rowsOf(config),
    sourceOf: (source) => branchesOnly(source, numSteps, { gamma, branches, interval, maxSteps }),
    thirdStopOf: ({ numSteps: rows, numEnvs }) => ({
      // Row K p + k of an environment is branch k of its point p.
      estimator: createEstimator(
        { ...defaultEstimatorSettings, gamma, bins: ({ row, env }) => Math.floor(row / branches) * numEnvs + env },
        rows,
        numEnvs,
      ),
      loss: clippedSurrogate(config),
    }),
  });
}

/** Throws {@link CohortError} where fields contradict each other. */
function check(config: VineConfig, subject: string, nameOf: (field: string) => string): void {
  checkMinibatches({ ...config, numSteps: rowsOf(config) }, subject, nameOf);
  if (config.branches >= 2) return;
  const advice = 'an action has nothing to be compared with alone: raise it, or choose vineppo';
  throw mistake(`${subject}: ${nameOf('branches')}`, 'at least 2', String(config.branches), advice);
}

/** The vine as training sees it. */
export const vine: Algorithm<VineConfig, GroupState> = {
  name: 'vine',
  title: 'TRPO’s vine',
  family: 'methods that branch',
  playsBesides: 'branches',
  comparesWith: 'gpg',
  recipesOf: recipesOfBranching,
  description: 'the vine of TRPO: several actions are tried in the same states, each played to its end with the same random numbers',
  fields: vineFields,
  check,
  create,
  ...groupIteration,
};
