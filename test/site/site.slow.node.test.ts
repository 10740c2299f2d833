/** The site as a visitor gets it: built, every link followed, opened in Chromium from a file server, searched without a network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../tools/serveFolder.mjs';
import { checkSite } from '../../tools/site/check.mjs';
import { buildSite } from '../../tools/site.mjs';
import { root } from '../docs/blocks.ts';
import { startBrowser } from '../package/pages.ts';

let folder = '';
beforeAll(async () => {
  ({ folder } = await buildSite());
}, 600_000);

it('every link and anchor leads somewhere, nothing is asked of other servers, and the first page is within its budget', () => {
  expect(checkSite(folder).problems).toEqual([]);
});

const browserStart = startBrowser();

const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
/** What axe finds against WCAG 2.1 AA in the page as it is, in words. */
const violations = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })
  .then((found) => found.violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(' ')))`;

describe.skipIf(browserStart === undefined)('in Chromium', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serveFolder>>;
  beforeAll(async () => {
    browser = await browserStart!;
    server = await serveFolder(folder);
  });
  afterAll(async () => {
    server?.close();
    await (await browserStart)?.close();
  });

  /** A page of the given width, and what it says is wrong. */
  async function open(path: string, width: number): Promise<{ page: Page; wrong: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 740 } });
    const wrong: string[] = [];
    page.on('pageerror', ({ message }) => wrong.push(message));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && wrong.push(message.text()));
    page.on('request', (request) => !/^(data:|http:\/\/127\.0\.0\.1)/.test(request.url()) && wrong.push(request.url()));
    await page.goto(server.address + path);
    return { page, wrong };
  }

  it.each(['index.html', 'README.html', 'docs/gpg.html', 'docs/coming-from.html', 'methods/gpgplus.html', 'api/cohort-rl/advantage.html'])(
    '%s fits a telephone, can be read by everybody, and says nothing is wrong',
    async (path) => {
      const { page, wrong } = await open(path, 360);
      await page.waitForSelector('.VPNav');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      await page.evaluate(axe);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.waitForSelector(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)', { state: 'attached' });
        await page.waitForFunction("document.getAnimations().every(({ playState }) => playState !== 'running')");
        expect(await page.evaluate<unknown[]>(violations), colorScheme).toEqual([]);
      }
      expect(wrong).toEqual([]);
      await page.close();
    },
  );

  it('the page on GPG shows a group that learns, and explains a step of it', async () => {
    const { page, wrong } = await open('docs/gpg.html', 1280);
    await page.locator('iframe.group-view').scrollIntoViewIfNeeded();
    const view = page.frameLocator('iframe.group-view');
    await view
      .getByRole('tabpanel', { name: 'Group' })
      .getByText(/baseline/)
      .first()
      .waitFor();
    await view.getByRole('slider').first().waitFor();
    expect(await view.getByRole('tab').count()).toBe(0);
    expect(wrong).toEqual([]);
    await page.close();
  });

  it('a search finds what tail means, and the link leads there', async () => {
    const { page, wrong } = await open('docs/start.html', 1280);
    await page.getByRole('button', { name: 'Search' }).first().click();
    await page.locator('.VPLocalSearchBox input').fill('what tail means');
    await page.locator('.VPLocalSearchBox .result').first().click();
    await page.waitForURL(/docs\/gpg\.html#what-tail-means$/);
    expect(wrong).toEqual([]);
    await page.close();
  });
});
