import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/node/index.ts';
import { nodeStorage } from '../../src/node/storage.ts';
import { writeSeedPlan } from '../../src/run/seedPlan.ts';
import { runCli } from '../cli/runCli.ts';
import { executablePath, WatchPage } from '../watch/watchPage.ts';

describe.skipIf(executablePath === undefined)('the watch page in Chromium, task by task', () => {
  const watch = new WatchPage();
  afterEach(async () => {
    await watch.close();
    expect(watch.complaints).toEqual([]);
  });
  afterAll(() => watch.closeAll());

  it.each([
    ['CliffWalking-v1', { evaluationMaxSteps: 40 }],
    ['LunarLander-v3', {}],
    ['LunarLanderContinuous-v3', { envOptions: { enableWind: true } }],
    ['HalfCheetah-v5', { envOptions: { maxEpisodeSteps: 60 }, normalizeObservation: 'shared' }],
  ] as const)('plays %s with the bits of Node', async (env, more) => {
    const directory = await watch.trainTiny(env, { env, ...more });
    const { greedy } = await evaluate(directory, { episodes: 1 });
    await watch.open(directory);
    const { page } = watch;
    await watch.fullSpeed();
    expect(await watch.returnOf(5, 1)).toBe(greedy.returns[0]);
    await watch.press('Space');
    await watch.click('Restart');
    await watch.click('Step');
    await watch.waitFor('steps', '1');
    expect(await page.locator('#seed').inputValue()).toBe('6');
    await watch.press('[');
    await watch.waitFor('checkpoint-name', 'iteration 3');
    await watch.waitFor('steps', '0');
    await watch.press('.', '.');
    expect(await page.locator('#take-over').isVisible()).toBe(env !== 'HalfCheetah-v5');
    if (env === 'HalfCheetah-v5') return;
    await watch.press('t');
    await page.locator('#pad [data-key=up]').dispatchEvent('pointerdown', { pointerId: 1 });
    await watch.press('.');
    await watch.waitFor('steps', '3');
    if (env === 'CliffWalking-v1') expect(await page.locator('#actions .taken').textContent()).toContain('up');
    if (!env.startsWith('LunarLander')) return;
    const main = page.locator('#actions li', { hasText: 'main engine' });
    if (env === 'LunarLander-v3') expect(await main.getAttribute('class')).toBe('taken');
    else expect(await main.locator('.value').textContent()).toBe('1');
  });

  it('finds checkpoints that training writes while it is open, and plays them from the next episode on', async () => {
    const done = await watch.trainTiny('done', { env: 'CartPole-v1' });
    const young = join(watch.folder, 'young');
    mkdirSync(join(young, 'policies'), { recursive: true });
    const bring = (name: string): void => cpSync(join(done, name), join(young, name));
    bring('config.json');
    bring('policies/000000.safetensors');
    await watch.open(young);
    expect(await watch.text('checkpoint-name')).toBe('untrained, training');
    await watch.fullSpeed();
    bring('policies/000002.safetensors');
    await watch.waitFor('checkpoint-name', 'iteration 2, newest, training');
    await watch.waitFor('returns', 'iteration 2');
    bring('checkpoint.safetensors');
    bring('summary.json');
    await watch.waitFor('checkpoint-name', 'iteration 4, newest');
    // The page outlives its command, and says so.
    expect(await watch.interrupt()).toBe(0);
    await watch.waitFor('connection', 'the command has ended');
  });

  it('shows one of several seeds', async () => {
    const directory = join(watch.folder, 'seeds');
    const input = { numEnvs: 2, numSteps: 16, numMinibatches: 2, iterations: 1 };
    for (const seed of [11, 12]) await watch.trainTiny(`seeds/seed${seed}`, { env: 'CartPole-v1', ...input, seed });
    await writeSeedPlan(nodeStorage(directory), {
      road: 'environments',
      target: 'CartPole-v1',
      method: 'gpg+',
      modules: [],
      seeds: [11, 12],
      input,
    });
    const { greedy } = await evaluate(join(directory, 'seed12'), { episodes: 1 });
    await watch.open(directory);
    expect(await watch.page.locator('#seed').inputValue()).toBe('11');
    // Chosen while the other seed's file is on its way: the last choices stay, and so does the speed.
    await watch.page.route('**/*.safetensors', async (route) => {
      await delay(300);
      await route.continue();
    });
    const source = watch.page.locator('#source');
    await source.selectOption('seed 12');
    await watch.fullSpeed();
    expect(await watch.returnOf(12, 1)).toBe(greedy.returns[0]);
    await source.selectOption('seed 11');
    await source.selectOption('seed 12');
    await watch.returnOf(12, 2);
    await delay(500);
    expect(await watch.page.locator('#seed').inputValue()).toBe('12');
    expect(await watch.text('speed')).toBe('16×');
  });

  it('plays a policy folder', async () => {
    const directory = await watch.trainTiny('exported', { env: 'CartPole-v1' });
    const { greedy } = await evaluate(directory, { episodes: 1 });
    const exported = await runCli(['export', 'exported', '--output', 'policy'], { cwd: watch.folder });
    expect(exported.stderr).toBe('');
    await watch.open(join(watch.folder, 'policy'));
    expect(await watch.text('checkpoint-name')).toBe('iteration 4');
    await watch.fullSpeed();
    expect(await watch.returnOf(5, 1)).toBe(greedy.returns[0]);
  });
});
