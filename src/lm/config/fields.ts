/**
 * The configuration fields of a language-model run: type, range, default and one line each. Fields without a default take it from the
 * estimator, from the task, or from another field; see src/lm/config/config.ts.
 */
import type * as z from 'zod/mini';
import { type EstimatorName, estimatorNames, methodOptions } from '../../advantage/core.ts';
import { choice, flag, inGroup, integer, optionalChoice, optionalInteger, optionalReal, optionalText, real } from '../../core/config.ts';
import { schedules } from '../../math/schedule.ts';
import { keepingFields, seedField } from '../../run/fields.ts';
import { formatNames } from '../tasks/formats.ts';
import { branchFields } from './branchFields.ts';
import { serverFields } from './serverFields.ts';

const maxCount = 100_000_000;

const taskFields = {
  seed: seedField,
  iterations: integer({
    description: 'iterations (prompts, their groups of completions, one update); schedules run over them',
    default: 150,
    min: 1,
    max: maxCount,
  }),
  warmStartAccuracy: real({
    description: 'train on solutions until the sampled accuracy reaches this; 0 starts from random weights',
    default: 0.2,
    min: 0,
    max: 1,
  }),
  warmStartSeed: optionalInteger({
    description: 'seed of the random weights and of the warm start, so that runs can share one (default: the seed)',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
  }),
  warmStartLearningRate: optionalReal({
    description: 'learning rate of the warm start (AdamW; default: 3e-3, beyond width 64 less as the width grows)',
    min: 0,
    max: 1,
  }),
  warmStartBatchSize: integer({ description: 'solutions per step of the warm start', default: 64, min: 1, max: 65_536 }),
  curriculum: choice({
    description:
      'which prompts are asked, by how often they were answered right when they were last asked: uniform = all alike, hard = those that go wrong the more, soft = the same without those that always go wrong, medium = only those that go both ways',
    default: 'uniform',
    names: ['uniform', 'hard', 'soft', 'medium'],
  }),
  warmStartMaxSteps: integer({ description: 'give up the warm start after this many steps', default: 10_000, min: 1, max: maxCount }),
} satisfies z.core.$ZodShape;

const estimatorFields = {
  estimator: choice({
    description: 'how rewards become advantages and a loss: a row of the table of estimators',
    default: 'gpg-lm',
    names: [...estimatorNames, 'custom'] as unknown as readonly [EstimatorName, 'custom'],
  }),
  advantageScale: optionalChoice({
    description: 'what centered rewards are divided by: 1, or the standard deviation of the group (default: the estimator’s)',
    names: methodOptions.advantageScale,
  }),
  gradientRescaling: optionalChoice({
    description:
      'factor on the gradient, because groups whose rewards are all equal add nothing to it: group = groups / informative groups, token = the same in tokens, nonzero = completions / completions with a nonzero reward, off = 1 (default: the estimator’s)',
    names: methodOptions.gradientRescaling,
  }),
  alphaMax: optionalReal({ description: 'upper limit of the factor of gradientRescaling', min: 1, max: 1e9 }),
  minValidFraction: optionalReal({
    description:
      'draw prompts until this fraction of the groups is informative (their rewards differ); 0 draws once, 1 trains on informative groups only (default: the estimator’s)',
    min: 0,
    max: 1,
  }),
  maxAttempts: integer({ description: 'maximum number of draws of prompts per iteration', default: 20, min: 1, max: 10_000 }),
  validBy: choice({
    description:
      'what must differ within an informative group: the total reward, or only its outcome component, which a shaped reward cannot fool',
    default: 'total',
    names: methodOptions.validBy,
  }),
  aggregation: optionalChoice({
    description: 'how the loss averages over tokens (default: the estimator’s)',
    names: methodOptions.aggregation,
  }),
} satisfies z.core.$ZodShape;

const criticFields = {
  criticLearningRate: real({ description: 'ppo: learning rate of the critic', default: 1e-3, min: 0, max: 1 }),
  criticEpochs: optionalInteger({
    description: 'ppo: passes of the critic over each batch (default: as many as the policy’s)',
    min: 1,
    max: 1000,
  }),
  gamma: real({ description: 'ppo, vineppo: discount per token', default: 1, min: 0, max: 1 }),
  gaeLambda: real({ description: 'ppo: lambda of generalized advantage estimation', default: 1, min: 0, max: 1 }),
} satisfies z.core.$ZodShape;

