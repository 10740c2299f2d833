/**
 * Every program and command of the pages runs: in Node, in a shell, or bundled in Chromium; treatments.ts says which are made small, and which cannot run here
 * and why. The programs are checked by the compiler too.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { build as bundle, transform } from 'esbuild';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPretrained } from '../../src/pretrained/index.ts';
import { pageWorkerFiles } from '../../tools/build.mjs';
import { serveFolder } from '../../tools/serveFolder.mjs';
import { listEntryPoints } from '../../tools/site/entryPoints.mjs';
import { startBrowser } from '../package/pages.ts';
import { type Block, blocksIn, commandsIn, pages, root, saidBy, split } from './blocks.ts';
import { before, notRun, programs, quickPages, small } from './treatments.ts';

const blocks = pages.flatMap(blocksIn);
const cli = join(root, 'dist', 'cli.js');
/** In the repository, so that 'cohort-rl' is this package. */
let folder = '';
beforeAll(() => {
  mkdirSync(join(root, 'build'), { recursive: true });
  folder = mkdtempSync(join(root, 'build', 'blocks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The program of a block as it is run. */
function programOf({ name, code }: Block): string {
  const { small = {}, within } = programs[name] ?? {};
  let program = code;
  for (const [text, instead] of Object.entries(small)) {
    if (!program.includes(text))
      throw new Error(`${name}: expected ${text} in the block, which treatments.ts makes small; change one of them`);
    program = program.replace(text, instead);
  }
  return within === undefined ? program : within(program);
}

const isProgram = ({ name, language }: Block): boolean => ['js', 'ts'].includes(language) && programs[name]?.not === undefined;
const inNode = blocks.filter((block) => isProgram(block) && !quickPages.includes(block.page) && programs[block.name]?.in !== 'page');
const inPage = blocks.filter((block) => isProgram(block) && programs[block.name]?.in === 'page');

describe('programs of Node', () => {
  it.each(inNode)('$name', async (block) => {
    // A page's programs may go on from each other's files.
    const directory = join(folder, block.page.replaceAll('/', '-'));
    mkdirSync(directory, { recursive: true });
    const { code } = await transform(programOf(block), { loader: 'ts', format: 'esm' });
    const file = join(directory, `${block.name.replaceAll(/\W/g, '-')}.mjs`);
    writeFileSync(file, code);
    const printed = execFileSync(process.execPath, [file], { cwd: directory, encoding: 'utf8' });
    const said = saidBy(block.code);
    if (said.length > 0) expect(printed.trimEnd().split('\n')).toEqual(said);
  });
});

it('the compiler finds nothing wrong in programs of a page', () => {
  const directory = join(folder, 'checked');
  mkdirSync(directory, { recursive: true });
  const programs = blocks.filter(({ page, language }) => page === 'docs/browser.md' && language === 'js');
  for (const { name, code } of programs) writeFileSync(join(directory, `${name.replaceAll(/\W/g, '-')}.js`), `${code}\nexport {};\n`);
  // What pages import, by the sources; the root and some others have a variant of their own there.
  const paths = Object.fromEntries(
    listEntryPoints(root).map(({ name, source }) => [name, [join(root, source.replace('src/node/', 'src/browser/'))]]),
  );
  // Written for readers: what may be null, and what has no type, is theirs to see.
  const lax = { strict: false, noImplicitAny: false, noUncheckedIndexedAccess: false, checkJs: true };
  const compilerOptions = { ...lax, module: 'ESNext', moduleResolution: 'Bundler', paths };
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*.js'] }),
  );
  const compiler = join(root, 'node_modules/typescript-7/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '--project', directory], { encoding: 'utf8' });
  // The sources are checked on their own, strictly; here they only say what the programs may call.
  expect(stdout.split('\n').filter((line) => line.includes('/checked/'))).toEqual([]);
});

const browserStart = inPage.length > 0 ? startBrowser() : undefined;

describe.skipIf(browserStart === undefined)('programs of a page', () => {
  let browser: Browser;
  const site = (): string => join(folder, 'site');
  beforeAll(async () => {
    browser = await browserStart!;
    mkdirSync(join(site(), 'node_modules', 'cohort-rl'), { recursive: true });
    symlinkSync(join(root, 'dist'), join(site(), 'node_modules', 'cohort-rl', 'dist'), 'dir');
    symlinkSync(join(root, 'node_modules', 'zod'), join(site(), 'node_modules', 'zod'), 'dir');
    symlinkSync(join(root, 'node_modules', '@mujoco', 'mujoco'), join(site(), 'mujoco'), 'dir');
    for (const name of pageWorkerFiles) copyFileSync(join(root, 'dist', name), join(site(), name));
    writeFileSync(join(site(), 'policy.safetensors'), (await loadPretrained('CartPole-v1')).encode());
  });
  afterAll(async () => (await browserStart)?.close());

  /** Opens a page and waits for its program to end; throws what the page throws or writes as an error. */
  async function open(body: string): Promise<void> {
    writeFileSync(
      join(site(), 'index.html'),
      `<!doctype html><link rel="icon" href="data:,"><canvas width="600" height="400"></canvas>${body}`,
    );
    const { address, close } = await serveFolder(site());
    const page = await browser.newPage();
    try {
      const failed = new Promise<never>((_, reject) => {
        page.on('pageerror', reject);
        page.on('console', (message) => message.type() === 'error' && reject(new Error(message.text())));
      });
      await page.goto(address);
      await Promise.race([page.waitForFunction('globalThis.ended', undefined, { timeout: 120_000 }), failed]);
    } finally {
      await page.close();
      close();
    }
  }

  it.each(inPage)('$name', async (block) => {
    const source = join(folder, 'page.js');
    writeFileSync(source, `${programOf(block)}\nglobalThis.ended = true;\n`);
    await bundle({
      entryPoints: [source],
      bundle: true,
      format: 'esm',
      target: 'es2022',
      outfile: join(site(), 'main.js'),
      external: ['module'],
      // The packages as their users find them, not the sources that tsconfig.json names.
      tsconfigRaw: {},
      logLevel: 'error',
    });
    await open('<script type="module" src="./main.js"></script>');
  });

  it.each(blocks.filter(({ language }) => language === 'html'))('$name', async ({ code }) => {
    const program = '<script type="module">import { train } from "cohort-rl"; globalThis.ended = typeof train === "function";</script>';
    await open(code.replace('</script>\n<script type="module">', `</script>\n${program}\n<script type="module">`));
  });
});

/** A run folder of another day: the pages name some. */
const datedRun = /^runs\/[\w-]+__seed\d+__\d{8}-\d{6}$/;

/** The directory of the run that was made last below `directory`. */
function lastRun(directory: string): string {
  const runs = join(directory, 'runs');
  const made = existsSync(runs) ? readdirSync(runs).filter((name) => statSync(join(runs, name)).isDirectory()) : [];
  const at = (name: string): number => statSync(join(runs, name)).mtimeMs;
  return join('runs', made.sort((a, b) => at(b) - at(a))[0] ?? 'none');
}

/** Runs `cohort-rl watch` until it serves its page, and ends it as a person does. */
async function watch(directory: string, parameters: readonly string[]): Promise<void> {
  const process_ = spawn(process.execPath, [cli, ...parameters], { cwd: directory });
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      const read = (bytes: Buffer): void => {
        text += String(bytes);
        const found = /http:\/\/\S+/.exec(text);
        if (found) resolve(found[0]);
      };
      process_.stdout.on('data', read);
      process_.stderr.on('data', read);
      process_.on('exit', (code) => reject(new Error(`watch ended with ${code}: ${text}`)));
    });
    expect((await fetch(address)).status).toBe(200);
  } finally {
    process_.kill('SIGINT');
  }
}

/** Runs a command of a page as a user would, made small. */
async function runCommand(command: string, directory: string): Promise<void> {
  const words = command.replace(/^npx cohort-rl /, '');
  if (words === command) {
    execFileSync('bash', ['-ec', command], { cwd: directory, stdio: 'pipe' });
    return;
  }
  const options = small.find(([which]) => which.test(words))?.[1] ?? '';
  const parameters = split(`${words}${words.includes('--help') ? '' : ` ${options}`}`).map((word) =>
    word === '<run>' || datedRun.test(word) ? lastRun(directory) : word,
  );
  if (parameters[0] === 'watch')
    await watch(directory, [...parameters.filter((word) => word !== '--port' && word !== '4327'), '--port', '0']);
  else execFileSync(process.execPath, [cli, ...parameters], { cwd: directory, stdio: 'pipe' });
}

/** README.md's commands are run by test/readme.node.test.ts. */
const withCommands = pages.filter(
  (page) => page !== 'README.md' && blocksIn(page).some(({ language }) => ['sh', 'bash'].includes(language)),
);

describe('commands', () => {
  it.each(withCommands)('%s, in order', async (page) => {
    const directory = join(folder, 'commands', page.replaceAll('/', '-'));
    mkdirSync(directory, { recursive: true });
    const { files = {}, commands = [] } = before[page] ?? {};
    for (const [name, block] of Object.entries(files))
      writeFileSync(join(directory, name), blocks.find((one) => one.name === block)!.code.replace('iterations: 60', 'iterations: 2'));
    const shell = blocksIn(page).filter(({ language }) => ['sh', 'bash'].includes(language));
    for (const command of [...commands, ...shell.flatMap(({ code }) => commandsIn(code))]) {
      if (notRun.some(([which]) => which.test(command))) continue;
      // What pages name by its place in the repository: a copy, for some commands write there.
      for (const [results] of command.matchAll(/\bexperiments\/[\w-]+/g))
        cpSync(join(root, results), join(directory, results), { recursive: true });
      await runCommand(command, directory);
    }
  });
});
