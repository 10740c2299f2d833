import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/node/index.ts';
import { jsonLines, runCli, tiny } from '../cli/runCli.ts';
import { executablePath, WatchPage } from './watchPage.ts';

/** The cart's blue in src/envs/draw/strokes.ts. */
const cart = [0x3f, 0x63, 0xa8];

describe.skipIf(executablePath === undefined)('the watch page in Chromium', () => {
  const watch = new WatchPage();
  afterEach(async () => {
    await watch.close();
    expect(watch.complaints).toEqual([]);
  });
  afterAll(() => watch.closeAll());

  it('plays CartPole, and does what buttons and keys say', async () => {
    const directory = await watch.trainTiny('cartpole', { env: 'CartPole-v1' });
    const { greedy, sampled } = await evaluate(directory, { episodes: 2 });
    await watch.open(directory);
    const { page } = watch;
    expect(await page.title()).toBe('CartPole-v1 – cohort watch');

    // The same episodes that an evaluation plays, greedy and sampled.
    await watch.fullSpeed();
    expect(await watch.returnOf(5, 1)).toBe(greedy.returns[0]);
    expect(await watch.returnOf(5, 2)).toBe(greedy.returns[1]);
    await watch.click('sampled');
    await watch.seed(6);
    await watch.returnOf(6, 1);
    await watch.seed(5);
    await page.locator(`#returns li[data-seed="5"][data-episode="1"][data-return="${sampled.returns[0]}"]`).first().waitFor();
    await watch.press('g');
    await page.locator('#greedy[aria-pressed=true]').waitFor();

    // Slower, a new seed, pause, single steps.
    await watch.press('-', '-', '-', '-', '-');
    await watch.waitFor('speed', '0.5×');
    await watch.press('r');
    await watch.waitFor('episode', '1');
    expect(await page.locator('#seed').inputValue()).toBe('6');
    await watch.press('Space');
    await watch.waitFor('badge', 'paused');
    const before = Number(await watch.text('steps'));
    await page.waitForTimeout(100);
    expect(Number(await watch.text('steps'))).toBe(before);
    await watch.press('.', 'ArrowRight');
    await watch.click('Step');
    await watch.waitFor('steps', String(before + 3));

    // Another checkpoint plays the same episode from its start.
    expect(await watch.text('checkpoint-name')).toBe('iteration 4, newest');
    await watch.press('[');
    await watch.waitFor('steps', '0');
    expect(await watch.text('checkpoint-name')).toBe('iteration 3');
    await page.locator('#checkpoint').focus();
    await watch.press('Home');
    await watch.waitFor('checkpoint-name', 'untrained');
    expect(await page.locator('#seed').inputValue()).toBe('6');
    await watch.press('End');
    await watch.waitFor('checkpoint-name', 'newest');
    await page.locator('#checkpoint').blur();

    // A person pushes the cart to the right, then to the left.
    await watch.click('Restart');
    await watch.press('t');
    await watch.waitFor('badge', 'you drive');
    await watch.waitFor('steps', '0');
    const middle = await watch.columnOf(cart);
    await page.keyboard.down('ArrowRight');
    await watch.press(...'........');
    await watch.waitFor('steps', '8');
    await page.keyboard.up('ArrowRight');
    expect(await watch.columnOf(cart)).toBeGreaterThan(middle + 0.01);
    expect(await page.locator('#actions .taken').textContent()).toContain('push right');
    await watch.press('r');
    await watch.waitFor('steps', '0');
    const otherMiddle = await watch.columnOf(cart);
    await page.keyboard.down('ArrowLeft');
    await watch.press(...'........');
    await watch.waitFor('steps', '8');
    expect(await watch.columnOf(cart)).toBeLessThan(otherMiddle - 0.01);
    await watch.press('Space');
    await watch.waitFor('returns', 'by hand');
    await page.keyboard.up('ArrowLeft');
    // All of it, from the first step on.
    expect(await page.locator('#returns .hand').first().textContent()).toBe('by hand');
    await watch.click('Hand back');
    await page.locator('#driving').waitFor({ state: 'hidden' });

    await watch.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('dialog').innerText()).toContain('one step, when paused');
    await watch.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });

    // What the tab key reaches can be seen; nothing is cut off on a narrow screen.
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await watch.press('Tab');
    expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe('solid');
    await page.setViewportSize({ width: 340, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(340);
    expect(await watch.interrupt()).toBe(0);
  });

  it('says who played when a person takes over on the way', async () => {
    await watch.open(await watch.trainTiny('shared', { env: 'CartPole-v1' }));
    const { page } = watch;
    await watch.press('Space', 'r');
    await watch.waitFor('steps', '0');
    await watch.press('.', '.', '.', 't');
    await page.keyboard.down('ArrowLeft');
    await watch.press('Space');
    await watch.waitFor('returns', 'by hand');
    await page.keyboard.up('ArrowLeft');
    expect(await page.locator('#returns .hand').first().textContent()).toBe('iteration 4, by hand from step 3');
  });

  it('is dark where its user likes it dark, picture included, also when that changes', async () => {
    await watch.open(await watch.trainTiny('dark', { env: 'CartPole-v1' }));
    const { page } = watch;
    // Paused: the picture changes though nothing moves.
    await watch.press('Space');
    await watch.waitFor('badge', 'paused');
    for (const [colorScheme, color] of [
      ['light', [0xf7, 0xf8, 0xfb]],
      ['dark', [0x15, 0x1c, 0x26]],
      ['light', [0xf7, 0xf8, 0xfb]],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(() => watch.corner()).toEqual(color);
    }
  });

  it('shows what the run has learned, marks the checkpoint that plays, and goes on while it trains', async () => {
    const [young, old] = [
      await watch.trainTiny('young', { env: 'CartPole-v1' }),
      await watch.trainTiny('old', { env: 'CartPole-v1', iterations: 9 }),
    ];
    // One configuration at two moments: a run that still trains is one without a summary.
    copyFileSync(join(old, 'config.json'), join(young, 'config.json'));
    for (const name of ['checkpoint.safetensors', 'summary.json']) rmSync(join(young, name));
    await watch.open(young);
    const { page } = watch;
    const curve = page.locator('#curve');
    const says = async (text: string): Promise<void> => {
      await expect.poll(() => curve.getAttribute('aria-label'), { timeout: 20_000 }).toContain(text);
    };
    await says('Return over 128 steps. Episodes of training: ');
    await says('Chosen: iteration 4, at 128 steps');
    await watch.press('[');
    await says('Chosen: iteration 3, at 96 steps');
    await watch.press('[');
    await says('Chosen: iteration 2, at 64 steps');
    expect(await page.locator('#curve line.mark').getAttribute('x1')).toBe('0.5');
    await page.setViewportSize({ width: 390, height: 800 });
    const box = (await curve.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(390);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    for (const name of ['metrics.jsonl', 'checkpoint.safetensors']) copyFileSync(join(old, name), join(young, name));
    await says('Return over 288 steps.');
    // Somebody chose an older one: it stays chosen.
    await says('Chosen: iteration 2, at 64 steps');
    await watch.press(']', ']', ']');
    await says('Chosen: iteration 9, at 288 steps');
  });

  it('plays no policy of another environment, and goes on with the next good one', async () => {
    const [run, other] = [
      await watch.trainTiny('mixed', { env: 'CartPole-v1' }),
      await watch.trainTiny('other', { env: 'LunarLander-v3' }),
    ];
    copyFileSync(join(other, 'policies/000003.safetensors'), join(run, 'policies/000003.safetensors'));
    await watch.open(run);
    await watch.press('[');
    await watch.waitFor('failure', 'a policy of LunarLander-v3 in a run on CartPole-v1');
    expect(await watch.page.locator('#failure').isVisible()).toBe(true);
    await watch.press('[');
    await watch.page.locator('#failure').waitFor({ state: 'hidden' });
    await watch.fullSpeed();
    await watch.waitFor('returns', 'iteration 2');
  });

  it('plays an environment that a module brings, by the numbers of its observation', async () => {
    const toys = fileURLToPath(new URL('../cli/fixtures/toys.js', import.meta.url));
    const words = ['train', 'Lever-v0', '--algorithm', 'toy', '--module', toys, ...tiny, '--iterations', '2', '--run-dir', 'lever'];
    expect((await runCli(words, { cwd: watch.folder })).stderr).toBe('');
    await watch.open(join(watch.folder, 'lever'), '--module', toys);
    expect(await watch.page.title()).toBe('Lever-v0 – cohort watch');
    await watch.fullSpeed();
    const evaluated = await runCli(['eval', 'lever', '--episodes', '2', '--module', toys, '--json'], { cwd: watch.folder });
    const { greedy } = jsonLines(evaluated.stdout)[0] as { greedy: { returns: number[] } };
    expect([await watch.returnOf(1, 1), await watch.returnOf(1, 2)]).toEqual(greedy.returns);
  });
});
