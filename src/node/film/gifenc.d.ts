/** The part of gifenc 1.0.3 that is used; the package has no types of its own. */
declare module 'gifenc' {
  type Color = number[];

  interface FrameOptions {
    /** Needed for the first frame; the file's palette. */
    readonly palette?: Color[];
    /** Milliseconds, kept to the hundredth of a second. */
    readonly delay?: number;
    /** -1 once, 0 for ever. */
    readonly repeat?: number;
    readonly transparent?: boolean;
    readonly transparentIndex?: number;
    /** 1 leaves the picture for the next frame to be laid over. */
    readonly dispose?: number;
  }

  interface Encoder {
    writeFrame(index: Uint8Array, width: number, height: number, options?: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(options?: { initialCapacity?: number }): Encoder;
  export function quantize(rgba: Uint8Array | Uint8ClampedArray, maxColors: number): Color[];
  const all: { readonly GIFEncoder: typeof GIFEncoder; readonly quantize: typeof quantize };
  export default all;
}
