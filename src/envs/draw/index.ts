/**
 * Pictures of scenes on the Canvas 2D interface: `drawScene(canvas.getContext('2d'), env.scene(), pictureSize('cartPole'))`. One drawing per
 * kind of scene; the same strokes in a browser and in Node.
 */
import { CohortError, show, suggest } from '../../core/errors.ts';
import type { Scene } from '../../core/scene.ts';
import type { LunarLanderScene } from '../box2d/lunarLanderDynamics.ts';
import type { CartPoleScene } from '../classic-control/cartPole.ts';
import type { PlanarScene } from '../mujoco/task.ts';
import type { CliffWalkingScene } from '../toy-text/cliffWalking.ts';
import { cartPoleSize, drawCartPole } from './cartPole.ts';
import { cliffWalkingSize, drawCliffWalking } from './cliffWalking.ts';
import type { DrawingContext, PictureSize } from './context.ts';
import { drawLunarLander, lunarLanderSize } from './lunarLander.ts';
import { drawPlanar, planarSize } from './planar.ts';

export { type Caption, drawCaption } from './caption.ts';
export type { DrawingContext, DrawingGradient, PictureSize } from './context.ts';

/** How to draw. */
export interface DrawOptions {
  /** Scenes of the same episode before this one, oldest first: drawings that show a trail take it from them. */
  readonly earlier?: readonly Scene[];
}

interface Drawing {
  readonly size: PictureSize;
  /** Steps per second of the world's own time; where it has none, what an eye can follow. */
  readonly stepsPerSecond: number;
  readonly draw: (context: DrawingContext, scene: never, size: PictureSize, earlier: readonly never[]) => void;
}

const drawings: Readonly<Record<string, Drawing>> = {
  cartPole: { size: cartPoleSize, stepsPerSecond: 50, draw: (context, scene: CartPoleScene, size) => drawCartPole(context, scene, size) },
  cliffWalking: {
    size: cliffWalkingSize,
    stepsPerSecond: 4,
    draw: (context, scene: CliffWalkingScene, size, earlier) => drawCliffWalking(context, scene, size, earlier),
  },
  lunarLander: {
    size: lunarLanderSize,
    stepsPerSecond: 50,
    draw: (context, scene: LunarLanderScene, size, earlier) => drawLunarLander(context, scene, size, earlier),
  },
  planar: { size: planarSize, stepsPerSecond: 20, draw: (context, scene: PlanarScene, size) => drawPlanar(context, scene, size) },
};

function drawingOf(kind: string): Drawing {
  if (Object.hasOwn(drawings, kind)) return drawings[kind]!;
  throw new CohortError({
    subject: 'scene: kind',
    expected: 'a scene that a drawing is known for',
    got: show(kind),
    advice: `${suggest(kind, sceneKinds)}; draw a scene of your own with the same canvas context`,
  });
}

/** The kinds of scene that {@link drawScene} knows. */
export const sceneKinds: readonly string[] = /* @__PURE__ */ Object.keys(drawings);

/** The size of a picture of that kind of scene unless you want another, in pixels. Throws {@link CohortError} for an unknown kind. */
export function pictureSize(kind: string): PictureSize {
  return drawingOf(kind).size;
}

/** How many steps make a second when the scene is played at its own speed. Throws {@link CohortError} for an unknown kind. */
export function stepsPerSecond(scene: Scene): number {
  return scene.stepsPerSecond ?? drawingOf(scene.kind).stepsPerSecond;
}

/**
 * Draws one moment, filling the whole picture: `size` pixels from the context's origin (by default the kind's {@link pictureSize}). In another
 * proportion the drawing keeps its own and sits in the middle. The context is left as it was. Throws {@link CohortError} for an unknown kind.
 */
export function drawScene(
  context: DrawingContext,
  scene: Scene,
  size: PictureSize = pictureSize(scene.kind),
  options: DrawOptions = {},
): void {
  drawingOf(scene.kind).draw(context, scene as never, size, (options.earlier ?? []) as readonly never[]);
}
