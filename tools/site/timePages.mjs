/** How long pages of a built site take from a local server, in Chromium: said, never a condition, for it depends on what else the machine does. */
import { chromium } from 'playwright';
import { browserArguments, findBrowser } from '../findBrowser.mjs';
import { serveFolder } from '../serveFolder.mjs';

const measured = ['index.html', 'docs/gpg.html', 'docs/reference/methods.html', 'api/index.html'];

/** Lines that say milliseconds until a page was loaded, each with an empty cache, and requests that left the folder. */
export async function timePages(folder) {
  const executablePath = findBrowser();
  if (executablePath === undefined) return ['no Chromium: times of pages not measured'];
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  const { address, close } = await serveFolder(folder);
  try {
    const lines = [];
    for (const name of measured) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const outside = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(address) && !request.url().startsWith('data:')) outside.push(request.url());
      });
      await page.goto(address + name, { waitUntil: 'load' });
      const milliseconds = await page.evaluate(() => performance.getEntriesByType('navigation')[0].loadEventEnd);
      lines.push(`${name}: loaded after ${Math.round(milliseconds)} ms, ${outside.length} requests to other servers`);
      await context.close();
    }
    return lines;
  } finally {
    close();
    await browser.close();
  }
}
