/** Pages in Chromium, served from a folder. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { browserArguments, findBrowser, isolationHeaders } from '../../tools/findBrowser.mjs';

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** Serves a folder to a page that may share memory; gives the address and how to stop. */
async function serve(folder: string): Promise<{ address: string; close(): void }> {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    const name = path === '/' ? '/index.html' : path;
    const bytes = await readFile(join(folder, name)).catch(() => undefined);
    response.writeHead(bytes ? 200 : 404, { ...isolationHeaders, 'Content-Type': types[extname(name)] ?? 'application/octet-stream' });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => server.close() };
}

/** A Chromium, or `undefined` where there is none. */
export function startBrowser(): Promise<Browser> | undefined {
  const executablePath = findBrowser();
  return executablePath ? chromium.launch({ executablePath, args: browserArguments }) : undefined;
}

/** Opens the page of a folder and waits for what its script writes to `globalThis.outcome`. Throws what the page throws. */
export async function outcomeOf(browser: Browser, folder: string): Promise<unknown> {
  const { address, close } = await serve(folder);
  const page = await browser.newPage();
  try {
    const failed = new Promise<never>((_, reject) => page.on('pageerror', reject));
    await page.goto(address);
    const handle = await Promise.race([page.waitForFunction('globalThis.outcome', undefined, { timeout: 120_000 }), failed]);
    return await handle.jsonValue();
  } finally {
    await page.close();
    close();
  }
}
