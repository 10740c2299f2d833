/**
 * The environment of a policy, and whether the two fit.
 */
import type { Env } from '../core/env.ts';
import { failure } from '../core/errors.ts';
import type { Registry } from '../core/registry.ts';
import { describeSpace, type Space, sameShape } from '../core/space.ts';
import type { PolicySpec } from '../policy/spec.ts';
import type { PolicyFile } from './policyFile.ts';

type Spaces = Pick<PolicySpec, 'observationSpace' | 'actionSpace'>;

/** What is asked of an entry of the registry of environments. */
interface Makeable extends Spaces {
  make(options?: Readonly<Record<string, unknown>>): Promise<Env> | Env;
}

/** Whether actions of one space do the same in the other: shape and bounds. */
function sameActions(a: Space, b: Space): boolean {
  if (!sameShape(a, b)) return false;
  if (a.kind === 'discrete' || b.kind === 'discrete') return true;
  return a.low.every((low, k) => low === b.low[k] && a.high[k] === b.high[k]);
}

/**
 * Throws {@link CohortError} (kind `failure`) unless the policy fits an environment: as many numbers in an observation, the same actions. Bounds of
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

/**
 * The environment that a policy was trained on; `undefined` if it is not registered. Throws {@link CohortError} if it shows or takes
 * something else than the policy, or does not take the policy's options.
 */
export async function environmentOf<Entry extends Makeable>(
  file: PolicyFile,
  registry: Pick<Registry<Entry>, 'find'>,
): Promise<Entry | undefined> {
  const spec = registry.find(file.env);
  if (!spec) return undefined;
  // With options the spaces may be others than those registered.
  const env = Object.keys(file.envOptions).length === 0 ? undefined : await spec.make(file.envOptions);
  try {
    checkSpaces(file.spec, env ?? spec, file.env);
  } finally {
    env?.close?.();
  }
  return spec;
}
