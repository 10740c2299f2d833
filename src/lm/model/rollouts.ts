/**
 * Prompts into a batch, completions out of it: token ids in between, texts only at the ends.
 */
import { mistake, show } from '../../core/errors.ts';
import type { Sequences, Transformer } from '../../kernels/transformer/spec.ts';
import { promptText, type Tokenizer } from '../tasks/prompt.ts';
import type { Score } from '../tasks/rewards.ts';
import { stoppedAfter } from '../tasks/stopTexts.ts';
import type { Problem } from '../tasks/task.ts';

/** One completion as a sampler gives it: ids alone. */
export interface SampledTokens {
  /** At least one; the token that ended it included, if one did. */
  readonly tokens: Int32Array;
  /** Per token, in nats, under the policy that sampled. */
  readonly logProbs: Float32Array;
  /** Per token, in nats, of the distribution that it was drawn from; missing where a sampler does not say. */
  readonly entropies?: Float32Array | undefined;
}

/** One completion as it was sampled, and what it says. */
export interface SampledCompletion {
  /** The end token included, if it ended. */
  readonly tokens: Int32Array;
  /** Up to, and without, the end token; a text that stops stays. */
  readonly text: string;
  /** Whether it ended with the end token or a text that stops; else it was cut at the maximum length. */
  readonly ended: boolean;
  /** Per token, under the policy that sampled; 0 for one that was not sampled. */
  readonly logProbs: Float32Array;
  /** Of an episode with what was appended: the places of the sampled tokens among `tokens`, ascending. Left out where all were sampled. */
  readonly places?: Int32Array | undefined;
  /**
   * Sum over its tokens of the entropy of the distribution that each was drawn from, in nats. Where the sampler does not say, the negative log-probabilities stand
   * for it: their mean is the entropy.
   */
  readonly entropy: number;
}

/** Tokens that the model sampled, the end token included. */
export function sampledTokens({ tokens, places }: Pick<SampledCompletion, 'tokens' | 'places'>): number {
  return (places ?? tokens).length;
}

/** A completion and its reward. */
export interface Rollout extends SampledCompletion {
  readonly score: Score;
}

/** A prompt as a model reads it. */
export interface EncodedPrompt {
  readonly tokens: readonly number[];
  /** The numbers of its pictures, as `Tokenizer.patchesOf` gives them. */
  readonly patches?: Float32Array | undefined;
}

/** One prompt and its completions. */
export interface RolloutGroup {
  readonly problem: Problem;
  readonly prompt: EncodedPrompt;
  readonly rollouts: readonly Rollout[];
  /** The likeliest completion, if the estimator compares with it. */
  readonly greedy?: Rollout | undefined;
}

/** How completions are drawn. */
export interface Sampling {
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly greedy: boolean;
  /** The ids that end a completion. */
  readonly endToken: readonly number[];
  /** Philox key, two words; the draws depend on it and the three fields below, and on nothing else random. */
  readonly key: Uint32Array;
  readonly stream: number;
  readonly iteration: number;
  /** Number of the first completion; those of prompt k of a call are `firstRollout + k * samples ..`. */
  readonly firstRollout: number;
}

/** The ids of a prompt, and its pictures. Throws {@link CohortError} for an empty one, one that is too long, or one that the tokenizer cannot represent. */
export function encodePrompt({ prompt }: Pick<Problem, 'prompt'>, tokenizer: Tokenizer, promptLength: number): EncodedPrompt {
  const tokens = tokenizer.encodePrompt?.(prompt) ?? tokenizer.encode(prompt);
  checkPromptLength(tokens.length, promptLength, `prompt ${show(promptText(prompt))}`);
  return { tokens, patches: tokenizer.patchesOf?.(prompt) };
}

/** Throws {@link CohortError} unless a prompt of that many tokens fits. */
export function checkPromptLength(length: number, promptLength: number, subject = 'prompt'): void {
  if (length >= 1 && length <= promptLength) return;
  const advice = 'raise the task’s promptLength, or draw other prompts';
  throw mistake(subject, `1 to ${promptLength} tokens`, show(length), advice);
}

/** The ids that end a completion. */
export function endTokensOf({ endToken, endTokens = [endToken] }: Tokenizer): readonly number[] {
  return endTokens;
}

/** Writes a prompt into row `group` of a batch. */
export function writePrompt(batch: Sequences, group: number, { tokens, patches }: EncodedPrompt): void {
  batch.prompts.set(tokens, group * batch.spec.promptLength);
  if (patches) batch.patches.set(patches, group * patches.length);
  batch.promptLengths[group] = tokens.length;
}

/** What a sampled completion says, up to the first of the texts that stop. */
export function completionOf(sampled: SampledTokens, tokenizer: Tokenizer, stop: readonly string[] = []): SampledCompletion {
  const { tokens: all } = sampled;
  const hasEnd = endTokensOf(tokenizer).includes(all.at(-1)!);
  const stopped = stoppedAfter(hasEnd ? all.length - 1 : all.length, (count) => tokenizer.decode(all.subarray(0, count)), stop);
  const tokens = stopped === undefined ? all : all.slice(0, stopped);
  const logProbs = stopped === undefined ? sampled.logProbs : sampled.logProbs.slice(0, stopped);
  let entropy = 0;
  for (let i = 0; i < tokens.length; i++) entropy += sampled.entropies ? sampled.entropies[i]! : -logProbs[i]!;
  const text = tokenizer.decode(hasEnd && stopped === undefined ? tokens.subarray(0, -1) : tokens);
  return { tokens, text, ended: hasEnd || stopped !== undefined, logProbs, entropy };
}

/**
 * `samples` completions of each prompt, at most the batch's group size, in as many passes as the batch needs, each of them a piece that says how many completions
 * it gave. The completions of a prompt
 * depend on its place in `prompts`, on `samples` and on `sampling`, not on the number of groups that the batch holds.
 */
export function* completionsInPieces(
  model: Transformer,
  batch: Sequences,
  prompts: readonly EncodedPrompt[],
  samples: number,
  sampling: Sampling,
): Generator<number, SampledTokens[][]> {
  const { numGroups: capacity, groupSize, completionLength } = batch.spec;
  const results: SampledTokens[][] = [];
  const read = (row: number): SampledTokens => {
    const start = row * completionLength;
    const end = start + batch.completionLengths[row]!;
    const [tokens, logProbs, entropies] = [batch.completions, batch.logProbs, batch.entropies];
    return { tokens: tokens.slice(start, end), logProbs: logProbs.slice(start, end), entropies: entropies.slice(start, end) };
  };
  for (let first = 0; first < prompts.length; first += capacity) {
    const count = Math.min(capacity, prompts.length - first);
    for (let g = 0; g < count; g++) writePrompt(batch, g, prompts[first + g]!);
    const firstRollout = sampling.firstRollout + first * samples;
    model.sample(batch, { ...sampling, numGroups: count, groupSize: samples, firstRollout });
    for (let g = 0; g < count; g++) results.push(Array.from({ length: samples }, (_, j) => read(g * groupSize + j)));
    yield count * samples;
  }
  return results;
}
