import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { filesOf } from '../../src/lm/checkpoints/files.ts';
import { openHuggingFace } from '../../src/lm/checkpoints/huggingFace/checkpoint.ts';
import { openModelFiles } from '../../src/node/modelFiles.ts';
import { recordedBytes } from '../fixtures/checkpoints.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cohort-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, bytes: Uint8Array | string): Promise<void> => writeFile(join(folder, name), bytes);

describe('openModelFiles', () => {
  it('reads ranges of the files of a folder, and knows their sizes', async () => {
    await write('a', Uint8Array.of(0, 1, 2, 3, 4));
    await write('b', '');
    await mkdir(join(folder, 'inner'));
    const { files, gguf } = await openModelFiles(folder);
    expect(gguf).toBeUndefined();
    expect(files.place).toBe(folder);
    expect(await files.list()).toEqual(['a', 'b']);
    expect(await Promise.all(['a', 'b', 'c', 'inner'].map((name) => files.size(name)))).toEqual([5, 0, undefined, undefined]);
    expect(await files.read('a', 1, 4)).toEqual(Uint8Array.of(1, 2, 3));
    expect(await files.read('a', 5, 5)).toEqual(new Uint8Array(0));
  });

  it('a .gguf file is its folder and its name', async () => {
    await write('tiny.GGUF', 'GGUF');
    const { files, gguf } = await openModelFiles(join(folder, 'tiny.GGUF'));
    expect(gguf).toBe('tiny.GGUF');
    expect(files.place).toBe(join(folder, 'tiny.GGUF'));
    expect(await files.size('tiny.GGUF')).toBe(4);
  });

  it('opens a checkpoint whose files are links, as in the cache of the Hub', async () => {
    await mkdir(join(folder, 'blobs'));
    await mkdir(join(folder, 'snapshot'));
    for (const [name, bytes] of Object.entries(await recordedBytes('qwen2'))) {
      await write(join('blobs', name), bytes);
      await symlink(join('..', 'blobs', name), join(folder, 'snapshot', name));
    }
    const { files } = await openModelFiles(join(folder, 'snapshot'));
    const checkpoint = await openHuggingFace(files, async () => Promise.reject(new Error('none')));
    expect((await checkpoint.tensor('model.norm.weight')).length).toBe(32);
    expect((await files.list()).length).toBe(5);
    // The same digest as where there are no paths.
    const inMemory = await openHuggingFace(filesOf('memory', await recordedBytes('qwen2')), async () => Promise.reject(new Error('none')));
    expect(files.hasher).toBeDefined();
    expect(await checkpoint.fingerprint()).toBe(await inMemory.fingerprint());
  });

  it.skipIf(process.platform === 'win32')('neither pipes nor links to nothing count as files', async () => {
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    await symlink('nowhere', join(folder, 'link'));
    await symlink('circle', join(folder, 'circle'));
    const { files } = await openModelFiles(folder);
    expect(await files.size('pipe')).toBeUndefined();
    expect(await files.size('link')).toBeUndefined();
    await expect(files.read('pipe', 0, 0)).rejects.toThrow('expected a plain file');
    await expect(files.size('circle')).rejects.toThrow('links that lead in a circle');
    expect(await files.list()).toEqual([]);
  });

  it('stays in its folder', async () => {
    await write('a', 'x');
    await mkdir(join(folder, 'inner'));
    const { files } = await openModelFiles(join(folder, 'inner'));
    for (const name of ['../a', '..', '.', '', join(folder, 'a'), '..\\a', 'a\0']) {
      expect(await files.size(name)).toBeUndefined();
      await expect(files.read(name, 0, 1)).rejects.toThrow('expected the name of a file in it');
    }
  });

  it('says when a file changed while it was read, before memory is taken', async () => {
    await write('a', 'four');
    const { files } = await openModelFiles(folder);
    await truncate(join(folder, 'a'), 2);
    await expect(files.read('a', 0, 4)).rejects.toThrow('expected 4 bytes, got 2 (it changed while it was read)');
    await expect(files.read('a', 0, 2 ** 50)).rejects.toThrow(CohortError);
    await expect(files.read('b', 0, 1)).rejects.toThrow('expected a file or folder that can be read, got none (ENOENT)');
  });

  it('says what is at a path where no model is', async () => {
    await write('config.json', '{}');
    await expect(openModelFiles(join(folder, 'none'))).rejects.toThrow(
      'expected a folder of a model, or a .gguf file, got nothing of that name',
    );
    await expect(openModelFiles(join(folder, 'config.json'))).rejects.toThrow('got another file; name its folder');
    await expect(openModelFiles(join(folder, 'config.json', 'x'))).rejects.toThrow('nothing of that name');
    await expect(openModelFiles('/dev/null')).rejects.toThrow('neither a folder nor a plain file');
  });
});
