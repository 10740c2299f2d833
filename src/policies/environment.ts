/**
 * Whether a policy and an environment fit.
 */
import { failure } from '../core/errors.ts';
import { describeSpace, type Space, sameShape } from '../core/space.ts';
import type { PolicySpec } from '../policy/spec.ts';

type Spaces = Pick<PolicySpec, 'observationSpace' | 'actionSpace'>;

/** Whether actions of one space do the same in the other: shape and bounds. */
function sameActions(a: Space, b: Space): boolean {
  if (!sameShape(a, b)) return false;
  if (a.kind === 'discrete' || b.kind === 'discrete') return true;
  return a.low.every((low, k) => low === b.low[k] && a.high[k] === b.high[k]);
}

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
  if (!sameActions(policy.actionSpace, env.actionSpace)) refuse('actions', policy.actionSpace, env.actionSpace);
}
