/** The playground in Chromium: the command that serves it, or any static server, and a page that notes every complaint. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { browserArguments, findBrowser } from '../../tools/findBrowser.mjs';
import { cli } from '../cli/runCli.ts';

/** Missing where there is no Chromium. */
export const executablePath: string | undefined = findBrowser();
/** The built page. */
export const built: string = fileURLToPath(new URL('../../dist/playground', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** A server of the built page, the command or a static one without isolation headers in a folder of its own, and the browser. */
export class Playground {
  /** Errors and warnings of the console, exceptions, and requests to anywhere else. */
  complaints: string[] = [];
  /** What the static server gives instead of a file of the build. */
  readonly replaced = new Map<string, string>();
  /** What the static server says is not there. */
  readonly missing = new Set<string>();
  /** The names of the files that were asked for. */
  readonly asked = new Set<string>();
  #browser: Browser | undefined;
  #command: ChildProcess | undefined;
  #server: Server | undefined;

  /** Starts the command; the page's address. */
  serve(): Promise<string> {
    const child = spawn(process.execPath, [cli, 'playground', '--no-open', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#command = child;
    return new Promise((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const url = /http:\/\/127\.0\.0\.1:\d+\/\w+\/(?=\n)/.exec(text)?.[0];
        if (url) resolve(url);
      });
      child.on('close', (code) => reject(new Error(`playground ended with ${code}: ${text}`)));
    });
  }

  /** Starts a static server that knows nothing of isolation; the page's address. */
  async serveStatically(): Promise<string> {
    const server = createServer(async (request, response) => {
      const path = new URL(request.url ?? '/', 'http://page').pathname.replace('/some/folder/', '/');
      const name = path === '/' ? '/index.html' : path;
      const found = this.missing.has(name) ? undefined : await readFile(join(built, name)).catch(() => undefined);
      const bytes = this.replaced.get(name) ?? found;
      response.writeHead(bytes ? 200 : 404, { 'Content-Type': types[extname(name)] ?? 'text/plain' }).end(bytes);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/folder/`;
  }

  /** Nobody answers any more. */
  stopServing(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#command?.kill('SIGKILL');
  }

  /** Opens the page in a fresh profile; `before` runs in it before its own programs. */
  async open(
    url: string,
    options: Parameters<Browser['newContext']>[0] = {},
    before?: () => void,
  ): Promise<{ page: Page; context: BrowserContext }> {
    this.#browser ??= await chromium.launch({ executablePath, args: browserArguments });
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    if (before) await page.addInitScript(before);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    const { origin } = new URL(url);
    context.on('request', (request) => {
      const address = new URL(request.url());
      if (['blob:', 'data:', 'about:'].includes(address.protocol)) return;
      if (address.origin !== origin) this.complaints.push(`asked for ${request.url()}`);
      else this.asked.add(address.href.slice(url.length) || 'index.html');
    });
    await page.goto(url);
    return { page, context };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    this.stopServing();
  }
}

/** Waits until both lanes have done an iteration. */
export async function bothTrain(page: Page): Promise<void> {
  await page.locator('[data-state=training], [data-state=done]').nth(1).waitFor();
}

/** Begins both lanes anew on that task, for so many iterations. */
export async function trainOn(page: Page, env: string, iterations: number): Promise<void> {
  if (!(await page.getByRole('combobox', { name: 'task' }).isVisible())) await page.getByText('Change the experiment').click();
  await page.getByRole('combobox', { name: 'task' }).selectOption(env);
  await page.getByLabel('iterations', { exact: true }).fill(String(iterations));
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await page.getByText('Starting…').waitFor({ state: 'detached' });
}

/** The hashes of the parameters that the lanes show. */
export async function hashesOf(page: Page): Promise<(string | null)[]> {
  return page.locator('[data-hash]').evaluateAll((elements) => elements.map((element) => element.getAttribute('data-hash')));
}

/** Makes a link of a run of the page, and gives what follows the page's address in it. */
export async function makeLink(page: Page, method: string): Promise<string> {
  await page.getByRole('tab', { name: 'Share' }).click();
  await page.getByRole('button', { name: `make a link of ${method}, seed 1` }).click();
  const link = await page
    .getByText(/#run=1\./)
    .first()
    .textContent();
  return link!.slice(link!.indexOf('#')).trim();
}

/** Opens a link as a visitor of its address, lets it run, and waits until it says that the bits are the same. */
export async function followLink(page: Page, link: string): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), link);
  const shared = page.locator('cohort-run');
  await shared.getByRole('button').first().click();
  await shared.getByText('The same bits').waitFor();
}
