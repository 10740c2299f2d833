/**
 * The server of `cohort-rl watch`: a page and the policies it plays, for this machine only. It answers GET on loopback, to loopback names
 * (a page elsewhere that renames itself to 127.0.0.1 is refused: DNS rebinding), from a fixed list of paths; no path is ever made into a
 * file name.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type CohortError, failure } from '../../core/errors.ts';
import type { WatchState } from '../../watch/protocol.ts';

/** What the server shows. */
export interface WatchServerOptions {
  /** Folder of the built page: `index.html`, `page.js`, `page.css`. */
  readonly pageFolder: string;
  /** Folder of the package `@mujoco/mujoco`, where the environment needs it. */
  readonly mujocoFolder?: string;
  /** Files of the modules of users, by the address that the state says. */
  readonly modules?: ReadonlyMap<string, string>;
  /** What there is to watch at this moment; called for each `run.json`. */
  readonly readState: () => Promise<WatchState>;
  /** Bytes of a policy by its `url` in the last state; `undefined` for an unknown one. */
  readonly readPolicy: (url: string) => Promise<Uint8Array | undefined>;
  /** The port; left out, the first free one of {@link firstPort} and those after it. 0 is any. */
  readonly port?: number;
}

/** A server that runs. */
export interface WatchServer {
  readonly url: string;
  readonly port: number;
  /** Ends it, open connections included. */
  close(): Promise<void>;
}

/** Tried first: free of well-known services (IANA lists nothing on it). */
export const firstPort = 4327;
/** How many ports are tried before any will do. */
const portsTried = 10;
const address = '127.0.0.1';

/** Whether a request's Host header names this machine and the server's port. */
export function isLoopbackHost(host: string | undefined, port: number): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host?.toLowerCase() ?? '');
}

const types = {
  text: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  wasm: 'application/wasm',
  safetensors: 'application/octet-stream',
} as const;
type Kind = keyof typeof types;

const importMap = '{"imports":{"@mujoco/mujoco":"./mujoco/mujoco.js"}}';

/**
 * The page's rights: scripts, styles and data from here only. WebAssembly has to be allowed by name; MuJoCo's bindings besides make
 * functions from text (Emscripten's embind), so only a page with MuJoCo may do that.
 */
export function contentSecurityPolicy(withMujoco: boolean): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  const scripts = withMujoco ? `'self' 'wasm-unsafe-eval' 'unsafe-eval' 'sha256-${hash}'` : `'self' 'wasm-unsafe-eval'`;
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function headersOf(kind: Kind, withMujoco: boolean): Record<string, string> {
  return {
    'Content-Type': types[kind],
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(withMujoco),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** Whether another site's page asks: browsers say so themselves. */
function isForeign(request: IncomingMessage): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}

/** What a path gives, or `undefined`. */
async function read(path: string, options: WatchServerOptions): Promise<{ kind: Kind; body: Uint8Array | string } | undefined> {
  const { pageFolder, mujocoFolder } = options;
  switch (path) {
    case '/': {
      const html = await readFile(join(pageFolder, 'index.html'), 'utf8');
      const map = mujocoFolder === undefined ? '' : `<script type="importmap">${importMap}</script>`;
      return { kind: 'html', body: html.replace('<!-- import map -->', map) };
    }
    case '/page.js':
    case '/page.css':
      return { kind: path.endsWith('.js') ? 'js' : 'css', body: await readFile(join(pageFolder, path)) };
    case '/run.json':
      return { kind: 'json', body: JSON.stringify(await options.readState()) };
    case '/mujoco/mujoco.js':
    case '/mujoco/mujoco.wasm': {
      if (mujocoFolder === undefined) return undefined;
      const kind = path.endsWith('.js') ? 'js' : 'wasm';
      return { kind, body: await readFile(join(mujocoFolder, `mujoco.${kind}`)) };
    }
    default: {
      const module = options.modules?.get(path.slice(1));
      if (module !== undefined) return { kind: 'js', body: await readFile(module) };
      const body = await options.readPolicy(path.slice(1));
      return body && { kind: 'safetensors', body };
    }
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, port: number, options: WatchServerOptions): Promise<void> {
  const withMujoco = options.mujocoFolder !== undefined;
  const refuse = (status: number, text: string, more: Record<string, string> = {}): void => {
    response.writeHead(status, { ...headersOf('text', withMujoco), ...more }).end(`${text}\n`);
  };
  if (!isLoopbackHost(request.headers.host, port)) return refuse(403, 'this page is for the machine it runs on');
  if (isForeign(request)) return refuse(403, 'another page may not ask');
  if (request.method !== 'GET') return refuse(405, 'only GET', { Allow: 'GET' });
  const path = (request.url ?? '').split('?')[0]!;
  try {
    const found = await read(path, options);
    if (!found) return refuse(404, 'nothing here');
    response.writeHead(200, headersOf(found.kind, withMujoco)).end(found.body);
  } catch (error) {
    // The text is for the page, which shows it.
    refuse(500, error instanceof Error ? error.message : String(error));
  }
}

/** Starts to listen; whether the port was free. Throws for any other reason. */
async function listen(server: Server, port: number): Promise<boolean> {
  try {
    await once(server.listen(port, address), 'listening');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw refusal(port, error as NodeJS.ErrnoException);
  }
}

function refusal(port: number, error: NodeJS.ErrnoException): CohortError {
  const place = error.code === 'EADDRINUSE' ? 'another port' : 'a port from 1024';
  const got = `${port} (${error.code ?? error.message})`;
  return failure('--port', 'a port that may be listened on', got, `choose ${place}, or leave --port out`, error);
}

/** Starts the server. Throws {@link CohortError} if the port that was asked for cannot be had. */
export async function startWatchServer(options: WatchServerOptions): Promise<WatchServer> {
  const server = createServer((request, response) => void answer(request, response, port, options));
  const asked = options.port;
  const candidates = asked === undefined ? [...Array.from({ length: portsTried }, (_, i) => firstPort + i), 0] : [asked];
  while (candidates.length > 0 && !(await listen(server, candidates[0]!))) candidates.shift();
  if (candidates.length === 0) throw refusal(asked!, Object.assign(new Error('in use'), { code: 'EADDRINUSE' }));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address}:${port}/`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
