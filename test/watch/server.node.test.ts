import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstPort, isLoopbackHost, startWatchServer, type WatchServer } from '../../src/node/watch/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-watch-'));
const pageFolder = join(folder, 'page');
const mujocoFolder = join(folder, 'mujoco');

function start(options: { port?: number; mujocoFolder?: string; broken?: boolean } = {}): Promise<WatchServer> {
  return startWatchServer({
    pageFolder,
    mujocoFolder: options.mujocoFolder,
    modules: new Map([['modules/0/my%20toys.js', join(pageFolder, 'page.js')]]),
    port: options.port,
    readState: async () => {
      if (options.broken) throw new Error('config.json: expected a JSON object, got something else; restore it');
      return { title: 'runs/x', sources: [] };
    },
    readPolicy: async (url) => (url === 'policies/0/1.safetensors' ? Uint8Array.of(1, 2, 3) : undefined),
  });
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A request as it is written here: no client cleans the path or the headers. */
function ask(port: number, path: string, options: { method?: string; headers?: Record<string, string> } = {}): Promise<Answer> {
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

let server: WatchServer;

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
    const { status, headers } = await ask(server.port, path);
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
    '/index.html',
    '/PAGE.JS',
    '/constructor',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await ask(server.port, path);
    expect(status).toBe(404);
    expect(body).not.toContain('secret');
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
    const { status } = await ask(server.port, '/run.json', { headers: { host: host.replace('PORT', String(server.port)) } });
    expect(status).toBe(403);
  });

  it('answers to the names of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]']) {
      expect(isLoopbackHost(`${name}:80`, 80)).toBe(true);
      expect((await ask(server.port, '/', { headers: { host: `${name}:${server.port}` } })).status).toBe(200);
    }
    expect(isLoopbackHost(undefined, 80)).toBe(false);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'])('refuses %s', async (method) => {
    const { status, headers } = await ask(server.port, '/', { method });
    expect(status).toBe(405);
    expect(headers.allow).toBe('GET');
  });

  it("refuses another site's page, and takes a typed address", async () => {
    const from = async (site: string): Promise<number> =>
      (await ask(server.port, '/run.json', { headers: { 'sec-fetch-site': site } })).status;
    expect(await Promise.all(['cross-site', 'same-site', 'same-origin', 'none'].map(from))).toEqual([403, 403, 200, 200]);
  });

  it('brings MuJoCo where it is installed: two files, and an import map that the page may read', async () => {
    const other = await start({ port: 0, mujocoFolder });
    const { body, headers } = await ask(other.port, '/');
    expect(body).toContain('<script type="importmap">{"imports":{"@mujoco/mujoco":"./mujoco/mujoco.js"}}</script>');
    expect(headers['content-security-policy']).toMatch(/'sha256-[\w+/]{43}='/);
    expect((await ask(other.port, '/mujoco/mujoco.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect((await ask(other.port, '/mujoco/mujoco.wasm')).headers['content-type']).toBe('application/wasm');
    expect((await ask(other.port, '/mujoco/package.json')).status).toBe(404);
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
    const { status, body } = await ask(broken.port, '/run.json');
    expect(status).toBe(500);
    expect(body).toContain('config.json: expected a JSON object');
    expect(body).not.toMatch(/ at .*\.ts/);
    await broken.close();
  });
});
