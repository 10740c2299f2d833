/** Environments without a drawing of their own: the numbers of the observation as bars. */
import type { Scene } from '../../core/scene.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { fitDesign, writeText } from './strokes.ts';

/** An observation as it is. */
export interface NumbersScene extends Scene {
  readonly kind: 'numbers';
  readonly values: readonly number[];
  /** The number that fills the picture: the greatest so far, at least 1. */
  readonly largest: number;
}

const designSize: PictureSize = { width: 600, height: 400 };
/** More than this would be too small to see. */
const maxBars = 40;
const title = 'This environment has no drawing; these are the numbers of its observation.';

function drawNumbers(context: DrawingContext, colors: Palette, { values, largest }: NumbersScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, () => {
    const { width, height } = designSize;
    // Below the caption of films.
    writeText(context, title, { x: 24, y: 62 }, { color: colors.ink, size: 14, weight: 400, align: 'left', baseline: 'alphabetic' });
    const count = Math.min(values.length, maxBars);
    const row = Math.min((height - 100) / Math.max(count, 1), 34);
    for (let k = 0; k < count; k++) {
      const length = (values[k]! / largest) * (width / 2 - 40);
      context.fillStyle = length < 0 ? colors.deepAmber : colors.blue;
      context.fillRect(length < 0 ? width / 2 + length : width / 2, 84 + k * row, Math.abs(length), row * 0.7);
    }
    context.fillStyle = colors.stone;
    context.fillRect(width / 2, 80, 1, count * row);
  });
}

/** How observations without a drawing are drawn. */
export const numbersDrawing: Drawing<NumbersScene> = { kind: 'numbers', size: designSize, stepsPerSecond: 10, draw: drawNumbers };
