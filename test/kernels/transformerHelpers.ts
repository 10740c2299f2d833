/** Specs, batches and measures that the tests of the transformer share. */
import { createKernels, type Kernels } from '../../src/kernels/index.ts';
import {
  adapterTargets,
  createSequences,
  createTransformer,
  type Sequences,
  type SequencesRange,
  type SequencesSpec,
  type Transformer,
  type TransformerOptions,
  type TransformerSpec,
} from '../../src/kernels/transformer/index.ts';
import { createGenerator, type Generator } from '../../src/random/index.ts';

/** A small model with every part; the tests change what they are about. */
export const smallSpec: TransformerSpec = {
  name: 'policy',
  vocabSize: 11,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  numKeyValueHeads: 2,
  headDim: 8,
  intermediateSize: 20,
  maxPositionEmbeddings: 24,
  ropeTheta: 10000,
  rotaryLayout: 'half',
  rmsNormEps: 1e-6,
  attentionBias: false,
  tieWordEmbeddings: false,
  output: 'logits',
};

/** Within 24 positions some components turn slowly, some quickly, and some are between. */
const ropeScaling = { factor: 4, lowFrequencyFactor: 0.3, highFrequencyFactor: 2, originalMaxPositionEmbeddings: 12 };

/** Each differs from the small model in what its name says. */
export const specs: readonly (readonly [string, TransformerSpec])[] = [
  ['untied, half-split', smallSpec],
  ['tied', { ...smallSpec, tieWordEmbeddings: true }],
  ['interleaved rotary', { ...smallSpec, rotaryLayout: 'interleaved', ropeTheta: 500 }],
  ['grouped queries with bias', { ...smallSpec, numAttentionHeads: 4, numKeyValueHeads: 2, attentionBias: true, tieWordEmbeddings: true }],
  [
    'one key head, interleaved, bias',
    { ...smallSpec, numAttentionHeads: 3, numKeyValueHeads: 1, rotaryLayout: 'interleaved', attentionBias: true },
  ],
  [
    'heads wider than the stream',
    { ...smallSpec, hiddenSize: 8, numAttentionHeads: 2, numKeyValueHeads: 1, headDim: 16, intermediateSize: 13 },
  ],
  [
    'feed-forward of 172, one layer',
    { ...smallSpec, numHiddenLayers: 1, hiddenSize: 24, numAttentionHeads: 2, headDim: 8, intermediateSize: 172, rmsNormEps: 1e-5 },
  ],
  ['norms of queries and keys', { ...smallSpec, numAttentionHeads: 4, numKeyValueHeads: 2, queryKeyNorm: true, tieWordEmbeddings: true }],
  ['stretched positions', { ...smallSpec, headDim: 16, ropeScaling, ropeTheta: 100 }],
  ['adapters', { ...smallSpec, adapter: { rank: 3, alpha: 1, targets: adapterTargets } }],
  [
    'adapters of two matrices, norms, bias, tied',
    {
      ...smallSpec,
      numAttentionHeads: 4,
      attentionBias: true,
      tieWordEmbeddings: true,
      queryKeyNorm: true,
      adapter: { rank: 8, alpha: 16, targets: ['v_proj', 'up_proj'] },
    },
  ],
  ['pictures', { ...smallSpec, patches: { count: 3, inputs: 12 } }],
  ['value head', { ...smallSpec, name: 'critic', output: 'value', numAttentionHeads: 4, intermediateSize: 13 }],
  ['value head, bias, interleaved', { ...smallSpec, name: 'critic', output: 'value', attentionBias: true, rotaryLayout: 'interleaved' }],
];

/** The arrays of `Sequences` that a test fills. */
interface FilledArrays {
  readonly spec: SequencesSpec;
  readonly prompts: Int32Array;
  readonly promptLengths: Int32Array;
  readonly completions: Int32Array;
  readonly completionLengths: Int32Array;
  readonly patches: Float32Array;
  readonly advantageWeights: Float32Array;
  readonly oldLogProbs: Float32Array;
  readonly referenceLogProbs: Float32Array;
  readonly tokenWeights: Float32Array;
  readonly targets: Float32Array;
}

/** A batch outside of kernel memory. */
export function plainSequences(spec: SequencesSpec): FilledArrays {
  const completions = spec.numGroups * spec.groupSize;
  const perToken = () => new Float32Array(completions * spec.completionLength);
  return {
    spec,
    prompts: new Int32Array(spec.numGroups * spec.promptLength),
    promptLengths: new Int32Array(spec.numGroups),
    completions: new Int32Array(completions * spec.completionLength),
    completionLengths: new Int32Array(completions),
    patches: new Float32Array(spec.patches ? spec.numGroups * spec.patches.count * Math.ceil(spec.patches.inputs / 8) * 8 : 0),
    advantageWeights: perToken(),
    oldLogProbs: perToken(),
    referenceLogProbs: perToken(),
    tokenWeights: perToken(),
    targets: perToken(),
  };
}

