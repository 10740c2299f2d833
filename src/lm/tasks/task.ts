/**
 * What a task is: where prompts come from and what a completion is worth.
 */
import { isRecord } from '../../core/arguments.ts';
import type { Generator } from '../../random/index.ts';
import type { RunData } from '../../run/data.ts';
import type { Prompt, Tokenizer } from './prompt.ts';

/** Which prompts: those to train on, or those that are never trained on. */
export type Split = 'train' | 'heldOut';

/** Named parts of a reward, each a finite number; a part's weight in the total is 1 by default. */
export type RewardComponents = Readonly<Record<string, number>>;

/** One problem. */
export interface Problem {
  /** What the model is given, as its tokenizer can read it: only characters of the alphabet if the task has one. */
  readonly prompt: Prompt;
  /** A right completion, for the warm start; left out if there is none to show. */
  readonly solution?: string;
  /**
   * What a completion is worth. `completion` is its text up to, and without, the end token; `ended` is false if it was cut at the maximum length. A number
   * stands for the component `reward`. A promise has `rewardSeconds` to settle; what is none cannot be interrupted, unless the task is a module's and the run has a `rewardTimeout`. A reward that throws, is not finite or takes too long is counted and shown,
   * and its completion is left out of its group; it is never a silent 0.
   */
  reward(completion: string, ended: boolean): RewardComponents | number | Promise<RewardComponents | number>;
}

/** The tasks among the exports of a module, by the names of the exports; whether they are whole is checked where they are trained on. */
export function exportedTasks(exports: Readonly<Record<string, unknown>>): [name: string, task: LanguageTask][] {
  return Object.entries(exports).filter(
    (entry): entry is [string, LanguageTask] => isRecord(entry[1]) && typeof entry[1].prompts === 'function',
  );
}

/** A task: prompts from a generator, rewards of completions. About twenty lines to write. */
export interface LanguageTask {
  /** Lower-case words with hyphens. */
  readonly id: string;
  /** One line for `lm tasks`. */
  readonly description: string;
  /** The characters, each once; the model's tokens are the end token (id 0), then these in order. A task has this or a tokenizer. */
  readonly alphabet?: string;
  /** What turns prompts and completions into tokens, in place of an alphabet. */
  readonly tokenizer?: Tokenizer;
  /** Largest number of tokens of a prompt. */
  readonly promptLength: number;
  /** Largest number of tokens of a completion, the end token included. */
  readonly completionLength: number;
  /**
   * Draws one problem; everything random comes from the generator. A task that can tell may draw from that split alone; of others, problems of the other
   * split are passed over.
   */
  prompts(random: Generator, split?: Split): Problem;
  /** The share of prompts, by their hash, that is held out; default 0.1. */
  readonly heldOutShare?: number;
  /** Every held-out problem, where they can be listed: evaluations then ask each at most once. */
  heldOutProblems?(): readonly Problem[];
  /** Every problem, where they can be listed: how long their prompts are in the tokens of a pretrained model is then counted. */
  problems?(): readonly Problem[];
  /** The questions and answers that the task was made of (see `taskFromRows`): a run keeps a copy, and needs nothing else to go on. */
  readonly data?: RunData;
  /** Weights of reward components in the total; 1 for a name that is missing. */
  readonly weights?: Readonly<Record<string, number>>;
  /** The component that says right (at least 1) or wrong; default: the first one. Accuracy is the fraction of its values that are at least 1. */
  readonly outcome?: string;
  /**
   * Whether two completions give the same answer, for votes (maj@k). Default: by the verifier where both mark an answer, else by their texts.
   */
  sameAnswer?(completion: string, other: string): boolean;
  /** Settings that suit the task better than the usual defaults, by the names of the configuration's fields; the user's own settings come first. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Rises when the same settings give other bits; results before and after are then different runs. A whole number, 1 if left out. */
  readonly behavior?: number;
}