const rolloutFields = {
  numGroups: integer({ description: 'prompts per update, one group of completions each', default: 32, min: 1, max: 65_536 }),
  groupSize: integer({ description: 'completions per prompt', default: 8, min: 1, max: 4096 }),
  maxTokens: optionalInteger({
    description: 'maximum tokens of a completion, including the end token (default: the task’s)',
    min: 1,
    max: 65_536,
  }),
  temperature: real({ description: 'temperature of sampling and of the loss', default: 1, min: 1e-3, max: 1000 }),
  topK: integer({
    description: 'sample from this many of the most probable tokens, of equally probable ones those with the lowest ids; 0 means all',
    default: 0,
    min: 0,
    max: 2 ** 20,
  }),
  topP: real({
    description: 'sample from the fewest most probable tokens that together have this share of what topK keeps; 1 means all',
    default: 1,
    min: 1e-6,
    max: 1,
  }),
  truncation: choice({
    description:
      'completions that are cut off at maxTokens: keep, or mask: they are compared with their group and add nothing to the loss (DAPO’s overlong filtering)',
    default: 'keep',
    names: ['keep', 'mask'],
  }),
  overlongTokens: integer({
    description: 'the reward falls by up to 1 over the last so many tokens before maxTokens (DAPO’s soft punishment); 0 means it does not',
    default: 0,
    min: 0,
    max: 65_536,
  }),
  lengthReward: choice({
    description:
      'cosine: right answers are worth 1 to 0.5, the shorter the more, and wrong ones -0.5 to 0, the longer the more (open-r1’s length-scaled accuracy, in tokens); none: length does not count',
    default: 'none',
    names: ['none', 'cosine'],
  }),
  formatReward: choice({
    description:
      'a reward for the format besides: think-answer = 1 for <think>...</think><answer>...</answer> and nothing else, tag-count = a quarter for each of these tags that is there once',
    default: 'none',
    names: formatNames,
  }),
  formatWeight: real({ description: 'weight of formatReward in the reward', default: 1, min: -1e6, max: 1e6 }),
  stop: optionalText({
    description:
      'texts that end a completion and stay in it, several with a bar between them; \\n is a line break, and a backslash makes a bar part of a text (default: only end tokens end one)',
  }),
  rewardSeconds: real({ description: 'seconds that a reward may take, if it is a promise', default: 10, min: 1e-3, max: 1e6 }),
  rewardTimeout: optionalReal({
    description:
      'seconds that any reward of a module’s task may take: rewards are computed in a thread of their own, one after another, and one that is late or ends its thread is counted (default: none, in the thread of the run)',
    min: 1e-3,
    max: 1e6,
  }),
} satisfies z.core.$ZodShape;

const updateFields = {
  updateEpochs: optionalInteger({
    description: 'passes over each batch; more than one needs a clipped ratio (default: the estimator’s)',
    min: 1,
    max: 1000,
  }),
  clipLow: optionalReal({ description: 'the ratio is clipped to 1 - this (default: the estimator’s)', min: 0, max: 1 }),
  clipHigh: optionalReal({ description: 'the ratio is clipped to 1 + this (default: the estimator’s)', min: 0, max: 1e6 }),
  dualClip: real({
    description: 'clipped ratios: where the advantage is negative the ratio counts at most so much (verl: 3); 0 means without end',
    default: 0,
    min: 0,
    max: 1e6,
  }),
  klCoef: real({
    description: 'weight of the divergence from the model after the warm start; 0 keeps no reference model',
    default: 0,
    min: 0,
    max: 1e6,
  }),
  klForm: choice({
    description:
      'which estimator of the divergence it is, by the log-ratio l to the reference: k1 = l, whose gradient in the loss is 0 on average, k2 = l^2 / 2, k3 = exp(-l) - 1 + l',
    default: 'k3',
    names: ['k1', 'k2', 'k3'],
  }),
  klIn: choice({
    description:
      'where the divergence counts: in the loss of every token, or taken from the reward of a completion, summed over its tokens (usual with klForm k1)',
    default: 'loss',
    names: ['loss', 'reward'],
  }),
  klTarget: real({
    description:
      'divergence from the reference in nats per token that klCoef is steered to: it grows or shrinks by up to 2 % per iteration (Ziegler et al. 2019); 0 leaves it',
    default: 0,
    min: 0,
    max: 1e3,
  }),
  referenceInterval: integer({
    description: 'iterations after which the reference model moves towards the policy; 0 means it stays',
    default: 0,
    min: 0,
    max: maxCount,
  }),
  referenceMix: real({
    description: 'how far it moves: share of the policy in the new reference (TRL: 0.6); 1 makes it the policy',
    default: 1,
    min: 0,
    max: 1,
  }),
  entropyCoef: real({
    description: 'weight of an entropy bonus: so much of the entropy of a token, over the whole vocabulary, is taken off its loss',
    default: 0,
    min: 0,
    max: 10,
  }),
  optimizer: choice({ description: 'optimizer of the policy', default: 'adam', names: ['adam', 'adamw', 'sgd'] }),
  learningRate: optionalReal({ description: 'learning rate (default: 1.5e-3, beyond width 64 less as the width grows)', min: 0, max: 1e6 }),
  schedule: choice({ description: 'shape of the learning rate over the iterations', default: 'linear', names: schedules }),
  warmupIterations: optionalInteger({
    description: 'iterations over which the learning rate rises (default: 10, at most all of them)',
    min: 0,
    max: maxCount,
  }),
  beta1: real({ description: 'Adam: decay of the first moment', default: 0.9, min: 0, max: 0.999_999 }),
  beta2: real({ description: 'Adam: decay of the second moment', default: 0.99, min: 0, max: 0.999_999 }),
  adamEpsilon: real({ description: 'Adam: epsilon', default: 1e-8, min: 1e-30, max: 1 }),
  weightDecay: optionalReal({ description: 'adamw: decay of the weight matrices (default 0.01)', min: 0, max: 1e3 }),
  momentum: real({ description: 'sgd: momentum', default: 0, min: 0, max: 0.999_999 }),
  maxGradNorm: real({ description: 'the gradient is scaled down to this norm; 0 means no limit', default: 0, min: 0, max: 1e9 }),
} satisfies z.core.$ZodShape;

