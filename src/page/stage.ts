/** The picture: the environment's scene, or its numbers where there is no drawing. */
import type { Observation, Scene } from '../browser/index.ts';
import { drawScene, pictureSize, sceneKinds } from '../envs/index.ts';

/** Width and height of the picture of numbers, in pixels. */
const numbersSize = { width: 600, height: 400 } as const;
/** More than this would be too small to see. */
const maxBars = 40;
/** Scenes that a drawing may look back on (a trail). */
const maxEarlier = 600;

/** Colors of the picture of numbers, on a light and on a dark page. */
const numberColors = {
  light: { paper: '#f7f8fb', ink: '#27324a', positive: '#3f63a8', negative: '#c97a17', axis: '#8b97ab' },
  dark: { paper: '#151c26', ink: '#cdd7e6', positive: '#6690de', negative: '#f0a03c', axis: '#8592a6' },
} as const;

/** The canvas of the page. */
export class Stage {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  // Asked at every picture, so that a change of the page's colors shows at once.
  readonly #prefersDark = matchMedia('(prefers-color-scheme: dark)');
  #earlier: Scene[] = [];
  #last: Scene | undefined;
  // A bar is as long as the number is large against the largest yet.
  #largest = 1;

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d');
    if (!context) throw new TypeError('page: no 2d context');
    this.#canvas = canvas;
    this.#context = context;
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

  /** Draws what was remembered last, or the observation. */
  draw(observation: Observation): void {
    const scene = this.#last;
    const drawn = scene !== undefined && sceneKinds.includes(scene.kind);
    const { width, height } = drawn ? pictureSize(scene.kind) : numbersSize;
    const scale = this.#fit(width, height);
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    if (drawn) drawScene(this.#context, scene, { width, height }, { earlier: this.#earlier, theme: this.#theme });
    else this.#drawNumbers(numbersOf(observation));
  }

  get #theme(): 'light' | 'dark' {
    return this.#prefersDark.matches ? 'dark' : 'light';
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

  #drawNumbers(values: ArrayLike<number>): void {
    const context = this.#context;
    const { width, height } = numbersSize;
    const colors = numberColors[this.#theme];
    context.fillStyle = colors.paper;
    context.fillRect(0, 0, width, height);
    context.fillStyle = colors.ink;
    context.font = '15px system-ui, sans-serif';
    context.fillText('This environment has no drawing; these are the numbers of its observation.', 24, 34);
    const count = Math.min(values.length, maxBars);
    const row = Math.min((height - 70) / Math.max(count, 1), 34);
    for (let k = 0; k < count; k++) this.#largest = Math.max(this.#largest, Math.abs(values[k]!));
    for (let k = 0; k < count; k++) {
      const length = (values[k]! / this.#largest) * (width / 2 - 40);
      context.fillStyle = length < 0 ? colors.negative : colors.positive;
      context.fillRect(width / 2, 54 + k * row, length, row * 0.7);
    }
    context.fillStyle = colors.axis;
    context.fillRect(width / 2, 50, 1, count * row);
  }
}

/** The numbers of an observation, part by part. */
function numbersOf(observation: Observation): number[] {
  if (typeof observation === 'number') return [observation];
  return ArrayBuffer.isView(observation) ? Array.from(observation) : Object.values<Observation>(observation).flatMap(numbersOf);
}
