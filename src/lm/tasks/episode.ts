/**
 * What an episode of several turns is: a program of the task that asks the model for one turn after another, and does what it likes in between.
 */

import type { Problem, RewardComponents } from './problem.ts';
import type { Prompt } from './prompt.ts';

/** What the model said in one turn. */
export interface Turn {
  /** Up to, and without, the end token; a text that stops (`stop`) stays. */
  readonly text: string;
  /** Whether it ended by itself; else it was cut at the most tokens of a turn or of the episode. */
  readonly ended: boolean;
  /** Tokens that were sampled, the end token included. */
  readonly tokens: number;
  /** There was no turn left, or no room for what was to be appended and one token: nothing was appended or sampled. Asking once more throws. */
  readonly exhausted: boolean;
}

/** What the program of an episode works with. */
export interface EpisodeContext {
  readonly prompt: Prompt;
  readonly problem: Problem;
  /**
   * The next turn of the model, which goes on from exactly the tokens so far: those of the prompt, those that it sampled, and those of what was appended. `append`, for example what
   * a tool says, becomes tokens once; the model reads it and does not learn to say it. Rejects for a text that the tokenizer cannot represent, for a second call before the first is answered,
   * and after the end of the episode.
   */
  sample(request?: { readonly append?: string | undefined }): Promise<Turn>;
  /** Aborted where the program takes longer than `rewardSeconds` between two turns, and where the run is cut off. */
  readonly signal: AbortSignal;
}

/** Parts of an episode's reward; a list has one number per turn, and counts as their sum. */
export type EpisodeReward = Readonly<Record<string, number | readonly number[]>>;

/**
 * Plays one episode and says what it is worth, as `Problem.reward` does; nothing stands for the problem's own reward of the last turn.
 *
 * A list in place of a number has one number per turn, and counts as their sum, without a discount.
 */
export type EpisodeProgram = (context: EpisodeContext) => Promise<EpisodeReward | number | undefined> | Promise<void>;

/** Most turns of an episode, where the task does not say. */
export const usualTurns = 8;
/** Most that a task may ask for: the draws of a turn have a range of their own. */
export const mostTurns = 32;

/**
 * The reward of an episode of so many turns, lists as their sums. Throws for a list of another length.
 *
 * Example of two turns: `{ right: 1, calls: [0.5, 0.25] }` is `{ right: 1, calls: 0.75 }`.
 */
export function summedOverTurns(reward: unknown, turns: number): unknown {
  if (typeof reward !== 'object' || reward === null || Array.isArray(reward)) return reward;
  const summed: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(reward as Record<string, unknown>)) {
    if (!Array.isArray(part)) {
      summed[name] = part;
      continue;
    }
    if (part.length !== turns) throw new RangeError(`${name} has ${part.length} numbers, one per turn would be ${turns}`);
    summed[name] = part.reduce((sum: number, one: unknown) => sum + (typeof one === 'number' ? one : Number.NaN), 0) satisfies number;
  }
  return summed as RewardComponents;
}
