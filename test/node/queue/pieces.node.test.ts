/** Files of runs in a server: pieces, what grows, who owns them, and what a stranger may have put there. */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mistake } from '../../../src/core/errors.ts';
import {
  bytesInServer,
  claim,
  keepError,
  NoLongerOwner,
  parseManifest,
  pieceBytes,
  pull,
  readError,
  readManifest,
  removeFiles,
} from '../../../src/node/queue/pieces.ts';
import { memoryStorage } from '../../../src/run/storage.ts';
import { serverProgram, startServer, type TestServer } from './server.ts';

const facts = { iteration: 3, done: false, machine: 'a machine' };
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

describe.skipIf(serverProgram === undefined)('files in a server', () => {
  let server: TestServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startServer();
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.remove();
  });

  it('come back as they were, long ones in pieces', async () => {
    const long = new Uint8Array(2 * pieceBytes + 5).map((_, index) => index % 251);
    const storage = memoryStorage(
      new Map([
        ['config.json', text('{}')],
        ['checkpoint.safetensors', long],
        ['policies/000003.safetensors', text('p')],
      ]),
    );
    const attempt = await claim(client, 'come-back', 'a');
    expect(attempt.before).toBeUndefined();
    const manifest = await attempt.push(storage, facts);
    expect(manifest.files.get('checkpoint.safetensors')!.pieces.map(({ size }) => size)).toEqual([pieceBytes, pieceBytes, 5]);
    expect(await bytesInServer(client, 'come-back')).toBe(long.length + 3);
    const copy = memoryStorage();
    await pull(client, 'come-back', (await readManifest(client, 'come-back'))!, copy);
    expect([...copy.files.keys()].sort()).toEqual([...storage.files.keys()].sort());
    for (const [name, bytes] of storage.files) expect(Buffer.compare(bytes, copy.files.get(name)!)).toBe(0);
    expect(await client.ttl('cohort:files:come-back')).toBeGreaterThan(600_000);
  });

  it('never carry a lock, a temporary file, or what is no file of a run', async () => {
    const names = ['run.lock', 'config.json.0123456789abcdef.tmp', 'notes.txt', 'policies/readme.md', 'summary.json'];
    const storage = memoryStorage(new Map(names.map((name) => [name, text(name)])));
    const manifest = await (await claim(client, 'only-runs', 'a')).push(storage, facts);
    expect([...manifest.files.keys()]).toEqual(['summary.json']);
  });

  it('of those that grow only what is new travels, and not beyond the checkpoint', async () => {
    const files = new Map([
      ['metrics.jsonl', text('one\ntwo\nthree\n')],
      ['checkpoint.safetensors', text('1')],
    ]);
    const storage = memoryStorage(files);
    const attempt = await claim(client, 'grows', 'a');
    const first = await attempt.push(storage, facts, { sizes: new Map([['metrics.jsonl', 8]]) });
    expect(first.files.get('metrics.jsonl')!.size).toBe(8);
    files.set('metrics.jsonl', text('one\ntwo\nTHREE\nfour\n'));
    files.set('checkpoint.safetensors', text('2'));
    const second = await attempt.push(storage, { ...facts, iteration: 4 });
    const pieces = second.files.get('metrics.jsonl')!.pieces;
    expect(pieces[0]).toEqual(first.files.get('metrics.jsonl')!.pieces[0]);
    expect(pieces.map(({ size }) => size)).toEqual([8, 11]);
    const copy = memoryStorage();
    await pull(client, 'grows', second, copy);
    expect(new TextDecoder().decode(copy.files.get('metrics.jsonl'))).toBe('one\ntwo\nTHREE\nfour\n');
    // The checkpoint of before is gone: three fields are named, and no other is there.
    expect((await client.hkeys('cohort:files:grows')).filter((field) => field.includes(':'))).toHaveLength(3);
  });

  it('what has not changed is not sent again', async () => {
    const storage = memoryStorage(new Map([['config.json', text('{}')]]));
    const attempt = await claim(client, 'same', 'a');
    const first = await attempt.push(storage, facts);
    const second = await attempt.push(storage, facts);
    expect(second.files.get('config.json')).toEqual(first.files.get('config.json'));
  });

  it('belong to the attempt that claimed them last: an older one changes nothing', async () => {
    const storage = memoryStorage(new Map([['config.json', text('{"old":1}')]]));
    const old = await claim(client, 'owned', 'old');
    await old.push(storage, facts);
    const young = await claim(client, 'owned', 'young');
    expect(young.before?.iteration).toBe(3);
    storage.files.set('config.json', text('{"old":2}'));
    await expect(old.push(storage, { ...facts, iteration: 9 })).rejects.toThrow(NoLongerOwner);
    expect((await readManifest(client, 'owned'))?.iteration).toBe(3);
    const copy = memoryStorage();
    await pull(client, 'owned', young.before!, copy);
    expect(new TextDecoder().decode(copy.files.get('config.json'))).toBe('{"old":1}');
    // What the older one sent and could not name is swept by the next.
    await claim(client, 'owned', 'third');
    expect((await client.hkeys('cohort:files:owned')).filter((field) => field.startsWith('old:'))).toEqual(['old:0']);
  });

  it('a piece that is gone is told', async () => {
    const attempt = await claim(client, 'gone', 'a');
    const manifest = await attempt.push(memoryStorage(new Map([['config.json', text('{}')]])), facts);
    await client.hdel('cohort:files:gone', 'a:0');
    await expect(pull(client, 'gone', manifest, memoryStorage())).rejects.toThrow(
      /config.json of run gone in the queue: expected a piece of 2 bytes, got nothing/,
    );
    await removeFiles(client, 'gone');
    expect(await readManifest(client, 'gone')).toBeUndefined();
  });

  it('why a run failed is kept with its parts', async () => {
    await keepError(client, 'failed', mistake('the field', 'a number', '"x"', 'write one'));
    expect((await readError(client, 'failed'))?.message).toBe('the field: expected a number, got "x"; write one');
    await client.hset('cohort:files:failed', 'error', '{"name":1}');
    expect(await readError(client, 'failed')).toBeUndefined();
  });
});

