/** The server of `cohort-rl playground`: the built page, which trains in the browser that opens it, and no file besides. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { failure } from '../core/errors.ts';
import { type PageServer, startPageServer } from './pageServer.ts';
import type { Content } from './watch/contents.ts';
import { type Kind, mediaTypes } from './watch/headers.ts';

/**
 * The page's rights: it reaches this server and nothing else. Threads start from text (blob), and code of the person at the page is compiled in a frame of its
 * own, whose policy is stricter.
 */
const contentSecurityPolicy = [
  "default-src 'self' blob:",
  "script-src 'self' blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The headers of an answer: those that let the page share memory with its workers among them. */
function headersOf(kind: Kind): Record<string, string> {
  return {
    'Content-Type': mediaTypes[kind],
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** MuJoCo's files by their addresses: read when the page asks, from the package that is installed. */
const mujocoFiles: ReadonlyMap<string, Kind> = new Map([
  ['mujoco/mujoco.js', 'js'],
  ['mujoco/mujoco.wasm', 'wasm'],
]);

/** The files of the page by their addresses. Its service worker stays out: what is on this machine needs no copy for later. */
async function readPage(folder: string): Promise<ReadonlyMap<string, Content>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const contents = new Map<string, Content>();
  for (const file of files) {
    const address = relative(folder, file).split(sep).join('/');
    const kind = extname(file).slice(1);
    if (address === 'serviceWorker.js' || mujocoFiles.has(address) || !Object.hasOwn(mediaTypes, kind)) continue;
    contents.set(address, { kind: kind as Kind, body: await readFile(file) });
  }
  const page = contents.get('index.html')!;
  contents.delete('index.html');
  const html = Buffer.from(page.body).toString('utf8').replace('<html ', '<html data-local ');
  return contents.set('', { kind: 'html', body: Buffer.from(html) });
}

/** What the server shows. */
export interface PlaygroundOptions {
  /** Folder of the built page. */
  readonly folder: string;
  /** Folder of the package `@mujoco/mujoco`; left out where it is not installed, which the page then says. */
  readonly mujocoFolder?: string | undefined;
  /** The port; left out, the first free one. 0 is any. */
  readonly port?: number | undefined;
}

/** Starts the server of the page. Throws `CohortError` where there is no page, or the port cannot be had. */
export async function startPlayground({ folder, mujocoFolder, port }: PlaygroundOptions): Promise<PageServer> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw failure(
      'playground',
      'the page of the playground in the package',
      'a build without it',
      'install the package again, or build it with `npm run build`',
    );
  }
  const read = async (address: string): Promise<Content | undefined> => {
    const kind = mujocoFiles.get(address);
    if (kind === undefined || mujocoFolder === undefined) return undefined;
    return { kind, body: await readFile(join(mujocoFolder, basename(address))) };
  };
  return startPageServer({ contents: await readPage(folder), headersOf, read, port });
}
