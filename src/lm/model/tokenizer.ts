/**
 * Tokenizers: the one of single characters, and the one of a task.
 */
import { CohortError, show } from '../../core/errors.ts';
import { alphabetProblem, promptParts, type Tokenizer } from '../tasks/prompt.ts';
import type { LanguageTask } from '../tasks/task.ts';

/** The tokenizer of a task: its own, or that of its alphabet. */
export function tokenizerOf({ tokenizer, alphabet }: Pick<LanguageTask, 'tokenizer' | 'alphabet'>): Tokenizer {
  return tokenizer ?? createVocabulary(alphabet ?? '');
}

/**
 * The tokenizer of an alphabet, whose characters are code points: the end token is id 0, then come the characters in order. It reads texts only. Throws
 * {@link CohortError} for an empty alphabet, a character that comes twice, and half a surrogate pair.
 */
export function createVocabulary(alphabet: string): Tokenizer {
  const problem = alphabetProblem(alphabet);
  if (problem) throw new CohortError({ subject: 'alphabet', expected: problem[0], got: problem[1], advice: problem[2] });
  const characters = [...alphabet];
  const ids = new Map(characters.map((character, i) => [character, i + 1]));

  const encodeText = (text: string): number[] =>
    Array.from(text, (character) => {
      const id = ids.get(character);
      if (id !== undefined) return id;
      throw new CohortError({
        subject: `text ${show(text)}`,
        expected: `only characters of ${show(alphabet)}`,
        got: show(character),
        advice: 'leave the character out, or add it to the alphabet of the task',
      });
    });

  return {
    size: characters.length + 1,
    endToken: 0,
    encode: (parts) =>
      promptParts(parts).flatMap((part) => {
        if (typeof part === 'string') return encodeText(part);
        const advice = 'leave the image out, or give the task a tokenizer that reads images';
        throw new CohortError({ subject: 'prompt', expected: 'texts only, for a tokenizer of characters', got: 'an image', advice });
      }),
    decode(tokens) {
      let text = '';
      for (const id of tokens) {
        const character = id === 0 ? '' : characters[id - 1];
        if (character === undefined) {
          const expected = `ids from 0 to ${characters.length}`;
          throw new CohortError({ subject: 'token', expected, got: show(id), advice: 'decode with the tokenizer that encoded' });
        }
        text += character;
      }
      return text;
    },
  };
}
