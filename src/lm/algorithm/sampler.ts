/**
 * Completions of any prompts from a run's policy, for evaluation and for users.
 */
import { learnerStreams } from '../../random/index.ts';
import { atOnce } from '../../run/breathe.ts';
import { checkPromptLength, completionsInPieces, type EncodedPrompt, type SampledCompletion } from '../model/rollouts.ts';
import { readStopTexts } from '../tasks/stopTexts.ts';
import type { LanguageState } from './state.ts';

/** How {@link samplesInPieces} draws; the defaults are those of training. */
export interface SamplePromptsOptions {
  /** Completions per prompt; default 1. */
  readonly numSamples?: number;
  /** The likeliest tokens instead of draws. */
  readonly greedy?: boolean;
  /** Which stream of the run's key the draws come from; default `evaluation`. */
  readonly stream?: 'evaluation' | 'warmStart';
  /** First word of the counter: draws of two iterations are apart. Default: the iterations done. */
  readonly iteration?: number | undefined;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  /** Philox key in place of the run's. */
  readonly key?: Uint32Array | undefined;
}

/** {@link samplesInPieces} at once. */
export function samplePrompts(...parameters: Parameters<typeof samplesInPieces>): SampledCompletion[][] {
  return atOnce(samplesInPieces(...parameters));
}

/**
 * `numSamples` completions of every prompt, by prompt, then by sample. They depend on the policy, the key, stream and iteration, the number of prompts and of samples, and the
 * place among them. Every pass of the batch is a piece, which says how many it gave. Throws {@link CohortError} for a prompt that is empty or too long.
 */
export function* samplesInPieces(
  state: LanguageState,
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions = {},
): Generator<number, SampledCompletion[][]> {
  const { config, policy, tokenizer, task } = state;
  const samples = options.numSamples ?? 1;
  const batch = samples > 1 ? state.batch : state.singles;
  const { groupSize } = batch.spec;
  for (const { tokens } of prompts) checkPromptLength(tokens.length, task.promptLength);
  const all: SampledCompletion[][] = prompts.map(() => []);
  for (let done = 0; done < samples; done += groupSize) {
    const part = yield* completionsInPieces(policy, batch, tokenizer, prompts, Math.min(groupSize, samples - done), {
      maxTokens: options.maxTokens ?? config.maxTokens,
      temperature: options.temperature ?? config.temperature,
      topK: options.topK ?? config.topK,
      topP: options.topP ?? config.topP,
      greedy: options.greedy ?? false,
      stop: readStopTexts(config.stop),
      key: options.key ?? state.key,
      stream: learnerStreams[options.stream ?? 'evaluation'],
      iteration: options.iteration ?? state.iteration,
      firstRollout: done * prompts.length,
    });
    part.forEach((completions, prompt) => {
      all[prompt]!.push(...completions);
    });
  }
  return all;
}
