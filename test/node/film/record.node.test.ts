import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawCaption, drawScene, type LunarLanderScene, makeEnv, pictureSize } from '../../../src/envs/index.ts';
import { choosePalette, GifWriter } from '../../../src/node/film/gif.ts';
import { loadOptional, optionalVersions } from '../../../src/node/film/optional.ts';
import { recordPlayer } from '../../../src/node/film/record.ts';
import type { EpisodeMoment } from '../../../src/play/playEpisode.ts';
import type { Player } from '../../../src/play/player.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-record-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Plays fixed actions: an episode of 60 steps of that environment. */
async function playerOf(id: string, action: (step: number) => number, steps = 60): Promise<Player> {
  const env = await makeEnv(id);
  return {
    env: id,
    seed: 1,
    policy: undefined as never,
    *play({ seed = 1, episode = 0, maxSteps = steps } = {}): Generator<EpisodeMoment, void, void> {
      env.reset({ seed: [seed, episode] });
      let total = 0;
      yield { scene: env.scene!(), step: 0, reward: 0, return: 0, terminated: false, truncated: false };
      for (let step = 1; step <= maxSteps; step++) {
        const { reward, terminated } = env.step(action(step));
        total += reward;
        const truncated = step === maxSteps;
        yield { scene: env.scene!(), step, reward, return: total, terminated, truncated };
        if (terminated) return;
      }
    },
    close: () => env.close?.(),
  };
}

/** Size, frames and their delays in hundredths of a second; walks through every block to the end. */
function readGif(bytes: Buffer): { width: number; height: number; delays: number[] } {
  expect(bytes.subarray(0, 6).toString('latin1')).toBe('GIF89a');
  const delays: number[] = [];
  let images = 0;
  let at = 13 + (bytes[10]! & 0x80 ? 3 * 2 ** ((bytes[10]! & 7) + 1) : 0);
  const skipBlocks = (): void => {
    while (bytes[at]! > 0) at += bytes[at]! + 1;
    at++;
  };
  while (bytes[at] !== 0x3b) {
    if (bytes[at] === 0x21) {
      if (bytes[at + 1] === 0xf9) delays.push(bytes.readUInt16LE(at + 4));
      at += 2;
      skipBlocks();
    } else {
      expect(bytes[at]).toBe(0x2c);
      images++;
      at += 10 + (bytes[at + 9]! & 0x80 ? 3 * 2 ** ((bytes[at + 9]! & 7) + 1) : 0) + 1;
      skipBlocks();
    }
  }
  expect(at).toBe(bytes.length - 1);
  expect(images).toBe(delays.length);
  return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), delays };
}

async function pixelsOf(bytes: Buffer): Promise<{ width: number; height: number; data: Uint8ClampedArray }> {
  const image = await loadImage(bytes);
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  return { width: image.width, height: image.height, data: context.getImageData(0, 0, image.width, image.height).data };
}

describe('GIF', () => {
  it('has every frame in the world’s own time; the first one is the picture, to a shade', async () => {
    const file = join(folder, 'lander.gif');
    const player = await playerOf('LunarLander-v3', (step) => (step > 30 ? 2 : 0));
    const recording = await recordPlayer(player, { file });
    const bytes = readFileSync(file);
    const { width, height, delays } = readGif(bytes);
    // 61 moments, every second one, and the last: 25 frames a second, the last one a second longer.
    expect(recording).toMatchObject({ format: 'gif', frames: 31, framesPerSecond: 25, bytes: bytes.length, env: 'LunarLander-v3' });
    expect([width, height]).toEqual([600, 400]);
    expect(delays).toEqual([...Array.from({ length: 30 }, () => 4), 104]);
    expect(recording.episodes).toEqual([{ return: expect.any(Number), length: 60 }]);
    const env = await makeEnv('LunarLander-v3');
    env.reset({ seed: [1, 0] });
    const context = createCanvas(600, 400).getContext('2d');
    drawScene(context, env.scene!(), { width: 600, height: 400 });
    drawCaption(context, { title: 'LunarLander-v3', step: 0, return: 0 }, { width: 600, height: 400 });
    const expected = context.getImageData(0, 0, 600, 400).data;
    const { data } = await pixelsOf(bytes);
    let worst = 0;
    let sum = 0;
    for (let k = 0; k < data.length; k++) {
      const difference = Math.abs(data[k]! - expected[k]!);
      worst = Math.max(worst, difference);
      sum += difference;
    }
    expect(sum / data.length).toBeLessThan(0.2);
    expect(worst).toBeLessThan(40);
  });

  it('keeps colors exactly where a palette holds them, and shares out what rounding takes from the time', () => {
    const paint = (red: number): { width: number; height: number; data: Uint8ClampedArray } => ({
      width: 2,
      height: 1,
      data: Uint8ClampedArray.of(red, 2, 3, 255, 200, 201, 202, 255),
    });
    const palette = choosePalette([paint(1), paint(77)]);
    expect(palette).toEqual(
      expect.arrayContaining([
        [1, 2, 3],
        [77, 2, 3],
        [200, 201, 202],
      ]),
    );
    expect(palette).toHaveLength(3);
    const many = Uint8ClampedArray.from({ length: 4 * 5000 }, (_, k) => (k * 7919) % 256);
    expect(choosePalette([{ width: 5000, height: 1, data: many }]).length).toBeLessThanOrEqual(255);
    const writer = new GifWriter(palette);
    writer.add(paint(1), 3);
    writer.add(paint(77), 4);
    expect(readGif(Buffer.from(writer.finish()))).toEqual({ width: 2, height: 1, delays: [3, 4] });
  });

  it('takes every nth step, its own speed and several episodes', async () => {
    const player = await playerOf('CliffWalking-v1', (step) => (step === 1 ? 0 : 1), 9);
    const file = join(folder, 'walk.gif');
    const recording = await recordPlayer(player, { file, every: 4, framesPerSecond: 3, episodes: 2, width: 241 });
    expect(recording).toMatchObject({ frames: 8, framesPerSecond: 3, width: 242, height: 80 });
    expect(recording.episodes).toEqual([
      { return: -9, length: 9 },
      { return: -9, length: 9 },
    ]);
    expect(readGif(readFileSync(file)).delays).toEqual([33, 34, 33, 133, 34, 33, 33, 134]);
  });
});

