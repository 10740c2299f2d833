import type { z } from 'zod';
import { integer, real } from '../core/config.ts';

/** Configuration fields of collecting: how many environments, how many steps, the discount. */
export const rolloutFields = {
  numEnvs: integer({
    group: 'Rollout',
    description: 'parallel environments: the nominal group size (N)',
    default: 32,
    min: 1,
    max: 65_536,
  }),
  numSteps: integer({
    group: 'Rollout',
    description: 'steps of each environment per iteration (T)',
    default: 128,
    min: 1,
    max: 1_048_576,
  }),
  gamma: real({ group: 'Rollout', description: 'discount factor of the returns', default: 0.99, min: 0, max: 1 }),
} satisfies z.ZodRawShape;
