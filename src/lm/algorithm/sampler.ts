/**
 * Completions of any prompts from a run's policy: for learning, for evaluation and for users.
 */
import { learnerStreams } from '../../random/index.ts';
import { atOnce } from '../../run/breathe.ts';
import type { Following, SamplingRequest } from '../backends/backend.ts';
import { checkPromptLength, completionOf, type EncodedPrompt, endTokensOf, type SampledCompletion } from '../model/rollouts.ts';
import { readStopTexts } from '../tasks/stopTexts.ts';
import { samplesInPieces } from './inProcess.ts';
import type { LanguageState, LearningState } from './state.ts';

/** How completions are drawn; the defaults are those of training. */
export interface SamplePromptsOptions {
  /** Completions per prompt; default 1. */
  readonly numSamples?: number;
  /** The likeliest tokens instead of draws. */
  readonly greedy?: boolean;
  /** Which stream of the run's key the draws come from; default `evaluation`. */
  readonly stream?: 'evaluation' | 'warmStart' | 'completions' | 'branches';
  /** First word of the counter: draws of two iterations are apart. Default: the iterations done. */
  readonly iteration?: number | undefined;
  /** Number of the first completion within the iteration; default 0. */
  readonly firstRollout?: number;
  /** Most tokens of a prompt; default the task's. */
  readonly promptLength?: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly maxTokens?: number;
  /** Philox key in place of the run's. */
  readonly key?: Uint32Array | undefined;
}

function requestOf(state: LearningState, prompts: readonly EncodedPrompt[], options: SamplePromptsOptions): SamplingRequest {
  const { config, tokenizer, task } = state;
  for (const { tokens } of prompts) checkPromptLength(tokens.length, options.promptLength ?? task.promptLength);
  return {
    numSamples: options.numSamples ?? 1,
    maxTokens: options.maxTokens ?? config.maxTokens,
    temperature: options.temperature ?? config.temperature,
    topK: options.topK ?? config.topK,
    topP: options.topP ?? config.topP,
    greedy: options.greedy ?? false,
    endToken: endTokensOf(tokenizer),
    key: options.key ?? state.key,
    stream: learnerStreams[options.stream ?? 'evaluation'],
    iteration: options.iteration ?? state.iteration,
    firstRollout: options.firstRollout ?? 0,
  };
}

/**
 * `numSamples` completions of every prompt, by prompt, then by sample, wherever the model is. They depend on the policy, the key, stream and iteration, the number of prompts
 * and of samples, and the place among them. `undefined` where the signal cut it off. Throws {@link CohortError} for a prompt that is empty or too long, and as the
 * backend does.
 */
export async function drawCompletions(
  state: LearningState,
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions = {},
  following: Following = {},
): Promise<SampledCompletion[][] | undefined> {
  const { config, tokenizer } = state;
  const stop = readStopTexts(config.stop);
  const sampled = await drawTokens(state, prompts, options, following);
  return sampled?.map((completions) => completions.map((one) => completionOf(one, tokenizer, stop)));
}

/** The same as ids alone, before any text ends them. */
export async function drawTokens(
  state: LearningState,
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions,
  following: Following = {},
): ReturnType<LearningState['sampling']['sample']> {
  return state.sampling.sample(prompts, requestOf(state, prompts, options), following);
}

/** {@link drawCompletions} of a model in this process, at once. */
export function samplePrompts(
  state: LanguageState,
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions = {},
): SampledCompletion[][] {
  const stop = readStopTexts(state.config.stop);
  const sampled = atOnce(samplesInPieces(state, prompts, requestOf(state, prompts, options)));
  return sampled.map((completions) => completions.map((one) => completionOf(one, state.tokenizer, stop)));
}
