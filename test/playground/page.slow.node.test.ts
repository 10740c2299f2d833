/** The playground as a person meets it, in Chromium. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { train } from '../../src/node/index.ts';
import { bothTrain, built, executablePath, followLink, hashesOf, makeLink, Playground, trainOn } from './playgroundPage.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Thousands of bytes, compressed: what the first load may be, workers included. */
const limit = 230;

/** What axe-core finds on the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await (
      globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

/** Whether a canvas shows more than its ground: several colors. In the page. */
const isPainted = (canvas: unknown): boolean => {
  const { width, height, getContext } = canvas as HTMLCanvasElement;
  const { data } = (getContext.call(canvas as HTMLCanvasElement, '2d') as CanvasRenderingContext2D).getImageData(0, 0, width, height);
  return new Set(new Uint32Array(data.buffer)).size > 3;
};

describe.skipIf(!executablePath)('the playground', () => {
  const playground = new Playground();
  let page: Page;

  beforeAll(async () => {
    ({ page } = await playground.open(await playground.serve(), { colorScheme: 'light' }));
  });
  afterAll(() => playground.close());

  it('trains both agents without a click, and loads no more than it may for that', async () => {
    await bothTrain(page);
    await page.locator('.u-wrap').waitFor();
    const names = [...playground.asked].sort();
    const bytes = names.map((name) => gzipSync(readFileSync(join(built, name)), { level: 9 }).length);
    expect(bytes.reduce((sum, size) => sum + size, 0) / 1000).toBeLessThanOrEqual(limit);
    expect(names.filter((name) => /serveHere|trainWorker/.test(name))).toHaveLength(2);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await page.locator('canvas').count()).toBeGreaterThanOrEqual(2);
  });

  it('says beside a field what is wrong with it, and goes on with what it had', async () => {
    await page.getByText('Change the experiment').click();
    const left = page.getByRole('group', { name: 'left lane' });
    await left.getByLabel('N, environments in the group').fill('1.5');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await left.getByText('numEnvs: expected a whole number from 1 to 65536, got 1.5').waitFor();
    await left.getByLabel('N, environments in the group').fill('');
    expect(await page.locator('[data-state=failed]').count()).toBe(0);
  });

  it('ends with the parameters that Node gets', async () => {
    await trainOn(page, 'CartPole-v1', 4);
    await page.locator('[data-state=done]').nth(1).waitFor();
    const shown = await hashesOf(page);
    const config = { env: 'CartPole-v1', seed: 1, iterations: 4 } as const;
    const ours = await Promise.all(['gpg', 'ppo'].map((algorithm) => train({ ...config, algorithm }).finish()));
    expect(shown).toEqual(ours.map(({ summary }) => summary.parametersSha256));
    await page.getByText('The same in a terminal').click();
    await page.getByText('npx cohort-rl train CartPole-v1 --algorithm ppo --iterations 4 --seed 1').waitFor();
    // Looking back plays a policy that was kept on the way.
    await page.getByLabel('look back').fill('0.5');
    await page.getByText('iteration 2 and 2').waitFor();
  });

  it('trains a critic for the group where no lane has one, whatever training tells meanwhile', async () => {
    await page.getByRole('group', { name: 'right lane' }).getByLabel('method').selectOption('grpo');
    await trainOn(page, 'CartPole-v1', 400);
    await page.getByRole('tab', { name: 'Group' }).click();
    await page.getByRole('button', { name: 'Train PPO’s critic beside it' }).click();
    await page.getByText(/after \d+ of 60 iterations of PPO/).waitFor();
    await page.getByRole('button', { name: 'Train PPO’s critic again' }).waitFor();
    await page.getByRole('tab', { name: 'Learn' }).click();
    await page.getByRole('group', { name: 'right lane' }).getByLabel('method').selectOption('ppo');
    await trainOn(page, 'CartPole-v1', 4);
    await page.locator('[data-state=done]').nth(1).waitFor();
  });

  it('checks and trains an environment of a person’s own', async () => {
    await page.getByRole('tab', { name: 'Your own' }).click();
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('checkEnv found no problem').waitFor();
    const code = page.getByLabel('code of the environment');
    const original = await code.inputValue();
    await code.fill(`${original}\n`.replace('reward: done ? 1 : -0.1', 'reward: NaN'));
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('line 11').waitFor();
    // What it draws is read as a stranger's: it plays while it learns, and anything else is refused in words.
    const own = page.getByRole('tabpanel', { name: 'Your own' });
    await code.fill(original);
    await page.getByRole('button', { name: 'Train with GPG' }).click();
    await own.getByText(/^policy after iteration \d+: step \d+ of \d+/).waitFor();
    await own.getByText(/^trained\. Parameters/).waitFor();
    await own.getByText(/^policy after iteration 60: step [1-9]/).waitFor();
    expect(await own.getByRole('img', { name: 'your environment, played by the newest policy' }).evaluate(isPainted)).toBe(true);
    await code.fill(original.replace('radius: 0.25', "radius: 'wide'"));
    await page.getByRole('button', { name: 'Check' }).click();
    await own.getByText('scene(), shapes.2.radius: expected number').waitFor();
    await code.fill(`postMessage({ kind: 'episode', iteration: 0, return: 0, frames: [{ kind: 'planar' }] });\n${original}`);
    await page.getByRole('button', { name: 'Check' }).click();
    await own.getByText('scene(), kind: expected one of "shapes"|"board", got "planar"').waitFor();
    expect(playground.complaints).toEqual([]);
    const ask = "const request = new XMLHttpRequest(); request.open('GET', address, false); request.send(); return class {};";
    let heard = 0;
    const listener = createServer((_, response) => {
      heard++;
      response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end();
    }).listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const address = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`;
    await code.fill(`const address = '${address}'; ${ask}`);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('NetworkError').waitFor();
    listener.close();
    // Refused by the frame's policy, whatever the console says of it: nothing arrived.
    expect(heard).toBe(0);
    playground.complaints = [];
  });

  it('makes a link of a run, and opens it again', async () => {
    const link = await makeLink(page, 'GPG');
    await page.getByLabel('Link', { exact: true }).fill(`${link}x`);
    await page.getByRole('button', { name: 'Show what it holds' }).click();
    await page.getByText('link: expected the checksum').waitFor();
    // Its tab is open, and nothing runs before a person says so.
    await followLink(page, link);
    expect(playground.complaints).toEqual([]);
  });

  it('has views that assistive technology can use, in both themes and on a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    const found: string[] = [];
    for (const theme of ['light', 'dark']) {
      for (const name of ['Learn', 'Group', 'Language', 'Policies', 'Your own', 'Share']) {
        await page.getByRole('tab', { name }).click();
        await page.getByRole('tabpanel', { name }).locator(':not(:text("loading…"))').first().waitFor();
        found.push(...(await violations(page)).map((text) => `${theme}, ${name}: ${text}`));
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        if (wide > 360) found.push(`${theme}, ${name}: ${wide} pixels wide`);
      }
      if (theme === 'light') await page.getByRole('button', { name: 'switch to the dark theme' }).click();
    }
    expect(found).toEqual([]);
    expect(playground.complaints).toEqual([]);
  });

  it('draws its curves in the colors of the theme that was chosen last', async () => {
    await page.getByRole('tab', { name: 'Learn' }).click();
    /** How many points of the curves have the color of lines in that theme: --line of app.css. */
    const pointsOf = (line: string): Promise<number> =>
      page
        .locator('.uplot canvas')
        .first()
        .evaluate((element, hex) => {
          const canvas = element as HTMLCanvasElement;
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
          let count = 0;
          for (let at = 0; at < data.length; at += 4) if (wanted.every((value, k) => data[at + k] === value)) count++;
          return count;
        }, line);
    const [light, dark] = ['#d5dde6', '#313d4a'];
    await page.getByRole('button', { name: 'switch to the light theme' }).click();
    await expect.poll(() => pointsOf(light)).toBeGreaterThan(100);
    await page.getByRole('button', { name: 'switch to the dark theme' }).click();
    await expect.poll(() => pointsOf(dark)).toBeGreaterThan(100);
    expect(await pointsOf(light)).toBe(0);
  });
});

describe.skipIf(!executablePath)('the playground on a static server', () => {
  const playground = new Playground();
  afterAll(() => playground.close());

  it('works without a network after the first load, isolated by its service worker', async () => {
    const url = await playground.serveStatically();
    const { page } = await playground.open(url);
    await bothTrain(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await page.getByText('It works without a network from now on.').waitFor();
    playground.stopServing();
    await page.reload();
    await bothTrain(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    for (const name of ['Group', 'Language', 'Policies', 'Your own', 'Share']) {
      await page.getByRole('tab', { name }).click();
      await page.getByRole('tabpanel', { name }).locator(':not(:text("loading…"))').first().waitFor();
    }
    expect(playground.complaints).toEqual([]);
  });

  it('uses a new version at the next load and keeps that one; a page that was left open says that there is one', async () => {
    const other = new Playground();
    try {
      const url = await other.serveStatically();
      const { page: old, context } = await other.open(url);
      await old.getByText('It works without a network from now on.').waitFor();
      const textOf = (name: string): string => readFileSync(join(built, name), 'utf8');
      const title = '<title>The next version</title>';
      const next = textOf('index.html')
        .replace(/<title>.*<\/title>/, title)
        .replace(/data-version="\w+"/, 'data-version="next"');
      other.replaced.set('/index.html', next);
      other.replaced.set('/serviceWorker.js', textOf('serviceWorker.js').replace(/const version = '\w+'/, "const version = 'next'"));
      const page = await context.newPage();
      await page.goto(url);
      const news = 'A new version is here: it is used when you load the page again.';
      // Chromium looks for a new worker up to a minute after it registered one.
      await old.getByText(news).waitFor({ timeout: 150_000 });
      expect(await page.title()).toBe('The next version');
      expect(await page.getByText(news).count()).toBe(0);
      other.stopServing();
      await page.reload();
      await bothTrain(page);
      expect(await page.title()).toBe('The next version');
      expect(other.complaints).toEqual([]);
    } finally {
      await other.close();
    }
  });
});
