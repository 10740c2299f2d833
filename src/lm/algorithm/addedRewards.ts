/**
 * What a run adds to the rewards of its task, each a component with a name of its own: DAPO's punishment of long completions, the cosine of open-r1 by which
 * short right answers are worth more, and a reward for the format.
 */
import { mistake } from '../../core/errors.ts';
import { cos } from '../../math/index.ts';
import type { LanguageConfig } from '../config/config.ts';
import type { SampledCompletion } from '../model/rollouts.ts';
import { formats } from '../tasks/formats.ts';
import type { Score } from '../tasks/rewards.ts';

/**
 * What a completion's length adds to its reward: 0 up to `maxTokens - overlongTokens`, then falling along a line to -1 at `maxTokens` (Yu et al. 2025, DAPO, arXiv 2503.14476, equation 13;
 * here no completion is longer).
 *
 * Example with 20 tokens at most of which the last 4 are too many: 16 tokens 0, 17 tokens -0.25, 20 tokens -1.
 */
export function overlongPunishment(tokens: number, maxTokens: number, overlongTokens: number): number {
  const excess = tokens - (maxTokens - overlongTokens);
  return excess > 0 ? -excess / overlongTokens : 0;
}

/**
 * What makes a reward of 1 or 0 the length-scaled one of open-rs: right answers are worth 1 to 0.5, the shorter the more, wrong ones -0.5 to 0, the longer
 * the more (huggingface/open-r1, `get_cosine_scaled_reward`, with the bounds of the recipes of arXiv 2504.02546). Lengths are tokens here, of `maxTokens`; there they are characters.
 *
 * Example of 8 tokens: right with 0 of them 0, with 4 -0.25, with 8 -0.5; wrong with 0 -0.5, with 4 -0.25, with 8 0.
 */
export function cosineOfLength(isRight: boolean, tokens: number, maxTokens: number): number {
  const cosine = cos((Math.PI * tokens) / maxTokens);
  return isRight ? (cosine - 1) / 4 : (-cosine - 1) / 4;
}

/** The settings that decide what is added. */
export type AddedRewards = Pick<LanguageConfig, 'maxTokens' | 'overlongTokens' | 'lengthReward' | 'formatReward' | 'formatWeight'>;

/** A score with what the settings add; one that failed stays as it is. Throws {@link CohortError} where the task has a component of the same name. */
export function addRewards(score: Score, { tokens, text }: Pick<SampledCompletion, 'tokens' | 'text'>, settings: AddedRewards): Score {
  const { maxTokens, overlongTokens, lengthReward, formatReward, formatWeight } = settings;
  if (score.status !== 'ok') return score;
  const added: Record<string, readonly [value: number, weight: number]> = {
    ...(overlongTokens > 0 && { overlong: [overlongPunishment(tokens.length, maxTokens, overlongTokens), 1] }),
    ...(lengthReward === 'cosine' && { length: [cosineOfLength(score.outcome >= 1, tokens.length, maxTokens), 1] }),
    ...(formatReward !== 'none' && { format: [formats[formatReward](text.trim()), formatWeight] }),
  };
  let { total } = score;
  const components: Record<string, number> = { ...score.components };
  for (const [name, [value, weight]] of Object.entries(added)) {
    if (Object.hasOwn(components, name)) {
      const advice = 'leave the setting out, or call the component of the task otherwise';
      throw mistake(`reward ${name}`, 'a task without a component of this name', 'one that has it', advice);
    }
    components[name] = value;
    total += weight * value;
  }
  return { ...score, total, components };
}
