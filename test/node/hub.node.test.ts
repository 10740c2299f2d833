/** Models of the Hugging Face Hub, from a server of our own that answers on the same paths. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createCohort } from '../../src/api/index.ts';
import { downloadModel, hubCache, parseHubName } from '../../src/node/hub.ts';
import { openModelFiles } from '../../src/node/modelFiles.ts';
import { nodePlatform } from '../../src/node/platform.ts';
import { packages, smallModel } from '../lm/smallModel.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const folder = mkdtempSync(join(tmpdir(), 'cohort-hub-'));
const asked: string[] = [];
/** What the hub has: files by repository. */
const repositories: Record<string, Record<string, Uint8Array>> = {};
let wrongDigest = '';
let server: Server;
let endpoint: string;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function answer(path: string, token: string | undefined): { status: number; headers?: Record<string, string>; body: Uint8Array | string } {
  const json = (value: unknown) => ({ status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) });
  const none = { status: 404, headers: { 'content-type': 'application/json' }, body: '{"error":"Repository not found"}' };
  const [, api, owner, name, , revision] = /^\/(api\/models\/)?([^/]+)\/([^/]+)\/(revision|tree|resolve)\/([^/?]+)/.exec(path) ?? [];
  const files = repositories[`${owner}/${name}`];
  if (!files) return none;
  if (owner === 'gated' && token !== 'Bearer hf_secret') return { ...none, status: 401, body: '{"error":"Access is restricted"}' };
  if (revision !== 'main' && revision !== commit) return none;
  if (api && path.includes('/revision/'))
    return json({ _id: '1', id: `${owner}/${name}`, sha: commit, private: false, likes: 0, downloads: 0 });
  if (api) {
    const entries = Object.entries(files).map(([file, bytes]) => {
      const lfs = { oid: file === wrongDigest ? 'f'.repeat(64) : sha256(bytes), size: bytes.length, pointerSize: 130 };
      return { type: 'file', path: file, size: bytes.length, oid: 'a'.repeat(40), ...(/safetensors|gguf/.test(file) && { lfs }) };
    });
    return json([...entries, { type: 'directory', path: 'onnx', size: 0 }]);
  }
  const bytes = files[path.split('?')[0]!.split('/').at(-1)!];
  return bytes ? { status: 200, headers: { etag: '"1"' }, body: bytes } : none;
}

beforeAll(async () => {
  const files = await smallModel();
  const names = await files.list!();
  repositories['owner/small'] = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await files.read(name, 0, (await files.size(name))!)] as const)),
  );
  repositories['owner/small']!['pytorch_model.bin'] = new Uint8Array(10);
  repositories['gated/small'] = repositories['owner/small']!;
  repositories['owner/quantized'] = { 'q4.gguf': new Uint8Array(64).fill(7), 'README.md': new Uint8Array(3) };
  server = createServer(({ url = '', headers }, response) => {
    asked.push(url);
    const { status, headers: more, body } = answer(url, headers.authorization);
    const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
    const [, start, end] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
    if (status !== 200 || start === undefined) {
      response.writeHead(status, { ...more, 'content-length': bytes.length }).end(bytes);
      return;
    }
    const last = Math.min(end === '' ? bytes.length - 1 : Number(end), bytes.length - 1);
    const part = bytes.subarray(Number(start), last + 1);
    response
      .writeHead(206, { ...more, 'content-length': part.length, 'content-range': `bytes ${start}-${last}/${bytes.length}` })
      .end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  wrongDigest = '';
});

function online(cache: string, url = endpoint): string {
  vi.stubEnv('HF_ENDPOINT', url);
  vi.stubEnv('HF_HUB_CACHE', join(folder, cache));
  vi.stubEnv('HF_TOKEN', '');
  return join(folder, cache);
}

