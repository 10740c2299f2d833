/**
 * A trained model for use: it completes prompts, and says how often it is right.
 */
import { z } from 'zod';
import { flag, integer, optionalInteger, parseConfig, real } from '../../core/config.ts';
import { CohortError, show } from '../../core/errors.ts';
import { learnerKey, noIteration } from '../../random/index.ts';
import type { Evaluation } from '../../run/evaluation.ts';
import { samplePrompts } from '../algorithm/sampler.ts';
import type { LanguageState } from '../algorithm/state.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { Evaluator } from './evaluation.ts';

/** How to draw completions of a prompt; all but the prompt may be left out. */
export interface SampleOptions {
  /** Only characters of the task's alphabet. */
  readonly prompt: string;
  /** Completions, 1 by default. */
  readonly numSamples?: number | undefined;
  /** 1 by default. */
  readonly temperature?: number | undefined;
  /** Only so many of the likeliest tokens; 0 = all. */
  readonly topK?: number | undefined;
  /** Only the likeliest tokens that together have this probability; 1 = all. */
  readonly topP?: number | undefined;
  /** The likeliest token every time. */
  readonly greedy?: boolean | undefined;
  /** Seed of the draws, the run's own by default. */
  readonly seed?: number | undefined;
}

/** A completion of a prompt. */
export interface LanguageSample {
  /** Up to, and without, the end token. */
  readonly completion: string;
  /** Whether it ended by itself, and not at the most tokens. */
  readonly ended: boolean;
  /** The end token included. */
  readonly tokens: number;
  /** Log-probability of the whole completion, in nats, at the temperature of the draw. */
  readonly logProb: number;
}

/** How to evaluate; all may be left out. */
export interface ModelEvaluateOptions {
  /** Held-out prompts, 500 by default. */
  readonly numPrompts?: number | undefined;
  /** Completions per prompt, 8 by default; more than one gives pass@k and maj@k. */
  readonly numSamples?: number | undefined;
  /** Seed of prompts and completions; by default the prompts are those of training's own evaluations. */
  readonly seed?: number | undefined;
}

/** Fields of a call without their places in a configuration. */
const group = 'Evaluation';
const seedField = optionalInteger({ group, description: 'seed of the draws', min: 0, max: Number.MAX_SAFE_INTEGER });
const sampleFields = z.strictObject({
  numSamples: integer({ group, description: 'completions', default: 1, min: 1, max: 65_536 }),
  temperature: real({ group, description: 'temperature', default: 1, min: 1e-3, max: 1000 }),
  topK: integer({ group, description: 'so many of the likeliest tokens; 0 = all', default: 0, min: 0, max: 2 ** 20 }),
  topP: real({ group, description: 'the likeliest tokens of this probability; 1 = all', default: 1, min: 1e-6, max: 1 }),
  greedy: flag({ group, description: 'the likeliest token every time', default: false }),
  seed: seedField,
});
const evaluateFields = z.strictObject({
  numPrompts: integer({ group, description: 'held-out prompts', default: 500, min: 1, max: 1_000_000 }),
  numSamples: integer({ group, description: 'completions per prompt', default: 8, min: 1, max: 4096 }),
  seed: seedField,
});

/** A model in kernel memory. */
export class LanguageModel {
  readonly #state: LanguageState;
  readonly #evaluator: Evaluator;

  constructor(state: LanguageState) {
    this.#state = state;
    this.#evaluator = new Evaluator(state);
  }

  /** What it was trained on. */
  get task(): LanguageTask {
    return this.#state.task;
  }

  /**
   * Completes a prompt. The same options give the same completions. Throws {@link CohortError} for options out of range, and for a prompt that is
   * empty, too long, or not of the task's alphabet.
   */
  sample({ prompt, ...options }: SampleOptions): LanguageSample[] {
    if (typeof prompt !== 'string') {
      const advice = 'write for example { prompt: "37+58=" }';
      throw new CohortError({ subject: 'sample: prompt', expected: 'a text', got: show(prompt), advice });
    }
    const { seed = this.#state.config.seed, ...fields } = parseConfig(sampleFields, options, 'sample');
    const problem = { prompt, reward: () => 0 };
    const drawn = samplePrompts(this.#state, [problem], { ...fields, key: learnerKey(seed), iteration: noIteration });
    return drawn.completions[0]!.map((completion, i) => ({
      completion,
      ended: drawn.ended[0]![i]!,
      tokens: drawn.lengths[0]![i]!,
      logProb: drawn.logProbs[0]![i]!.reduce((sum, value) => sum + value, 0),
    }));
  }

  /** Answers held-out prompts, sampled and greedily. Throws {@link CohortError} for options out of range and where every reward failed. */
  async evaluate(options: ModelEvaluateOptions = {}): Promise<Evaluation> {
    const { numPrompts, numSamples, seed } = parseConfig(evaluateFields, options, 'evaluate');
    const own = seed === undefined ? {} : { seed, key: learnerKey(seed) };
    return this.#evaluator.evaluate({ numPrompts, numSamples, iteration: noIteration, ...own });
  }

  /** Ends the threads; the model stays usable on one. */
  close(): void {
    this.#state.kernels.close();
  }
}
