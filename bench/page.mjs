/**
 * How smooth a page stays while it learns: LunarLander trains in a worker, with a run folder, and the page draws the current policy at play. Counts
 * frames by requestAnimationFrame from the first picture to the end of the run, and compares the bits with Node's.
 *
 *   node bench/page.mjs [--iterations 60] [--times 3]        after npm run build
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { pageWorkerFiles } from '../tools/build.mjs';
import { browserArguments, findBrowser } from '../tools/findBrowser.mjs';
import { serveFolder } from '../tools/serveFolder.mjs';
import { bundling, dist } from './sizes.mjs';

const source = fileURLToPath(new URL('page', import.meta.url));

/** What the page trains by default. */
export const pageConfig = { env: 'LunarLander-v3', algorithm: 'gpg', seed: 1, evaluationInterval: 0, finalEvaluationEpisodes: 10 };

/** Builds the page into a folder that can be served. */
export async function buildPage(folder) {
  mkdirSync(folder, { recursive: true });
  await build({
    ...bundling,
    entryPoints: [join(source, 'main.js')],
    outdir: folder,
  });
  copyFileSync(join(source, 'index.html'), join(folder, 'index.html'));
  for (const name of pageWorkerFiles) copyFileSync(join(dist, name), join(folder, name));
}

/** Opens the page in a browser's context for a run. Two pages of one context have the same files. */
export async function openPage(context, address, run) {
  const page = await context.newPage();
  const failed = new Promise((_, reject) => {
    page.on('pageerror', reject);
  });
  failed.catch(() => undefined);
  await page.goto(`${address}#${encodeURIComponent(JSON.stringify(run))}`);
  const until = (condition) => Promise.race([page.waitForFunction(condition, undefined, { timeout: 600_000, polling: 250 }), failed]);
  return { page, until };
}

/** Frames per second, over all and of the worst whole second. */
function framesPerSecond(frames) {
  const [first, last] = [frames[0], frames.at(-1)];
  const perSecond = new Array(Math.floor((last - first) / 1000)).fill(0);
  for (const frame of frames) {
    const second = Math.floor((frame - first) / 1000);
    if (second < perSecond.length) perSecond[second]++;
  }
  return { mean: ((frames.length - 1) * 1000) / (last - first), worst: Math.min(...perSecond), seconds: (last - first) / 1000 };
}

/** One run from its beginning to its end. */
async function measure(browser, address, config) {
  const context = await browser.newContext();
  const loads = [loadavg()[0]];
  try {
    const { page, until } = await openPage(context, address, { runDirectory: 'runs/page', config });
    await until('globalThis.outcome');
    loads.push(loadavg()[0]);
    const { frames, iterations, policies, outcome } = await page.evaluate(() => ({ ...globalThis.page, outcome: globalThis.outcome }));
    return { ...framesPerSecond(frames), iterations: iterations.length, policies, loads, ...outcome };
  } finally {
    await context.close();
  }
}

async function main() {
  const options = { iterations: { type: 'string', default: '60' }, times: { type: 'string', default: '3' } };
  const { iterations, times } = parseArgs({ options }).values;
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('bench: expected a Chromium, got none; install one or set CHROME_PATH to its executable');
  const folder = mkdtempSync(join(tmpdir(), 'cohort-page-'));
  await buildPage(folder);
  const { address, close } = await serveFolder(folder);
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  const config = { ...pageConfig, stopAfter: Number(iterations) };
  try {
    const { train } = await import('../dist/node.js');
    const { summary } = await train(config).finish();
    console.log('frames per second  worst second  seconds  iterations  policies shown  bits of Node  load before and after');
    for (let time = 0; time < Number(times); time++) {
      const found = await measure(browser, address, config);
      const isSame = found.hash === summary.parametersSha256 ? 'yes' : 'NO';
      if (isSame === 'NO') process.exitCode = 1;
      const numbers = [found.mean.toFixed(1), found.worst, found.seconds.toFixed(1), found.iterations, found.policies, isSame];
      const widths = [17, 13, 8, 11, 15, 13];
      const loads = found.loads.map((load) => load.toFixed(1)).join(', ');
      console.log(`${numbers.map((value, index) => String(value).padStart(widths[index])).join(' ')}  ${loads}`);
    }
  } finally {
    await browser.close();
    close();
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
