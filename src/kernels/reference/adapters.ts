/**
 * Matrices with low-rank adapters, and the adapters' dropout, in float64.
 */
import {
  type AdapterTarget,
  adapterTargets,
  type DropoutDraw,
  type EvaluateOptions,
  type SequencesSpec,
  type TransformerSpec,
} from '../transformer/spec.ts';
import { referenceDense, referenceDenseBackward } from './layers.ts';

/** Parameters by Hugging Face's names; matrices are (out, in), row-major. */
export type ReferenceParameters = ReadonlyMap<string, Float64Array>;

/** A draw with the generator that it is made with: `philox4x32` of src/random, which kernels do not know. */
export interface ReferenceDraw extends DropoutDraw {
  readonly key: Uint32Array;
  words(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void;
}

/** Options of the kernels, of which the reference needs to know how to draw; the kernels take them too. */
export type ReferenceOptions<Options extends EvaluateOptions> = Omit<Options, 'dropout'> & { readonly dropout?: ReferenceDraw | undefined };

/** (rows, inputs) what the inputs of the adapter of a matrix, `model.layers.0.self_attn.q_proj`, are multiplied by. */
export type ReferenceDropout = (name: string, rows: number, inputs: number) => Float64Array;

/**
 * What a draw leaves of the inputs of one completion's adapters; `undefined` without a dropout. Rows of the batch are numbered as if every group had as
 * many as there is room for: its prompt, then its completions.
 */
export function referenceDropout(
  { adapter }: TransformerSpec,
  { promptLength: promptRoom, groupSize, completionLength }: SequencesSpec,
  group: number,
  member: number,
  promptLength: number,
  draw: ReferenceDraw | undefined,
): ReferenceDropout | undefined {
  const rate = adapter?.dropout ?? 0;
  if (rate === 0 || !draw) return undefined;
  const words = new Uint32Array(4);
  const first = group * (promptRoom + groupSize * completionLength);
  const own = first + promptRoom + member * completionLength - promptLength;
  return (name, rows, inputs) => {
    const [layer, target] = [Number(name.split('.')[2]), name.split('.').at(-1)!];
    const place = layer * 8 + adapterTargets.indexOf(target as AdapterTarget);
    const left = new Float64Array(rows * inputs);
    for (let t = 0; t < rows; t++) {
      const counter = Uint32Array.of(draw.step, (t < promptLength ? first : own) + t, place, 0);
      for (let column = 0; column < inputs; column++) {
        counter[3] = (draw.stream << 24) | Math.floor(column / 4);
        if (column % 4 === 0) draw.words(counter, draw.key, words);
        left[t * inputs + column] = words[column % 4]! >= Math.round(rate * 2 ** 32) ? 1 / (1 - rate) : 0;
      }
    }
    return left;
  };
}

const sumOf = (a: Float64Array, b: Float64Array): Float64Array => a.map((x, i) => x + b[i]!);

/** A matrix of a block with its bias and its adapter, as far as it has them: x W + b + (alpha / rank) (m x A) B, m what a dropout leaves. */
export function referenceProjection(
  { adapter }: TransformerSpec,
  parameters: ReferenceParameters,
  name: string,
  input: Float64Array,
  inputs: number,
  dropout: ReferenceDropout | undefined,
): Float64Array {
  const output = referenceDense(input, parameters.get(`${name}.weight`)!, parameters.get(`${name}.bias`), inputs);
  const a = parameters.get(`${name}.lora_A.weight`);
  if (!adapter || !a) return output;
  const left = dropout?.(name, input.length / inputs, inputs);
  const products = referenceDense(
    referenceDense(left ? input.map((x, i) => x * left[i]!) : input, a, undefined, inputs),
    parameters.get(`${name}.lora_B.weight`)!,
    undefined,
    adapter.rank,
  );
  return output.map((x, i) => x + (adapter.alpha / adapter.rank) * products[i]!);
}

/** Backward of {@link referenceProjection}. */
export function referenceProjectionBackward(
  { adapter }: TransformerSpec,
  parameters: ReferenceParameters,
  name: string,
  slopes: Float64Array,
  input: Float64Array,
  inputs: number,
  gradients: ReferenceParameters,
  dropout: ReferenceDropout | undefined,
): Float64Array {
  const weight = `${name}.weight`;
  const direct = referenceDenseBackward(
    slopes,
    input,
    parameters.get(weight)!,
    inputs,
    gradients.get(weight)!,
    gradients.get(`${name}.bias`),
  );
  const [a, b] = [`${name}.lora_A.weight`, `${name}.lora_B.weight`];
  const inner = parameters.get(a);
  if (!adapter || !inner) return direct;
  const left = dropout?.(name, input.length / inputs, inputs);
  const read = left ? input.map((x, i) => x * left[i]!) : input;
  const scaled = slopes.map((x) => (x * adapter.alpha) / adapter.rank);
  const low = referenceDense(read, inner, undefined, inputs);
  const lowSlopes = referenceDenseBackward(scaled, low, parameters.get(b)!, adapter.rank, gradients.get(b)!);
  const bySide = referenceDenseBackward(lowSlopes, read, inner, inputs, gradients.get(a)!);
  return sumOf(direct, left ? bySide.map((x, i) => x * left[i]!) : bySide);
}
