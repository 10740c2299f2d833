/** The page of bench/page: it shows the policy while it learns; closed in the middle and opened again it goes on, and ends with the bits of Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, openPage, pageConfig } from '../../bench/page.mjs';
import { train } from '../../src/node/index.ts';
import { serveFolder } from '../../tools/serveFolder.mjs';
import { startBrowser } from './pages.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-page-'));
const browserStart = startBrowser();
let browser: Browser;
let server: Awaited<ReturnType<typeof serveFolder>>;

const config = { ...pageConfig, recipe: 'none', numEnvs: 4, numSteps: 64, iterations: 12, checkpointInterval: 1 } as const;
const run = { runDirectory: 'runs/page', config };

/** What the page's script notes, and what it ends with. */
interface PageGlobals {
  readonly page: { readonly frames: readonly number[]; readonly iterations: readonly number[] };
  readonly outcome?: { readonly status: string; readonly hash: string };
}

describe.skipIf(browserStart === undefined)('a page that trains in a worker', () => {
  beforeAll(async () => {
    await buildPage(folder);
    server = await serveFolder(folder);
    browser = await browserStart!;
  });
  afterAll(async () => {
    server?.close();
    await (await browserStart)?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('closed in the middle and opened again goes on from the files of its origin to the bits of Node', async () => {
    const context = await browser.newContext();
    const first = await openPage(context, server.address, run);
    await first.until('globalThis.page?.iterations.length >= 3');
    const before = await first.page.evaluate(() => (globalThis as unknown as PageGlobals).page.iterations.length);
    await first.page.close();
    const second = await openPage(context, server.address, run);
    await second.until('globalThis.outcome');
    const { iterations, frames, outcome } = await second.page.evaluate(() => {
      const { page, outcome } = globalThis as unknown as PageGlobals;
      return { ...page, outcome };
    });
    await context.close();
    // Every iteration that the page was told of is in the checkpoint.
    expect(iterations[0]).toBeGreaterThan(before);
    expect(iterations.at(-1)).toBe(12);
    expect(frames.length).toBeGreaterThan(1);
    const { summary } = await train(config).finish();
    expect(outcome).toEqual({ status: 'done', hash: summary.parametersSha256 });
  });
});
