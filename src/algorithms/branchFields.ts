/** What the methods of the group family that branch share: configuration fields of branches, and whose recipes they take. */
import type * as z from 'zod/mini';
import { inGroup, integer } from '../core/config.ts';
import type { Algorithm } from './algorithm.ts';
import { gpgFields } from './gpg.ts';
import { groupFields } from './group.ts';

/** Configuration fields of branches: how many, where, how long. */
export const branchFields = inGroup('Branches', {
  branches: integer({
    description: 'branches from every branch point (K); their steps are environment steps too',
    default: 4,
    min: 1,
    max: 4096,
  }),
  branchInterval: integer({ description: 'steps from one branch point to the next', default: 16, min: 1, max: 1_048_576 }),
  // At gamma 0.99 a reward a thousand steps away is worth 4e-5.
  branchMaxSteps: integer({
    description: 'maximum steps of a branch; what it has gathered counts',
    default: 1000,
    min: 1,
    max: 100_000_000,
  }),
}) satisfies z.core.$ZodShape;

/** They take GPG's recipes, without the fields that are GPG's own. */
export const recipesOfBranching: Algorithm['recipesOf'] = {
  algorithm: 'gpg',
  without: /* @__PURE__ */ Object.keys(gpgFields).filter((name) => !(name in groupFields)),
};
