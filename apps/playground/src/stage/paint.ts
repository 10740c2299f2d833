/** A scene on a canvas of the page. */
import type { Scene } from 'cohort-rl';
import { drawScene, numbersOf, pictureSize } from 'cohort-rl/envs';

/** Draws a scene as large as the canvas is shown, in the pixels of the screen; `earlier` are the scenes of its episode before it. */
export function paint(canvas: HTMLCanvasElement, scene: Scene, theme: 'light' | 'dark', earlier: readonly Scene[] = []): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const size = pictureSize(scene.kind);
  const scale = Math.max(Math.round(canvas.clientWidth * (devicePixelRatio || 1)), 1) / size.width;
  const [wide, tall] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  if (canvas.width !== wide || canvas.height !== tall) Object.assign(canvas, { width: wide, height: tall });
  context.setTransform(scale, 0, 0, scale, 0, 0);
  drawScene(context, scene, size, { earlier, theme });
}

/** An observation as a picture, for an environment without a drawing. */
export function numbersScene(observation: Parameters<typeof numbersOf>[0]): Scene {
  const values = numbersOf(observation);
  return { kind: 'numbers', values, largest: Math.max(1, ...values.map(Math.abs)) } as Scene;
}
