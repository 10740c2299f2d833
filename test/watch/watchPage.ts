/** The watch command and its page in Chromium, as a person meets them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { type TrainConfig, train } from '../../src/node/index.ts';
import { browserArguments, findBrowser } from '../../tools/findBrowser.mjs';
import { cli } from '../cli/runCli.ts';

/** Missing where there is no Chromium. */
export const executablePath: string | undefined = findBrowser();

const tiny = { numEnvs: 2, numSteps: 16, numMinibatches: 2, hiddenSizes: [8], evaluationInterval: 0, finalEvaluationEpisodes: 1 };

/** A page that plays, and the command behind it. */
export class WatchPage {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'cohort-page-'));
  /** Errors and warnings of the console, exceptions, and requests to anywhere else. */
  complaints: string[] = [];
  #browser: Browser | undefined;
  #page: Page | undefined;
  #command: ChildProcess | undefined;
  #interrupted = false;
  readonly #arguments: readonly string[];
  #ended: Promise<number | null> = Promise.resolve(null);

  /** `more` are arguments for Chromium. */
  constructor(more: readonly string[] = []) {
    this.#arguments = [...browserArguments, ...more];
  }

  get page(): Page {
    return this.#page!;
  }

  /** Trains for a moment, so that there is something to watch: four iterations, seed 5. */
  async trainTiny(name: string, input: TrainConfig): Promise<string> {
    const runDirectory = join(this.folder, name);
    await train({ ...tiny, iterations: 4, seed: 5, recipe: 'none', ...input }, { runDirectory }).finish();
    return runDirectory;
  }

  /** Starts the command on a folder, and a browser on what it shows. */
  async open(directory: string, ...flags: readonly string[]): Promise<void> {
    const url = await this.#start(directory, flags);
    this.complaints = [];
    this.#interrupted = false;
    this.#browser ??= await chromium.launch({ executablePath, args: [...this.#arguments] });
    const page = await this.#browser.newPage({ viewport: { width: 1100, height: 800 } });
    this.#page = page;
    page.setDefaultTimeout(20_000);
    page.on('console', (message) => {
      // After Ctrl-C nobody answers, which the page knows; what was asked at that moment is cut off.
      const expected = this.#interrupted && /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE)/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !expected) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) this.complaints.push(`asked for ${request.url()}`);
    });
    await page.goto(url);
    await page.locator('#loading').waitFor({ state: 'hidden' });
  }

  #start(directory: string, flags: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [cli, 'watch', directory, '--no-open', '--port', '0', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#command = child;
    this.#ended = new Promise((resolve) => child.on('close', resolve));
    return new Promise((resolve, reject) => {
      let text = '';
      const read = (chunk: Buffer): void => {
        text += chunk.toString();
        const url = /http:\/\/127\.0\.0\.1:\d+\/\w+\/(?=\n)/.exec(text)?.[0];
        if (url) resolve(url);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      void this.#ended.then((code) => reject(new Error(`watch ended with ${code}: ${text}`)));
    });
  }

  /** Presses Ctrl-C; resolves to the exit code. */
  interrupt(): Promise<number | null> {
    this.#interrupted = true;
    this.#command?.kill('SIGINT');
    return this.#ended;
  }

  /** Closes page and command, which may have been closed before. */
  async close(): Promise<void> {
    await this.#page?.close();
    this.#page = undefined;
    this.#command?.kill('SIGKILL');
  }

  /** Closes the browser and takes away the folder. */
  async closeAll(): Promise<void> {
    await this.#browser?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The text of an element. */
  async text(id: string): Promise<string> {
    return (await this.page.locator(`#${id}`).textContent()) ?? '';
  }

  /** Waits until an element's text holds this; a number must be all of it. */
  async waitFor(id: string, text: string): Promise<void> {
    const hasText = /^\d+$/.test(text) ? new RegExp(`^${text}$`) : text;
    await this.page.locator(`#${id}`).filter({ hasText }).waitFor();
  }

  async click(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Types a seed. */
  async seed(seed: number): Promise<void> {
    await this.page.locator('#seed').fill(String(seed));
    await this.press('Enter');
  }

  /** Clicks up to the highest speed. */
  async fullSpeed(): Promise<void> {
    for (let k = 0; k < 4; k++) await this.click('Faster');
    await this.waitFor('speed', '16×');
  }

  /** The return of an episode that ended, to the last digit; the newest one of that seed and number. */
  async returnOf(seed: number, episode: number): Promise<number> {
    const row = this.page.locator(`#returns li[data-seed="${seed}"][data-episode="${episode}"]`).first();
    await row.waitFor();
    return Number(await row.getAttribute('data-return'));
  }

  /** Red, green and blue in the corner of the picture. */
  corner(): Promise<number[]> {
    return this.page.evaluate(() => {
      const canvas = document.querySelector('canvas') as HTMLCanvasElement;
      const copy = new OffscreenCanvas(1, 1);
      const context = copy.getContext('2d') as OffscreenCanvasRenderingContext2D;
      context.drawImage(canvas, 0, 0);
      return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    });
  }

  /** Mean column of the pixels of a color in the picture, as a part of its width. */
  columnOf(color: readonly number[]): Promise<number> {
    return this.page.evaluate((wanted) => {
      const canvas = document.querySelector('canvas') as HTMLCanvasElement;
      // On a copy: reading would slow down the page's own.
      const copy = new OffscreenCanvas(canvas.width, canvas.height);
      const context = copy.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let [sum, count] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (wanted.some((value, k) => data[i + k] !== value)) continue;
        sum += (i / 4) % canvas.width;
        count++;
      }
      return sum / count / canvas.width;
    }, color);
  }
}