describe('MP4', () => {
  it('is a film with every step and a second of the last one', async () => {
    const file = join(folder, 'pole.mp4');
    const recording = await recordPlayer(await playerOf('CartPole-v1', (step) => step % 2, 20), { file, format: 'mp4', width: 200 });
    const bytes = readFileSync(file);
    expect(recording).toMatchObject({ format: 'mp4', frames: 21, framesPerSecond: 50, width: 200, height: 134, bytes: bytes.length });
    expect(bytes.subarray(4, 8).toString('latin1')).toBe('ftyp');
    // The box of sample sizes: version and flags, one size for all, then the number of frames.
    const sizes = bytes.indexOf('stsz', 0, 'latin1');
    expect(bytes.readUInt32BE(sizes + 12)).toBe(21 + 50);
    expect(bytes.indexOf('avc1', 0, 'latin1')).toBeGreaterThan(0);
  });
});

describe('PNG', () => {
  it('shows moments side by side, the first and the last among them', async () => {
    const file = join(folder, 'strip.png');
    const recording = await recordPlayer(await playerOf('CartPole-v1', () => 1), { file, format: 'png' });
    const bytes = readFileSync(file);
    expect([...bytes.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const { width, height, data } = await pixelsOf(bytes);
    expect(recording).toMatchObject({ frames: 6, width, height });
    expect(recording).not.toHaveProperty('framesPerSecond');
    // Every one of the six has the cart's blue in it.
    const blue = new Set<number>();
    for (let k = 0; k < data.length; k += 4) {
      if (data[k] !== 0x3f || data[k + 1] !== 0x63 || data[k + 2] !== 0xa8) continue;
      const [x, y] = [(k / 4) % width, Math.floor(k / 4 / width)];
      blue.add(3 * Math.floor(y / (height / 2)) + Math.floor(x / (width / 3)));
    }
    expect([...blue].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('shows one step alone, and nothing written where nothing shall be', async () => {
    const player = await playerOf('LunarLander-v3', (step) => (step > 10 ? 2 : 0));
    const file = join(folder, 'moment.png');
    await recordPlayer(player, { file, format: 'png', at: 42, caption: false });
    const context = createCanvas(600, 400).getContext('2d');
    const moments = [...player.play()];
    expect((moments[42]!.scene as LunarLanderScene).main).toBe(1);
    drawScene(context, moments[42]!.scene, pictureSize('lunarLander'), { earlier: moments.slice(0, 42).map(({ scene }) => scene) });
    expect((await pixelsOf(readFileSync(file))).data).toEqual(context.getImageData(0, 0, 600, 400).data);
    await expect(recordPlayer(player, { file: `${file}2`, format: 'png', at: 61 })).rejects.toThrow(
      /record: at: expected a step of the episode, 0 to 60, got 61/,
    );
  });
});

describe('recordPlayer', () => {
  it('leaves a file that is there alone unless told otherwise', async () => {
    const player = await playerOf('CartPole-v1', () => 1, 3);
    const file = join(folder, 'mine.png');
    writeFileSync(file, 'mine');
    await expect(recordPlayer(player, { file, format: 'png' })).rejects.toThrow(/expected a file that is not there yet.*--force/);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await recordPlayer(player, { file, format: 'png', overwrite: true });
    expect(readFileSync(file).length).toBeGreaterThan(1000);
  });

  it('ends when it is told to, and leaves nothing behind', async () => {
    const player = await playerOf('CartPole-v1', (step) => step % 2, 40);
    for (const format of ['gif', 'mp4'] as const) {
      const cancel = new AbortController();
      const file = join(folder, `cancelled.${format}`);
      const onProgress = (done: number): void => {
        if (done === 3) cancel.abort();
      };
      await expect(recordPlayer(player, { file, format, signal: cancel.signal, onProgress, width: 100 })).rejects.toThrow(/abort/i);
      expect(existsSync(file)).toBe(false);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('says what is wrong with options and places', async () => {
    const player = await playerOf('CartPole-v1', () => 1, 3);
    const record = (options: object) => recordPlayer(player, { file: join(folder, 'never.gif'), ...options });
    await expect(record({ episodes: 0 })).rejects.toThrow(/record: episodes: expected a whole number from 1 to 1000, got 0/);
    await expect(record({ framesPerSecond: 2.5 })).rejects.toThrow(/record: framesPerSecond/);
    await expect(record({ width: 1 })).rejects.toThrow(/record: width: expected a whole number from 64 to 4096/);
    await expect(record({ file: join(folder, 'no', 'such', 'folder.gif') })).rejects.toThrow(
      /expected a file that can be written, got .*ENOENT.*--output/,
    );
  });
});

describe('optional packages', () => {
  it('are named with the command that installs them, in the version that is tested', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    const load = (): Promise<never> => Promise.reject(missing);
    await expect(loadOptional('h264-mp4-encoder', '--mp4', load)).rejects.toThrow(
      '--mp4: expected the optional package h264-mp4-encoder, got no such package here; install it with `npm install h264-mp4-encoder@1.0.12`',
    );
    const { peerDependencies } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
    expect(peerDependencies).toMatchObject(optionalVersions);
  });
});
