/** Pages in Chromium, served from a folder. */
import { type Browser, chromium } from 'playwright';
import { browserArguments, findBrowser } from '../../tools/findBrowser.mjs';
import { serveFolder } from '../../tools/serveFolder.mjs';

/** A Chromium, or `undefined` where there is none. */
export function startBrowser(): Promise<Browser> | undefined {
  const executablePath = findBrowser();
  return executablePath ? chromium.launch({ executablePath, args: browserArguments }) : undefined;
}

/** Opens the page of a folder and waits for what its script writes to `globalThis.outcome`. Throws what the page throws. */
export async function outcomeOf(browser: Browser, folder: string): Promise<unknown> {
  const { address, close } = await serveFolder(folder);
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
