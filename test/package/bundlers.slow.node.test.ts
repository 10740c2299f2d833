/**
 * The package in applications of a page: four bundlers build them without configuration, and in Chromium they train to the bits of Node.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeVectorEnv, train } from '../../src/node/index.ts';
import { type Application, bundlers } from './bundlers.ts';
import { outcomeOf, startBrowser } from './pages.ts';
import { installPackage } from './project.ts';

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
function applicationOf(name: string, files: Readonly<Record<string, string>>, worker?: string): Application {
  const directory = join(project, name);
  mkdirSync(directory, { recursive: true });
  const all = { 'index.html': '<!doctype html><link rel="icon" href="data:," /><script type="module" src="./main.js"></script>', ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(directory, file), text);
  return worker === undefined ? { directory } : { directory, worker };
}

async function build(bundler: string, application: Application): Promise<string> {
  const output = join(application.directory, `out-${bundler.replace(' ', '-')}`);
  await bundlers[bundler]!(application, output);
  return output;
}

const config = { env: 'CartPole-v1', numEnvs: 4, iterations: 3, seed: 1 } as const;
const training = `
import { train } from 'cohort-rl';
const training = train(${JSON.stringify(config)});
for await (const { iteration } of training) console.log(iteration);
globalThis.outcome = (await training.finish()).summary.parametersSha256;
`;

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

describe.skipIf(browserStart === undefined).each(Object.keys(bundlers))('an application that %s builds', (bundler) => {
  it('trains to the bits of Node, built without configuration', async () => {
    const output = await build(bundler, applicationOf('trains', { 'main.js': training }));
    expect(await outcomeOf(browser, output)).toBe((await train(config).finish()).summary.parametersSha256);
  });

  it('steps environments on two threads, from a worker of the page', async () => {
    // What imports late cannot be a classic script, which is what Vite 7 makes of a worker; docs/browser.md has the line.
    const line: Record<string, string> = bundler === 'Vite 7' ? { 'vite.config.js': "export default { worker: { format: 'es' } };" } : {};
    const application = applicationOf(
      `threads-${bundler.replace(' ', '-')}`,
      { 'main.js': listening, 'work.js': threaded, ...line },
      'work.js',
    );
    const outcome = await outcomeOf(browser, await build(bundler, application));
    const env = await makeVectorEnv('LunarLander-v3', 4);
    env.reset([1, 2, 3, 4]);
    for (let step = 0; step < 100; step++) env.step(Int32Array.of(2, 2, 3, 1));
    expect(outcome).toEqual({ threads: 2, observations: Array.from(env.observations) });
  });
});
