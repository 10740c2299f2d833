/** The site as a visitor gets it: built, every link followed, opened in Chromium from a file server, searched without a network. */
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../tools/serveFolder.mjs';
import { checkSite } from '../../tools/site/check.mjs';
import { buildSite } from '../../tools/site.mjs';
import { startBrowser } from '../package/pages.ts';

let folder = '';
beforeAll(async () => {
  ({ folder } = await buildSite());
}, 600_000);

it('every link and anchor leads somewhere, nothing is asked of other servers, and the first page is within its budget', () => {
  expect(checkSite(folder).problems).toEqual([]);
});

const browserStart = startBrowser();

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
    '%s fits a telephone and says nothing is wrong',
    async (path) => {
      const { page, wrong } = await open(path, 360);
      await page.waitForSelector('.VPNav');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      expect(wrong).toEqual([]);
      await page.close();
    },
  );

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
