/**
 * What a task is: where prompts come from and what a completion is worth.
 */
import type { Generator } from '../../random/index.ts';

/** Named parts of a reward, each a finite number; a part's weight in the total is 1 unless the task says otherwise. */
export type RewardComponents = Readonly<Record<string, number>>;

/** One problem. */
export interface Problem {
  /** What the model is given; only characters of the task's alphabet. */
  readonly prompt: string;
  /** A right completion, for the warm start; left out where there is none to show. */
  readonly solution?: string;
  /**
   * What a completion is worth: its text up to, and without, the end token; `ended` is false where it was cut at the most tokens. A number
   * is the component `reward`. May be a promise, which is given `rewardSeconds`. One that throws, is not finite or takes too long is
   * counted and shown, and its completion is left out of its group; it is never a silent 0.
   */
  reward(completion: string, ended: boolean): RewardComponents | number | Promise<RewardComponents | number>;
}

/** A task: prompts from a generator, rewards of completions. About twenty lines to write; see docs/language-models.md. */
export interface LanguageTask {
  /** Lower-case words with hyphens. */
  readonly id: string;
  /** One line for `lm tasks`. */
  readonly description: string;
  /** The characters, each once; the model's tokens are the end token (id 0), then these in order. */
  readonly alphabet: string;
  /** Most characters of a prompt. */
  readonly promptLength: number;
  /** Most tokens of a completion, the end token included. */
  readonly completionLength: number;
  /** Draws one problem; everything random comes from the generator. */
  prompts(random: Generator): Problem;
  /** Weights of reward components in the total; 1 where a name is missing. */
  readonly weights?: Readonly<Record<string, number>>;
  /** The component that says right (at least 1) or wrong; default: the first one. Accuracy is its share of values of at least 1. */
  readonly outcome?: string;
  /** Settings that suit the task better than the usual ones, by the names of the configuration's fields; what a user says comes first. */
  readonly defaults?: Readonly<Record<string, unknown>>;
}
