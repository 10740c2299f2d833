/**
 * Networks and their parameters. All networks of one `Parameters`, and the log standard deviations, lie in one flat block, so that one
 * norm and one Adam step cover them. Hidden weights lie in panels [outputs / 8][inputs][8], output weights as (outputs, inputs); rows
 * and columns are padded with zeros, which stay exactly zero under Adam.
 */
import { mistake, show } from '../core/errors.ts';
import * as layout from './layout.ts';
import type { Arena } from './memory.ts';

/** Hidden activations; `gelu` is the tanh form. */
export type Activation = 'tanh' | 'relu' | 'gelu';

/** A perceptron: `inputSize` -> hidden layers with `activation` -> `outputSize` (linear). No hidden layer is allowed. */
export interface NetworkSpec {
  readonly name: string;
  readonly inputSize: number;
  readonly hiddenSizes: readonly number[];
  readonly outputSize: number;
  readonly activation: Activation;
  /** How the outputs share out among categorical heads, one per entry of an action: sizes that add up to `outputSize`. Default: one head of all. */
  readonly headSizes?: readonly number[] | undefined;
}

/** Which flat block. */
export type ParameterBlock = 'values' | 'gradients' | 'firstMoments' | 'secondMoments';

/** Numbers as integers of 8 bits, each times the scale of its run of 32 in a row (the last run of a row may be shorter). */
export interface IntegerBlocks {
  /** (rows, ceil(columns / 32)). */
  readonly scales: Float32Array;
  /** (rows, columns). */
  readonly integers: Int8Array;
}

/** One named tensor in torch's layout: weights are (out, in), row-major. */
export interface ParameterTensor {
  /** `network.layer.weight`, `network.layer.bias`, or `logStd`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** A fresh copy of the unpadded numbers; `block` defaults to `values`. */
  get(block?: ParameterBlock): Float32Array<ArrayBuffer>;
  /** Overwrites the numbers from an array of the same size. Throws {@link CohortError} if the size differs. */
  set(block: ParameterBlock, source: ArrayLike<number>): void;
  /** Overwrites the values of a tensor that is kept as {@link IntegerBlocks}, without rounding; missing for others. Throws as `set` does. */
  setBlocks?(blocks: IntegerBlocks): void;
}

/** A network in kernel memory. */
export interface NetworkHandle {
  readonly spec: NetworkSpec;
  readonly parameters: Parameters;
  /** Address of the network record. */
  readonly record: number;
  /** Offset of the network's numbers in the flat block, in floats, and their count. */
  readonly offset: number;
  readonly length: number;
}

/** Parameters, gradients and an optimizer's moments: flat blocks, and the named tensors inside them. */
export interface ParameterStore {
  /** Flat blocks with padding. */
  readonly values: Float32Array;
  readonly gradients: Float32Array;
  readonly firstMoments: Float32Array;
  readonly secondMoments: Float32Array;
  /** Floats of `values`. */
  readonly length: number;
  /** Floats at the beginning of `values` that are never trained, which the other blocks leave out. */
  readonly untrained: number;
  /** Count of true parameters, without padding. */
  readonly count: number;
  /** Every tensor, in the order of the flat block. */
  tensors(): readonly ParameterTensor[];
  /** The tensor called `name`; undefined if there is none. */
  tensor(name: string): ParameterTensor | undefined;
}

/** Parameters of several networks; their tensors are, per network and layer, weight then bias, then `logStd`. */
export interface Parameters extends ParameterStore {
  readonly networks: readonly NetworkHandle[];
  /** The log standard deviations inside `values`, (A), and their offset in floats; length 0 if there are none. */
  readonly logStd: Float32Array;
  readonly logStdOffset: number;
  readonly logStdSize: number;
}

/** What {@link createParameters} makes of a list of networks. */
export interface ParametersSpec {
  readonly networks: readonly NetworkSpec[];
  /** Number of log standard deviations (action dimensions of a Gaussian head); none if missing or 0. */
  readonly logStdSize?: number | undefined;
}

