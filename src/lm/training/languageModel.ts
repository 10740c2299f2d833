/**
 * A trained model for use: it completes prompts, and measures how often it is right.
 */
import * as z from 'zod/mini';
import { flag, integer, optionalInteger, parseConfig, real } from '../../core/config.ts';
import type { Releasable } from '../../core/disposal.ts';
import { failure, mistake, show } from '../../core/errors.ts';
import { learnerKey, noIteration } from '../../random/index.ts';
import type { Evaluation } from '../../run/evaluation.ts';
import { drawCompletions, samplePrompts } from '../algorithm/sampler.ts';
import { closeState, isLocal, type LanguageState, type LearningState } from '../algorithm/state.ts';
import type { ChatMessage, PretrainedTokenizer } from '../checkpoints/checkpoint.ts';
import type { OutputFile } from '../checkpoints/outputFile.ts';
import { type EncodedPrompt, encodePrompt, type SampledCompletion } from '../model/rollouts.ts';
import { isPrompt, type Prompt } from '../tasks/prompt.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { type EvaluationProgress, Evaluator } from './evaluation.ts';
import type { ExportFormat } from './exportModel.ts';

// Loaded late: most programs export no model.
const loadExport = () => import('./exportModel.ts');

/** How to draw completions of a prompt. */
export interface SampleOptions {
  /** A prompt that the task's tokenizer can read. */
  readonly prompt: Prompt;
  /** Completions; default 1. */
  readonly numSamples?: number | undefined;
  /** Default 1. */
  readonly temperature?: number | undefined;
  /** Sample from this many of the likeliest tokens, of ties those with the lowest ids; 0 = all, the default. */
  readonly topK?: number | undefined;
  /** Sample from the fewest likeliest tokens that together have this share of what `topK` keeps, as in transformers; 1 = all, the default. */
  readonly topP?: number | undefined;
  /** Take the likeliest token every time; default false. */
  readonly greedy?: boolean | undefined;
  /** Seed of the draws; default: the run's. */
  readonly seed?: number | undefined;
}

/** How to draw the next message of a conversation. */
export interface ChatOptions extends Omit<SampleOptions, 'prompt' | 'numSamples'> {
  /** What was said so far, the user's message last. */
  readonly messages: readonly ChatMessage[];
}

/** A completion of a prompt. */
export interface LanguageSample {
  /** Up to, and without, the end token. */
  readonly completion: string;
  /** Whether it ended with the end token; else it was cut at the maximum length. */
  readonly ended: boolean;
  /** The end token included. */
  readonly tokens: number;
  /**
   * Log-probability of the whole completion, in nats, at the temperature of the draw; where a server samples, as it says it (vLLM: of the model itself, at
   * temperature 1 and before topK and topP, unless it was started with `--logprobs-mode processed_logprobs`).
   */
  readonly logProb: number;
}

/** How to evaluate. */
export interface ModelEvaluateOptions {
  /** Held-out prompts; default 500. Of a benchmark: its first so many; default all. */
  readonly numPrompts?: number | undefined;
  /** Completions per prompt; more than one gives pass@k and maj@k, 0 the greedy answers alone. Default 8. */
  readonly numSamples?: number | undefined;
  /** Seed of prompts and completions; by default the prompts are those of training's own evaluations. */
  readonly seed?: number | undefined;
  /**
   * Questions and answers to ask instead: `taskFromRows(rows, { id: 'my-benchmark', heldOut: 1 })`. Prompts that the model cannot read
   * are counted (`notAsked`).
   */
  readonly benchmark?: LanguageTask | undefined;
  /** Is called after every pass with the completions so far and their number at the end, sampled and greedy. */
  readonly onProgress?: ((progress: EvaluationProgress) => void) | undefined;
}

const seedField = optionalInteger({ description: 'seed of the draws', min: 0, max: Number.MAX_SAFE_INTEGER });
const sampleFields = () =>
  z.strictObject({
    numSamples: integer({ description: 'completions', default: 1, min: 1, max: 65_536 }),
    temperature: real({ description: 'temperature', default: 1, min: 1e-3, max: 1000 }),
    topK: integer({ description: 'sample from this many of the likeliest tokens; 0 = all', default: 0, min: 0, max: 2 ** 20 }),
    topP: real({
      description: 'sample from the fewest likeliest tokens that together have this share of what topK keeps; 1 = all',
      default: 1,
      min: 1e-6,
      max: 1,
    }),
    greedy: flag({ description: 'the likeliest token every time', default: false }),
    seed: seedField,
  });
const evaluateFields = () =>
  z.strictObject({
    numPrompts: optionalInteger({ description: 'held-out prompts', min: 1, max: 1_000_000 }),
    numSamples: integer({ description: 'completions per prompt', default: 8, min: 0, max: 4096 }),
    seed: seedField,
  });

/** A model in kernel memory, or one on a server, which is sampled by the functions that give promises. */
export class LanguageModel implements Releasable {
  readonly #state: LearningState;
  readonly #evaluator: Evaluator;
  readonly #release: (() => void) | undefined;

