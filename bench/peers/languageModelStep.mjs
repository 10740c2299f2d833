/**
 * Times one step of reinforcement learning on a small language model, ours, and prints one JSON line; the counterpart of languageModel.py.
 *
 *     node bench/peers/languageModelStep.mjs --size 0.1M --threads 1 --steps 200 [--arithmetic fused] [--level library] [--task count-shapes]
 *
 * `--level kernels` does what languageModel.py does: 32 prompts of 6 tokens, 8 completions of each of exactly 4 tokens, a group baseline, the
 * gradient, Adam, from random weights. `--level library` times whole iterations of trainLanguageModel, from the end of one to the end of the next,
 * with prompts, texts, rewards and metrics, after the warm start (random weights would end most completions early), which is kept for the next time.
 *
 * `--task count-shapes` has prompts of a picture (36 patches of 48 numbers) and 9 tokens, and completions of 2 tokens.
 *
 * Keys as in languageModel.py; the library's `rewardMilliseconds` is drawn from its metrics, train is what is left of the step.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSequences, createTransformer, layOutKernels } from '../../dist/kernels.js';
import * as cohort from '../../dist/node.js';
import { mean, median } from '../../dist/statistics.js';

const options = { size: '0.1M', threads: 1, arithmetic: 'plain', level: 'kernels', task: 'add-2digit', steps: 200, warmup: 20, seed: 1 };
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const [threads, steps, warmup, seed] = ['threads', 'steps', 'warmup', 'seed'].map((name) => Number(options[name]));
const { arithmetic, level, size, task } = options;
const shapes = {
  'add-2digit': { textLength: 6, completionLength: 4, vocabSize: 13 },
  // As the task has it: 24 x 24 pixels in patches of 4 x 4, a question of at most 9 characters, a digit and the end.
  'count-shapes': { textLength: 9, completionLength: 2, vocabSize: 19, patches: { count: 36, inputs: 48 } },
}[task];
const sizes = {
  '0.1M': { hiddenSize: 64, numHiddenLayers: 2, numAttentionHeads: 4, intermediateSize: 172 },
  '0.78M': { hiddenSize: 128, numHiddenLayers: 4, numAttentionHeads: 4, intermediateSize: 344 },
}[size];
if (!sizes || !shapes || !['kernels', 'library'].includes(level)) {
  console.error(
    'languageModelStep.mjs: expected --size 0.1M or 0.78M, --level kernels or library, --task add-2digit or count-shapes; see the top of the file',
  );
  process.exit(2);
}

const [numGroups, groupSize] = [32, 8];
const { textLength, completionLength, vocabSize, patches } = shapes;
const pictureLength = patches?.count ?? 0;
const promptLength = pictureLength + textLength;
const rounded = (value) => Number(value.toFixed(3));

/** A small generator for weights and prompts: any numbers do. */
let word = seed >>> 0;
const uniform = () => {
  word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
  return word / 2 ** 32;
};

async function kernelSteps() {
  const spec = {
    name: 'policy',
    vocabSize,
    ...sizes,
    numKeyValueHeads: sizes.numAttentionHeads,
    headDim: sizes.hiddenSize / sizes.numAttentionHeads,
    maxPositionEmbeddings: promptLength + completionLength,
    ropeTheta: 10_000,
    rotaryLayout: 'half',
    rmsNormEps: 1e-5,
    attentionBias: false,
    tieWordEmbeddings: true,
    output: 'logits',
    patches,
  };
  const layOut = (kernels) => {
    const policy = createTransformer(kernels, spec);
    const batch = createSequences(kernels, { numGroups, groupSize, promptLength, completionLength, patches });
    policy.reserve(batch, 'sample', 'gradient');
    return { kernels, policy, batch };
  };
  const { kernels, policy, batch } = await layOutKernels(layOut, { ...cohort.nodePlatform, arithmetic, threads });
  const { parameters } = policy;
  for (const tensor of parameters.tensors()) {
    const length = tensor.shape.reduce((product, one) => product * one, 1);
    const isNorm = tensor.name.endsWith('norm.weight');
    // Uniform with deviation 0.02.
    tensor.set(
      'values',
      Float32Array.from({ length }, () => (isNorm ? 1 : (uniform() - 0.5) * 0.02 * Math.sqrt(12))),
    );
  }
  const rows = numGroups * groupSize;
  const answers = new Int32Array(numGroups * completionLength);
  const token = () => 1 + Math.floor((vocabSize - 1) * uniform());
  const [samples, trains] = [[], []];
  for (let step = 1; step <= warmup + steps; step++) {
    for (let g = 0; g < numGroups; g++) {
      const picture = Array.from({ length: pictureLength }, (_, k) => vocabSize + k);
      batch.prompts.set([...picture, ...Array.from({ length: textLength }, token)], g * promptLength);
      batch.promptLengths[g] = promptLength;
      answers.set([...Array.from({ length: completionLength - 1 }, token), 0], g * completionLength);
    }
    for (let i = 0; i < batch.patches.length; i++) batch.patches[i] = uniform() - 0.5;
    const begin = performance.now();
    // An end token that is none: every completion has all its tokens, as in languageModel.py.
    const sampling = { maxTokens: completionLength, endToken: vocabSize, key: [seed, 2], iteration: step, firstRollout: 0, stream: 0 };
    policy.sample(batch, { numGroups, groupSize, ...sampling });
    const middle = performance.now();
    for (let g = 0; g < numGroups; g++) {
      const rewards = Array.from({ length: groupSize }, (_, j) => {
        const start = (g * groupSize + j) * completionLength;
        let right = 0;
        for (let t = 0; t < completionLength; t++) right += batch.completions[start + t] === answers[g * completionLength + t] ? 1 : 0;
        return right / completionLength;
      });
      const baseline = mean(rewards);
      for (let j = 0; j < groupSize; j++) {
        const start = (g * groupSize + j) * completionLength;
        batch.advantageWeights.fill((rewards[j] - baseline) / (rows * completionLength), start, start + completionLength);
      }
    }
    policy.gradient(batch, { numGroups, groupSize, loss: 'score' });
    kernels.adamStep({ parameters, learningRate: 3e-4, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, step });
    const end = performance.now();
    if (batch.completionLengths.some((length) => length !== completionLength)) throw new Error('a completion ended early');
    samples.push(middle - begin);
    trains.push(end - middle);
  }
  const limit = kernels.measureLimit();
  kernels.close();
  const [sample, train] = [samples.slice(warmup), trains.slice(warmup)];
  return {
    parameters: parameters.count,
    steps,
    sampleMilliseconds: rounded(median(sample)),
    trainMilliseconds: rounded(median(train)),
    stepMilliseconds: rounded(median(sample.map((value, i) => value + train[i]))),
    ...flops(),
    gigaflopsLimit: rounded(limit),
    megabytes: rounded(kernels.bytesUsed / 2 ** 20),
  };
}