describe('a model of the hub', () => {
  it('is downloaded once, without what is not read, opened, and named by its name', async () => {
    const cache = online('once');
    const cohort = createCohort(nodePlatform);
    const model = await cohort.openModel('hf:owner/small', packages);
    expect(model).toMatchObject({ place: 'hf:owner/small', checkpoint: { shape: { hiddenSize: 16 } } });
    const snapshot = join(cache, 'models--owner--small', 'snapshots', commit);
    const kept = readdirSync(snapshot).sort();
    expect(kept).toEqual(
      Object.keys(repositories['owner/small']!)
        .filter((name) => name !== 'pytorch_model.bin')
        .sort(),
    );
    expect(readFileSync(join(snapshot, 'model.safetensors')).equals(repositories['owner/small']!['model.safetensors']!)).toBe(true);
    asked.length = 0;
    await createCohort(nodePlatform).openModel('hf:owner/small@main', packages);
    expect(asked.filter((path) => path.includes('/resolve/'))).toEqual([]);
    expect(await cohort.loadLanguageModel('hf:owner/small', { maxTokens: 3 })).toBeDefined();
  });

  it('is taken from the cache where nothing answers, and that is said', async () => {
    online('offline');
    await downloadModel('hf:owner/small');
    online('offline', 'http://127.0.0.1:9');
    const note = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await downloadModel('hf:owner/small')).toBe(join(folder, 'offline', 'models--owner--small', 'snapshots', commit));
    expect(note).toHaveBeenCalledWith('note: hf:owner/small as it is in the cache: the hub cannot be reached\n');
    await expect(downloadModel('hf:owner/another')).rejects.toThrow('hf:owner/another: expected a connection to the hub');
  });

  it('may be one GGUF file', async () => {
    online('gguf');
    const { gguf, files } = await openModelFiles('hf:owner/quantized/q4.gguf');
    expect([gguf, files.place, await files.size('q4.gguf')]).toEqual(['q4.gguf', 'hf:owner/quantized/q4.gguf', 64]);
    await expect(downloadModel('hf:owner/quantized')).rejects.toThrow('expected a model in safetensors, got none in that repository');
    await expect(downloadModel('hf:owner/quantized/q8.gguf')).rejects.toThrow('expected q8.gguf, got none in that repository');
  });

  it('is refused where it is not, is not allowed, or is not what the hub says', async () => {
    const cache = online('refused');
    await expect(downloadModel('hf:owner/none')).rejects.toThrow(
      'hf:owner/none: expected a model of the hub, got none of that name or revision',
    );
    await expect(downloadModel('hf:owner/small@v2')).rejects.toThrow('none of that name or revision');
    await expect(downloadModel('hf:gated/small')).rejects.toThrow('expected a model that you may read, got a refusal (401)');
    wrongDigest = 'model.safetensors';
    await expect(downloadModel('hf:owner/small')).rejects.toThrow(`expected model.safetensors with SHA-256 ${'f'.repeat(64)}`);
    const snapshot = join(cache, 'models--owner--small', 'snapshots', commit);
    expect(readdirSync(snapshot).filter((name) => /incomplete|^model/.test(name))).toEqual([]);
    vi.stubEnv('HF_TOKEN', 'hf_secret');
    wrongDigest = '';
    expect(await downloadModel('hf:gated/small')).toContain('models--gated--small');
  });
});

describe('names and places', () => {
  it.each([
    ['hf:a/b', { repo: 'a/b', revision: 'main', file: undefined }],
    ['hf:a/b@v1.0', { repo: 'a/b', revision: 'v1.0', file: undefined }],
    ['hf:a/b/c-Q4_1.gguf@refs/pr/1', { repo: 'a/b', revision: 'refs/pr/1', file: 'c-Q4_1.gguf' }],
  ])('%s', (place, parts) => expect(parseHubName(place)).toEqual(parts));

  it.each(['hf:', 'hf:a', 'hf:a/b/c', 'hf:../b', 'hf:a/..', 'hf:a/b@../x', 'hf:a/b@x/../../y', 'hf:a/b/../c.gguf', 'hf:a b/c', 'hf:/a/b'])(
    '%s is refused',
    (place) => expect(() => parseHubName(place)).toThrow('expected hf:owner/name'),
  );

  it('the cache is where the tools of the hub have it', () => {
    expect(hubCache({ HF_HUB_CACHE: '/x', HF_HOME: '/y' })).toBe('/x');
    expect(hubCache({ HF_HOME: '/y' })).toBe(join('/y', 'hub'));
    expect(hubCache({ XDG_CACHE_HOME: '/z' })).toBe(join('/z', 'huggingface', 'hub'));
  });
});
