/**
 * Pictures of scenes on the Canvas 2D interface: `drawScene(canvas.getContext('2d'), env.scene(), pictureSize('cartPole'))`. One drawing per
 * kind of scene; the same strokes in a browser and in Node.
 */
import { checkRecord } from '../../core/arguments.ts';
import { mistake, show, suggest } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import { acrobotDrawing } from './acrobot.ts';
import { bipedalWalkerDrawing } from './bipedalWalker.ts';
import { blackjackDrawing } from './blackjack.ts';
import { boardDrawing } from './board.ts';
import { cartPoleDrawing } from './cartPole.ts';
import { cliffWalkingDrawing } from './cliffWalking.ts';
import type { Drawing, DrawingContext, PictureSize } from './context.ts';
import { frozenLakeDrawing } from './frozenLake.ts';
import { lunarLanderDrawing } from './lunarLander.ts';
import { mountainCarDrawing } from './mountainCar.ts';
import { numbersDrawing } from './numbers.ts';
import { type Palette, palettes } from './palette.ts';
import { pendulumDrawing } from './pendulum.ts';
import { planarDrawing } from './planar.ts';
import { shapesDrawing } from './shapes.ts';
import { spatialDrawing } from './spatial.ts';
import { taxiDrawing } from './taxi.ts';

export type { BoardPiece, BoardScene } from './board.ts';
export { type Caption, drawCaption } from './caption.ts';
export type { DrawingContext, DrawingGradient, PictureSize } from './context.ts';
export type { NumbersScene } from './numbers.ts';
export type { CircleShape, LineShape, RectangleShape, SceneShape, ShapesScene, TextShape } from './shapes.ts';

/** Every drawing: a new one is its file and one row here. */
const drawings: readonly Drawing[] = [
  acrobotDrawing,
  bipedalWalkerDrawing,
  blackjackDrawing,
  boardDrawing,
  cartPoleDrawing,
  cliffWalkingDrawing,
  frozenLakeDrawing,
  lunarLanderDrawing,
  mountainCarDrawing,
  pendulumDrawing,
  planarDrawing,
  shapesDrawing,
  spatialDrawing,
  taxiDrawing,
  numbersDrawing,
];

/** How to draw. */
export interface DrawOptions {
  /** Scenes of the same episode before this one, oldest first: drawings that show a trail take it from them. */
  readonly earlier?: readonly Scene[];
  /** The page that the picture is on. Default `light`. */
  readonly theme?: 'light' | 'dark';
}

function drawingOf(kind: string): Drawing {
  const drawing = drawings.find((candidate) => candidate.kind === kind);
  if (drawing) return drawing;
  throw mistake(
    'scene: kind',
    'a scene that a drawing is known for',
    show(kind),
    `${suggest(kind, sceneKinds)}; give a scene of kind shapes, or draw a custom one yourself with the same canvas context`,
  );
}

function paletteOf(theme: string): Palette {
  if (Object.hasOwn(palettes, theme)) return palettes[theme as keyof typeof palettes];
  const names = Object.keys(palettes);
  throw mistake('drawScene: theme', `one of ${names.join(', ')}`, show(theme), suggest(theme, names));
}

/** The kinds of scene that {@link drawScene} knows. */
export const sceneKinds: readonly string[] = /* @__PURE__ */ drawings.map(({ kind }) => kind);

/** The size of a picture of that kind of scene in pixels, if you want no other. Throws {@link CohortError} for an unknown kind. */
export function pictureSize(kind: string): PictureSize {
  return drawingOf(kind).size;
}

/** How many steps make a second when the scene is played at its own speed. Throws {@link CohortError} for an unknown kind. */
export function stepsPerSecond(scene: Scene): number {
  return scene.stepsPerSecond ?? drawingOf(scene.kind).stepsPerSecond;
}

/**
 * Draws one moment, filling the whole picture: `size` pixels from the context's origin (by default the kind's {@link pictureSize}). In another
 * proportion the drawing keeps its own and sits in the middle. The context is left as it was. Throws
 * {@link CohortError} for an unknown kind or theme.
 */
export function drawScene(context: DrawingContext, scene: Scene, size?: PictureSize, options: DrawOptions = {}): void {
  const { kind } = checkRecord(scene, 'drawScene', 'a scene', 'pass what scene() of an environment gives');
  checkRecord(context, 'drawScene', 'a drawing context', 'pass the 2d context of a canvas');
  const palette = paletteOf(options.theme ?? 'light');
  drawingOf(scene.kind).draw(context, palette, scene, size ?? pictureSize(kind as string), options.earlier ?? []);
}
