/** `<cohort-run>` in a plain page of Chromium: what a reader sees of a shared run. */
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRunLink, runLink, shareRun } from '../../src/node/share.ts';
import { browserArguments, findBrowser, isolationHeaders } from '../../tools/findBrowser.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const executablePath = findBrowser();
const types: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };

/** The example as a user serves it: beside `node_modules`, in which this package is. */
function fileOf(path: string): string {
  const own = '/node_modules/cohort-rl/';
  if (path.startsWith(own)) return join(root, path.slice(own.length));
  return path.startsWith('/node_modules/') ? join(root, path) : join(root, 'examples', path);
}

function serve(headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = '/' }, answer) => {
    const file = fileOf(new URL(url, 'http://localhost').pathname);
    if (!existsSync(file)) return answer.writeHead(404).end();
    answer.writeHead(200, { 'content-type': types[extname(file)] ?? 'application/octet-stream', ...headers });
    return createReadStream(file).pipe(answer);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

describe.runIf(executablePath)('<cohort-run>', () => {
  const complaints: string[] = [];
  let browser: Browser;
  let [plain, isolated]: (Server | undefined)[] = [];
  let link = '';

  beforeAll(async () => {
    const small = { numEnvs: 4, numSteps: 32, hiddenSizes: [8], evaluationInterval: 0, finalEvaluationEpisodes: 1, recipe: 'none' };
    link = (await shareRun({ env: 'CartPole-v1', iterations: 40, ...small }))!;
    [plain, isolated] = await Promise.all([serve({}), serve(isolationHeaders)]);
    browser = await chromium.launch({ executablePath: executablePath!, args: browserArguments });
  });
  afterAll(async () => {
    await browser.close();
    for (const server of [plain, isolated]) server?.close();
  });

  /** A fresh profile with the page open at a fragment. */
  async function open(server: Server, fragment: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    page.setDefaultTimeout(40_000);
    page.on('console', (message) => void (['error', 'warning'].includes(message.type()) && complaints.push(message.text())));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sharedRun.html${fragment}`);
    await page.locator('.card[data-state]').waitFor();
    return page;
  }

  async function run(page: Page): Promise<string> {
    await page.getByRole('button', { name: 'Run it here' }).press('Enter');
    // A short run can be over before anybody looks.
    await page.locator('.card:not([data-state=ready], [data-state=running])').waitFor();
    return (await page.getByRole('status').textContent()) ?? '';
  }

  const violations = async (page: Page): Promise<string[]> => {
    await page.addScriptTag({ path: axe });
    const found = await page.evaluate('axe.run().then(({ violations }) => violations.map(({ id }) => id))');
    return found as string[];
  };

  it('says what would run, runs nothing by itself, and comes out the same with isolation and without', async () => {
    for (const [server, isIsolated] of [
      [plain!, false],
      [isolated!, true],
    ] as const) {
      const page = await open(server, link, { colorScheme: isIsolated ? 'dark' : 'light', viewport: { width: 360, height: 740 } });
      expect(await page.evaluate('crossOriginIsolated')).toBe(isIsolated);
      await expect(page.locator('.what').textContent()).resolves.toMatch(
        /^40 iterations, 5,120 environment steps, about 1 s .* Nothing has run yet\.$/,
      );
      expect(await run(page)).toBe('The same bits after 40 iterations.');
      await expect(page.locator('.note').textContent()).resolves.toContain((await readRunLink(link)).parametersSha256);
      expect(await page.locator('svg polyline').getAttribute('points')).toMatch(/ /);
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await page.context().close();
    }
  });

  it('says in which stretch other bits begin, and what is wrong with a link that was changed', async () => {
    const read = await readRunLink(link);
    const marks = read.marks.map((mark, index) => (index < 9 ? mark : '00000000'));
    const page = await open(plain!, await runLink({ ...read, marks }), { reducedMotion: 'reduce' });
    // Marks 9 and 10 of 40 iterations are 23 and 25.
    expect(await run(page)).toBe('Other bits: it first differs in iterations 24 to 25 of 40, by the policy.');
    await page.evaluate(
      (text) => {
        (globalThis as unknown as { location: { hash: string } }).location.hash = text;
      },
      `${link.slice(0, 60)}${link[60] === 'A' ? 'B' : 'A'}${link.slice(61)}`,
    );
    await page.locator('.card[data-state=refused]').waitFor();
    await expect(page.getByRole('status').textContent()).resolves.toContain('the link was changed, or cut off');
    expect(await page.getByRole('button').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.context().close();
  });

  it('leaves no error and no warning in the console', () => expect(complaints).toEqual([]));
});
