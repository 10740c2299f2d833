/** Everything that holds threads lets go of them where `await using` ends its scope, and keeps no program alive that forgets it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCohort } from '../../src/api/createCohort.ts';
import type { Releasable } from '../../src/core/disposal.ts';
import type { Platform } from '../../src/core/platform.ts';
import { makeVectorEnv, NormalizeObservationVectorEnv } from '../../src/envs/index.ts';
import { createKernels } from '../../src/kernels/index.ts';
import { nodePlatform } from '../../src/node/platform.ts';
import { nodeHome } from '../../src/node/storage.ts';
import { largestDigit, shortRun as shortModel } from '../lm/languageRun.ts';
import { shortRun } from '../training/cohort.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = (name: string): string => pathToFileURL(join(root, 'dist', `${name}.js`)).href;
const folder = mkdtempSync(join(tmpdir(), 'cohort-disposal-'));
const model = join(folder, 'model');

let threads = 0;
/** The same thread, counted while it lives. */
function counted<T extends { terminate(): void }>(handle: T): T {
  threads++;
  let isAlive = true;
  return {
    ...handle,
    terminate() {
      if (isAlive) threads--;
      isAlive = false;
      handle.terminate();
    },
  };
}
const platform: Platform = {
  ...nodePlatform,
  spawnThread: (source, data) => counted(nodePlatform.spawnThread!(source, data)),
  spawnEnvWorker: () => counted(nodePlatform.spawnEnvWorker!()),
};
const cohort = createCohort(platform, nodeHome);

beforeAll(async () => {
  const config = { ...shortModel, iterations: 1, evaluationInterval: 0 };
  await cohort.trainLanguageModel(config, { runDirectory: model, warmStartDirectory: join(folder, 'warm') }).finish();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what holds threads', () => {
  it.each<[string, () => Promise<Releasable>]>([
    ['environments', () => cohort.makeVectorEnv('LunarLander-v3', 4, { threads: 2 })],
    [
      'wrapped environments',
      async () =>
        new NormalizeObservationVectorEnv(await makeVectorEnv('LunarLander-v3', 4, { ...platform, threads: 2 }), { statistics: 'shared' }),
    ],
    ['a language model', () => cohort.loadLanguageModel(model, { threads: 2, task: largestDigit })],
    ['kernels', async () => createKernels({ threads: 2, spawnThread: platform.spawnThread! })],
    [
      'a run',
      async () => {
        const run = cohort.train({ ...shortRun, threads: 2 });
        await run[Symbol.asyncIterator]().next();
        return run;
      },
    ],
    [
      'a run that was only asked for its policy',
      async () => {
        const run = cohort.train({ ...shortRun, threads: 2 });
        await run.snapshot();
        return run;
      },
    ],
  ])('lets go of them: %s', async (_, make) => {
    const held = await make();
    expect(threads).toBeGreaterThan(0);
    await held[Symbol.asyncDispose]();
    expect(threads).toBe(0);
  });

  it('is there also where no thread is', async () => {
    const env = await cohort.makeVectorEnv('CartPole-v1', 2);
    await env[Symbol.asyncDispose]();
  });
});

describe('a program that forgets', () => {
  const ends = (program: string): string => {
    const parameters = ['--input-type=module', '--eval', program];
    const { status, signal, stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: root, encoding: 'utf8', timeout: 50_000 });
    expect([status, signal, stderr]).toEqual([0, null, '']);
    return stdout.trim();
  };

  it.each([
    ['environments', "const env = await makeVectorEnv('LunarLander-v3', 4, { threads: 2 }); console.log(env.threads);", '2'],
    [
      'a run in the middle',
      `const run = train({ env: 'CartPole-v1', recipe: 'none', numEnvs: 8, iterations: 9, threads: 2 });
       console.log((await run[Symbol.asyncIterator]().next()).value.iteration);`,
      '1',
    ],
    [
      'a run in a worker in the middle',
      `const run = trainInWorker({ env: 'LunarLander-v3', recipe: 'none', numEnvs: 4, numSteps: 32, iterations: 9, threads: 2 });
       console.log((await run[Symbol.asyncIterator]().next()).value.iteration, (await run.snapshot()).act(new Float32Array(8)) >= 0);`,
      '1 true',
    ],
  ])('%s ends', (_, program, said) => {
    const imports = `import { makeVectorEnv, train } from '${entry('node')}'; import { trainInWorker } from '${entry('workerNode')}';`;
    expect(ends(`${imports}\n${program}`)).toBe(said);
  });
});
