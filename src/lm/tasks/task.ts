/**
 * What a task is: where prompts come from, and how the model answers them.
 */
import { isRecord } from '../../core/arguments.ts';
import type { Generator } from '../../random/index.ts';
import type { RunData } from '../../run/data.ts';
import type { EpisodeProgram } from './episode.ts';
import type { EpisodeProblem, Problem } from './problem.ts';
import type { Tokenizer } from './prompt.ts';

export type { EpisodeProblem, Problem, RewardComponents } from './problem.ts';

/** Which prompts: those to train on, or those that are never trained on. */
export type Split = 'train' | 'heldOut';

/** The pictures in the prompts of a task. */
export interface TaskImages {
  /** Pixels in a row of every picture, a multiple of `patchSize`. */
  readonly width: number;
  /** Rows of every picture, a multiple of `patchSize`. */
  readonly height: number;
  /** Pixels of a side of the square patches that pictures are cut into, row by row; each patch is one token. */
  readonly patchSize: number;
  /** Pictures in every prompt. */
  readonly count: number;
}

/** Tokens that the pictures of a prompt take together: one of 24 x 24 pixels in patches of 4 x 4 takes 36. */
export function patchTokens({ width, height, patchSize, count }: TaskImages): number {
  return ((count * width) / patchSize) * (height / patchSize);
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
  /** What pictures every prompt holds, all of one size; left out if prompts are texts. */
  readonly images?: TaskImages;
  /** Largest number of tokens of a prompt, those of its pictures ({@link patchTokens}) among them. */
  readonly promptLength: number;
  /** Largest number of tokens of a completion, the end token included. */
  readonly completionLength: number;
  /**
   * Draws one problem; everything random comes from the generator. A task that can tell may draw from that split alone; of others, problems of the other
   * split are passed over.
   */
  prompts(random: Generator, split?: Split): Problem;
  /**
   * Makes every completion an episode of several turns: a program that asks for the model's next turn, runs tools, and says what the episode was worth. It has `rewardSeconds` between two
   * turns; one that throws or takes longer is a reward that failed.
   */
  readonly rollout?: EpisodeProgram;
  /** With `rollout`: most turns of the model, 1 to 32; default 8. */
  readonly maxTurns?: number;
  /** With `rollout`: most tokens of one turn, the end token included; default `completionLength`, which all turns and what is appended have together. */
  readonly turnTokens?: number;
  /** Loads what problems are made of, where that is much; whoever draws problems waits for it first. It may be called again. */
  load?(): Promise<void>;
  /** The share of prompts, by their hash, that is held out; default 0.1. */
  readonly heldOutShare?: number;
  /** Every held-out problem, where they can be listed: evaluations then ask each at most once. */
  heldOutProblems?(): readonly Problem[];
  /** Every problem, where they can be listed: how long their prompts are in the tokens of a pretrained model is then counted. */
  problems?(): readonly Problem[];
  /** The task for a pretrained model, where it judges sentences in another way than the texts of a model that has learned nothing else. */
  forPretrained?(): LanguageTask;
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

/** A task of episodes as `defineTask` takes it: its problems may do without a reward of their own. */
export type EpisodeTask = Omit<LanguageTask, 'prompts' | 'rollout'> & {
  readonly rollout: EpisodeProgram;
  prompts(random: Generator, split?: Split): EpisodeProblem;
};
