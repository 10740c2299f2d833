/**
 * Evaluation on held-out prompts: the same ones for every run of a task, drawn and answered with separate random numbers, so that evaluating
 * never changes a run.
 */
import { CohortError, mistake } from '../../core/errors.ts';
import { createGenerator } from '../../random/index.ts';
import { type AccuracyAtK, type Evaluation, evaluationResult } from '../../run/evaluation.ts';
import { accuracyInterval, majAtK, mean, passAtK, usualKs, type Vote } from '../../statistics/index.ts';
import { rollOut, scoreDrawn } from '../algorithm/rollOut.ts';
import type { SamplePromptsOptions } from '../algorithm/sampler.ts';
import type { LearningState } from '../algorithm/state.ts';
import { encodePrompt, sampledTokens } from '../model/rollouts.ts';
import { drawProblem, problemStreams } from '../tasks/problems.ts';
import { nothingScored } from '../tasks/rewards.ts';
import type { LanguageTask, Problem } from '../tasks/task.ts';
import { votesByAnswer } from './votes.ts';

/** Default seed of the held-out prompts: not the run's, so that runs are compared on the same ones. */
export const evaluationSeed = 0;

/** How far an evaluation is. */
export interface EvaluationProgress {
  /** Completions that there are, sampled and greedy. */
  readonly done: number;
  /** All of them. */
  readonly total: number;
}

/** How to evaluate. */
export interface EvaluateModelOptions {
  /** Held-out prompts; of a benchmark its first, all of them if left out. */
  readonly numPrompts: number | undefined;
  /** Completions per prompt of the sampled accuracy, 0 for none; the greedy one has one. */
  readonly numSamples: number;
  /** Seed of the prompts; default {@link evaluationSeed}. */
  readonly seed?: number | undefined;
  /** Philox key of the completions; default the run's. */
  readonly key?: Uint32Array | undefined;
  /** First word of their counters; default: the iterations done. */
  readonly iteration?: number | undefined;
  /** A task whose held-out problems are asked instead; prompts that the model cannot read are counted and not asked. */
  readonly benchmark?: LanguageTask | undefined;
  /** Cuts the evaluation off. */
  readonly signal?: AbortSignal | undefined;
  /** Is called whenever some completions are there. */
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

/** Held-out prompts where nobody says how many. */
const usualPrompts = 500;

/** An evaluator remembers the prompts that it has drawn. */
export class Evaluator {
  readonly #state: LearningState;
  readonly #problems = new Map<number, Problem[]>();

  constructor(state: LearningState) {
    this.#state = state;
  }

