/**
 * The package in applications of a page: four bundlers build them without configuration, and in Chromium they train to the bits of Node.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applications, measure } from '../../bench/sizes.mjs';
import { makeEnv, makeVectorEnv, train } from '../../src/node/index.ts';
import { type Application, bundlers } from './bundlers.ts';
import { outcomeOf, startBrowser } from './pages.ts';
import { installPackage, root } from './project.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-bundlers-'));
const browserStart = startBrowser();
let browser: Browser;
let project: string;

beforeAll(async () => {
  project = await installPackage(folder);
  browser = await browserStart!;
});
afterAll(async () => {
  await (await browserStart)?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** An application of these files. */
function applicationOf(name: string, files: Readonly<Record<string, string>>, more: Omit<Application, 'directory'> = {}): Application {
  const directory = join(project, name);
  mkdirSync(directory, { recursive: true });
  const all = { 'index.html': '<!doctype html><link rel="icon" href="data:," /><script type="module" src="./main.js"></script>', ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(directory, file), text);
  return { directory, ...more };
}

async function build(bundler: string, application: Application): Promise<string> {
  const output = join(application.directory, `out-${bundler.replace(' ', '-')}`);
  await bundlers[bundler]!(application, output);
  return output;
}

const config = { env: 'CartPole-v1', numEnvs: 4, iterations: 3, seed: 1 } as const;
/** On costly environments, which a worker of an isolated page steps on two threads. */
const inWorker = { env: 'LunarLander-v3', numEnvs: 4, iterations: 2, threads: 2, seed: 1 } as const;
const training = `
import { train } from 'cohort-rl';
import { trainInWorker } from 'cohort-rl/worker';
const hashes = [];
for (const training of [train(${JSON.stringify(config)}), trainInWorker(${JSON.stringify(inWorker)})]) {
  for await (const { iteration } of training) console.log(iteration);
  hashes.push((await training.finish()).summary.parametersSha256);
}
globalThis.outcome = hashes;
`;
/** The same in Node. */
async function trainedHashes(): Promise<string[]> {
  return [(await train(config).finish()).summary.parametersSha256, (await train(inWorker).finish()).summary.parametersSha256];
}

const page = "const worker = new Worker(new URL('./work.js', import.meta.url), { type: 'module' });";
const listening = `${page}\nworker.onmessage = ({ data }) => { globalThis.outcome = data; };\nworker.onerror = ({ message }) => { throw new Error(message); };\n`;
/** Steps on two threads, which a worker of an isolated page may. Vite 8 makes a classic script of it, which cannot wait at its top. */
const threaded = `
import { makeVectorEnv } from 'cohort-rl';
async function work() {
  const env = await makeVectorEnv('LunarLander-v3', 4, { threads: 2 });
  env.reset([1, 2, 3, 4]);
  for (let step = 0; step < 100; step++) env.step(Int32Array.of(2, 2, 3, 1));
  postMessage({ threads: env.threads ?? 1, observations: Array.from(env.observations) });
  env.close();
}
work();
`;

const pendulum = `
import { makeEnv } from 'cohort-rl';
const env = await makeEnv('InvertedPendulum-v5');
env.reset({ seed: 1 });
globalThis.outcome = Array.from(env.step(Float64Array.of(0.1)).observation);
`;

/** Puts the optional package into the project, as npm install would. */
function installMujoco(): void {
  mkdirSync(join(project, 'node_modules', '@mujoco'));
  symlinkSync(join(root, 'node_modules', '@mujoco', 'mujoco'), join(project, 'node_modules', '@mujoco', 'mujoco'), 'dir');
}

/** What the threads of an application must show. */
async function lunarObservations(): Promise<number[]> {
  const env = await makeVectorEnv('LunarLander-v3', 4);
  env.reset([1, 2, 3, 4]);
  for (let step = 0; step < 100; step++) env.step(Int32Array.of(2, 2, 3, 1));
  return Array.from(env.observations);
}

describe.skipIf(browserStart === undefined).each(Object.keys(bundlers))('an application that %s builds', (bundler) => {
  it('trains to the bits of Node, in the page and in a worker, built without configuration', async () => {
    const output = await build(bundler, applicationOf('trains', { 'main.js': training }));
    expect(await outcomeOf(browser, output)).toEqual(await trainedHashes());
  });

  it('steps environments on two threads, from a worker of the page', async () => {
    // What imports late cannot be a classic script, which is what Vite 7 makes of a worker; docs/browser.md has the line.
    const line: Record<string, string> = bundler === 'Vite 7' ? { 'vite.config.js': "export default { worker: { format: 'es' } };" } : {};
    const application = applicationOf(
      `threads-${bundler.replace(' ', '-')}`,
      { 'main.js': listening, 'work.js': threaded, ...line },
      { worker: 'work.js' },
    );
    const outcome = await outcomeOf(browser, await build(bundler, application));
    expect(outcome).toEqual({ threads: 2, observations: await lunarObservations() });
  });

  // The last: from here on the optional package is installed.
  it('makes environments of MuJoCo where the optional package is installed', async () => {
    installMujoco();
    const output = await build(bundler, applicationOf('mujoco', { 'main.js': pendulum }, { mujoco: true }));
    const env = await makeEnv('InvertedPendulum-v5');
    env.reset({ seed: 1 });
    expect(await outcomeOf(browser, output)).toEqual(Array.from(env.step(Float64Array.of(0.1)).observation));
    rmSync(join(project, 'node_modules', '@mujoco'), { recursive: true });
  });
});

