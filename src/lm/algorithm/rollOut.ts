/**
 * Completions of a run's problems with their scores: texts and their rewards, or episodes of several turns where the task has a `rollout`.
 */
import type { Following } from '../backends/backend.ts';
import type { EncodedPrompt, SampledCompletion } from '../model/rollouts.ts';
import { usualTurns } from '../tasks/episode.ts';
import { type Score, scoreCompletions, weighAnswers } from '../tasks/rewards.ts';
import { readStopTexts } from '../tasks/stopTexts.ts';
import type { LanguageTask, Problem } from '../tasks/task.ts';
import { type EpisodeSettings, type PlayedEpisode, playEpisodes, type TurnSampler } from './episodes.ts';
import { drawCompletions, drawTokens, type SamplePromptsOptions } from './sampler.ts';
import type { LearningState } from './state.ts';

/** A completion that is yet to be scored, or an episode with what its program answered. */
export interface Drawn {
  readonly problem: Problem;
  readonly completion: SampledCompletion;
  /** What the reward looks at and what votes compare: the text, of an episode the last turn's. */
  readonly lastText: string;
  readonly played?: PlayedEpisode | undefined;
}

/** By prompt, then by sample. */
export interface DrawnGroups {
  readonly groups: readonly (readonly Drawn[])[];
  /** Milliseconds that the model took. */
  readonly sampleTime: number;
}

/**
 * Draws of the turns after the first have numbers of their own: those of turn k, counted from 0, begin `turnRange * (k + 1)` later. A counter has 32 bits, and there are at most 32
 * turns.
 */
const turnRange = 2 ** 25;

/** How the task of a state plays its episodes; `undefined` where completions have one turn. */
export function episodeSettings(state: LearningState, maxTokens: number): EpisodeSettings | undefined {
  const { task, tokenizer, scoring, config } = state;
  const { rollout, maxTurns = usualTurns, turnTokens = maxTokens } = task;
  const { rewardSeconds, now } = scoring;
  const stop = readStopTexts(config.stop);
  return rollout && { rollout, maxTurns, turnTokens, maxTokens, tokenizer, stop, rewardSeconds, now };
}

/**
 * `numSamples` completions of every problem, by prompt, then by sample, or episodes. The draws of a turn depend on what `drawCompletions` depends on, and on which episodes take part in
 * it. `undefined` where the signal cut it off. Throws {@link CohortError} as the backend does.
 */
export async function rollOut(
  state: LearningState,
  problems: readonly Problem[],
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions = {},
  following: Following = {},
): Promise<DrawnGroups | undefined> {
  const { now, config } = state;
  const { numSamples = 1, maxTokens = config.maxTokens } = options;
  const settings = episodeSettings(state, maxTokens);
  const start = now();
  if (!settings) {
    const sampled = await drawCompletions(state, prompts, options, following);
    const groups = sampled?.map((completions, prompt) =>
      completions.map((completion) => ({ problem: problems[prompt]!, completion, lastText: completion.text })),
    );
    return groups && { groups, sampleTime: now() - start };
  }
  let sampleTime = 0;
  const sampler = turnSampler(state, prompts, options, following);
  const starts = prompts.flatMap((prompt, p) => Array.from({ length: numSamples }, () => ({ prompt, problem: problems[p]! })));
  const played = await playEpisodes(starts, settings, async (...of) => {
    const before = now();
    const sampled = await sampler(...of);
    sampleTime += now() - before;
    return sampled;
  });
  if (!played) return undefined;
  const drawn = played.map((one, i) => ({
    problem: starts[i]!.problem,
    completion: one.completion,
    lastText: one.completion.lastText,
    played: one,
  }));
  return { groups: prompts.map((_, p) => drawn.slice(p * numSamples, (p + 1) * numSamples)), sampleTime };
}

/** The turns of a state's model. First ones are drawn as completions are, so that an episode of one turn has the tokens of a completion. */
function turnSampler(
  state: LearningState,
  prompts: readonly EncodedPrompt[],
  options: SamplePromptsOptions,
  following: Following,
): TurnSampler {
  const { promptLength, completionLength } = state.task;
  const { numSamples = 1, firstRollout = 0 } = options;
  return async (turn, waiting, maxTokens) => {
    const later = waiting.filter(({ isFresh }) => !isFresh);
    const fresh = later.length < waiting.length ? await drawTokens(state, prompts, { ...options, maxTokens }, following) : [];
    const further = {
      numSamples: 1,
      maxTokens,
      firstRollout: firstRollout + turnRange * (turn + 1),
      promptLength: promptLength + completionLength,
    };
    const soFar = later.map((one) => one.soFar);
    const continued = later.length > 0 ? await drawTokens(state, soFar, { ...options, ...further }, { signal: following.signal }) : [];
    if (!fresh || !continued) return undefined;
    let next = 0;
    return waiting.map(({ isFresh, number }) =>
      isFresh ? fresh[Math.floor(number / numSamples)]![number % numSamples]! : continued[next++]![0]!,
    );
  };
}

/** The scores of what was drawn, in order. Throws {@link CohortError} as `scoreCompletions` does. */
export async function scoreDrawn(drawn: readonly Drawn[], task: LanguageTask, limits: LearningState['scoring']): Promise<Score[]> {
  if (drawn[0]?.played) {
    const answers = drawn.map(({ played }) => played!.answer);
    return weighAnswers(answers, task, limits);
  }
  const items = drawn.map(({ problem, completion: { text, ended } }) => ({ problem, completion: text, ended }));
  return scoreCompletions(items, task, limits);
}