  /** `release` frees what else the model holds. */
  constructor(state: LearningState, release?: () => void) {
    this.#state = state;
    this.#evaluator = new Evaluator(state);
    this.#release = release;
  }

  /** What it was trained on. */
  get task(): LanguageTask {
    return this.#state.task;
  }

  /**
   * Completes a prompt. The same options give the same completions. Throws {@link CohortError} for options out of range, and for a prompt that is
   * empty, too long, or not of the task's tokenizer.
   */
  sample({ prompt, ...options }: SampleOptions): LanguageSample[] {
    const state = this.#local('sample');
    return samplePrompts(state, [this.#promptOf(prompt)], this.#drawOf(options))[0]!.map(sampleOf);
  }

  /** The same wherever the model is, on a server too; of a model in this process the same completions, while others have their turn. */
  async sampleAsync({ prompt, ...options }: SampleOptions): Promise<LanguageSample[]> {
    return this.#drawn(this.#promptOf(prompt), options);
  }

  /**
   * The next message of a conversation, by the chat template of a pretrained model. Throws {@link CohortError} where the model has none, for options out of
   * range, and where the conversation has grown longer than the model was opened for.
   */
  chat({ messages, ...options }: ChatOptions): LanguageSample {
    const state = this.#local('chat');
    return samplePrompts(state, [this.#conversationOf(messages)], this.#drawOf({ ...options, numSamples: 1 }))[0]!.map(sampleOf)[0]!;
  }

  /** The same wherever the model is, on a server too. */
  async chatAsync({ messages, ...options }: ChatOptions): Promise<LanguageSample> {
    return (await this.#drawn(this.#conversationOf(messages), { ...options, numSamples: 1 }))[0]!;
  }

  #promptOf(prompt: Prompt): EncodedPrompt {
    if (!isPrompt(prompt)) {
      const advice = 'write for example { prompt: "37+58=" }';
      throw mistake('sample: prompt', 'a text', show(prompt), advice);
    }
    const { tokenizer, task } = this.#state;
    return encodePrompt({ prompt }, tokenizer, task.promptLength);
  }

  #conversationOf(messages: readonly ChatMessage[]): EncodedPrompt {
    const { tokenizer } = this.#state;
    const tokens = 'encodeChat' in tokenizer ? (tokenizer as PretrainedTokenizer).encodeChat?.(messages) : undefined;
    if (tokens) return { tokens };
    throw mistake(
      'chat',
      'a pretrained model with a chat template',
      `a model of ${this.task.id} without`,
      'use sample with a prompt of the task',
    );
  }

  #drawOf(options: Omit<SampleOptions, 'prompt'>) {
    const { seed = this.#state.config.seed, ...fields } = parseConfig(sampleFields(), options, 'sample');
    return { ...fields, key: learnerKey(seed), iteration: noIteration };
  }

  async #drawn(prompt: EncodedPrompt, options: Omit<SampleOptions, 'prompt'>): Promise<LanguageSample[]> {
    const drawn = await drawCompletions(this.#state, [prompt], this.#drawOf(options));
    return drawn![0]!.map(sampleOf);
  }

  /** Answers held-out prompts, sampled and greedily. Throws {@link CohortError} for options out of range and if every reward failed. */
  async evaluate(options: ModelEvaluateOptions = {}): Promise<Evaluation> {
    const { benchmark, onProgress, ...fields } = options;
    const { numPrompts, numSamples, seed } = parseConfig(evaluateFields(), fields, 'evaluate');
    const key = seed === undefined ? undefined : learnerKey(seed);
    const asked = { numPrompts, numSamples, seed, key, iteration: noIteration, benchmark, onProgress };
    return (await this.#evaluator.evaluate(asked))!;
  }

  /**
   * Its files for other libraries, each in pieces: `huggingface` for transformers (adapters are merged into the weights), `peft` for the adapters alone. Throws
   * {@link CohortError} for `peft` without adapters, and for a model that transformers has no class for.
   */
  async export(format: ExportFormat): Promise<OutputFile[]> {
    const { exportModel } = await loadExport();
    return exportModel(this.#local('export'), format);
  }

  /** Throws `CohortError` where the weights are on a server. */
  #local(subject: string): LanguageState {
    if (isLocal(this.#state)) return this.#state;
    const { model, url } = this.#state.config;
    const advice = subject === 'export' ? 'use its own client' : `write await ${subject}Async(...)`;
    throw failure(subject, 'a model whose weights are in this process', `${show(model)} on the server ${url}`, advice);
  }

  /** Ends the threads; the model stays usable on one. */
  close(): void {
    closeState(this.#state);
    this.#release?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}

function sampleOf({ text: completion, ended, tokens, logProbs }: SampledCompletion): LanguageSample {
  return { completion, ended, tokens: tokens.length, logProb: logProbs.reduce((sum, value) => sum + value, 0) };
}