/** Fills a batch with unequal lengths (the least and the longest among them where there is room) and with numbers of both signs. */
export function fillSequences<T extends FilledArrays>(sequences: T, vocabSize: number, seed: number): T {
  const generator = createGenerator(seed);
  const { spec } = sequences;
  const tokens = (array: Int32Array): void => {
    for (let i = 0; i < array.length; i++) array[i] = Math.floor(generator.random() * vocabSize);
  };
  const lengths = (array: Int32Array, longest: number): void => {
    for (let i = 0; i < array.length; i++) array[i] = 1 + Math.floor(generator.random() * longest);
    array[0] = longest;
    if (array.length > 1) array[array.length - 1] = 1;
  };
  tokens(sequences.prompts);
  tokens(sequences.completions);
  lengths(sequences.promptLengths, spec.promptLength);
  lengths(sequences.completionLengths, spec.completionLength);
  const { patches } = spec;
  // In every prompt the patches stand behind the first token, as far as there is room; the second group has one of them twice.
  for (let group = 0; patches && group < spec.numGroups; group++) {
    for (let k = 0; k < Math.min(patches.count, spec.promptLength - 1); k++) {
      sequences.prompts[group * spec.promptLength + k + 1] = vocabSize + (group === 1 ? 0 : k);
    }
    const padded = sequences.patches.length / (spec.numGroups * patches.count);
    for (let i = 0; i < patches.count * padded; i++) {
      sequences.patches[group * patches.count * padded + i] = i % padded < patches.inputs ? generator.standardNormal() : 0;
    }
  }
  const usual = -Math.log(vocabSize);
  for (let i = 0; i < sequences.advantageWeights.length; i++) {
    sequences.advantageWeights[i] = generator.standardNormal();
    sequences.oldLogProbs[i] = usual + generator.uniform(-0.7, 0.7);
    sequences.referenceLogProbs[i] = usual + generator.uniform(-0.7, 0.7);
    sequences.tokenWeights[i] = generator.uniform(0.2, 1);
    sequences.targets[i] = generator.standardNormal();
  }
  return sequences;
}

/** Numbers that keep every part of a model at work: matrices at 1.2 / sqrt(columns), norms about 1, biases about 0. */
export function randomTensor(generator: Generator, name: string, shape: readonly number[]): Float64Array {
  const length = shape.reduce((product, size) => product * size, 1);
  const scale = name.includes('embed_tokens') ? 0.7 : shape.length === 2 ? 1.2 / Math.sqrt(shape[1]!) : 0.2;
  const middle = name.includes('norm') ? 1 : 0;
  return Float64Array.from({ length }, () => Math.fround(middle + scale * generator.standardNormal()));
}

/** A model with random parameters and a filled batch, in kernels of their own. */
export interface Opened {
  readonly kernels: Kernels;
  readonly model: Transformer;
  readonly sequences: Sequences;
}

/** Gives every tensor random numbers. */
export function randomizeTransformer(model: Transformer, seed: number): void {
  const generator = createGenerator(seed);
  const tensors = [...(model.base?.tensors() ?? []), ...model.parameters.tensors()];
  for (const tensor of tensors) tensor.set('values', randomTensor(generator, tensor.name, tensor.shape));
}

/** Opens a model with room for one batch, both random. */
export function openTransformer(
  spec: TransformerSpec,
  room: SequencesSpec,
  seed: number,
  kernels = createKernels({ bytes: 2 ** 25 }),
  options: TransformerOptions = {},
): Opened {
  const model = createTransformer(kernels, spec, options);
  randomizeTransformer(model, seed);
  const { patches } = spec;
  return { kernels, model, sequences: fillSequences(createSequences(kernels, { ...room, patches }), spec.vocabSize, seed + 1) };
}

/** All gradients in one array, in the order of the tensors. */
export function gradientsOf(model: Transformer): Float64Array {
  return Float64Array.from(model.parameters.tensors().flatMap((tensor) => [...tensor.get('gradients')]));
}

/** Places of the (N, completionLength) arrays that belong to tokens of the range. */
export function tokenPlaces(sequences: Sequences, { numGroups, groupSize }: SequencesRange): number[] {
  const { spec, completionLengths } = sequences;
  const places: number[] = [];
  for (let group = 0; group < numGroups; group++) {
    for (let member = 0; member < groupSize; member++) {
      const row = group * spec.groupSize + member;
      for (let t = 0; t < completionLengths[row]!; t++) places.push(row * spec.completionLength + t);
    }
  }
  return places;
}

/** The numbers of those places. */
export function pick(array: ArrayLike<number>, places: readonly number[]): Float32Array {
  return Float32Array.from(places, (place) => array[place]!);
}
