/**
 * Pictures without a display: scenes drawn on a canvas of the optional package @napi-rs/canvas.
 */
import type { Canvas, SKRSContext2D } from '@napi-rs/canvas';
import type { Scene } from '../../core/scene.ts';
import { type Caption, drawCaption, drawScene, type PictureSize, pictureSize } from '../../envs/draw/index.ts';
import type { Pixels } from './gif.ts';
import { loadOptional } from './optional.ts';

/** What a frame shows. */
export interface Frame {
  readonly scene: Scene;
  /** Scenes of the same episode before it, for trails. */
  readonly earlier: readonly Scene[];
  /** Missing for a picture without words. */
  readonly caption?: Caption;
}

/** Draws frames of one size. */
export class Painter {
  readonly size: PictureSize;
  readonly #canvas: Canvas;
  readonly #context: SKRSContext2D;
  readonly #createCanvas: (width: number, height: number) => Canvas;

  constructor(createCanvas: (width: number, height: number) => Canvas, size: PictureSize) {
    this.size = size;
    this.#createCanvas = createCanvas;
    this.#canvas = createCanvas(size.width, size.height);
    this.#context = this.#canvas.getContext('2d');
  }

  #draw(context: SKRSContext2D, { scene, earlier, caption }: Frame): void {
    drawScene(context, scene, this.size, { earlier });
    if (caption) drawCaption(context, caption, this.size);
  }

  /** The pixels of a frame. */
  pixels(frame: Frame): Pixels {
    const { width, height } = this.size;
    this.#draw(this.#context, frame);
    return { width, height, data: this.#context.getImageData(0, 0, width, height).data };
  }

  /** Frames side by side as one PNG: a single one as it is, several on white. */
  async strip(frames: readonly Frame[]): Promise<{ readonly bytes: Uint8Array; readonly size: PictureSize }> {
    const { width, height } = this.size;
    const columns = columnsFor(frames.length, this.size);
    const rows = Math.ceil(frames.length / columns);
    const gap = frames.length === 1 ? 0 : Math.round(width / 50);
    const size = { width: columns * (width + gap) + gap, height: rows * (height + gap) + gap };
    const canvas = this.#createCanvas(size.width, size.height);
    const context = canvas.getContext('2d');
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, size.width, size.height);
    frames.forEach((frame, k) => {
      context.save();
      context.translate(gap + (k % columns) * (width + gap), gap + Math.floor(k / columns) * (height + gap));
      this.#draw(context, frame);
      context.restore();
    });
    return { bytes: await canvas.encode('png'), size };
  }
}

/** Columns of a strip that is about half as wide again as high; one more where that leaves fewer places empty. */
function columnsFor(count: number, { width, height }: PictureSize): number {
  const columns = Math.min(count, Math.max(1, Math.round(Math.sqrt((1.6 * count * height) / width))));
  const empty = (some: number): number => Math.ceil(count / some) * some - count;
  return columns < count && empty(columns + 1) < empty(columns) ? columns + 1 : columns;
}

/**
 * A painter for scenes of that kind, `width` pixels wide (even numbers both, as films need). Throws `CohortError` without the package, and for
 * a kind without a drawing.
 */
export async function createPainter(kind: string, width?: number): Promise<Painter> {
  const usual = pictureSize(kind);
  const { createCanvas } = await loadOptional('@napi-rs/canvas', 'pictures', () => import('@napi-rs/canvas'));
  const wide = width ?? usual.width;
  const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));
  return new Painter(createCanvas, { width: even(wide), height: even((wide * usual.height) / usual.width) });
}
