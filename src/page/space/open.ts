/** Opens views in space: loads three.js, an optional package, when the first one is asked for and not before. */
import type * as Three from 'three';
import { SpaceView } from './spaceView.ts';

/** What a page says about itself. */
export interface SpaceSettings {
  /** The colors of the page, at every moment. */
  readonly theme: () => 'light' | 'dark';
  /** Called when the graphics card gives up; the view is over. */
  readonly lost: () => void;
}

/** three.js, by its name: a page without a bundler needs an import map entry for `three`. */
async function loadThree(): Promise<typeof Three> {
  try {
    return await import('three');
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The view in space needs three.js, which could not be loaded: ${said}`, { cause });
  }
}

/** A view in space on that canvas. Rejects with an error that says in words what is missing: WebGL 2, or three.js. */
export async function openSpaceView(canvas: HTMLCanvasElement, { theme, lost }: SpaceSettings): Promise<SpaceView> {
  const context = canvas.getContext('webgl2', { antialias: true, powerPreference: 'low-power' });
  if (!context) throw new Error('The view in space needs WebGL 2, which this browser does not give.');
  const three = await loadThree();
  canvas.addEventListener('webglcontextlost', lost);
  const little = matchMedia('(prefers-reduced-motion: reduce)');
  return new SpaceView(three, canvas, context, theme, () => little.matches);
}