/** Position of element (row, column) of a tensor, in floats from the start of the flat block. */
export type Place = (row: number, column: number) => number;

/** How the numbers of a matrix are read from, and written into, a block that keeps them in fewer bytes; sizes have been checked. */
export interface TensorCodec {
  /** (rows, columns). */
  read(values: Float32Array): Float32Array<ArrayBuffer>;
  write(values: Float32Array, source: Float32Array): void;
  /** Only of one that keeps integers. */
  writeBlocks?(values: Float32Array, blocks: IntegerBlocks): void;
}

/** A tensor and where its elements lie, or how they are kept if not as float32. */
export interface PlacedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly place: Place | TensorCodec;
}

/** The least multiple that is not below the value. */
export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

const activations: Readonly<Record<Activation, number>> = {
  tanh: layout.activationTanh,
  relu: layout.activationRelu,
  gelu: layout.activationGelu,
};

function checkSpec(spec: NetworkSpec): void {
  const sizes = [spec.inputSize, ...spec.hiddenSizes, spec.outputSize];
  const bad = sizes.find((size) => !(Number.isInteger(size) && size >= 1 && size <= 65536));
  if (bad !== undefined) {
    throw mistake(`network ${spec.name}`, 'layer sizes from 1 to 65536', show(bad), 'give every layer a whole positive size');
  }
  const { headSizes = [spec.outputSize] } = spec;
  if (
    !headSizes.every((size) => Number.isInteger(size) && size >= 1) ||
    headSizes.reduce((sum, size) => sum + size, 0) !== spec.outputSize
  ) {
    throw mistake(
      `network ${spec.name}`,
      `heads whose sizes add up to ${spec.outputSize} outputs`,
      show(headSizes),
      'give one size per entry of an action',
    );
  }
  if (!(spec.activation in activations)) {
    throw mistake(`network ${spec.name}`, 'activation tanh, relu or gelu', show(spec.activation), 'choose one of them');
  }
}

/** Parameters that are not trained: their values alone. */
export type FrozenParameters = Pick<ParameterStore, 'values' | 'length' | 'count' | 'tensors' | 'tensor'>;

/** One flat block of `length` floats, all zero, with the tensors that lie in it. */
export function makeFrozen(arena: Arena, length: number, placed: readonly PlacedTensor[]): FrozenParameters {
  const values = arena.array(Float32Array, length, 'frozen parameters');
  const none = new Float32Array(0);
  return storeOf({ values, gradients: none, firstMoments: none, secondMoments: none }, length, placed, length);
}

/** Flat blocks of `length` floats, all zero, with the tensors that lie in them; the first `untrained` floats have values alone. */
export function makeStore(arena: Arena, length: number, placed: readonly PlacedTensor[], untrained = 0): ParameterStore {
  const block = (floats: number): Float32Array => arena.array(Float32Array, floats, 'parameters');
  const [values, trained] = [block(length), length - untrained];
  return storeOf(
    { values, gradients: block(trained), firstMoments: block(trained), secondMoments: block(trained) },
    length,
    placed,
    untrained,
  );
}

function storeOf(
  blocks: Record<ParameterBlock, Float32Array>,
  length: number,
  placed: readonly PlacedTensor[],
  untrained: number,
): ParameterStore {
  const tensors = placed.map((tensor) => makeTensor(blocks, tensor, untrained));
  const count = placed.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  return { ...blocks, length, untrained, count, tensors: () => tensors, tensor: (name) => byName.get(name) };
}

