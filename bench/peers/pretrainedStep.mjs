/**
 * Times one step of reinforcement learning on adapters of a model of SmolLM2-135M's sizes, ours, and prints one JSON line; the counterpart of pretrained.py.
 *
 *     node bench/peers/pretrainedStep.mjs --threads 2 --arithmetic fused --steps 3
 *
 * Weights are random: what they are takes no time. Keys as in pretrained.py.
 */
import { createSequences, createTransformer, layOutKernels } from '../../dist/kernels.js';
import * as cohort from '../../dist/node.js';
import { median } from '../../dist/statistics.js';

const options = {
  threads: 2,
  arithmetic: 'plain',
  baseWeights: 'float32',
  steps: 3,
  warmup: 1,
  prompts: 4,
  group: 4,
  prompt: 40,
  completion: 16,
};
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const [threads, steps, warmup, numGroups, groupSize, promptLength, completionLength] = [
  ...['threads', 'steps', 'warmup', 'prompts', 'group', 'prompt', 'completion'],
].map((name) => Number(options[name]));
const { arithmetic, baseWeights } = options;

// SmolLM2-135M's config.json; rank and targets are the defaults of `lm train --model`.
const spec = {
  name: 'policy',
  vocabSize: 49_152,
  hiddenSize: 576,
  numHiddenLayers: 30,
  numAttentionHeads: 9,
  numKeyValueHeads: 3,
  headDim: 64,
  intermediateSize: 1536,
  maxPositionEmbeddings: promptLength + completionLength,
  ropeTheta: 100_000,
  rotaryLayout: 'half',
  rmsNormEps: 1e-5,
  attentionBias: false,
  tieWordEmbeddings: true,
  output: 'logits',
  baseWeights,
  adapter: { rank: 16, alpha: 32, targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'] },
};

let word = 1;
/** A small generator for weights and prompts: any numbers do. */
const uniform = () => {
  word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  return word / 2 ** 32;
};

const layOut = (kernels) => {
  const policy = createTransformer(kernels, spec);
  const batch = createSequences(kernels, { numGroups, groupSize, promptLength, completionLength });
  policy.reserve(batch, 'sample', 'gradient');
  return { kernels, policy, batch };
};
const { kernels, policy, batch } = await layOutKernels(layOut, { ...cohort.nodePlatform, arithmetic, threads });
for (const tensor of [...policy.base.tensors(), ...policy.parameters.tensors()]) {
  const length = tensor.shape.reduce((product, one) => product * one, 1);
  const isOne = tensor.name.endsWith('norm.weight');
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = isOne ? 1 : (uniform() - 0.5) * 0.02 * Math.sqrt(12);
  tensor.set('values', values);
}
const rows = numGroups * groupSize;
const [samples, trains] = [[], []];
for (let step = 1; step <= warmup + steps; step++) {
  for (let i = 0; i < numGroups * promptLength; i++) batch.prompts[i] = Math.floor(uniform() * spec.vocabSize);
  batch.promptLengths.fill(promptLength);
  const begin = performance.now();
  // An end token that is none: every completion has all its tokens.
  const sampling = { maxTokens: completionLength, endToken: spec.vocabSize, key: [1, 2], iteration: step, firstRollout: 0, stream: 0 };
  policy.sample(batch, { numGroups, groupSize, ...sampling });
  const middle = performance.now();
  for (let i = 0; i < rows; i++) {
    batch.advantageWeights.fill((i % 2 === 0 ? 0.5 : -0.5) / (rows * completionLength), i * completionLength, (i + 1) * completionLength);
  }
  policy.gradient(batch, { numGroups, groupSize, loss: 'score' });
  kernels.adamStep({ parameters: policy.parameters, learningRate: 1e-4, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step });
  const end = performance.now();
  samples.push(middle - begin);
  trains.push(end - middle);
}
const megabytes = Math.round(kernels.bytesUsed / 2 ** 20);
kernels.close();
const counted = (list) => list.slice(warmup);
const rounded = (value) => Number(value.toFixed(1));
console.log(
  JSON.stringify({
    peer: `cohort-rl, ${arithmetic}`,
    ...{ threads, prompts: numGroups, groupSize, promptLength, completionLength, steps, megabytes },
    trained: policy.parameters.count,
    sampleMilliseconds: rounded(median(counted(samples))),
    trainMilliseconds: rounded(median(counted(trains))),
    stepMilliseconds: rounded(median(counted(samples.map((value, i) => value + trains[i])))),
    versions: { 'cohort-rl': cohort.version, node: process.versions.node },
  }),
);
