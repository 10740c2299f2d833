/** The two views in Chromium, as a visitor meets them: built by Vite, with a policy in training, in both themes, down to phone width. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserArguments, findBrowser } from '../../tools/findBrowser.mjs';

const executablePath = findBrowser();
const playground = fileURLToPath(new URL('../../apps/playground/', import.meta.url));
const axe = readFileSync(fileURLToPath(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url)), 'utf8');
const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Views</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>:root { color-scheme: light dark } body { background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #e6edf3) }</style></head>
<body><main><h1>Views</h1><h2>One</h2><div id="view"></div></main><script type="module" src="virtual:views"></script></body></html>`;
const program = `
import { mount } from 'svelte';
import { trainInWorker } from 'cohort-rl/worker';
import GroupView from '${playground}src/group/GroupView.svelte';
import LanguageView from '${playground}src/language/LanguageView.svelte';
const target = document.querySelector('#view');
if (location.hash === '#language') mount(LanguageView, { target });
else {
  const training = trainInWorker({ env: 'CartPole-v1', numEnvs: 8, iterations: 4, evaluationInterval: 0 });
  void training.finish();
  mount(GroupView, { target, props: { env: 'CartPole-v1', numEnvs: 8, policy: () => training.snapshot() } });
}`;

describe.runIf(executablePath)('the views of the playground', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-views-'));
  const complaints: string[] = [];
  let server: Server;
  let browser: Browser;
  let address: string;

  beforeAll(async () => {
    await build({
      root: playground,
      configFile: false,
      base: './',
      logLevel: 'error',
      plugins: [
        svelte(),
        {
          name: 'views',
          resolveId: (id) => (id === 'virtual:views' ? join(playground, 'src', 'views.ts') : undefined),
          load: (id) => (id === join(playground, 'src', 'views.ts') ? program : undefined),
        },
      ],
      worker: { format: 'es' },
      build: {
        outDir: join(folder, 'built'),
        emptyOutDir: true,
        rolldownOptions: { input: 'virtual:views', output: { entryFileNames: 'views.js' } },
      },
    });
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url!, 'http://localhost');
      const body = pathname === '/' ? html.replace('virtual:views', './views.js') : readFileSync(join(folder, 'built', pathname));
      response.writeHead(200, {
        'content-type': types[extname(pathname)] ?? (pathname === '/' ? 'text/html' : 'application/octet-stream'),
      });
      response.end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({ executablePath, args: browserArguments });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(path: string, width: number, colorScheme: 'light' | 'dark'): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 740 }, colorScheme, reducedMotion: 'reduce' });
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(address + path);
    return page;
  }

  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    const found = await page.evaluate('axe.run(document)');
    return (found as { violations: { id: string; nodes: { html: string }[] }[] }).violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]!.html}`,
    );
  }

  it.each([
    [1280, 'light'],
    [360, 'dark'],
  ] as const)('a group of %i px, %s: moves by keys and pointer, explains the step, and recomputes at once', async (width, scheme) => {
    const page = await open('', width, scheme);
    const title = page.getByRole('heading', { name: /^Trajectory \d+, step \d+$/ });
    await title.waitFor();
    const chart = page.getByRole('application');
    await chart.focus();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { name: /, step 0$/ }).waitFor();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: /, step 1$/ }).waitFor();
    const panel = page.getByRole('region', { name: 'the chosen step in numbers' });
    const numbers = async (): Promise<number[]> => {
      const text = (await panel.locator('.result').textContent())!.replaceAll('−', '-');
      return /^(-?[\d.]+) - (-?[\d.]+) = \+?(-?[\d.]+)$/.exec(text)!.slice(1).map(Number);
    };
    const [g, b, a] = await numbers();
    expect(a).toBeCloseTo(g! - b!, 1);
    await page.getByRole('combobox', { name: 'Baseline' }).selectOption('leave-one-out');
    await panel.getByText('of which').first().waitFor();
    const [sameG, otherB] = await numbers();
    expect(sameG).toBe(g);
    expect(otherB).not.toBe(b);
    // The screen reader hears of it once the moving stops.
    await page.locator('[aria-live="polite"]', { hasText: 'advantage' }).waitFor({ state: 'attached' });
    const { width: wide, height: tall } = (await chart.boundingBox())!;
    await chart
      .locator('canvas')
      .last()
      .click({ position: { x: wide - 40, y: tall / 2 } });
    await page.getByRole('heading', { name: /, step ([2-9]|\d\d+)$/ }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it('the language model: nothing is loaded before it is asked for, then the warm start begins, and stops', async () => {
    const page = await open('#language', 360, 'dark');
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    const begin = page.getByRole('button', { name: 'Train a model here' });
    await begin.waitFor();
    expect(await violations(page)).toEqual([]);
    expect(loaded).toEqual([]);
    await begin.click();
    await page.getByText('Warm start:').waitFor();
    expect(loaded.some((url) => /worker/.test(url))).toBe(true);
    await page.getByRole('button', { name: 'Stop' }).click();
    await begin.waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await page.close();
  });

  it('say nothing in the console', () => {
    expect(complaints).toEqual([]);
  });
});
