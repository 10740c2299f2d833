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
