/** Strokes that the drawings share. */
import type { DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';

/** A point of the design. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const fullTurn = 2 * Math.PI;

/**
 * Fills the picture with `background` and draws in the coordinates of a design: `width` x `height`, as large as fits, in the middle. What
 * the drawing puts outside of its design shows where the picture's sides are in another proportion.
 */
export function fitDesign(
  context: DrawingContext,
  size: PictureSize,
  design: PictureSize,
  background: string,
  draw: (visible: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }) => void,
): void {
  const scale = Math.min(size.width / design.width, size.height / design.height);
  const left = (size.width / scale - design.width) / 2;
  const top = (size.height / scale - design.height) / 2;
  context.save();
  context.beginPath();
  context.rect(0, 0, size.width, size.height);
  context.clip();
  context.fillStyle = background;
  context.fillRect(0, 0, size.width, size.height);
  context.scale(scale, scale);
  context.translate(left, top);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  draw({ left: -left, right: design.width + left, top: -top, bottom: design.height + top });
  context.restore();
}

/** A straight line. */
export function strokeLine(
  context: DrawingContext,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  style: { readonly color: string; readonly width: number },
): void {
  context.strokeStyle = style.color;
  context.lineWidth = style.width;
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x2, y2);
  context.stroke();
}

/** A straight rod with an edge of 2 pixels. */
export function strokeRod(
  context: DrawingContext,
  from: Point,
  to: Point,
  style: { readonly color: string; readonly edge: string; readonly width: number },
): void {
  strokeLine(context, from.x, from.y, to.x, to.y, { color: style.edge, width: style.width + 4 });
  strokeLine(context, from.x, from.y, to.x, to.y, style);
}

/** Letters so many pixels high, of the platform's sans-serif font. */
export const fontOf = (size: number, weight: number): string => `${weight} ${size}px 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif`;

/** How a line of text looks, and which of its points is given. */
export interface TextStyle {
  readonly color: string;
  /** Height of the letters in pixels. */
  readonly size: number;
  /** Default 600. */
  readonly weight?: number;
  /** Default `center`. */
  readonly align?: 'center' | 'left' | 'right';
  /** Default `middle`. */
  readonly baseline?: 'alphabetic' | 'bottom' | 'middle' | 'top';
}

/** A line of text. */
export function writeText(context: DrawingContext, text: string, { x, y }: Point, style: TextStyle): void {
  context.fillStyle = style.color;
  context.font = fontOf(style.size, style.weight ?? 600);
  context.textAlign = style.align ?? 'center';
  context.textBaseline = style.baseline ?? 'middle';
  context.fillText(text, x, y);
}

/** A filled circle. */
export function fillCircle(context: DrawingContext, x: number, y: number, radius: number, color: string): void {
  context.fillStyle = color;
  context.beginPath();
  context.arc(x, y, radius, 0, fullTurn);
  context.fill();
}

/** A joint that something turns about. */
export function drawJoint(context: DrawingContext, { x, y }: Point, radius: number, colors: Palette): void {
  fillCircle(context, x, y, radius, colors.ink);
  fillCircle(context, x, y, 3, colors.paper);
}

/** A filled rectangle with round corners; its path stays. */
export function fillRounded(context: DrawingContext, { x, y }: Point, { width, height }: PictureSize, radius: number, color: string): void {
  const quarter = Math.PI / 2;
  const r = Math.min(radius, width / 2, height / 2);
  context.beginPath();
  context.arc(x + width - r, y + r, r, -quarter, 0);
  context.arc(x + width - r, y + height - r, r, 0, quarter);
  context.arc(x + r, y + height - r, r, quarter, 2 * quarter);
  context.arc(x + r, y + r, r, 2 * quarter, 3 * quarter);
  context.closePath();
  context.fillStyle = color;
  context.fill();
}

/** Makes the path of a polygon with corners `x, y, x, y, ...`. */
export function polygonPath(context: DrawingContext, corners: readonly number[]): void {
  context.beginPath();
  context.moveTo(corners[0]!, corners[1]!);
  for (let k = 2; k + 1 < corners.length; k += 2) context.lineTo(corners[k]!, corners[k + 1]!);
  context.closePath();
}
