/** Circles, rectangles, lines and words: what an environment that has no drawing of its own can be shown with. */
import type { Scene } from '../../core/scene.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import type { Palette } from './palette.ts';
import { paintOf, type SceneColor } from './sceneColors.ts';
import { fillCircle, fitDesign, strokeLine, writeText } from './strokes.ts';

/** What every shape has. */
interface Colored {
  /** Default `ink`. */
  readonly color?: SceneColor;
}

/** A disc around a point. */
export interface CircleShape extends Colored {
  readonly shape: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** A filled rectangle around a point, turned by an angle in radians, counterclockwise. */
export interface RectangleShape extends Colored {
  readonly shape: 'rectangle';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Default 0. */
  readonly angle?: number;
}

/** A line with round ends from one point to another. */
export interface LineShape extends Colored {
  readonly shape: 'line';
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  /** How thick it is. */
  readonly width: number;
}

/** Words around a point. */
export interface TextShape extends Colored {
  readonly shape: 'text';
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** Height of the letters. */
  readonly size: number;
}

/** One shape of a {@link ShapesScene}; all lengths are in units of the scene, x to the right, y up. */
export type SceneShape = CircleShape | RectangleShape | LineShape | TextShape;

/** A scene of simple shapes, for environments of one's own: `scene()` gives it, and films, pages and `cohort-rl watch` draw it. */
export interface ShapesScene extends Scene {
  readonly kind: 'shapes';
  /** The part of the world that is seen: x from 0 to `width`. */
  readonly width: number;
  /** And y from 0, below, to `height`. */
  readonly height: number;
  /** In the order in which they are drawn: later ones cover earlier ones. */
  readonly shapes: readonly SceneShape[];
}

const designSize: PictureSize = { width: 600, height: 400 };

/** Where a scene is in the picture. */
interface Lens {
  /** Pixels of the design for one unit. */
  readonly unit: number;
  toX(x: number): number;
  toY(y: number): number;
}

function drawShape(context: DrawingContext, paint: string, shape: SceneShape, { unit, toX, toY }: Lens): void {
  if (shape.shape === 'line') {
    const style = { color: paint, width: shape.width * unit };
    strokeLine(context, toX(shape.x1), toY(shape.y1), toX(shape.x2), toY(shape.y2), style);
    return;
  }
  const [x, y] = [toX(shape.x), toY(shape.y)];
  if (shape.shape === 'circle') {
    fillCircle(context, x, y, shape.radius * unit, paint);
    return;
  }
  if (shape.shape === 'rectangle') {
    context.fillStyle = paint;
    context.save();
    context.translate(x, y);
    context.rotate(-(shape.angle ?? 0));
    context.fillRect((-shape.width / 2) * unit, (-shape.height / 2) * unit, shape.width * unit, shape.height * unit);
    context.restore();
  } else writeText(context, shape.text, { x, y }, { color: paint, size: shape.size * unit, weight: 400 });
}

function drawShapes(context: DrawingContext, colors: Palette, { width, height, shapes }: ShapesScene, size: PictureSize): void {
  fitDesign(context, size, designSize, colors.paper, () => {
    const unit = Math.min(designSize.width / width, designSize.height / height);
    const lens: Lens = {
      unit,
      toX: (x) => designSize.width / 2 + (x - width / 2) * unit,
      toY: (y) => designSize.height / 2 - (y - height / 2) * unit,
    };
    for (const shape of shapes) {
      drawShape(context, paintOf(shape.color ?? 'ink', colors), shape, lens);
    }
  });
}

/** How scenes of simple shapes are drawn. */
export const shapesDrawing: Drawing<ShapesScene> = { kind: 'shapes', size: designSize, stepsPerSecond: 10, draw: drawShapes };
