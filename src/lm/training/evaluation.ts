/**
 * Evaluation on held-out prompts: the same ones for every run of a task, drawn and answered with separate random numbers, so that evaluating
 * never changes a run.
 */
import { inPieces } from '../../run/breathe.ts';
import { type AccuracyAtK, type Evaluation, evaluationResult } from '../../run/evaluation.ts';
import { accuracyInterval, majAtK, mean, passAtK, usualKs, type Vote } from '../../statistics/index.ts';
import { type SamplePromptsOptions, samplesInPieces } from '../algorithm/sampler.ts';
import { type LanguageState, problemStreams } from '../algorithm/state.ts';
import { drawProblem } from '../tasks/problems.ts';
import { nothingScored, scoreCompletions } from '../tasks/rewards.ts';
import type { LanguageTask, Problem } from '../tasks/task.ts';
import { votesByAnswer } from './votes.ts';

/** Default seed of the held-out prompts: not the run's, so that runs are compared on the same ones. */
export const evaluationSeed = 0;

/** How to evaluate. */
export interface EvaluateModelOptions {
  /** Held-out prompts. */
  readonly numPrompts: number;
  /** Completions per prompt of the sampled accuracy; the greedy one has one. */
  readonly numSamples: number;
  /** Seed of the prompts; default {@link evaluationSeed}. */
  readonly seed?: number | undefined;
  /** Philox key of the completions; default the run's. */
  readonly key?: Uint32Array | undefined;
  /** First word of their counters; default: the iterations done. */
  readonly iteration?: number | undefined;
  /** Cuts the evaluation off. */
  readonly signal?: AbortSignal | undefined;
}

/** An evaluator remembers the prompts that it has drawn. */
export class Evaluator {
  readonly #state: LanguageState;
  readonly #problems = new Map<number, Problem[]>();

  constructor(state: LanguageState) {
    this.#state = state;
  }

  /**
   * Sampled accuracy at temperature 1 from the whole distribution, and greedy accuracy; with several samples pass@k and maj@k. An answer is right
   * if its outcome is at least 1. In a vote, completions agree if they give the same answer (see `votesByAnswer`). Rewards that failed are left out and
   * counted. `undefined` where the signal cut it off. Throws {@link CohortError} if all failed.
   */
  async evaluate(options: EvaluateModelOptions): Promise<Evaluation | undefined> {
    const { numSamples, signal } = options;
    const problems = this.#draw(options.seed ?? evaluationSeed, options.numPrompts);
    const subject = 'evaluation: reward';
    const sampling = { temperature: 1, topK: 0, topP: 1, key: options.key, iteration: options.iteration };
    const sampled = await answer(this.#state, problems, { ...sampling, numSamples }, subject, signal);
    const greedy = sampled && (await answer(this.#state, problems, { ...sampling, numSamples: 1, greedy: true }, subject, signal));
    if (!greedy) return undefined;
    const failedRewards = sampled.failed + greedy.failed;
    return {
      sampled: resultOf(sampled),
      greedy: resultOf(greedy),
      ...atK(sampled, numSamples, this.#state.task),
      ...(failedRewards > 0 ? { failedRewards } : {}),
    };
  }

  #draw(seed: number, count: number): Problem[] {
    const problems = this.#problems.get(seed) ?? [];
    this.#problems.set(seed, problems);
    while (problems.length < count) {
      problems.push(drawProblem(this.#state.task, [seed, problemStreams.evaluation, problems.length], 'heldOut'));
    }
    return problems.slice(0, count);
  }
}

/** The completions whose rewards could be computed, by prompt, and how many failed. */
export interface Answers {
  readonly byPrompt: readonly (readonly (Vote & { readonly length: number })[])[];
  readonly failed: number;
}

/** Samples completions and scores them; `undefined` where the signal cut it off. Throws {@link CohortError} that begins with `subject` if every reward failed. */
export async function answer(
  state: LanguageState,
  problems: readonly Problem[],
  options: SamplePromptsOptions,
  subject: string,
  signal: AbortSignal | undefined,
): Promise<Answers | undefined> {
  const { config, task, now } = state;
  const sampled = await inPieces(samplesInPieces(state, problems, options), { platform: state, signal });
  if (!sampled) return undefined;
  const items = sampled.flatMap((completions, prompt) =>
    completions.map(({ text, ended, tokens }) => ({ problem: problems[prompt]!, completion: text, ended, length: tokens.length, prompt })),
  );
  const scores = await scoreCompletions(items, task, { rewardSeconds: config.rewardSeconds, now });
  const byPrompt: (Vote & { length: number })[][] = problems.map(() => []);
  items.forEach(({ prompt, completion, length }, i) => {
    const { status, outcome } = scores[i]!;
    if (status === 'ok') byPrompt[prompt]!.push({ answer: completion, right: outcome >= 1, length });
  });
  const failed = scores.filter(({ status }) => status !== 'ok').length;
  if (failed === scores.length) throw nothingScored(subject, scores);
  return { byPrompt, failed };
}

/** One number per prompt; prompts without a scored completion are left out. */
function resultOf({ byPrompt }: Answers): Evaluation['sampled'] {
  const scored = byPrompt.filter((votes) => votes.length > 0);
  return evaluationResult(
    scored.map((votes) => mean(votes.map(({ right }) => (right ? 1 : 0)))),
    scored.map((votes) => mean(votes.map(({ length }) => length))),
  );
}

/** Means over the prompts that have k scored completions. */
function atK({ byPrompt }: Answers, samples: number, task: LanguageTask): Pick<Evaluation, 'passAtK' | 'majAtK'> {
  const voting = samples < 2 ? [] : byPrompt.map((votes) => votesByAnswer(votes, task));
  const measure = (of: (votes: readonly Vote[], k: number) => number): AccuracyAtK[] =>
    usualKs(samples).flatMap((k) => {
      const values = voting.filter((votes) => votes.length >= k).map((votes) => of(votes, k));
      return values.length === 0 ? [] : [{ k, ...accuracyInterval(values, Math.floor(samples / k)) }];
    });
  if (samples < 2) return {};
  return {
    passAtK: measure((votes, k) => passAtK(votes.length, votes.filter(({ right }) => right).length, k)),
    majAtK: measure(majAtK),
  };
}
