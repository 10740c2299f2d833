/**
 * Formats of completions that a run can reward besides what its task does.
 */

/** Whether a text is a thought and an answer. Searched from both ends: one expression for the whole would be slow on texts of many tags. */
function isThoughtThenAnswer(text: string): number {
  const [start, end] = ['<think>', '</answer>'];
  if (!text.startsWith(start) || !text.endsWith(end) || text.length < start.length + end.length) return 0;
  return /<\/think>\s*<answer>/.test(text.slice(start.length, -end.length)) ? 1 : 0;
}

/** How much of a format a text keeps, from 0 to 1, by the name of the format. */
export const formats = {
  /** The whole text is a thought and an answer: `<think>...</think><answer>...</answer>`, with white space between them or none (as in R1-V of AMAP-ML/GPG). */
  'think-answer': isThoughtThenAnswer,
  /** A quarter for each of the four tags that is there exactly once (open-r1's `tag_count_reward`, whose tags stand on lines of their own). */
  'tag-count': (text: string): number =>
    ['<think>', '</think>', '<answer>', '</answer>'].filter((tag) => text.split(tag).length === 2).length / 4,
} as const;

/** Names of {@link formats}, and `none`. */
export const formatNames = ['none', 'think-answer', 'tag-count'] as const;
