/** The picture: the environment's scene, or its numbers where there is no drawing. */
import type { Observation, Scene } from '../browser/index.ts';
import { numbersOf } from '../core/space.ts';
import { drawScene, type NumbersScene, pictureSize, sceneKinds } from '../envs/draw/index.ts';

/** Scenes that a drawing may look back on (a trail). */
const maxEarlier = 600;

/** The theme that a person prefers, at every moment. */
export function preferredTheme(): () => 'light' | 'dark' {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  return () => (prefersDark.matches ? 'dark' : 'light');
}

/** The canvas of the page. */
export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #theme: () => 'light' | 'dark';
  #earlier: Scene[] = [];
  #last: Scene | undefined;
  // A bar is as long as the number is large against the largest yet.
  #largest = 1;

  /** `theme` is asked at every picture, so that a change of the page's colors shows at once. Default: what the person prefers. */
  constructor(canvas: HTMLCanvasElement, theme: () => 'light' | 'dark' = preferredTheme()) {
    const context = canvas.getContext('2d');
    if (!context) throw new TypeError('page: no 2d context');
    this.#canvas = canvas;
    this.#context = context;
    this.#theme = theme;
  }

  /** Forgets the scenes before: an episode begins. */
  begin(): void {
    this.#earlier = [];
    this.#last = undefined;
  }

  /** Keeps a scene that is not drawn, for drawings that look back. */
  remember(scene: Scene | undefined): void {
    if (this.#last) this.#earlier.push(this.#last);
    if (this.#earlier.length > maxEarlier) this.#earlier.shift();
    this.#last = scene;
  }

  /** What was remembered last. */
  get scene(): Scene | undefined {
    return this.#last;
  }

  /** Draws what was remembered last, or the observation. */
  draw(observation: Observation): void {
    const last = this.#last;
    const scene = last !== undefined && sceneKinds.includes(last.kind) ? last : this.#numbersOf(observation);
    const size = pictureSize(scene.kind);
    const scale = this.#fit(size.width, size.height);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    drawScene(this.#context, scene, size, { earlier: scene === last ? this.#earlier : [], theme: this.#theme() });
  }

  #numbersOf(observation: Observation): NumbersScene {
    const values = numbersOf(observation);
    for (const value of values) this.#largest = Math.max(this.#largest, Math.abs(value));
    return { kind: 'numbers', values, largest: this.#largest };
  }

  /** As many device pixels as the canvas covers; pixels of the canvas per pixel of the picture. */
  #fit(width: number, height: number): number {
    const canvas = this.#canvas;
    const shown = canvas.clientWidth || width;
    const pixels = Math.max(Math.round(shown * (devicePixelRatio || 1)), 1);
    const scale = pixels / width;
    const tall = Math.round(height * scale);
    if (canvas.width !== pixels || canvas.height !== tall) {
      canvas.width = pixels;
      canvas.height = tall;
    }
    return scale;
  }
}
