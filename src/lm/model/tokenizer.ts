/**
 * Tokenizers: the one of single characters, and the one of a task.
 */
import { mistake, show } from '../../core/errors.ts';
import { alphabetProblem, promptParts, type Tokenizer } from '../tasks/prompt.ts';
import { type LanguageTask, patchTokens, type TaskImages } from '../tasks/task.ts';
import { patchesOf } from './patches.ts';

/** The tokenizer of a task: its own, or that of its alphabet. */
export function tokenizerOf({ tokenizer, alphabet, images }: Pick<LanguageTask, 'tokenizer' | 'alphabet' | 'images'>): Tokenizer {
  return tokenizer ?? createVocabulary(alphabet ?? '', images);
}

/**
 * The tokenizer of an alphabet, whose characters are code points: the end token is id 0, then come the characters in order. With `images` it reads pictures of that
 * size: each of their patches is an id of its own behind the characters, in the order of the prompt; without, texts only. Throws
 * {@link CohortError} for an empty alphabet, a character that comes twice, and half a surrogate pair.
 */
export function createVocabulary(alphabet: string, images?: TaskImages): Tokenizer {
  const problem = alphabetProblem(alphabet);
  if (problem) throw mistake('alphabet', problem[0], problem[1], problem[2]);
  const characters = [...alphabet];
  const ids = new Map(characters.map((character, i) => [character, i + 1]));

  const encodeText = (text: string): number[] =>
    Array.from(text, (character) => {
      const id = ids.get(character);
      if (id !== undefined) return id;
      throw mistake(
        `text ${show(text)}`,
        `only characters of ${show(alphabet)}`,
        show(character),
        'leave the character out, or add it to the alphabet of the task',
      );
    });

  return {
    size: characters.length + 1,
    endToken: 0,
    ...(images && { patchesOf: (prompt) => patchesOf(prompt, images) }),
    encode(parts) {
      let patches = 0;
      return promptParts(parts).flatMap((part) => {
        if (typeof part === 'string') return encodeText(part);
        if (images) return Array.from({ length: patchTokens({ ...images, count: 1 }) }, () => characters.length + 1 + patches++);
        const advice = 'leave the image out, or give the task a tokenizer that reads images';
        throw mistake('prompt', 'texts only, for a tokenizer of characters', 'an image', advice);
      });
    },
    decode(tokens) {
      let text = '';
      for (const id of tokens) {
        const character = id === 0 ? '' : characters[id - 1];
        if (character === undefined) {
          const expected = `ids from 0 to ${characters.length}`;
          throw mistake('token', expected, show(id), 'decode with the tokenizer that encoded');
        }
        text += character;
      }
      return text;
    },
  };
}
