/**
 * Matrices that are not trained, in fewer bytes: bfloat16, or integers of 8 bits with a float32 scale for 32 inputs of an output (the shape of ggml's
 * Q8_0, ggml-common.h). The kernels widen them a panel at a time; assembly/transformer/weights.ts reads what is written here.
 */
import { mistake, show } from '../../core/errors.ts';
import type { IntegerBlocks, TensorCodec } from '../parameters.ts';
import * as layout from './layout.ts';
import type { BaseWeights, TransformerSpec } from './spec.ts';

/** Where a narrow matrix lies. */
export interface NarrowPlace {
  /** Bytes from the frozen parameters on. */
  readonly start: number;
  readonly rows: number;
  readonly columns: number;
  /** Inputs of a panel: the columns, padded to a multiple of 8. */
  readonly inputs: number;
  /** The first of its rows in the panels, which it may share with other matrices. */
  readonly firstRow: number;
}

/** Bytes of eight scales, one for each output of a panel. */
const scaleBytes = 32;
const blockBytes = scaleBytes + 8 * layout.integersPerScale;

/** Throws {@link CohortError} unless a model can keep its matrices as its spec says. */
export function checkBaseWeights({ name, baseWeights = 'float32', adapter }: TransformerSpec): void {
  const refuse = (expected: string, got: unknown, advice: string): never => {
    throw mistake(`transformer ${name}: baseWeights`, expected, show(got), advice);
  };
  if (!Object.hasOwn(kinds, baseWeights)) refuse(Object.keys(kinds).join(', '), baseWeights, 'choose one of them');
  if (baseWeights !== 'float32' && !adapter)
    refuse('float32 without an adapter', baseWeights, 'weights that are trained need all their digits');
}

/** The numbers that stand for kinds in a model record. */
export const kinds: Readonly<Record<BaseWeights, number>> = {
  float32: layout.weightsFloat32,
  bfloat16: layout.weightsBfloat16,
  int8: layout.weightsInt8,
};

/** Bytes of a matrix in panels; both sizes are multiples of 8. */
export function matrixBytes(kind: BaseWeights, outputs: number, inputs: number): number {
  if (kind !== 'int8') return outputs * inputs * (kind === 'float32' ? 4 : 2);
  return (outputs / 8) * (inputs * 8 + Math.ceil(inputs / layout.integersPerScale) * scaleBytes);
}

/** How the tensor of a narrow matrix is read and written. Writing rounds to the nearest that can be kept, ties to even. */
export function narrowCodec(kind: Exclude<BaseWeights, 'float32'>, place: NarrowPlace): TensorCodec {
  return kind === 'bfloat16' ? bfloat16Codec(place) : int8Codec(place);
}

/** The upper half of a float32 that is nearest to it, of two the one whose last bit is 0; `bits` are of a finite number. */
function upperHalf(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

function bfloat16Codec({ start, rows, columns, inputs, firstRow }: NarrowPlace): TensorCodec {
  const words = ({ buffer, byteOffset }: Float32Array): Uint16Array => new Uint16Array(buffer, byteOffset + start);
  /** Where column 0 of a row lies; columns are 8 apart. */
  const rowStart = (row: number): number => ((row + firstRow) >> 3) * inputs * 8 + ((row + firstRow) & 7);
  return {
    read(values) {
      const kept = words(values);
      const bits = new Uint32Array(rows * columns);
      for (let r = 0, i = 0; r < rows; r++) {
        for (let c = 0, at = rowStart(r); c < columns; c++, at += 8) bits[i++] = kept[at]! << 16;
      }
      return new Float32Array(bits.buffer);
    },
    write(values, source) {
      const kept = words(values);
      const { buffer, byteOffset, length } = source;
      const bits = new Uint32Array(buffer, byteOffset, length);
      for (let r = 0, i = 0; r < rows; r++) {
        for (let c = 0, at = rowStart(r); c < columns; c++, at += 8) kept[at] = upperHalf(bits[i++]!);
      }
    },
  };
}

/** The whole number that is nearest, of two the even one, within what a signed byte holds on both sides of zero. */
function roundToByte(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  const nearest = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
  return Math.max(-127, Math.min(127, nearest));
}

function int8Codec({ start, rows, columns, inputs, firstRow }: NarrowPlace): TensorCodec {
  const { integersPerScale } = layout;
  const blocks = Math.ceil(inputs / integersPerScale);
  const panelBytes = inputs * 8 + blocks * scaleBytes;
  const viewsOf = ({ buffer, byteOffset }: Float32Array) => ({
    scales: new Float32Array(buffer, byteOffset + start),
    integers: new Int8Array(buffer, byteOffset + start),
  });
  /** Calls `visit` for every run of at most 32 numbers of a row: where it begins, where its scale lies (in floats), and its first integer; these are 8 apart. */
  const eachBlock = (visit: (from: number, count: number, scale: number, integer: number, block: number) => void): void => {
    const inRow = Math.ceil(columns / integersPerScale);
    for (let r = 0; r < rows; r++) {
      const lane = (r + firstRow) & 7;
      const panel = ((r + firstRow) >> 3) * panelBytes;
      for (let b = 0; b < inRow; b++) {
        const at = panel + b * blockBytes;
        const count = Math.min(integersPerScale, columns - b * integersPerScale);
        visit(r * columns + b * integersPerScale, count, at / 4 + lane, at + scaleBytes + lane, r * inRow + b);
      }
    }
  };
  return {
    read(values) {
      const { scales, integers } = viewsOf(values);
      const out = new Float32Array(rows * columns);
      eachBlock((from, count, scale, integer) => {
        // One rounding, as in the kernels: a product of eight and twenty-four digits is exact in a double.
        for (let i = 0; i < count; i++) out[from + i] = integers[integer + 8 * i]! * scales[scale]!;
      });
      return out;
    },
    write(values, source) {
      const { scales, integers } = viewsOf(values);
      eachBlock((from, count, scale, integer) => {
        let most = 0;
        for (let i = 0; i < count; i++) most = Math.max(most, Math.abs(source[from + i]!));
        const step = Math.fround(most / 127);
        scales[scale] = step;
        for (let i = 0; i < count; i++) integers[integer + 8 * i] = step === 0 ? 0 : roundToByte(source[from + i]! / step);
      });
    },
    writeBlocks(values, blocks: IntegerBlocks) {
      const { scales, integers } = viewsOf(values);
      eachBlock((from, count, scale, integer, block) => {
        scales[scale] = blocks.scales[block]!;
        for (let i = 0; i < count; i++) integers[integer + 8 * i] = blocks.integers[from + i]!;
      });
    },
  };
}
