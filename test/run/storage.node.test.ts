import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { explainFileError } from '../../src/node/files.ts';
import { nodeHost, nodeStorage } from '../../src/node/storage.ts';
import type { RunStorage } from '../../src/run/storage.ts';
import { memoryStorage } from '../../src/run/storage.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textAt = async (storage: RunStorage, path: string): Promise<string> => new TextDecoder().decode(await storage.read(path));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cohort-storage-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe.each<[string, () => RunStorage]>([
  ['memoryStorage', () => memoryStorage()],
  ['nodeStorage', () => nodeStorage(folder)],
])('%s', (_name, make) => {
  it('has nothing where nothing was written', async () => {
    const storage = make();
    expect(await storage.read('a/b')).toBeUndefined();
    expect(await storage.size('a/b')).toBeUndefined();
    expect(await storage.list('a')).toEqual([]);
    await storage.remove('a/b');
  });

  it('writes, replaces, appends, cuts, lists, removes', async () => {
    const storage = make();
    await storage.makeDirectory('a/b');
    await storage.write('a/b/x', bytes('one'));
    await storage.write('a/b/x', bytes('two'));
    expect(await textAt(storage, 'a/b/x')).toBe('two');
    await storage.append('a/b/y', bytes('12'), 0);
    await storage.append('a/b/y', bytes('345'), 2, { sync: true });
    await storage.append('a/b/y', bytes(''), 5, { sync: true });
    expect(await textAt(storage, 'a/b/y')).toBe('12345');
    await storage.truncate('a/b/y', 3);
    expect(await textAt(storage, 'a/b/y')).toBe('123');
    expect(await storage.size('a/b/y')).toBe(3);
    expect(await storage.list('a')).toEqual(['b']);
    expect(await storage.list('a/b')).toEqual(['x', 'y']);
    await storage.remove('a/b/x');
    expect(await storage.list('a/b')).toEqual(['y']);
  });

  it('makes a new file for one caller only', async () => {
    const storage = make();
    await storage.makeDirectory('');
    const made = await Promise.all(['1', '2', '3'].map((text) => storage.writeNew('lock', bytes(text))));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await textAt(storage, 'lock')).toBe(String(made.indexOf(true) + 1));
    expect(await storage.list('')).toEqual(['lock']);
  });

  it('does not cut a file to more than it has', async () => {
    const storage = make();
    await storage.append('x', bytes('12'), 0);
    await expect(storage.truncate('x', 3)).rejects.toThrow(CohortError);
    expect(await textAt(storage, 'x')).toBe('12');
    await expect(storage.truncate('none', 0)).rejects.toThrow(CohortError);
  });

  it.each(['../x', '/x', 'a//b', 'a/./b', 'a\\b', 'a/'])('refuses path %s', async (path) => {
    await expect((async () => make().read(path))()).rejects.toThrow(CohortError);
  });
});

describe('nodeStorage', () => {
  it('says what is wrong when a file stands where a folder should', async () => {
    await writeFile(join(folder, 'file'), 'x');
    const storage = nodeStorage(join(folder, 'file', 'runs'));
    const error = await storage.makeDirectory('one').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CohortError);
    expect((error as CohortError).message).toMatch(/file.runs.one: expected a folder, got a file somewhere in this path \(ENOTDIR\); /);
    expect((error as CohortError).parts.kind).toBe('failure');
  });

  it.each([
    ['EACCES', /permission denied .EACCES.; change its permissions/],
    ['EROFS', /a read-only file system .EROFS.; choose a folder/],
    ['ENOSPC', /a full disk .ENOSPC.; free some space/],
    ['ENOTDIR', /a file somewhere in this path .ENOTDIR.; choose another/],
    ['EWHATEVER', /expected a file system that works, got the reason; choose another folder/],
  ])('explains %s', (code, message) => {
    const error = explainFileError(Object.assign(new Error('the reason'), { code }), 'runs/1/config.json');
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^runs\/1\/config\.json: expected/);
  });

  it('leaves no temporary file behind, also when writing fails', async () => {
    const storage = nodeStorage(folder);
    await storage.makeDirectory('taken');
    await expect(storage.write('taken', bytes('x'))).rejects.toThrow(CohortError);
    await storage.write('x', bytes('x'));
    expect(await readdir(folder)).toEqual(['taken', 'x']);
  });
});

