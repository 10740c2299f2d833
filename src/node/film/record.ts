/**
 * Films and pictures of what a run has learned: episodes are played first, then drawn and encoded; the file appears when it is whole.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { PlayerLoadOptions } from '../../api/environments.ts';
import { checkRecord, checkText } from '../../core/arguments.ts';
import { failure, mistake, show } from '../../core/errors.ts';
import { stepsPerSecond } from '../../envs/draw/index.ts';
import type { EpisodeMoment } from '../../play/playEpisode.ts';
import type { Player, PlayerOptions } from '../../play/player.ts';
import { replaceFile } from '../files.ts';
import { choosePalette, GifWriter } from './gif.ts';
import { createFilm } from './mp4.ts';
import { createPainter, type Frame, type Painter } from './pictures.ts';

/** What a recording can be. */
export const recordFormats = ['gif', 'mp4', 'png'] as const;
/** A GIF, an MP4 film (H.264), or a PNG with one moment or several side by side. */
export type RecordFormat = (typeof recordFormats)[number];

/** How to record. */
export interface RecordOptions extends PlayerLoadOptions, Omit<PlayerOptions, 'episode'> {
  /** Where the file goes; its ending does not matter. */
  readonly file: string;
  /** Default `gif`. */
  readonly format?: RecordFormat;
  /** Replaces a file that is there. Default false: an error. */
  readonly overwrite?: boolean;
  /** Episodes, one after the other. Default 1. */
  readonly episodes?: number;
  /** One frame for so many steps. Default: 1, and for a GIF as many as keep it to 25 frames a second. */
  readonly every?: number;
  /** Frames per second of the file. Default: the world's own speed. */
  readonly framesPerSecond?: number;
  /** Pixels; the height follows. Default: `pictureSize`. */
  readonly width?: number;
  /** Of a PNG: how many moments, evenly spread over the episodes. Default 6. */
  readonly pictures?: number;
  /** Of a PNG: this step of the first episode alone. */
  readonly at?: number;
  /** Environment, step and return in the picture. Default true. */
  readonly caption?: boolean;
  /** Ends the work; no file is left, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called after each frame. */
  readonly onProgress?: (done: number, frames: number) => void;
}

/** What was recorded. */
export interface Recording {
  readonly file: string;
  readonly format: RecordFormat;
  readonly bytes: number;
  readonly env: string;
  readonly seed: number;
  readonly greedy: boolean;
  /** Frames of a film, moments of a PNG. */
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** Missing for a PNG. */
  readonly framesPerSecond?: number;
  /** Return and length of every episode. */
  readonly episodes: readonly { readonly return: number; readonly length: number }[];
}

/** More frames than this make a GIF that few programs show at its speed. */
const gifFramesPerSecond = 25;
/** Seconds that the last moment of an episode stays. */
const hold = 1;
/** Frames that a GIF's palette is chosen from. */
const paletteSamples = 16;

/** The two ends of each range, for messages. */
const ranges = {
  episodes: [1, 1000],
  every: [1, 10_000],
  framesPerSecond: [1, 240],
  width: [64, 4096],
  pictures: [1, 60],
  at: [0, 100_000_000],
} as const;

function refuseFile(file: string, cause: unknown): never {
  const got = `${show(file)} (${(cause as NodeJS.ErrnoException).code ?? String(cause)})`;
  throw failure('record', 'a file that can be written', got, 'choose another place with --output', cause);
}

function checkOptions(options: RecordOptions): void {
  const { file } = checkRecord(options, 'record', 'options with a file', "give { file: 'episode.gif' }");
  checkText(file, 'record: file', 'the name of a file', "write 'episode.gif'");
  for (const [name, [low, high]] of Object.entries(ranges) as [keyof typeof ranges, readonly [number, number]][]) {
    const value = options[name];
    if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) continue;
    throw mistake(`record: ${name}`, `a whole number from ${low} to ${high}`, show(value), 'leave it out for the default');
  }
  if (!options.overwrite && existsSync(options.file)) {
    const advice = 'choose another name with --output, or replace it with --force';
    throw mistake('record', 'a file that is not there yet', show(options.file), advice);
  }
  // Speaks before the work and not after it.
  const folder = dirname(options.file);
  try {
    accessSync(folder, constants.W_OK);
  } catch (error) {
    refuseFile(options.file, error);
  }
  if (!statSync(folder).isDirectory()) refuseFile(options.file, { code: 'ENOTDIR' });
}

/** One moment to be drawn. */
interface Shot extends Frame {
  /** Whether it ends its episode. */
  readonly last: boolean;
}

/** Plays the episodes; stops between moments when asked to. */
async function playAll(player: Player, options: RecordOptions): Promise<EpisodeMoment[][]> {
  const { episodes = 1, seed, greedy, maxSteps, signal } = options;
  const played: EpisodeMoment[][] = [];
  for (let episode = 0; episode < episodes; episode++) {
    const moments: EpisodeMoment[] = [];
    for (const moment of player.play({ episode, seed, greedy, maxSteps })) {
      moments.push(moment);
      if (moments.length % 64 > 0) continue;
      await setImmediate();
      signal?.throwIfAborted();
    }
    played.push(moments);
  }
  return played;
}