describe.skipIf(browserStart === undefined)('a page without a bundler', () => {
  const map = {
    'cohort-rl': './node_modules/cohort-rl/dist/browser.js',
    'cohort-rl/envs': './node_modules/cohort-rl/dist/envs.js',
    'cohort-rl/play': './node_modules/cohort-rl/dist/play.js',
    'cohort-rl/worker': './node_modules/cohort-rl/dist/workerBrowser.js',
    zod: './node_modules/zod/index.js',
    'zod/mini': './node_modules/zod/mini/index.js',
  };
  const open = (program: string): Promise<unknown> => {
    const text = `<!doctype html><link rel="icon" href="data:," /><script type="importmap">${JSON.stringify({ imports: map })}</script>`;
    writeFileSync(join(project, 'index.html'), `${text}<script type="module">${program}</script>`);
    return outcomeOf(browser, project);
  };

  it('trains to the bits of Node, with an import map', async () => {
    expect(await open(training)).toEqual(await trainedHashes());
  });

  it('plays alone, without one', async () => {
    const { policy } = await train(config).finish();
    writeFileSync(join(project, 'policy.safetensors'), policy.encode());
    const observation = [0.1, -0.2, 0.05, 1];
    const program = `
      import { loadPolicy } from './node_modules/cohort-rl/dist/play.js';
      const policy = await loadPolicy('policy.safetensors');
      globalThis.outcome = { action: policy.act(Float32Array.from(${JSON.stringify(observation)})), bytes: policy.encode().length };
    `;
    expect(await open(program)).toEqual({ action: policy.act(Float32Array.from(observation)), bytes: policy.encode().length });
  });

  it('steps environments of MuJoCo on two threads that are told where it is', async () => {
    installMujoco();
    const worker = `
      import { loadMujoco, makeVectorEnv } from '/node_modules/cohort-rl/dist/envs.js';
      import { spawnEnvWorker } from '/spawn.js';
      await loadMujoco({ scriptUrl: '/node_modules/@mujoco/mujoco/mujoco.js' });
      const env = await makeVectorEnv('InvertedPendulum-v5', 4, { threads: 2, spawnEnvWorker });
      env.reset([1, 2, 3, 4]);
      for (let step = 0; step < 20; step++) env.step(Float32Array.of(0.1, 0.2, -0.1, 0));
      postMessage({ threads: env.threads ?? 1, observations: Array.from(env.observations) });
    `;
    const spawn = `
      export function spawnEnvWorker() {
        const worker = new Worker('/node_modules/cohort-rl/dist/mujocoEnvWorkerBrowser.js', { type: 'module' });
        const answer = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
        return { answer, post: (message) => worker.postMessage(message), terminate: () => worker.terminate() };
      }
    `;
    writeFileSync(join(project, 'work.js'), worker);
    writeFileSync(join(project, 'spawn.js'), spawn);
    const env = await makeVectorEnv('InvertedPendulum-v5', 4);
    env.reset([1, 2, 3, 4]);
    for (let step = 0; step < 20; step++) env.step(Float32Array.of(0.1, 0.2, -0.1, 0));
    expect(await open(listening.replace('import.meta.url', 'location.href'))).toEqual({
      threads: 2,
      observations: Array.from(env.observations),
    });
    rmSync(join(project, 'node_modules', '@mujoco'), { recursive: true });
  });
});

describe('the size of an application', () => {
  const page = readFileSync(join(root, 'docs', 'browser.md'), 'utf8');

  it.each(applications)('that $does is within its limit, and as docs/browser.md says', async ({ does, program, limit }) => {
    const { gzip, modules } = await measure(program);
    if (limit !== undefined) expect(gzip).toBeLessThanOrEqual(limit * 1000);
    if (program.includes('cohort-rl/play')) expect(modules.filter((path) => path.includes('zod'))).toEqual([]);
    const [, written, stated] = new RegExp(`^\\| ${does} \\| \\d+ kB \\| (\\d+) kB \\| (.*) \\|$`, 'm').exec(page) ?? [];
    expect(Math.abs(Number(written) - gzip / 1000)).toBeLessThanOrEqual(5);
    expect(stated?.trim()).toBe(limit === undefined ? 'none' : `${limit} kB`);
  });
});
