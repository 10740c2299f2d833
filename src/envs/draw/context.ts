/** What a drawing draws on: the part of `CanvasRenderingContext2D` that the drawings use, so that a browser's canvas and Node's both fit. */
import type { Scene } from '../../core/scene.ts';
import type { Palette } from './palette.ts';

/** A color that changes along a line. */
export interface DrawingGradient {
  addColorStop(offset: number, color: string): void;
}

/** A two-dimensional canvas context, or anything that answers like one. Pixels, y down. */
export interface DrawingContext {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineCap: 'butt' | 'round' | 'square';
  lineJoin: 'bevel' | 'miter' | 'round';
  globalAlpha: number;
  font: string;
  textAlign: 'center' | 'end' | 'left' | 'right' | 'start';
  textBaseline: 'alphabetic' | 'bottom' | 'hanging' | 'ideographic' | 'middle' | 'top';
  save(): void;
  restore(): void;
  translate(x: number, y: number): void;
  rotate(angle: number): void;
  scale(x: number, y: number): void;
  beginPath(): void;
  closePath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(controlX: number, controlY: number, x: number, y: number): void;
  arc(x: number, y: number, radius: number, from: number, to: number, counterclockwise?: boolean): void;
  rect(x: number, y: number, width: number, height: number): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  clip(): void;
  fill(): void;
  stroke(): void;
  setLineDash(segments: number[]): void;
  createLinearGradient(x0: number, y0: number, x1: number, y1: number): DrawingGradient;
  measureText(text: string): { readonly width: number };
  fillText(text: string, x: number, y: number): void;
}

/** How one kind of scene is drawn. */
export interface Drawing<S extends Scene = Scene> {
  readonly kind: S['kind'];
  /** The size of the picture if the caller wants no other, in pixels. */
  readonly size: PictureSize;
  /** Steps per second of the world's own time; for a world without time, what an eye can follow. */
  readonly stepsPerSecond: number;
  /** Draws one moment into a picture of `size` pixels; `earlier` are the scenes of the same episode before it, oldest first. */
  draw(context: DrawingContext, colors: Palette, scene: S, size: PictureSize, earlier: readonly S[]): void;
}

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}
