/**
 * What a visitor of the playground waits for and sees, in Chromium: seconds from opening the page until both agents train (a fresh profile each time, from
 * `cohort-rl playground`), frames a second and the longest tasks of the main thread while it trains, and memory over minutes.
 *
 *   node bench/playground.mjs                               opening and smoothness; after npm run build
 *   node bench/playground.mjs --minutes 20                  memory as well
 *   node bench/playground.mjs --json bench/results/playground.json
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { browserArguments, findBrowser } from '../tools/findBrowser.mjs';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));

/** Starts the command. Resolves to the page's address and what ends it. */
function serve() {
  const child = spawn(process.execPath, [cli, 'playground', '--no-open', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/\w+\/(?=\n)/.exec(text) ?? [];
      if (address) resolve({ address, close: () => child.kill('SIGKILL') });
    });
    child.on('close', (code) => reject(new Error(`playground ended with ${code}: ${text}`)));
  });
}

/** Runs in the page before its own scripts: when both agents train, and when a policy first moves, in milliseconds since the page was asked for. */
function noteOpening() {
  const noted = {};
  globalThis.opening = noted;
  const look = () => {
    const panel = globalThis.document.querySelector('#panel-learn');
    if (panel && panel.querySelectorAll('[data-state=training], [data-state=done]').length >= 2) noted.training ??= performance.now();
    if (panel && /step [1-9]/.test(panel.textContent)) noted.moving ??= performance.now();
    if (noted.training === undefined || noted.moving === undefined) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Runs in the page: frames and long tasks until `stop` is called. */
function beginFrames() {
  const [frames, tasks] = [[], []];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ type: 'longtask' });
  let handle = requestAnimationFrame(function frame(now) {
    frames.push(now);
    handle = requestAnimationFrame(frame);
  });
  globalThis.stopFrames = () => {
    cancelAnimationFrame(handle);
    observer.disconnect();
    return { frames, tasks };
  };
}

async function measureFrames(page, seconds) {
  await page.evaluate(beginFrames);
  await page.waitForTimeout(1000 * seconds);
  const { frames, tasks } = await page.evaluate(() => globalThis.stopFrames());
  const gaps = frames.slice(1).map((frame, k) => frame - frames[k]);
  return {
    framesPerSecond: (1000 * gaps.length) / (frames.at(-1) - frames[0]),
    longestGap: Math.max(...gaps),
    tasksOver50: tasks.length,
    longestTask: Math.max(0, ...tasks),
  };
}

/** Opens the page in a profile of its own. */
async function open(browser, address) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(noteOpening);
  await page.goto(address);
  await page.waitForFunction(() => globalThis.opening.training !== undefined && globalThis.opening.moving !== undefined);
  return page;
}

async function measureOpening(browser, address, times) {
  const found = [];
  for (let time = 0; time < times; time++) {
    const page = await open(browser, address);
    found.push(await page.evaluate(() => globalThis.opening));
    await page.context().close();
  }
  return { training: found.map(({ training }) => training), moving: found.map(({ moving }) => moving) };
}

/** Chooses the environment, makes the run long enough, and waits until both agents train on it. */
async function trainOn(page, env) {
  await page.getByText('Change the experiment').click();
  await page.getByRole('combobox', { name: 'task' }).selectOption(env);
  await page.getByLabel('iterations', { exact: true }).fill('2000');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.locator('#panel-learn [data-state=training]').nth(1).waitFor();
}

async function measureSmoothness(browser, address, seconds) {
  const rows = {};
  for (const env of ['CartPole-v1', 'LunarLander-v3']) {
    const page = await open(browser, address);
    await trainOn(page, env);
    rows[env] = await measureFrames(page, seconds);
    await page.context().close();
  }
  const page = await open(browser, address);
  await page.getByRole('button', { name: 'Pause' }).first().click();
  await page.getByRole('tab', { name: 'Language' }).click();
  await page.getByRole('button', { name: 'Train a model here' }).click();
  await page.getByRole('group', { name: 'language model' }).getByRole('button', { name: 'Stop' }).waitFor();
  rows['add-2digit'] = await measureFrames(page, seconds);
  await page.context().close();
  return rows;
}

/** The main thread's heap after a collection, in megabytes, every ten seconds. */
export async function measureMemory(browser, address, minutes) {
  const page = await open(browser, address);
  await trainOn(page, 'CartPole-v1');
  await page.getByLabel('iterations', { exact: true }).fill('100000');
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  const client = await page.context().newCDPSession(page);
  const samples = [];
  for (let at = 0; at <= 6 * minutes; at++) {
    if (at > 0) await page.waitForTimeout(10_000);
    await client.send('HeapProfiler.collectGarbage');
    const { usedSize } = await client.send('Runtime.getHeapUsage');
    samples.push({ seconds: 10 * at, heap: usedSize / 1e6 });
  }
  await page.context().close();
  return samples;
}

async function main() {
  const options = {
    times: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '15' },
    minutes: { type: 'string', default: '0' },
    json: { type: 'string' },
  };
  const { times, seconds, minutes, json } = parseArgs({ options }).values;
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('bench: expected a Chromium, got none; install one or set CHROME_PATH to its executable');
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  const { address, close } = await serve();
  const load = loadavg()[0];
  try {
    const result = {
      machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
      browser: `Chromium ${browser.version()}`,
      load,
      opening: await measureOpening(browser, address, Number(times)),
      smoothness: await measureSmoothness(browser, address, Number(seconds)),
      ...(Number(minutes) > 0 && { memory: await measureMemory(browser, address, Number(minutes)) }),
    };
    console.log(JSON.stringify(result, undefined, 1));
    if (json) writeFileSync(json, `${JSON.stringify(result)}\n`);
  } finally {
    await browser.close();
    close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
