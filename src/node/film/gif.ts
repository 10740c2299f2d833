/**
 * Animated GIFs, by gifenc: one palette for the whole file, and of every frame only what changed.
 */
import * as gifencModule from 'gifenc';

// A CommonJS module: Node gives its exports as `default`, programs that imitate bundlers as names.
const gifenc = gifencModule.default.quantize === undefined ? gifencModule : gifencModule.default;

/** The pixels of a picture: red, green, blue, alpha, row by row; alpha is not looked at. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Index of "as in the frame before", and in the table of colors "not looked up yet". */
const unchanged = 255;
/** Colors of a palette: every index but {@link unchanged}. */
const maxColors = 255;
/** Colors that are kept exactly because many pixels have them: the flat areas and the rows of gradients. */
const maxExact = 160;

// Red in the low byte: a pixel read as a little-endian number, without its alpha.
const redOf = (color: number): number => color & 0xff;
const greenOf = (color: number): number => (color >> 8) & 0xff;
const blueOf = (color: number): number => (color >> 16) & 0xff;

function numbersOf({ data }: Pixels): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** Up to 255 colors for pictures like the samples: those that fill areas exactly, the rest (smoothed edges) by a quantiser. */
export function choosePalette(samples: readonly Pixels[]): number[][] {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    for (const pixel of numbersOf(sample)) {
      const color = pixel & 0xffffff;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
  }
  const byCount = [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([color]) => color);
  const exact = byCount.slice(0, byCount.length <= maxColors ? maxColors : maxExact);
  const palette = exact.map((color) => [redOf(color), greenOf(color), blueOf(color)]);
  const rest = byCount.slice(exact.length);
  if (rest.length === 0) return palette;
  // Once per color, not per pixel: rare colors are seen at edges.
  const listed = new Uint8Array(4 * rest.length);
  rest.forEach((color, k) => {
    listed.set([redOf(color), greenOf(color), blueOf(color), 255], 4 * k);
  });
  return [...palette, ...gifenc.quantize(listed, maxColors - exact.length)].map(([red, green, blue]) => [red!, green!, blue!]);
}

/** Writes one GIF, frame after frame. */
export class GifWriter {
  readonly #encoder = gifenc.GIFEncoder({ initialCapacity: 1 << 20 });
  readonly #palette: readonly number[][];
  /** Palette index of a color, {@link unchanged} where it was not needed yet. */
  readonly #indices: Uint8Array = new Uint8Array(1 << 24).fill(unchanged);
  #before: Uint8Array | undefined;

  /** `palette` holds at most 255 colors. */
  constructor(palette: readonly number[][]) {
    this.#palette = palette;
  }

  #nearest(color: number): number {
    const known = this.#indices[color]!;
    if (known !== unchanged) return known;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    this.#palette.forEach(([red, green, blue], k) => {
      const dr = red! - redOf(color);
      const dg = green! - greenOf(color);
      const db = blue! - blueOf(color);
      const distance = dr * dr + dg * dg + db * db;
      if (distance >= least) return;
      least = distance;
      best = k;
    });
    this.#indices[color] = best;
    return best;
  }

  /** Adds a frame that is shown for so many hundredths of a second. All frames have one size. */
  add(pixels: Pixels, hundredths: number): void {
    const { width, height } = pixels;
    const numbers = numbersOf(pixels);
    const now = new Uint8Array(numbers.length);
    for (let k = 0; k < now.length; k++) now[k] = this.#nearest(numbers[k]! & 0xffffff);
    const before = this.#before;
    const delay = 10 * hundredths;
    if (before) {
      const changes = now.map((index, k) => (index === before[k] ? unchanged : index));
      this.#encoder.writeFrame(changes, width, height, { delay, transparent: true, transparentIndex: unchanged, dispose: 1 });
    } else {
      const filled = Array.from({ length: 256 }, (_, k) => this.#palette[k] ?? [0, 0, 0]);
      this.#encoder.writeFrame(now, width, height, { palette: filled, delay, repeat: 0, dispose: 1 });
    }
    this.#before = now;
  }

  /** The file. */
  finish(): Uint8Array {
    this.#encoder.finish();
    return this.#encoder.bytes();
  }
}
