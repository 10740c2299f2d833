/**
 * Whether a policy and an environment fit.
 */
import { failure } from '../core/errors.ts';
import { describeSpace, type Space, sameBounds, sameShape } from '../core/space.ts';
import type { PolicySpec } from '../policy/spec.ts';

type Spaces = Pick<PolicySpec, 'observationSpace' | 'actionSpace'>;

/**
 * Throws `CohortError` (kind `failure`) unless the policy fits an environment: as many numbers in an observation, the same actions. Bounds of
 * observations only describe them and may differ, as they do between versions of Gymnasium.
 */
export function checkSpaces(policy: Spaces, env: Spaces, id: string): void {
  const refuse = (what: string, mine: Space, its: Space): never => {
    const got = `${describeSpace(mine)}${describeSpace(mine) === describeSpace(its) ? ' with other bounds' : ''}`;
    const advice = 'name the environment (and envOptions) that the policy was trained on';
    throw failure(`policy for ${id}: ${what}`, `${describeSpace(its)}, as the environment has them`, got, advice);
  };
  if (!sameShape(policy.observationSpace, env.observationSpace)) refuse('observations', policy.observationSpace, env.observationSpace);
  if (!sameBounds(policy.actionSpace, env.actionSpace)) refuse('actions', policy.actionSpace, env.actionSpace);
}
