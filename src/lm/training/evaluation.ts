/**
 * Evaluation on held-out prompts: the same ones for every run of a task, drawn and answered with random numbers of their own, so that evaluating
 * never changes a run.
 */
import { CohortError } from '../../core/errors.ts';
import { type AccuracyAtK, type Evaluation, evaluationResult } from '../../run/evaluation.ts';
import { accuracyInterval, majAtK, mean, passAtK, usualKs, type Vote } from '../../statistics/index.ts';
import { type SamplePromptsOptions, samplePrompts } from '../algorithm/sampler.ts';
import { type LanguageState, problemStreams } from '../algorithm/state.ts';
import { drawProblem } from '../tasks/problems.ts';
import { type Score, scoreCompletions } from '../tasks/rewards.ts';
import type { Problem } from '../tasks/task.ts';
import { extractAnswer } from '../verifier/index.ts';

/** Seed of the held-out prompts where none is said: not the run's, so that runs are compared on the same ones. */
export const evaluationSeed = 0;

/** How to evaluate. */
export interface EvaluateModelOptions {
  /** Held-out prompts. */
  readonly numPrompts: number;
  /** Completions per prompt of the sampled accuracy; the greedy one has one. */
  readonly numSamples: number;
  /** Seed of the prompts; default {@link evaluationSeed}. */
  readonly seed?: number;
  /** Philox key of the completions; default the run's. */
  readonly key?: Uint32Array;
  /** First word of their counters; default: the iterations done. */
  readonly iteration?: number;
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
   * where its outcome is at least 1; in a vote completions agree that mark the same answer (see `extractAnswer`), or have the same text where they mark none. Rewards that failed are left out and counted; throws
   * {@link CohortError} where all did.
   */
  async evaluate(options: EvaluateModelOptions): Promise<Evaluation> {
    const { numSamples } = options;
    const problems = this.#draw(options.seed ?? evaluationSeed, options.numPrompts);
    const sampling = { temperature: 1, topK: 0, topP: 1, ...pick(options) };
    const sampled = await answer(this.#state, problems, { ...sampling, numSamples });
    const greedy = await answer(this.#state, problems, { ...sampling, numSamples: 1, greedy: true });
    const failedRewards = sampled.failed + greedy.failed;
    return {
      sampled: resultOf(sampled),
      greedy: resultOf(greedy),
      ...atK(sampled, numSamples),
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

function pick({ key, iteration }: EvaluateModelOptions): SamplePromptsOptions {
  return { ...(key === undefined ? {} : { key }), ...(iteration === undefined ? {} : { iteration }) };
}

/** The completions whose rewards could be computed, by prompt. */
interface Answers {
  readonly byPrompt: readonly (readonly (Vote & { readonly length: number })[])[];
  readonly failed: number;
}

async function answer(state: LanguageState, problems: readonly Problem[], options: SamplePromptsOptions): Promise<Answers> {
  const { config, task, now } = state;
  const { completions, lengths, ended } = samplePrompts(state, problems, options);
  const items = problems.flatMap((problem, p) =>
    completions[p]!.map((completion, i) => ({ problem, completion, ended: ended[p]![i]!, length: lengths[p]![i]!, prompt: p })),
  );
  const scores = await scoreCompletions(items, task, { rewardSeconds: config.rewardSeconds, now });
  const byPrompt: (Vote & { length: number })[][] = problems.map(() => []);
  items.forEach(({ prompt, completion, length }, i) => {
    const { status, outcome } = scores[i]!;
    if (status === 'ok') byPrompt[prompt]!.push({ answer: extractAnswer(completion)?.text ?? completion, right: outcome >= 1, length });
  });
  const failed = scores.filter(({ status }) => status !== 'ok');
  if (failed.length === scores.length) throw nothingScored(failed);
  return { byPrompt, failed: failed.length };
}

function nothingScored(failed: readonly Score[]): CohortError {
  const [first] = failed;
  return new CohortError({
    subject: 'evaluation: reward',
    expected: 'a finite number for at least one completion',
    got: `${failed.length} failures of ${failed.length}, the first: ${first?.status}${first?.message ? ` (${first.message})` : ''}`,
    advice: 'fix the task’s reward function',
    kind: 'failure',
  });
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
function atK({ byPrompt }: Answers, samples: number): Pick<Evaluation, 'passAtK' | 'majAtK'> {
  const measure = (of: (votes: readonly Vote[], k: number) => number): AccuracyAtK[] =>
    usualKs(samples).flatMap((k) => {
      const values = byPrompt.filter((votes) => votes.length >= k).map((votes) => of(votes, k));
      return values.length === 0 ? [] : [{ k, ...accuracyInterval(values, Math.floor(samples / k)) }];
    });
  if (samples < 2) return {};
  return {
    passAtK: measure((votes, k) => passAtK(votes.length, votes.filter(({ right }) => right).length, k)),
    majAtK: measure(majAtK),
  };
}