const modelFields = {
  model: optionalText({
    description:
      'pretrained model to begin from: a GGUF file, a folder in Hugging Face’s format, or hf:owner/name of its hub; it decides the sizes below, and its tokenizer reads the task (default: random weights). With --backend tinker the server’s name of the model',
  }),
  loraRank: integer({
    description:
      'train low-rank adapters of this rank and leave the weights of the model as they are; 0 trains all weights (default: 16 with a model, else 0)',
    default: 0,
    min: 0,
    max: 1024,
  }),
  loraAlpha: optionalReal({ description: 'what adapters say is multiplied by this / loraRank (default: 2 loraRank)', min: 1e-6, max: 1e6 }),
  loraDropout: real({
    description: 'share of what adapters read that is left out while gradients are computed, another one at every step',
    default: 0,
    min: 0,
    max: 0.999,
  }),
  loraTargets: choice({
    description: 'matrices with adapters: all of every block, those of attention, or of queries and values',
    default: 'all',
    names: ['all', 'attention', 'query-value'],
  }),
  baseWeights: choice({
    description:
      'how the weights beside adapters are kept: bfloat16 takes half the memory, int8 (a scale for 32 inputs) 9/32 of it; they are rounded once, when they are read',
    default: 'float32',
    names: ['float32', 'bfloat16', 'int8'],
  }),
  frozenLayers: integer({
    description: 'so many blocks from the first on, and the embedding, are not trained after the warm start; adapters they have none',
    default: 0,
    min: 0,
    max: 255,
  }),
  hiddenSize: integer({ description: 'width of the model, a multiple of 8', default: 64, min: 8, max: 8192 }),
  numHiddenLayers: integer({ description: 'transformer blocks', default: 2, min: 1, max: 256 }),
  numAttentionHeads: integer({ description: 'query heads', default: 4, min: 1, max: 256 }),
  numKeyValueHeads: optionalInteger({ description: 'key and value heads (default: numAttentionHeads)', min: 1, max: 256 }),
  headDim: optionalInteger({
    description: 'components of a head, a multiple of 8 (default: hiddenSize / numAttentionHeads)',
    min: 8,
    max: 1024,
  }),
  intermediateSize: integer({ description: 'width of the SwiGLU layer', default: 172, min: 1, max: 65_536 }),
  ropeTheta: real({
    description: 'base of the rotary frequencies; small for texts of a dozen tokens, 10000 in large models',
    default: 3,
    min: 1,
    max: 1e12,
  }),
  rotaryLayout: choice({
    description: 'which components of a head rotate together: halves as in Hugging Face’s checkpoints, or neighbors as in llama2.c',
    default: 'half',
    names: ['half', 'interleaved'],
  }),
  rmsNormEps: real({ description: 'epsilon of RMSNorm', default: 1e-5, min: 1e-12, max: 1 }),
  attentionBias: flag({ description: 'biases of the query, key and value projections', default: false }),
  queryKeyNorm: flag({ description: 'a norm of its own for every head of queries and keys, as in Qwen3', default: false }),
  tieWordEmbeddings: flag({ description: 'the output matrix is the transposed embedding', default: false }),
} satisfies z.core.$ZodShape;

const evaluationFields = {
  evaluationInterval: integer({
    description: 'iterations between evaluations; 0 evaluates only at the end',
    default: 10,
    min: 0,
    max: maxCount,
  }),
  evaluationPrompts: integer({ description: 'held-out prompts per evaluation', default: 200, min: 1, max: 1_000_000 }),
  finalEvaluationPrompts: integer({ description: 'held-out prompts of the final evaluation', default: 500, min: 1, max: 1_000_000 }),
  evaluationSamples: integer({
    description: 'completions per prompt of the final evaluation, for pass@k and maj@k',
    default: 8,
    min: 1,
    max: 4096,
  }),
} satisfies z.core.$ZodShape;

/** Every configuration field of a language-model run except `task`, in the order of the help text. */
export const languageFields = {
  ...inGroup('Task', taskFields),
  ...inGroup('Group baseline', estimatorFields),
  ...inGroup('Critic', criticFields),
  ...inGroup('Branches', branchFields),
  ...inGroup('Rollout', rolloutFields),
  ...inGroup('Update', updateFields),
  ...inGroup('Network', modelFields),
  ...inGroup('Server', serverFields),
  ...inGroup('Evaluation', evaluationFields),
  ...inGroup('Run', {
    completions: choice({
      description:
        'what completions.jsonl keeps of an iteration: few = one completion of four prompts, all = every completion with group, tokens, advantage and why a reward failed',
      default: 'few',
      names: ['few', 'all'],
    }),
  }),
  ...keepingFields,
} satisfies z.core.$ZodShape;
