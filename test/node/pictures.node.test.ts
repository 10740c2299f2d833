/** Pictures of prompts in Node: the same of a PNG as in a page; files of a folder and nothing else. */
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodePicture, readPictureFile } from '../../src/node/pictures.ts';
import { bytesOf, chunk, jpeg, pngHeader, pngSignature, turnedJpeg, writePng } from '../lm/tasks/pictures/writePicture.ts';

const png = writePng(2, 2, [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3]);

describe('decodePicture in Node', () => {
  it('reads the pixels of a PNG exactly, and lays what is transparent on white', async () => {
    expect(await decodePicture(png, 'a.png')).toEqual({
      width: 2,
      height: 2,
      pixels: Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3),
    });
    const clear = writePng(3, 1, [9, 9, 9, 0, 10, 20, 30, 255, 0, 0, 0, 128], { color: 6 });
    const { pixels } = await decodePicture(clear, 'a.png');
    expect([...pixels.subarray(0, 6)]).toEqual([255, 255, 255, 10, 20, 30]);
    for (const value of pixels.subarray(6)) expect(Math.abs(value - 127)).toBeLessThanOrEqual(1);
  });

  it('reads a JPEG to within a few levels, and turns it as it says', async () => {
    const { width, height, pixels } = await decodePicture(jpeg, 'a.jpg');
    expect([width, height]).toEqual([16, 8]);
    const distance = (at: number, color: readonly number[]): number =>
      Math.max(...color.map((value, i) => Math.abs(pixels[3 * at + i]! - value)));
    expect(distance(0, [200, 0, 0])).toBeLessThan(12);
    expect(distance(15, [0, 0, 200])).toBeLessThan(12);
    const turned = await decodePicture(turnedJpeg, 'a.jpg');
    expect([turned.width, turned.height]).toEqual([8, 16]);
  });

  it('leaves colours as they are written, whatever gamma the file names', async () => {
    const gamma = writePng(1, 1, [100, 150, 200], { extra: [chunk('gAMA', bytesOf([100_000]))] });
    expect([...(await decodePicture(gamma, 'a.png')).pixels]).toEqual([100, 150, 200]);
  });

  it('refuses what is damaged, also what the decoder would paint white', async () => {
    await expect(decodePicture(png.subarray(0, -14), 'a.png')).rejects.toThrow('a.png: expected a PNG up to its last chunk');
    const nonsense = bytesOf(pngSignature, pngHeader(2, 2), chunk('IDAT', bytesOf(1, 2, 3)), chunk('IEND'));
    await expect(decodePicture(writePng(2, 3, [1, 2, 3, 4, 5, 6], { rows: 1 }), 'a.png')).rejects.toThrow('got damaged data in it');
    await expect(decodePicture(writePng(2, 1, Array(18).fill(9), { rows: 3 }), 'a.png')).rejects.toThrow('got damaged data in it');
    await expect(decodePicture(nonsense, 'a.png')).rejects.toThrow('a.png: expected a picture that can be decoded, got damaged data in it');
  });
});

describe('readPictureFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-pictures-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'rows', 'inner'), { recursive: true });
  writeFileSync(join(folder, 'outside.png'), png);
  writeFileSync(join(folder, 'rows', 'inner', 'a.png'), png);
  const rows = join(folder, 'rows');

  it('reads a file of the folder', async () => {
    expect(new Uint8Array(await readPictureFile(rows, 'inner/a.png'))).toEqual(png);
  });

  it('refuses paths out of the folder, links, folders, what is not there, and large files', async () => {
    await expect(readPictureFile(rows, '../outside.png')).rejects.toThrow('expected the path of a picture within the folder of its rows');
    await expect(readPictureFile(rows, join(folder, 'outside.png'))).rejects.toThrow('within the folder of its rows');
    await expect(readPictureFile(rows, 'b.png')).rejects.toThrow('b.png", which does not exist; check the path');
    await expect(readPictureFile(rows, 'inner/a.png/c.png')).rejects.toThrow('which does not exist');
    mkdirSync(join(rows, 'folder.png'));
    await expect(readPictureFile(rows, 'folder.png')).rejects.toThrow('got a folder; name the file in it');
    writeFileSync(join(rows, 'large.png'), '');
    truncateSync(join(rows, 'large.png'), 2 ** 27);
    await expect(readPictureFile(rows, 'large.png')).rejects.toThrow('got 134217728 bytes; at most 68157440 bytes are read');
    linkSync(join(rows, 'inner', 'a.png'), join(rows, 'hard.png'));
    expect(await readPictureFile(rows, 'hard.png')).toHaveLength(png.length);
  });

  it.skipIf(process.platform === 'win32')('refuses links, to files and to folders', async () => {
    symlinkSync(join(folder, 'outside.png'), join(rows, 'link.png'));
    symlinkSync(folder, join(rows, 'up'));
    await expect(readPictureFile(rows, 'link.png')).rejects.toThrow('link.png", which is a link; put the picture itself into the folder');
    await expect(readPictureFile(rows, 'up/outside.png')).rejects.toThrow('up", which is a link');
  });
});