function makeTensor(
  blocks: Record<ParameterBlock, Float32Array>,
  { name, shape, place }: PlacedTensor,
  untrained: number,
): ParameterTensor {
  const [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
  const check = (got: number, numbers: number): void => {
    if (got === numbers) return;
    throw mistake(name, `${numbers} numbers of shape (${shape.join(', ')})`, String(got), 'pass the tensor in (out, in) order');
  };
  if (typeof place !== 'function') return narrowTensor(name, shape, place, blocks.values, check);
  return {
    name,
    shape,
    get(block = 'values') {
      const source = blocks[block];
      const before = block === 'values' ? 0 : untrained;
      const out = new Float32Array(rows * columns);
      // Of what is not trained there is nothing but zeros.
      if (place(0, 0) < before) return out;
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[r * columns + c] = source[place(r, c) - before]!;
      return out;
    },
    set(block, source) {
      check(source.length, rows * columns);
      const target = blocks[block];
      const before = block === 'values' ? 0 : untrained;
      if (place(0, 0) < before) return;
      for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) target[place(r, c) - before] = source[r * columns + c]!;
    },
  };
}

/** A tensor of frozen parameters, which have no other blocks than `values`. */
function narrowTensor(
  name: string,
  shape: readonly number[],
  codec: TensorCodec,
  values: Float32Array,
  check: (got: number, numbers: number) => void,
): ParameterTensor {
  const [rows, columns] = shape as readonly [number, number];
  return {
    name,
    shape,
    get: () => codec.read(values),
    set(_, source) {
      check(source.length, rows * columns);
      codec.write(values, source instanceof Float32Array ? source : Float32Array.from(source));
    },
    ...(codec.writeBlocks && {
      setBlocks(blocks) {
        check(blocks.integers.length, rows * columns);
        check(blocks.scales.length, rows * Math.ceil(columns / 32));
        codec.writeBlocks!(values, blocks);
      },
    }),
  };
}

interface PlacedNetwork {
  readonly spec: NetworkSpec;
  readonly record: number;
  readonly offset: number;
  readonly length: number;
  readonly tensors: PlacedTensor[];
}

/** Writes the record of a network; returns its tensors and the workspace it needs. */
function placeNetwork(arena: Arena, spec: NetworkSpec, offset: number): PlacedNetwork & { workspaceBytes: number } {
  checkSpec(spec);
  const { words } = arena;
  const hidden = spec.hiddenSizes.length;
  const record = arena.allocate((layout.networkLayers + hidden * layout.layerWords) * 4, `network ${spec.name}`);
  const base = record / 4;
  const tensors: PlacedNetwork['tensors'] = [];
  let floats = 0;
  let workspace = 0;
  const tile = (bytes: number): number => {
    const at = workspace;
    workspace += roundUp(bytes, 64);
    return at;
  };
  let size = spec.inputSize;
  let padded = roundUp(size, 4);
  let inputTile = tile(layout.tileRows * padded * 4);
  words[base + layout.networkInputTile] = inputTile;
  words[base + layout.networkInputPadded] = padded;
  let widest = 0;
  for (let index = 0; index < hidden; index++) {
    const outputs = spec.hiddenSizes[index]!;
    const outputsPadded = roundUp(outputs, 8);
    widest = Math.max(widest, outputsPadded);
    const at = base + layout.networkLayers + index * layout.layerWords;
    const weight = floats;
    const bias = weight + padded * outputsPadded;
    floats = bias + outputsPadded;
    const inputs = padded;
    const start = offset + weight;
    tensors.push({
      name: `${spec.name}.${index}.weight`,
      shape: [outputs, size],
      place: (row, column) => start + ((row >> 3) * inputs + column) * 8 + (row & 7),
    });
    tensors.push({ name: `${spec.name}.${index}.bias`, shape: [outputs], place: (_, column) => offset + bias + column });
    const outputTile = tile(layout.tileRows * outputsPadded * 4);
    words[at + layout.layerInputSize] = size;
    words[at + layout.layerInputPadded] = padded;
    words[at + layout.layerOutputSize] = outputs;
    words[at + layout.layerOutputPadded] = outputsPadded;
    words[at + layout.layerWeightOffset] = weight * 4;
    words[at + layout.layerBiasOffset] = bias * 4;
    words[at + layout.layerTransposed] = index > 0 ? arena.allocate(padded * outputsPadded * 4, 'transposed weights') : 0;
    words[at + layout.layerInputTile] = inputTile;
    words[at + layout.layerInputStride] = padded * 4;
    words[at + layout.layerOutputTile] = outputTile;
    words[at + layout.layerOutputStride] = outputsPadded * 4;
    words[at + layout.layerDerivativeTile] = spec.activation === 'gelu' ? tile(layout.tileRows * outputsPadded * 4) : outputTile;
    size = outputs;
    padded = outputsPadded;
    inputTile = outputTile;
  }
  const weight = floats;
  const bias = weight + spec.outputSize * padded;
  floats = bias + roundUp(spec.outputSize, 4);
  const inputs = padded;
  tensors.push({
    name: `${spec.name}.${hidden}.weight`,
    shape: [spec.outputSize, size],
    place: (row, column) => offset + weight + row * inputs + column,
  });
  tensors.push({ name: `${spec.name}.${hidden}.bias`, shape: [spec.outputSize], place: (_, column) => offset + bias + column });
  words[base + layout.networkHiddenCount] = hidden;
  words[base + layout.networkInputSize] = spec.inputSize;
  words[base + layout.networkOutputSize] = spec.outputSize;
  words[base + layout.networkActivation] = activations[spec.activation];
  words[base + layout.networkOutputTile] = tile(spec.outputSize * layout.tileBytes);
  words[base + layout.networkOutputGradientTile] = tile(spec.outputSize * layout.tileBytes);
  words[base + layout.networkGradientTileA] = tile(layout.tileRows * widest * 4);
  words[base + layout.networkGradientTileB] = tile(layout.tileRows * widest * 4);
  words[base + layout.networkSampleTile] = tile((layout.slotActions + Math.max(4, spec.outputSize)) * layout.tileBytes);
  words[base + layout.networkOutputWeightOffset] = weight * 4;
  words[base + layout.networkOutputBiasOffset] = bias * 4;
  words[base + layout.networkOutputInputTile] = inputTile;
  words[base + layout.networkOutputInputStride] = padded * 4;
  words[base + layout.networkOutputInputPadded] = padded;
  words[base + layout.networkParameterBytes] = floats * 4;
  const headSizes = spec.headSizes ?? [spec.outputSize];
  const sizes = arena.allocate(headSizes.length * 4, `heads of ${spec.name}`);
  words[base + layout.networkHeadCount] = headSizes.length;
  words[base + layout.networkHeadSizes] = sizes;
  for (const [head, headSize] of headSizes.entries()) words[sizes / 4 + head] = headSize;
  return { spec, record, offset, length: floats, tensors, workspaceBytes: workspace };
}

