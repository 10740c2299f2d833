import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { explainFileError, nodeHost, nodeStorage } from '../../src/node/storage.ts';
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
    await storage.append('a/b/y', bytes('12'));
    await storage.append('a/b/y', bytes('345'), { sync: true });
    await storage.append('a/b/y', bytes(''), { sync: true });
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
    await storage.append('x', bytes('12'));
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

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    await symlink('/dev/full', join(folder, 'metrics.jsonl'));
    await expect(nodeStorage(folder).append('metrics.jsonl', bytes('x'))).rejects.toThrow(/a full disk \(ENOSPC\); free some space/);
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
