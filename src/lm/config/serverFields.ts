/**
 * Fields of a run whose model is on a server, and what cannot be asked of one.
 */
import type * as z from 'zod/mini';
import type { CompletionEstimator } from '../../advantage/completions/index.ts';
import { choice, optionalText } from '../../core/config.ts';
import { show } from '../../core/errors.ts';
import { isServed } from '../checkpoints/place.ts';

/** Fields that say where the model is. */
export const serverFields = {
  backend: choice({
    description: 'where the model is: kernels = in this process, tinker = on a server that speaks the Tinker protocol',
    default: 'kernels',
    names: ['kernels', 'tinker'],
  }),
  url: optionalText({
    description: 'address of the server, for example http://127.0.0.1:8000; a key is read from the environment variable TINKER_API_KEY',
  }),
  tokenizer: optionalText({
    description:
      'how the model on the server reads the task: a folder in Hugging Face’s format, a GGUF file, or hf:owner/name of its hub; task = by the characters of the task, for a server with a model of ours (default: hf: and the name of the model)',
  }),
  serverNormalization: choice({
    description:
      'how the server adds up the loss, which the advantages make good: sum = over all tokens, as Tinker; mean-per-sequence = the mean of a sequence, then over sequences, as SkyRL’s JAX backend',
    default: 'sum',
    names: ['sum', 'mean-per-sequence'],
  }),
} satisfies z.core.$ZodShape;

type Fields = Readonly<Record<string, unknown>>;

/** What a server does by itself, or cannot be asked for: field, the only value that it may have, and why. */
const notServed: readonly (readonly [field: string, value: unknown, why: string])[] = [
  ['updateEpochs', 1, 'a batch is sent once: its ratios are those between sampler and trainer'],
  ['temperature', 1, 'servers learn at temperature 1'],
  ['topK', 0, 'servers learn of the whole distribution'],
  ['topP', 1, 'servers learn of the whole distribution'],
  ['klCoef', 0, 'the protocol has no reference'],
  ['entropyCoef', 0, 'the protocol has no entropy bonus'],
  ['maxGradNorm', 0, 'servers of the protocol do not all limit the gradient'],
  ['momentum', 0, 'the protocol has Adam alone'],
  ['loraAlpha', undefined, 'the server decides it'],
  ['loraDropout', 0, 'the protocol has none'],
  ['loraTargets', 'all', 'the server decides which matrices have adapters'],
  ['frozenLayers', 0, 'the protocol freezes nothing'],
  ['baseWeights', 'float32', 'the server decides how its weights are kept'],
  ['warmStartAccuracy', 0, 'a model on a server begins as it is'],
];

/**
 * What a model on a server cannot be asked for, and what only one can: field, what was expected, what was got, what to do. `usual` is a configuration with nothing said, whose sizes
 * (`sizeFields`) stand for a model of which nothing is said.
 */
export function* serverContradictions(
  config: Fields & { readonly estimator: string },
  { needsCritic }: Pick<CompletionEstimator, 'needsCritic'>,
  usual: Readonly<Record<'numAttentionHeads' | 'hiddenSize', number>> & Fields,
  sizeFields: readonly string[],
): Generator<readonly [field: string, expected: string, got: string, advice: string]> {
  if (!isServed(config)) {
    const ofServers = ['url', 'tokenizer'].find((name) => config[name] !== undefined);
    const other = ofServers ?? (config.serverNormalization === 'sum' ? undefined : 'serverNormalization');
    if (other) yield [other, 'backend tinker with it', 'backend kernels', 'give --backend tinker too, or leave it out'];
    return;
  }
  if (needsCritic) {
    yield ['estimator', 'one without a critic, with backend tinker', config.estimator, 'choose gpg-lm or another group method'];
  }
  if (config.optimizer === 'sgd') yield ['optimizer', 'adam or adamw with backend tinker', 'sgd', 'the protocol has Adam alone'];
  const { numAttentionHeads, hiddenSize } = usual;
  const sizes: Fields = { numKeyValueHeads: numAttentionHeads, headDim: hiddenSize / numAttentionHeads, ...usual };
  const decided = sizeFields.map((field) => [field, sizes[field], 'the server knows the sizes of its model'] as const);
  for (const [field, value, why] of [...notServed, ...decided]) {
    if (config[field] === value) continue;
    const expected = value === undefined ? 'none with backend tinker' : `${show(value)} with backend tinker`;
    yield [field, expected, show(config[field]), `${why}: leave it out`];
  }
}