describe('manifests of a stranger', () => {
  const whole = { iteration: 1, done: true, machine: 'm', files: {} };
  const piece = { field: 'a:0', size: 2 };
  it.each([
    ['no JSON', 'x'],
    ['no files', JSON.stringify({ ...whole, files: undefined })],
    ['an iteration that is none', JSON.stringify({ ...whole, iteration: -1 })],
    ['a folder that leads away', JSON.stringify({ ...whole, folder: '../..' })],
    ['a path', JSON.stringify({ ...whole, files: { '../evil.js': { size: 2, pieces: [piece] } } })],
    ['an absolute path', JSON.stringify({ ...whole, files: { '/etc/passwd': { size: 2, pieces: [piece] } } })],
    ['a file that is no run’s', JSON.stringify({ ...whole, files: { 'evil.js': { size: 2, pieces: [piece] } } })],
    ['a snapshot of a snapshot', JSON.stringify({ ...whole, files: { 'policies/000001.safetensors/x': { size: 2, pieces: [piece] } } })],
    ['a lock', JSON.stringify({ ...whole, files: { 'run.lock': { size: 2, pieces: [piece] } } })],
    ['sizes that do not add up', JSON.stringify({ ...whole, files: { 'config.json': { size: 3, pieces: [piece] } } })],
    ['a field of another kind', JSON.stringify({ ...whole, files: { 'config.json': { size: 2, pieces: [{ field: 'owner', size: 2 }] } } })],
    ['a huge piece', JSON.stringify({ ...whole, files: { 'config.json': { size: 2 ** 21, pieces: [{ field: 'a:0', size: 2 ** 21 }] } } })],
    [
      'more than a run may have',
      JSON.stringify({
        ...whole,
        files: {
          'config.json': { size: 2 ** 30 + 2 ** 20, pieces: Array.from({ length: 1025 }, () => ({ field: 'a:0', size: 2 ** 20 })) },
        },
      }),
    ],
  ])('with %s are refused', (_, written) => {
    expect(() => parseManifest(written, 'the files')).toThrow(/^the files: expected .*; remove it: cohort-rl queue clean$/);
  });
});