  /**
   * Sampled accuracy at temperature 1 from the whole distribution, and greedy accuracy; with several samples pass@k and maj@k. An answer is right
   * if its outcome is at least 1. In a vote, completions agree if they give the same answer (see `votesByAnswer`). Rewards that failed are left out and
   * counted. `undefined` where the signal cut it off. Throws {@link CohortError} if all failed.
   */
  async evaluate(options: EvaluateModelOptions): Promise<Evaluation | undefined> {
    const { numSamples, signal, onProgress } = options;
    // A tokenizer with a way of its own to put prompts is that of a pretrained model, wherever its weights are.
    const isPretrained = this.#state.tokenizer.encodePrompt !== undefined;
    const benchmark = isPretrained ? (options.benchmark?.forPretrained?.() ?? options.benchmark) : options.benchmark;
    const asked = benchmark ? readable(this.#state, benchmark, options.numPrompts) : undefined;
    const problems = asked?.problems ?? this.#draw(options.seed ?? evaluationSeed, options.numPrompts ?? usualPrompts);
    const sampling = { temperature: 1, topK: 0, topP: 1, key: options.key, iteration: options.iteration };
    const total = problems.length * (numSamples + 1);
    let done = 0;
    const onPiece = (given: number): void => {
      done += given;
      onProgress?.({ done, total });
    };
    const how = { subject: 'evaluation: reward', signal, task: benchmark, onPiece };
    const sampled = numSamples === 0 ? nothingAnswered : await answer(this.#state, problems, { ...sampling, numSamples }, how);
    const greedy = sampled && (await answer(this.#state, problems, { ...sampling, numSamples: 1, greedy: true }, how));
    if (!greedy) return undefined;
    const failedRewards = sampled.failed + greedy.failed;
    return {
      sampled: resultOf(sampled),
      greedy: resultOf(greedy),
      ...atK(sampled, numSamples, benchmark ?? this.#state.task),
      ...(failedRewards > 0 ? { failedRewards } : {}),
      ...(greedy.unclear !== undefined && { unclear: { sampled: sampled.unclear ?? 0, greedy: greedy.unclear } }),
      ...(asked && asked.notAsked > 0 ? { notAsked: asked.notAsked } : {}),
    };
  }

  #draw(seed: number, count: number): Problem[] {
    const { task } = this.#state;
    const listed = this.#problems.get(seed) ? undefined : task.heldOutProblems?.();
    const problems = this.#problems.get(seed) ?? (listed ? shuffled(listed, seed) : []);
    this.#problems.set(seed, problems);
    if (task.heldOutProblems) return problems.slice(0, count);
    while (problems.length < count) {
      problems.push(drawProblem(this.#state.task, [seed, problemStreams.evaluation, problems.length], 'heldOut'));
    }
    return problems.slice(0, count);
  }
}

/** A copy in an order that the seed decides. */
function shuffled(problems: readonly Problem[], seed: number): Problem[] {
  const random = createGenerator([seed, problemStreams.evaluation]);
  const all = [...problems];
  for (let last = all.length - 1; last > 0; last--) {
    const other = random.integers(0, last + 1);
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}

/** The completions whose rewards could be computed, by prompt, and how many failed. */
export interface Answers {
  readonly byPrompt: readonly (readonly (Vote & { readonly length: number })[])[];
  readonly failed: number;
  /** Completions of which the task could not judge whether they are right; `undefined` where it judges all (its reward has no part `unclear`). */
  readonly unclear: number | undefined;
}

const nothingAnswered: Answers = { byPrompt: [], failed: 0, unclear: undefined };

/** How answers are scored. */
export interface AnswerOptions {
  /** What an error begins with. */
  readonly subject: string;
  readonly signal?: AbortSignal | undefined;
  /** Whose rewards they are; default: the run's task. */
  readonly task?: LanguageTask | undefined;
  /** Is called with the number of completions that a pass gave. */
  readonly onPiece?: ((given: number) => void) | undefined;
}

/** Samples completions and scores them; `undefined` where the signal cut it off. Throws {@link CohortError} that begins with `subject` if every reward failed. */
export async function answer(
  state: LearningState,
  problems: readonly Problem[],
  options: SamplePromptsOptions,
  { subject, signal, task = state.task, onPiece }: AnswerOptions,
): Promise<Answers | undefined> {
  const { tokenizer, task: own } = state;
  const prompts = problems.map((problem) => encodePrompt(problem, tokenizer, own.promptLength));
  const sampled = await rollOut(state, problems, prompts, options, { signal, onPiece });
  if (!sampled) return undefined;
  const items = sampled.groups.flatMap((drawn, prompt) => drawn.map((one) => ({ ...one, prompt })));
  // The rewards of a benchmark are the verifier's, which needs no limit.
  const scores = await scoreDrawn(items, task, task === state.task ? state.scoring : { ...state.scoring, apart: undefined });
  const byPrompt: (Vote & { length: number })[][] = problems.map(() => []);
  items.forEach(({ prompt, completion, lastText }, i) => {
    const { status, outcome } = scores[i]!;
    if (status === 'ok') byPrompt[prompt]!.push({ answer: lastText, right: outcome >= 1, length: sampledTokens(completion) });
  });
  const failed = scores.filter(({ status }) => status !== 'ok').length;
  if (failed === scores.length) throw nothingScored(subject, scores);
  const judged = scores.filter(({ components }) => components.unclear !== undefined);
  const unclear = judged.length === 0 ? undefined : judged.filter(({ components }) => components.unclear! >= 1).length;
  return { byPrompt, failed, unclear };
}

/** The first held-out problems of a benchmark whose prompts the model can read, and how many it cannot. Throws {@link CohortError} if it can read none. */
function readable(
  { task, tokenizer }: LearningState,
  benchmark: LanguageTask,
  count: number | undefined,
): { problems: Problem[]; notAsked: number } {
  const all = (benchmark.heldOutProblems?.() ?? []).slice(0, count);
  let refused: CohortError | undefined;
  const problems = all.filter((problem) => {
    try {
      return encodePrompt(problem, tokenizer, task.promptLength).tokens.length > 0;
    } catch (error) {
      if (!(error instanceof CohortError)) throw error;
      refused ??= error;
      return false;
    }
  });
  if (problems.length > 0) return { problems, notAsked: all.length - problems.length };
  const expected = `prompts that a model of ${task.id} can read`;
  const got = refused ? `none of ${all.length} (the first: ${refused.message})` : 'none';
  throw mistake('evaluate: benchmark', expected, got, 'name another file, or train a model on that one');
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
