/** Layouts take all memory that training needs: nothing more is taken later. */
import { expect, it } from 'vitest';
import { gpg } from '../../src/algorithms/gpg.ts';
import { ppo } from '../../src/algorithms/ppo.ts';
import { cartPole, DynamicsEnv, vectorize } from '../../src/envs/index.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import { learnerKey } from '../../src/random/index.ts';
import { resolveConfig } from '../../src/training/config.ts';
import { testPlatform } from '../training/cohort.ts';

it.each([
  ['gpg', gpg, {}],
  ['gpg', gpg, { tail: 'carry', carryRollouts: 2 }],
  ['ppo', ppo, {}],
  ['ppo', ppo, { bootstrapTruncated: true }],
] as const)('%s: an iteration takes no kernel memory: %#', async (name, algorithm, fields) => {
  const config = resolveConfig({ env: 'CartPole-v1', algorithm: name, numEnvs: 5, numSteps: 33, hiddenSizes: [64, 24], ...fields });
  const env = vectorize(Array.from({ length: 5 }, () => new DynamicsEnv(cartPole())));
  env.reset([1, 2, 3, 4, 5]);
  const state = await algorithm.create(config as never, { env, platform: testPlatform, key: learnerKey(1), layOut: layOutKernels });
  const { kernels } = state.learner.policy;
  const before = kernels.bytesUsed;
  for (let i = 0; i < 3; i++) algorithm.iterate(state as never);
  expect(kernels.bytesUsed).toBe(before);
  kernels.close();
});
