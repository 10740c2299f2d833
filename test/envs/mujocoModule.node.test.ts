import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MujocoLoadOptions } from '../../src/envs/index.ts';

const wasm = new URL('mujoco.wasm', import.meta.resolve('@mujoco/mujoco'));

/** The library as a process finds it that has not loaded MuJoCo. */
async function fresh() {
  vi.resetModules();
  return await import('../../src/envs/index.ts');
}

describe('loading MuJoCo', () => {
  beforeEach(() => vi.doUnmock('@mujoco/mujoco'));

  it('is not tried before a MuJoCo environment is made; a missing package says how to install it', async () => {
    vi.doMock('@mujoco/mujoco', () => {
      throw new Error("Cannot find package '@mujoco/mujoco'");
    });
    const { loadMujoco, makeEnv, makeVectorEnv } = await fresh();
    await makeEnv('CartPole-v1');
    const message =
      /^MuJoCo: expected the package @mujoco\/mujoco, got none that can be imported; install it: npm install @mujoco\/mujoco@3\.9\.0 /;
    await expect(makeEnv('HalfCheetah-v5')).rejects.toThrow(message);
    await expect(makeVectorEnv('Hopper-v5', 2)).rejects.toThrow(message);
    await expect(loadMujoco()).rejects.toMatchObject({ name: 'CohortError', parts: { kind: 'failure' } });
    // A wrong option is the user's first mistake.
    await expect(makeEnv('HalfCheetah-v5', { timestep: 1 })).rejects.toThrow(/HalfCheetah-v5: option/);
  });

  it('names the version that package.json asks for', async () => {
    const { peerDependencies } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
    expect(peerDependencies['@mujoco/mujoco']).toBe('3.9.0');
  });

  it('takes the address of the WebAssembly, and tries again after a failure', async () => {
    const { loadMujoco, makeEnv } = await fresh();
    await expect(loadMujoco({ wasmUrl: new URL('nowhere.wasm', wasm).href })).rejects.toThrow(
      /^MuJoCo: expected mujoco.wasm at file:.*nowhere.wasm, got .*; keep the bundler from moving the package/,
    );
    const mujoco = await loadMujoco({ wasmUrl: wasm.href });
    expect(mujoco.mj_versionString()).toBe('3.9.0');
    expect(await loadMujoco()).toBe(mujoco);
    const env = await makeEnv('HalfCheetah-v5');
    expect(env.reset({ seed: 1 }).observation).toHaveLength(17);
    env.close!();
  });

  it('takes the factory of the package', async () => {
    const { loadMujoco } = await fresh();
    const asked: unknown[] = [];
    const factory: MujocoLoadOptions['factory'] = async (options) => {
      asked.push(options);
      return 'a module';
    };
    expect(await loadMujoco({ factory })).toBe('a module');
    expect(asked).toHaveLength(1);
  });
});
