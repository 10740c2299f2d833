import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isLoopbackHost } from '../../src/node/loopback.ts';
import { firstPort, type PageServer } from '../../src/node/pageServer.ts';
import { startWatchServer } from '../../src/node/watch/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-watch-'));
const pageFolder = join(folder, 'page');
const mujocoFolder = join(folder, 'mujoco');
const threeFolder = join(folder, 'three');

/** Addresses that the server asked its folder for. */
const asked: string[] = [];

function start(
  options: { port?: number; mujocoFolder?: string; threeFolder?: string; broken?: boolean; modules?: ReadonlyMap<string, string> } = {},
): Promise<PageServer> {
  return startWatchServer({
    pageFolder,
    mujocoFolder: options.mujocoFolder,
    threeFolder: options.threeFolder,
    modules: options.modules ?? new Map([['modules/0/my%20toys.js', join(pageFolder, 'page.js')]]),
    port: options.port,
    readState: async () => {
      if (options.broken) throw new Error('config.json: expected a JSON object, got something else; restore it');
      return { title: 'runs/x', sources: [] };
    },
    readFile: async (address) => {
      asked.push(address);
      return address === 'policies/0/1.safetensors' ? { kind: 'safetensors', body: Uint8Array.of(1, 2, 3) } : undefined;
    },
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A request below the server's token, as it is written here: no client cleans the path or the headers. */
function ask(
  { port, url }: PageServer,
  below: string,
  options: { method?: string; headers?: Record<string, string>; path?: string } = {},
): Promise<Answer> {
  const path = options.path ?? `${tokenPath(url)}${below}`;
  const headers = { host: `127.0.0.1:${port}`, ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: options.method ?? 'GET', headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

/** `/<token>`. */
const tokenPath = (url: string): string => new URL(url).pathname.replace(/\/$/, '');

let server: PageServer;

beforeAll(async () => {
  mkdirSync(pageFolder);
  mkdirSync(mujocoFolder);
  writeFileSync(join(pageFolder, 'index.html'), '<head><!-- import map --></head>');
  writeFileSync(join(pageFolder, 'page.js'), 'let x;');
  writeFileSync(join(pageFolder, 'page.css'), 'p {}');
  writeFileSync(join(pageFolder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  for (const name of ['mujoco.js', 'mujoco.wasm', 'package.json']) writeFileSync(join(mujocoFolder, name), 'x');
  server = await start({ port: 0 });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the server of the watch page', () => {
  it.each([
    ['/', 'text/html; charset=utf-8'],
    ['/?seed=1', 'text/html; charset=utf-8'],
    ['/page.js', 'text/javascript; charset=utf-8'],
    ['/page.css', 'text/css; charset=utf-8'],
    ['/run.json', 'application/json; charset=utf-8'],
    ['/policies/0/1.safetensors', 'application/octet-stream'],
    ['/modules/0/my%20toys.js', 'text/javascript; charset=utf-8'],
  ])('gives %s', async (path, type) => {
    const { status, headers } = await ask(server, path);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(type);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain("'unsafe-eval'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each([
    '/secret.txt',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/page.js/../secret.txt',
    '//etc/passwd',
    '/policies/0/../0/1.safetensors',
    '/policies/0/2.safetensors',
    '/policies/0/1.safetensors/',
    '/modules/0/page.js',
    '/modules/1/my%20toys.js',
    '/mujoco/mujoco.js',
    '/mujoco/package.json',
    '/three/three.module.js',
    '/index.html',
    '/PAGE.JS',
    '/constructor',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(server, path);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
  });

  it('has a token of its own at every start: 128 bits or more, in the address it gives', async () => {
    const others = await Promise.all([start({ port: 0 }), start({ port: 0 })]);
    const tokens = [server, ...others].map(({ url, port }) => {
      expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/[0-9a-f]{32,}/$`));
      return tokenPath(url).slice(1);
    });
    expect(new Set(tokens).size).toBe(3);
    // The token of one server opens no other.
    expect((await ask(server, '', { path: `/${tokens[1]}/` })).status).toBe(403);
    await Promise.all(others.map((other) => other.close()));
  });

  const everything = ['/', '/page.js', '/page.css', '/run.json', '/policies/0/1.safetensors', '/modules/0/my%20toys.js', '/nothing'];
  const wrongTokens: [string, (token: string) => string][] = [
    ['no token', () => ''],
    ['another token', (token) => `/${'0'.repeat(token.length)}`],
    ['the beginning of the token', (token) => `/${token.slice(0, -1)}`],
    ['more than the token', (token) => `/${token}0`],
    ['the token in capitals', (token) => `/${token.toUpperCase()}x`],
    ['the token twice', (token) => `//${token}`],
    ['the token as a query', (token) => `/?token=${token}`],
    ['a whole address', (token) => `http://127.0.0.1/${token}`],
    ['an encoded token', (token) => `/%${token.charCodeAt(0).toString(16)}${token.slice(1)}`],
  ];
  it.each(wrongTokens)('gives nothing to %s, and says one sentence', async (_, prefix) => {
    const token = tokenPath(server.url).slice(1);
    const before = asked.length;
    for (const path of everything) {
      for (const method of ['GET', 'HEAD', 'POST']) {
        const { status, body, headers } = await ask(server, '', { path: `${prefix(token)}${path}`, method });
        expect([method, path, status]).toEqual([method, path, 403]);
        expect(body).toBe(
          method === 'HEAD' ? '' : 'Open the address that the command printed: it ends with a token, new at every start.\n',
        );
        expect(headers['content-security-policy']).toContain("default-src 'none'");
        expect(JSON.stringify(headers) + body).not.toContain(token);
      }
    }
    expect(asked.length).toBe(before);
  });

  it('gives an address for a command line, which works once', async () => {
    const once = server.urlOnce();
    const path = new URL(once).pathname;
    expect(path).not.toBe(new URL(server.url).pathname);
    expect((await ask(server, '', { path, method: 'HEAD' })).status).toBe(403);
    expect((await ask(server, '', { path, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    const first = await ask(server, '', { path });
    expect([first.status, first.headers.location]).toEqual([303, `${tokenPath(server.url)}/`]);
    expect(first.headers['cache-control']).toBe('no-store');
    const second = await ask(server, '', { path });
    expect([second.status, second.headers.location]).toEqual([403, undefined]);
    expect(new Set([server.urlOnce(), server.urlOnce(), once]).size).toBe(3);
  });

  it('adds the slash that relative addresses need', async () => {
    const { status, headers } = await ask(server, '');
    expect(status).toBe(308);
    expect(headers.location).toBe(`${tokenPath(server.url)}/`);
  });

  it.each(['/', '/page.js', '/run.json', '/policies/0/1.safetensors', '/nothing'])(
    'answers HEAD %s like GET, without a body',
    async (path) => {
      const [get, head] = [await ask(server, path), await ask(server, path, { method: 'HEAD' })];
      const without = ({ date: _, ...headers }: IncomingMessage['headers']): object => headers;
      expect(head.status).toBe(get.status);
      expect(without(head.headers)).toEqual(without(get.headers));
      expect(Number(get.headers['content-length'])).toBe(Buffer.byteLength(get.body));
      expect(get.body).not.toBe('');
      expect(head.body).toBe('');
    },
  );

  it('reads its own files once, at its start', async () => {
    const other = await start({ port: 0 });
    writeFileSync(join(pageFolder, 'page.css'), 'changed');
    try {
      expect((await ask(other, '/page.css')).body).toBe('p {}');
    } finally {
      writeFileSync(join(pageFolder, 'page.css'), 'p {}');
      await other.close();
    }
  });

  it.each([
    'evil.example',
    'evil.example:PORT',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example:PORT',
    '127.0.0.1:PORT@evil',
    '10.0.0.1:PORT',
  ])('refuses the host %s', async (host) => {
    const { status } = await ask(server, '/run.json', { headers: { host: host.replace('PORT', String(server.port)) } });
    expect(status).toBe(403);
  });

  it('answers to the names of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      expect(isLoopbackHost(`${name}:80`, 80)).toBe(true);
      expect((await ask(server, '/', { headers: { host: `${name}:${server.port}` } })).status).toBe(200);
    }
    expect(isLoopbackHost(undefined, 80)).toBe(false);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('refuses %s', async (method) => {
    const { status, headers } = await ask(server, '/', { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET, HEAD');
  });

  it("refuses another site's page, and takes a typed address", async () => {
    const from = async (site: string): Promise<number> => (await ask(server, '/run.json', { headers: { 'sec-fetch-site': site } })).status;
    expect(await Promise.all(['cross-site', 'same-site', 'same-origin', 'none'].map(from))).toEqual([403, 403, 200, 200]);
  });

  it('lets modules of the user import from the package, which is the page’s own script, and no page without them', async () => {
    const { body, headers } = await ask(server, '/');
    const map = '{"imports":{"cohort-rl":"./page.js","cohort-rl/envs":"./page.js"}}';
    expect(body).toContain(`<script type="importmap">${map}</script>`);
    expect(headers['content-security-policy']).toContain(`'sha256-${createHash('sha256').update(map).digest('base64')}'`);
    expect(headers['content-security-policy']).not.toContain("'unsafe-eval'");
    const bare = await start({ port: 0, modules: new Map() });
    const page = await ask(bare, '/');
    expect(page.body).not.toContain('importmap');
    expect(page.headers['content-security-policy']).not.toContain('sha256');
    await bare.close();
  });

  it('brings MuJoCo where it is installed: two files, and an import map that the page may read', async () => {
    const other = await start({ port: 0, mujocoFolder, modules: new Map() });
    const { body, headers } = await ask(other, '/');
    expect(body).toContain('<script type="importmap">{"imports":{"@mujoco/mujoco":"./mujoco/mujoco.js"}}</script>');
    expect(headers['content-security-policy']).toMatch(/'sha256-[\w+/]{43}='/);
    expect((await ask(other, '/mujoco/mujoco.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask(other, '/mujoco/mujoco.wasm')).headers['content-type']).toBe('application/wasm');
    expect((await ask(other, '/mujoco/package.json')).status).toBe(404);
    expect(headers['content-security-policy']).toContain("'unsafe-eval'");
    await other.close();
  });

  it('brings two files of three.js where it is given, reads them when they are asked for, and needs no further rights for them', async () => {
    mkdirSync(threeFolder);
    const other = await start({ port: 0, threeFolder, modules: new Map() });
    const { body, headers } = await ask(other, '/');
    expect(body).toContain('<script type="importmap">{"imports":{"three":"./three/three.module.js"}}</script>');
    expect(headers['content-security-policy']).toMatch(/'sha256-[\w+/]{43}='/);
    expect(headers['content-security-policy']).not.toContain("'unsafe-eval'");
    // The folder is empty until now: nothing of it was read at the start.
    expect((await ask(other, '/three/three.core.js')).status).toBe(500);
    for (const name of ['three.module.js', 'three.core.js', 'three.cjs']) writeFileSync(join(threeFolder, name), name);
    for (const name of ['three.module.js', 'three.core.js']) {
      const file = await ask(other, `/three/${name}`);
      expect([file.status, file.body, file.headers['content-type']]).toEqual([200, name, 'text/javascript; charset=utf-8']);
    }
    for (const path of ['/three/three.cjs', '/three/', '/three/../secret.txt', '/three/../three/three.core.js']) {
      expect((await ask(other, path)).status).toBe(404);
    }
    await other.close();
  });

  it('takes the next port where one is taken, and says so where it was asked for', async () => {
    const [one, two] = [await start(), await start()];
    expect(one.port).toBeGreaterThanOrEqual(firstPort);
    expect(two.port).not.toBe(one.port);
    await expect(start({ port: one.port })).rejects.toThrow(/--port: expected .* got \d+ \(EADDRINUSE\); choose another port/);
    await Promise.all([one.close(), two.close()]);
  });

  it('hands what went wrong to the page', async () => {
    const broken = await start({ port: 0, broken: true });
    const { status, body } = await ask(broken, '/run.json');
    expect(status).toBe(500);
    expect(body).toContain('config.json: expected a JSON object');
    expect(body).not.toMatch(/ at .*\.ts/);
    await broken.close();
  });
});