describe('a folder of a stranger', () => {
  let outside: string;
  let kept: string;
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'cohort-outside-'));
    kept = join(outside, 'thesis.tex');
    await writeFile(kept, 'years of work');
  });
  afterEach(async () => {
    expect(await readFile(kept, 'utf8')).toBe('years of work');
    expect(await readdir(outside)).toEqual(['thesis.tex']);
    await rm(outside, { recursive: true, force: true });
  });

  /** Everything that a storage does to a file. */
  const operations: readonly (readonly [string, (storage: RunStorage, path: string) => Promise<unknown>])[] = [
    ['read', (storage, path) => storage.read(path)],
    ['write', (storage, path) => storage.write(path, bytes('x'))],
    ['append', (storage, path) => storage.append(path, bytes('x'), 13)],
    ['append to an empty file', (storage, path) => storage.append(path, bytes('x'), 0)],
    ['truncate', (storage, path) => storage.truncate(path, 0)],
    ['size', (storage, path) => storage.size(path)],
    ['remove', (storage, path) => storage.remove(path)],
  ];

  it.each(operations)('%s follows no link, to a file or in the way', async (_name, work) => {
    await symlink(kept, join(folder, 'file'));
    await symlink(join(outside, 'none'), join(folder, 'dangling'));
    await symlink(outside, join(folder, 'policies'));
    const storage = nodeStorage(folder);
    for (const path of ['file', 'dangling', 'policies/thesis.tex', 'policies/new']) {
      await expect(work(storage, path)).rejects.toThrow(/expected a file or folder of its own, got a symbolic link \(ELOOP\)/);
    }
    expect((await readdir(folder)).sort()).toEqual(['dangling', 'file', 'policies']);
  });

  it.each(operations)('%s opens no pipe, no socket and no folder', async (_name, work) => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await mkdir(join(folder, 'folder'));
    const server = createServer().listen(join(folder, 'socket'));
    await once(server, 'listening');
    const storage = nodeStorage(folder);
    for (const name of ['pipe', 'socket', 'folder']) {
      await expect(work(storage, name)).rejects.toThrow(new RegExp(`expected a file, got a ${name}; `));
    }
    server.close();
  });

  it('lists and makes no folder behind a link', async () => {
    await symlink(outside, join(folder, 'policies'));
    const storage = nodeStorage(folder);
    await expect(storage.list('policies')).rejects.toThrow(/symbolic link/);
    await expect(storage.makeDirectory('policies')).rejects.toThrow(CohortError);
    await expect(storage.makeDirectory('policies/new')).rejects.toThrow(CohortError);
    await storage.removeTemporaries('').catch(() => undefined);
    expect(await nodeStorage(join(folder, 'policies')).list('')).toEqual(['thesis.tex']);
  });

  it('changes no file that has a second name', async () => {
    await link(kept, join(folder, 'metrics.jsonl'));
    const storage = nodeStorage(folder);
    await expect(storage.append('metrics.jsonl', bytes('x'), 13)).rejects.toThrow(
      /expected a file with one name, got one with 2 \(hard links\)/,
    );
    await expect(storage.truncate('metrics.jsonl', 0)).rejects.toThrow(CohortError);
    // Replacing it leaves the other name alone.
    await storage.write('metrics.jsonl', bytes('ours'));
    expect(await textAt(storage, 'metrics.jsonl')).toBe('ours');
  });

  it('is read to the size that is asked for, and no further', async () => {
    const storage = nodeStorage(folder);
    await writeFile(join(folder, 'x'), '12345');
    await expect(storage.read('x', 4)).rejects.toThrow(/x: expected a file of at most 4 bytes, got 5 bytes/);
    await truncate(join(folder, 'x'), 2 ** 40);
    await expect(storage.read('x')).rejects.toThrow(/expected a file of at most 2147483647 bytes, got 1099511627776 bytes/);
  });

  it('has no temporary name that anybody could foresee, and loses what dead writers left', async () => {
    await writeFile(join(folder, 'x.0123456789abcdef.tmp'), 'half');
    await writeFile(join(folder, 'notes.tmp'), 'of somebody');
    const storage = nodeStorage(folder);
    expect(await storage.list('')).toEqual(['notes.tmp']);
    await storage.removeTemporaries('');
    expect(await readdir(folder)).toEqual(['notes.tmp']);
  });
});

describe('a file that somebody else changed', () => {
  it.each([
    ['longer', '123456', /expected the 5 bytes that this process wrote, got 6 bytes; see who else writes this folder/],
    ['shorter', '1234', /got 4 bytes/],
    ['gone', undefined, /none: it was moved or removed \(ENOENT\)/],
  ])('is not added to: %s', async (_name, content, message) => {
    const file = join(folder, 'x');
    if (content !== undefined) await writeFile(file, content);
    await expect(nodeStorage(folder).append('x', bytes('y'), 5)).rejects.toThrow(message);
    if (content !== undefined) expect(await readFile(file, 'utf8')).toBe(content);
  });
});

describe('nodeHost', () => {
  it('knows the living from the dead and from those who took their number', async () => {
    const host = nodeHost();
    expect(await host.isAlive(host.pid, host.startToken)).toBe(true);
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);
    const pid = child.pid!;
    expect(await host.isAlive(pid, '')).toBe(true);
    if (host.startToken !== '') expect(await host.isAlive(pid, host.startToken)).toBe(false);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
    expect(await host.isAlive(pid, '')).toBe(false);
  });
});