/** The moments of the episodes that are drawn: every nth and the last of each. */
function shotsOf(env: string, played: readonly EpisodeMoment[][], every: number, caption: boolean): Shot[] {
  return played.flatMap((moments, episode) => {
    const scenes = moments.map(({ scene }) => scene);
    const title = played.length > 1 ? `${env}  ·  ${episode + 1} of ${played.length}` : env;
    return moments.flatMap(({ scene, step, return: total }, k): Shot[] => {
      const last = k === moments.length - 1;
      if (k % every > 0 && !last) return [];
      return [
        {
          scene,
          // When it is drawn: the lists of a long episode would fill the memory.
          get earlier() {
            return scenes.slice(0, k);
          },
          last,
          ...(caption && { caption: { title, step, return: total } }),
        },
      ];
    });
  });
}

/** So many of them, evenly spread, the first and the last among them; a single one is from the middle. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items];
  const place = (k: number): number => (count === 1 ? items.length / 2 : (k * (items.length - 1)) / (count - 1));
  return Array.from({ length: count }, (_, k) => items[Math.floor(place(k))]!);
}

/** Lets the program breathe after a frame: Ctrl-C, and the line of progress. */
type Tick = (done: number) => Promise<void>;

async function encodeGif(painter: Painter, shots: readonly Shot[], framesPerSecond: number, tick: Tick): Promise<Uint8Array> {
  const samples: ReturnType<Painter['pixels']>[] = [];
  for (const shot of spread(shots, paletteSamples)) {
    samples.push(painter.pixels(shot));
    await tick(0);
  }
  const writer = new GifWriter(choosePalette(samples));
  // A GIF counts in hundredths of a second: what a frame's time is rounded by, the next one gets.
  const until = (k: number): number => Math.round((100 * k) / framesPerSecond);
  for (const [k, shot] of shots.entries()) {
    writer.add(painter.pixels(shot), until(k + 1) - until(k) + (shot.last ? 100 * hold : 0));
    await tick(k + 1);
  }
  return writer.finish();
}

async function encodeFilm(painter: Painter, shots: readonly Shot[], framesPerSecond: number, tick: Tick): Promise<Uint8Array> {
  const film = await createFilm(painter.size.width, painter.size.height, framesPerSecond);
  try {
    for (const [k, shot] of shots.entries()) {
      const pixels = painter.pixels(shot);
      const times = shot.last ? 1 + Math.round(hold * framesPerSecond) : 1;
      for (let time = 0; time < times; time++) film.add(pixels);
      await tick(k + 1);
    }
    return film.finish();
  } finally {
    film.close();
  }
}

/** The moments up to a step, of which the last is the one to record. */
function momentAt(moments: readonly EpisodeMoment[], at: number): EpisodeMoment[] {
  const moment = moments[at];
  if (moment) return [...moments.slice(0, at), moment];
  const expected = `a step of the episode, 0 to ${moments.length - 1}`;
  throw mistake('record: at', expected, String(at), 'name an earlier one, or choose another seed');
}

/** Plays episodes with `player` and records them; see `recordRun`. */
export async function recordPlayer(player: Player, options: RecordOptions): Promise<Recording> {
  checkOptions(options);
  const { format = 'gif', caption = true, greedy = true, signal, onProgress } = options;
  const played = await playAll(player, options);
  const { scene } = played[0]![0]!;
  const painter = await createPainter(scene.kind, options.width);
  const pace = stepsPerSecond(scene);
  const every = options.every ?? (format === 'gif' ? Math.ceil(pace / gifFramesPerSecond) : 1);
  const framesPerSecond = options.framesPerSecond ?? pace / every;
  const { at, pictures = 6 } = options;
  const isPicture = format === 'png';
  const moments = shotsOf(player.env, isPicture && at !== undefined ? [momentAt(played[0]!, at)] : played, isPicture ? 1 : every, caption);
  const chosen = (): Shot[] => (at === undefined ? spread(moments, pictures) : moments.slice(-1));
  const shots = isPicture ? chosen() : moments;
  const tick: Tick = async (done) => {
    await setImmediate();
    signal?.throwIfAborted();
    if (done > 0) onProgress?.(done, shots.length);
  };
  const encode = format === 'gif' ? encodeGif : encodeFilm;
  const { bytes, size } = isPicture
    ? await painter.strip(shots)
    : { bytes: await encode(painter, shots, framesPerSecond, tick), size: painter.size };
  await replaceFile(options.file, bytes).catch((cause) => refuseFile(options.file, cause));
  return {
    ...{ file: options.file, format, bytes: bytes.length, env: player.env, seed: options.seed ?? player.seed, greedy },
    ...{ frames: shots.length, width: size.width, height: size.height },
    ...(isPicture ? {} : { framesPerSecond }),
    episodes: played.map((episode) => ({ return: episode.at(-1)!.return, length: episode.length - 1 })),
  };
}
