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

/** Index of "as in the frame before", and in the table of colours "not looked up yet". */
const unchanged = 255;
/** Colours of a palette: every index but {@link unchanged}. */
const mostColours = 255;
/** Colours that are kept exactly because many pixels have them: the flat areas and the rows of gradients. */
const mostExact = 160;

// Red in the low byte: a pixel read as a little-endian number, without its alpha.
const redOf = (colour: number): number => colour & 0xff;
const greenOf = (colour: number): number => (colour >> 8) & 0xff;
const blueOf = (colour: number): number => (colour >> 16) & 0xff;

function numbersOf({ data }: Pixels): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** Up to 255 colours for pictures like the samples: those that fill areas exactly, the rest (smoothed edges) by a quantiser. */
export function choosePalette(samples: readonly Pixels[]): number[][] {
  const counts = new Map<number, number>();
  for (const sample of samples) {
    for (const pixel of numbersOf(sample)) {
      const colour = pixel & 0xffffff;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  const byCount = [...counts].sort(([a, x], [b, y]) => y - x || a - b).map(([colour]) => colour);
  const exact = byCount.slice(0, byCount.length <= mostColours ? mostColours : mostExact);
  const palette = exact.map((colour) => [redOf(colour), greenOf(colour), blueOf(colour)]);
  const rest = byCount.slice(exact.length);
  if (rest.length === 0) return palette;
  // Once per colour, not per pixel: rare colours are seen at edges.
  const listed = new Uint8Array(4 * rest.length);
  rest.forEach((colour, k) => {
    listed.set([redOf(colour), greenOf(colour), blueOf(colour), 255], 4 * k);
  });
  return [...palette, ...gifenc.quantize(listed, mostColours - exact.length)].map(([red, green, blue]) => [red!, green!, blue!]);
}

/** Writes one GIF, frame after frame. */
export class GifWriter {
  readonly #encoder = gifenc.GIFEncoder({ initialCapacity: 1 << 20 });
  readonly #palette: readonly number[][];
  /** Palette index of a colour, {@link unchanged} where it was not needed yet. */
  readonly #indices: Uint8Array = new Uint8Array(1 << 24).fill(unchanged);
  #before: Uint8Array | undefined;

  /** `palette` holds at most 255 colours. */
  constructor(palette: readonly number[][]) {
    this.#palette = palette;
  }

  #nearest(colour: number): number {
    const known = this.#indices[colour]!;
    if (known !== unchanged) return known;
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    this.#palette.forEach(([red, green, blue], k) => {
      const dr = red! - redOf(colour);
      const dg = green! - greenOf(colour);
      const db = blue! - blueOf(colour);
      const distance = dr * dr + dg * dg + db * db;
      if (distance >= least) return;
      least = distance;
      best = k;
    });
    this.#indices[colour] = best;
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
