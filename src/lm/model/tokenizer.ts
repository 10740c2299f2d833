/**
 * Characters and their token ids.
 */
import { CohortError, show } from '../../core/errors.ts';

/** A character vocabulary: the end token is id 0, then the characters of the alphabet in order. */
export interface Vocabulary {
  /** Characters and the end token. */
  readonly size: number;
  readonly endToken: 0;
  /** The ids of a text, one per character. Throws {@link CohortError} for a character outside the alphabet. */
  encode(text: string): number[];
  /** The text of ids; the end token is the empty text. Throws {@link CohortError} for an id that is none. */
  decode(ids: Iterable<number>): string;
}

/**
 * The vocabulary of an alphabet, whose characters are code points. Throws {@link CohortError} for an empty alphabet, a character that comes
 * twice, and half a surrogate pair.
 */
export function createVocabulary(alphabet: string): Vocabulary {
  const problem = alphabetProblem(alphabet);
  if (problem) throw new CohortError({ subject: 'alphabet', ...problem });
  const characters = [...alphabet];
  const ids = new Map(characters.map((character, i) => [character, i + 1]));
  return {
    size: characters.length + 1,
    endToken: 0,
    encode(text) {
      return Array.from(text, (character) => {
        const id = ids.get(character);
        if (id !== undefined) return id;
        throw new CohortError({
          subject: `text ${show(text)}`,
          expected: `only characters of ${show(alphabet)}`,
          got: show(character),
          advice: 'leave the character out, or add it to the alphabet of the task',
        });
      });
    },
    decode(tokens) {
      let text = '';
      for (const id of tokens) {
        const character = id === 0 ? '' : characters[id - 1];
        if (character === undefined) {
          const expected = `ids from 0 to ${characters.length}`;
          throw new CohortError({ subject: 'token', expected, got: show(id), advice: 'decode with the vocabulary that encoded' });
        }
        text += character;
      }
      return text;
    },
  };
}

/** What is wrong with an alphabet, as parts of an error; `undefined` where nothing is. */
export function alphabetProblem(alphabet: unknown): { expected: string; got: string; advice: string } | undefined {
  const expected = 'a text of at least one character, each of them once';
  const advice = 'write every character that prompts and completions need, once, for example "0123456789+="';
  if (typeof alphabet !== 'string' || alphabet === '') return { expected, got: show(alphabet), advice };
  if (/\p{Surrogate}/u.test(alphabet)) return { expected, got: 'half a surrogate pair', advice };
  const seen = new Set<string>();
  for (const character of alphabet) {
    if (seen.has(character)) return { expected, got: `${show(character)} twice`, advice };
    seen.add(character);
  }
  return undefined;
}