/** Places networks and their flat blocks in kernel memory; also returns the workspace bytes that a thread needs for them. */
export function placeParameters(arena: Arena, spec: ParametersSpec): { parameters: Parameters; workspaceBytes: number } {
  const names = spec.networks.map((network) => network.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (names.length === 0 || twice !== undefined) {
    throw mistake(
      'createParameters',
      'one or more networks of different names',
      twice === undefined ? 'none' : `two called ${twice}`,
      'name every network once',
    );
  }
  const placed: PlacedNetwork[] = [];
  let floats = 0;
  let workspaceBytes = 0;
  for (const network of spec.networks) {
    const one = placeNetwork(arena, network, floats);
    placed.push(one);
    floats += one.length;
    workspaceBytes = Math.max(workspaceBytes, one.workspaceBytes);
  }
  const logStdSize = spec.logStdSize ?? 0;
  const logStdOffset = floats;
  floats += roundUp(logStdSize, 4);
  const tensors = placed.flatMap((one) => one.tensors);
  if (logStdSize > 0) tensors.push({ name: 'logStd', shape: [logStdSize], place: (_, column) => logStdOffset + column });
  const store = makeStore(arena, floats, tensors);
  const networks: NetworkHandle[] = [];
  const parameters: Parameters = {
    networks,
    ...store,
    logStd: store.values.subarray(logStdOffset, logStdOffset + logStdSize),
    logStdOffset,
    logStdSize,
  };
  for (const { spec: network, record, offset, length } of placed) networks.push({ spec: network, parameters, record, offset, length });
  return { parameters, workspaceBytes };
}
