/**
 * Prompts into a batch, completions out of it: token ids in between, texts only at the ends.
 */
import { CohortError, show } from '../../core/errors.ts';
import type { Sequences, Transformer } from '../../kernels/transformer/spec.ts';
import { atOnce } from '../../run/breathe.ts';
import { promptText, type Tokenizer } from '../tasks/prompt.ts';
import type { Score } from '../tasks/rewards.ts';
import { stoppedAfter } from '../tasks/stopTexts.ts';
import type { Problem } from '../tasks/task.ts';

/** One completion as it was sampled. */
export interface SampledCompletion {
  /** The end token included, if it ended. */
  readonly tokens: Int32Array;
  /** Up to, and without, the end token; a text that stops stays. */
  readonly text: string;
  /** Whether it ended with the end token or a text that stops; else it was cut at the maximum length. */
  readonly ended: boolean;
  /** Per token, under the policy that sampled. */
  readonly logProbs: Float32Array;
  /** Sum over its tokens of the entropy of the distribution that each was drawn from, in nats. */
  readonly entropy: number;
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
  /** Texts that end a completion; default none. */
  readonly stop?: readonly string[] | undefined;
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
  throw new CohortError({ subject, expected: `1 to ${promptLength} tokens`, got: show(length), advice });
}

/** The ids that end a completion. */
function endTokensOf({ endToken, endTokens = [endToken] }: Tokenizer): readonly number[] {
  return endTokens;
}

/** Writes a prompt into row `group` of a batch. */
export function writePrompt(batch: Sequences, group: number, { tokens, patches }: EncodedPrompt): void {
  batch.prompts.set(tokens, group * batch.spec.promptLength);
  if (patches) batch.patches.set(patches, group * patches.length);
  batch.promptLengths[group] = tokens.length;
}

/** Reads completion `row` of a batch, up to the first of the texts that stop. */
export function readCompletion(batch: Sequences, row: number, tokenizer: Tokenizer, stop: readonly string[] = []): SampledCompletion {
  const start = row * batch.spec.completionLength;
  const all = batch.completions.slice(start, start + batch.completionLengths[row]!);
  const hasEnd = endTokensOf(tokenizer).includes(all.at(-1)!);
  const stopped = stoppedAfter(hasEnd ? all.length - 1 : all.length, (count) => tokenizer.decode(all.subarray(0, count)), stop);
  const tokens = stopped === undefined ? all : all.slice(0, stopped);
  const end = start + tokens.length;
  let entropy = 0;
  for (let i = start; i < end; i++) entropy += batch.entropies[i]!;
  const text = tokenizer.decode(hasEnd && stopped === undefined ? tokens.subarray(0, -1) : tokens);
  return { tokens, text, ended: hasEnd || stopped !== undefined, logProbs: batch.logProbs.slice(start, end), entropy };
}

/** {@link completionsInPieces} at once. */
export function sampleCompletions(...parameters: Parameters<typeof completionsInPieces>): SampledCompletion[][] {
  return atOnce(completionsInPieces(...parameters));
}

/**
 * `samples` completions of each prompt, at most the batch's group size, in as many passes as the batch needs, each of them a piece that says how many completions
 * it gave. The completions of a prompt
 * depend on its place in `prompts`, on `samples` and on `sampling`, not on the number of groups that the batch holds.
 */
export function* completionsInPieces(
  model: Transformer,
  batch: Sequences,
  tokenizer: Tokenizer,
  prompts: readonly EncodedPrompt[],
  samples: number,
  sampling: Sampling,
): Generator<number, SampledCompletion[][]> {
  const { numGroups: capacity, groupSize } = batch.spec;
  const results: SampledCompletion[][] = [];
  for (let first = 0; first < prompts.length; first += capacity) {
    const count = Math.min(capacity, prompts.length - first);
    for (let g = 0; g < count; g++) writePrompt(batch, g, prompts[first + g]!);
    const { firstRollout, stop, ...rest } = sampling;
    model.sample(batch, {
      ...rest,
      numGroups: count,
      groupSize: samples,
      endToken: endTokensOf(tokenizer),
      firstRollout: firstRollout + first * samples,
    });
    for (let g = 0; g < count; g++) {
      results.push(Array.from({ length: samples }, (_, j) => readCompletion(batch, g * groupSize + j, tokenizer, stop)));
    }
    yield count * samples;
  }
  return results;
}
