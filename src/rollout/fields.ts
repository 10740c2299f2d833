import type * as z from 'zod/mini';
import { inGroup, integer, real } from '../core/config.ts';

/** Configuration fields of collecting: how many environments, how many steps, the discount. */
export const rolloutFields = inGroup('Rollout', {
  numEnvs: integer({ description: 'parallel environments: the nominal group size (N)', default: 32, min: 1, max: 65_536 }),
  numSteps: integer({ description: 'steps of each environment per iteration (T)', default: 128, min: 1, max: 1_048_576 }),
  gamma: real({ description: 'discount factor of the returns', default: 0.99, min: 0, max: 1 }),
}) satisfies z.core.$ZodShape;
