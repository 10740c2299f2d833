import { describe, expect, it } from 'vitest';
import { createGenerator } from '../../src/api/index.ts';
import { DynamicsVectorEnv, environmentSeeds, halfCheetah, loadMujoco, mujocoDynamics } from '../../src/envs/index.ts';
import fixture from '../fixtures/environments/mujoco-halfcheetah.json' with { type: 'json' };
import { describeParity } from './mujocoParity.ts';

describeParity(fixture, halfCheetah());

describe('the quick model', () => {
  it('computes the same bits', async () => {
    const mujoco = await loadMujoco();
    const task = halfCheetah();
    expect(task.quickXml).toContain('<pair ');
    const numEnvs = 6;
    const envs = [task, { ...task, quickXml: undefined }].map((each) => new DynamicsVectorEnv(mujocoDynamics(mujoco, each), numEnvs, 200));
    const generator = createGenerator(5);
    for (const env of envs) env.reset(environmentSeeds(1, numEnvs, 'cohort', 'training'));
    for (let step = 0; step < 300; step++) {
      // Small actions too: a cheetah that lies still has other contacts than one that leaps.
      const actions = Float32Array.from({ length: 6 * numEnvs }, (_, k) => generator.uniform(-1, 1) * (Math.floor(k / 6) / 4));
      for (const env of envs) env.step(actions);
      expect(envs[0]!.getState()).toEqual(envs[1]!.getState());
    }
    for (const env of envs) env.close();
  });
});
