/**
 * MP4 films (H.264), by the optional package h264-mp4-encoder: WebAssembly, so no program has to be installed.
 */
import type { H264MP4Encoder } from 'h264-mp4-encoder';
import type { Pixels } from './gif.ts';
import { loadOptional } from './optional.ts';

/** Of 10 .. 51, less is better: flat areas stay clean, and a minute of film takes a few hundred kilobytes. */
const quantization = 22;

/** Writes one film, frame after frame. */
export interface FilmWriter {
  /** Adds a frame. All frames have the film's size. */
  add(pixels: Pixels): void;
  /** The file. */
  finish(): Uint8Array;
  /** Frees the encoder; the film is lost unless finished. To be called once. */
  close(): void;
}

/** Begins a film; width and height are even. Throws `CohortError` without the package. */
export async function createFilm(width: number, height: number, framesPerSecond: number): Promise<FilmWriter> {
  const { default: module } = await loadOptional('h264-mp4-encoder', '--mp4', () => import('h264-mp4-encoder'));
  const encoder: H264MP4Encoder = await module.createH264MP4Encoder();
  encoder.width = width;
  encoder.height = height;
  encoder.frameRate = framesPerSecond;
  encoder.quantizationParameter = quantization;
  encoder.speed = 4;
  encoder.initialize();
  // An encoder that is freed unfinished complains on standard output.
  let finished = false;
  return {
    add: ({ data }) => encoder.addFrameRgba(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    finish() {
      encoder.finalize();
      finished = true;
      return encoder.FS.readFile(encoder.outputFilename);
    },
    close() {
      if (!finished) encoder.finalize();
      encoder.delete();
    },
  };
}
