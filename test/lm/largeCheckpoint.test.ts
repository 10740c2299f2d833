/**
 * A checkpoint of ten million parameters, written from a seed in the layout of Hugging Face, opens and samples to the recorded bits in Node and in a page.
 */
import { expect, it } from 'vitest';
import { tensorShapes } from '../../src/kernels/transformer/shapes.ts';
import type { ModelShape } from '../../src/lm/checkpoints/checkpoint.ts';
import { filesOf } from '../../src/lm/checkpoints/files.ts';
import { characterTokenizerFiles } from '../../src/lm/checkpoints/huggingFace/characterTokenizer.ts';
import { encodeHuggingFace } from '../../src/lm/checkpoints/huggingFace/export.ts';
import { createGenerator } from '../../src/random/index.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { testCohort } from '../training/cohort.ts';
import { bytesOfFiles } from './checkpoints/huggingFace/output.ts';
import { packages } from './smallModel.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz .';
const shape: ModelShape = {
  vocabSize: alphabet.length + 1,
  hiddenSize: 256,
  numHiddenLayers: 10,
  numAttentionHeads: 8,
  numKeyValueHeads: 4,
  headDim: 32,
  intermediateSize: 1024,
  ropeTheta: 10_000,
  rotaryLayout: 'half',
  rmsNormEps: 1e-6,
  attentionBias: false,
  tieWordEmbeddings: true,
};

/** Numbers of a tensor: norms about 1, matrices of such a size that no layer drowns the others. */
function numbersOf(name: string, sizes: readonly number[], seed: number): Float32Array {
  const random = createGenerator([7, seed]);
  const length = sizes.reduce((product, size) => product * size, 1);
  const [middle, reach] = name.includes('norm') ? [1, 0.1] : [0, 1.7 / Math.sqrt(sizes.at(-1)!)];
  return Float32Array.from({ length }, () => middle + reach * (2 * random.random() - 1));
}

it('opens and samples to the recorded bits', async () => {
  const tensors = [...tensorShapes(shape)];
  expect(tensors.reduce((sum, [, sizes]) => sum + sizes.reduce((product, size) => product * size, 1), 0)).toBeGreaterThan(9.8e6);
  const places = new Map(tensors.map(([name], index) => [name, index]));
  const files = await encodeHuggingFace({
    shape,
    contextLength: 128,
    endTokens: [0],
    tensor: (name) => numbersOf(name, tensorShapes(shape).get(name)!, places.get(name)!),
    files: characterTokenizerFiles(alphabet, 128),
  });
  const bytes = await bytesOfFiles(files);
  const cohort = testCohort();
  await cohort.openModel(filesOf('ten-million', bytes), packages);
  const model = await cohort.loadLanguageModel('ten-million', { promptLength: 32, maxTokens: 24 });
  const drawn = model.sample({ prompt: 'once upon a time ', numSamples: 4, seed: 3 });
  const logProbs = Float64Array.from(drawn, ({ logProb }) => logProb);
  model.close();
  expect(drawn.map(({ completion }) => completion)).toEqual([
    '',
    'gbrx.zhjokafcvkpg',
    'hrbnwtkgkvlbfnacnlvglizs',
    'tbabcpkmsqg nyrtvnxvrt',
  ]);
  expect(sha256(new Uint8Array(logProbs.buffer))).toBe('b1696ac59b9953f78c0c9326f74bf4b135cdaa94db67aaf243a055b93e59e04a');
});