/** Matrix products of one step with the prompt computed once for its group, and what they would be with every sequence on its own. */
function flops() {
  const { hiddenSize, numHiddenLayers: layers, intermediateSize } = sizes;
  const row = 2 * layers * (4 * hiddenSize * hiddenSize + 3 * hiddenSize * intermediateSize);
  const pair = 4 * layers * hiddenSize;
  const head = 2 * hiddenSize * vocabSize;
  const rollouts = numGroups * groupSize;
  // Pairs of a token and one before it or itself, for tokens first .. last - 1.
  const pairs = (first, last) => ((last * (last + 1) - first * (first + 1)) / 2) * pair;
  const total = promptLength + completionLength - 1;
  const map = patches ? 2 * patches.count * patches.inputs * hiddenSize : 0;
  const prefix = promptLength * row + pairs(0, promptLength) + map;
  const rest = (completionLength - 1) * (row + head) + pairs(promptLength, total);
  const shared = numGroups * (prefix + head) + rollouts * rest;
  const unshared = rollouts * (prefix + head + rest);
  return { sampleFlops: shared, trainFlops: 3 * shared, unsharedSampleFlops: unshared, unsharedTrainFlops: 3 * unshared };
}

async function librarySteps() {
  const input = {
    task,
    ...sizes,
    estimator: 'gpg-lm',
    // One draw of prompts per iteration, as in the other programs.
    minValidFraction: 0,
    numGroups,
    groupSize,
    threads,
    arithmetic,
    seed,
    iterations: warmup + steps,
    evaluationInterval: 0,
    finalEvaluationPrompts: 1,
    evaluationSamples: 1,
  };
  const run = cohort.trainLanguageModel(input, { warmStartDirectory: join(tmpdir(), 'cohort-warm-starts') });
  const [whole, samples, rewards, lengths] = [[], [], [], []];
  let last;
  for await (const { metrics } of run) {
    const end = performance.now();
    if (last !== undefined) {
      whole.push(end - last);
      samples.push(1000 * metrics['time/sample']);
      rewards.push(1000 * metrics['time/reward']);
      lengths.push(metrics['completions/length']);
    }
    last = end;
  }
  const counted = (list) => list.slice(warmup);
  return {
    steps,
    sampleMilliseconds: rounded(median(counted(samples))),
    trainMilliseconds: rounded(median(counted(whole.map((value, i) => value - samples[i] - rewards[i])))),
    rewardMilliseconds: rounded(median(counted(rewards))),
    stepMilliseconds: rounded(median(counted(whole))),
    completionLengthMean: rounded(mean(counted(lengths))),
  };
}

const result = level === 'kernels' ? await kernelSteps() : await librarySteps();
console.log(
  JSON.stringify({
    peer: `cohort-rl ${level}`,
    size,
    task,
    threads,
    arithmetic,
    prompts: numGroups,
    groupSize,
    promptLength,
    completionLength,
    vocabulary: vocabSize,
    ...result,
    versions: { 'cohort-rl': cohort.version, node: process.versions.node },
  }),
);
