/** Which program the threads of a page are given. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { spawnEnvWorker } from '../../src/browser/threads.ts';
import { makeVectorEnv } from '../../src/envs/index.ts';
import { nodePlatform } from '../../src/node/platform.ts';
import { pageWorkerFiles } from '../../tools/build.mjs';

afterEach(() => vi.unstubAllGlobals());

describe('the threads of a page', () => {
  it('run files that are built beside the library, another one for MuJoCo', () => {
    const asked: string[] = [];
    vi.stubGlobal(
      'Worker',
      class {
        constructor(url: URL) {
          asked.push(url.pathname.split('/').at(-1)!);
        }
      },
    );
    spawnEnvWorker();
    spawnEnvWorker('@mujoco/mujoco');
    expect(asked).toEqual(['envWorkerBrowser.js', 'mujocoEnvWorkerBrowser.js']);
    for (const name of asked) expect(pageWorkerFiles).toContain(name);
  });

  it('are told what their environments need', async () => {
    for (const [id, needs] of [
      ['LunarLander-v3', undefined],
      ['InvertedPendulum-v5', '@mujoco/mujoco'],
    ] as const) {
      const asked: unknown[] = [];
      const spawn: typeof spawnEnvWorker = (needed) => {
        asked.push(needed);
        return nodePlatform.spawnEnvWorker!();
      };
      const env = await makeVectorEnv(id, 2, { threads: 2, spawnEnvWorker: spawn });
      env.close();
      expect(asked).toEqual([needs]);
    }
  });
});
