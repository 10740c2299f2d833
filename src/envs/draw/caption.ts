/** A line of figures over a picture. */
import { withMinus } from '../../core/text.ts';
import type { DrawingContext, PictureSize } from './context.ts';
import { palettes } from './palette.ts';
import { fillRounded, fontOf, writeText } from './strokes.ts';

/** What a caption may say; what is left out is not shown. */
export interface Caption {
  readonly title?: string;
  /** Steps of the episode so far. */
  readonly step?: number;
  /** Undiscounted return so far. */
  readonly return?: number;
}

/** Writes a caption into the top of a picture of `size` pixels, in the platform's sans-serif font. */
export function drawCaption(context: DrawingContext, caption: Caption, size: PictureSize): void {
  const figures: string[] = [];
  if (caption.step !== undefined) figures.push(`step ${caption.step}`);
  if (caption.return !== undefined) figures.push(`return ${formatReturn(caption.return)}`);
  const unit = Math.max(9, Math.round(size.width / 42));
  const margin = Math.round(unit * 0.8);
  context.save();
  context.font = fontOf(unit, 600);
  const write = (text: string, side: 'left' | 'right', color: string): void => {
    const width = context.measureText(text).width + 1.4 * unit;
    const x = side === 'left' ? margin : size.width - margin - width;
    context.globalAlpha = 0.82;
    fillRounded(context, { x, y: margin }, { width, height: 1.8 * unit }, 0.9 * unit, '#ffffff');
    context.globalAlpha = 1;
    writeText(context, text, { x: x + width / 2, y: margin + 0.95 * unit }, { color, size: unit });
  };
  if (caption.title) write(caption.title, 'left', palettes.light.ink);
  if (figures.length > 0) write(figures.join('  ·  '), 'right', palettes.light.deepBlue);
  context.restore();
}

function formatReturn(value: number): string {
  return withMinus(Number.isInteger(value) ? String(value) : value.toFixed(1));
}
