/**
 * Prompts, the key by which they are told apart, and what turns texts into token ids.
 */
import { show } from '../../core/errors.ts';

/** A picture in a prompt. */
export interface ImagePart {
  readonly image: {
    /** Pixels in a row. */
    readonly width: number;
    /** Rows. */
    readonly height: number;
    /** (3 * width * height) red, green and blue of every pixel, row by row from the top. */
    readonly pixels: Uint8Array;
  };
}

/** A piece of a prompt: a text or a picture. */
export type PromptPart = string | ImagePart;

/** What a model is given: a text, or texts and pictures in order. */
export type Prompt = string | readonly PromptPart[];

/** Texts to token ids and back. */
export interface Tokenizer {
  /** Number of ids: they are 0 to size - 1. */
  readonly size: number;
  /** The id that ends a completion. */
  readonly endToken: number;
  /** Every id that ends a completion, `endToken` among them; default `endToken` alone. */
  readonly endTokens?: readonly number[];
  /** The ids of a prompt or a text, without the end token. Throws {@link CohortError} for what it cannot represent. */
  encode(parts: Prompt): number[];
  /** The ids of a prompt as the model is given it, for example inside a chat template; default {@link Tokenizer.encode}. */
  encodePrompt?(prompt: Prompt): number[];
  /**
   * The numbers of the pictures of a prompt, (patches, numbers of a patch padded to a multiple of 8); the id `size + k` in the prompt stands for patch k. Missing where
   * the tokenizer reads no pictures.
   */
  patchesOf?(prompt: Prompt): Float32Array;
  /** The text of ids; the end token is the empty text. Throws {@link CohortError} for an id that it does not have. */
  decode(ids: Iterable<number>): string;
}

/** The parts of a prompt; a text is one part. */
export function promptParts(prompt: Prompt): readonly PromptPart[] {
  return typeof prompt === 'string' ? [prompt] : prompt;
}

/** The pictures of a prompt, in its order. */
export function picturesOf(prompt: Prompt): ImagePart['image'][] {
  return promptParts(prompt).flatMap((part) => (typeof part === 'string' ? [] : [part.image]));
}

/** Whether a value is a prompt. */
export function isPrompt(value: unknown): value is Prompt {
  const isPart = (part: unknown): boolean =>
    typeof part === 'string' || (part as Partial<ImagePart> | null)?.image?.pixels instanceof Uint8Array;
  return typeof value === 'string' || (Array.isArray(value) && value.every(isPart));
}

/**
 * The canonical key of a prompt: the text itself for texts, however they are cut into parts; a picture adds its size and its bytes. Which prompts are held
 * out depends on this key.
 *
 * Example: `promptKey('37+58=')` and `promptKey(['37+', '58='])` are `37+58=`.
 */
export function promptKey(prompt: Prompt): string {
  const keyOf = ({ image: { width, height, pixels } }: ImagePart): string => `\0image ${width}x${height} ${lettersOf(pixels)}\0`;
  return joinParts(prompt, keyOf);
}

/** Bytes as a text of one character each. In pieces: an engine takes some ten thousand arguments at once. */
export function lettersOf(bytes: Uint8Array): string {
  let letters = '';
  for (let i = 0; i < bytes.length; i += 8192) letters += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return letters;
}

/** A prompt as it is shown and logged: its texts, and `[image 4x4]` for a picture of that size. */
export function promptText(prompt: Prompt): string {
  return joinParts(prompt, ({ image: { width, height } }) => `[image ${width}x${height}]`);
}

function joinParts(prompt: Prompt, written: (part: ImagePart) => string): string {
  return promptParts(prompt)
    .map((part) => (typeof part === 'string' ? part : written(part)))
    .join('');
}

/** What is wrong with a value: what was expected, what was got, and what to do. */
export type Defect = readonly [expected: string, got: string, advice: string];

/** What is wrong with an alphabet; `undefined` if nothing is. */
export function alphabetProblem(alphabet: unknown): Defect | undefined {
  const refuse = (got: string): Defect => [
    'a text of at least one character, each of them once',
    got,
    'write every character that prompts and completions need, once, for example "0123456789+="',
  ];
  if (typeof alphabet !== 'string' || alphabet === '') return refuse(show(alphabet));
  if (/\p{Surrogate}/u.test(alphabet)) return refuse('half a surrogate pair');
  const twice = [...alphabet].find((character, i, all) => all.indexOf(character) < i);
  return twice === undefined ? undefined : refuse(`${show(twice)} twice`);
}

/** What is wrong with a custom tokenizer; `undefined` if nothing is. */
export function tokenizerProblem(tokenizer: unknown): Defect | undefined {
  const { size, endToken, encode, decode } = (tokenizer ?? {}) as Partial<Tokenizer>;
  const isId = Number.isInteger(size) && Number.isInteger(endToken) && endToken! >= 0 && endToken! < size!;
  if (isId && typeof encode === 'function' && typeof decode === 'function') return undefined;
  return [
    '{ size, endToken, encode, decode } whose endToken is an id from 0 to size - 1',
    `size ${show(size)}, endToken ${show(endToken)}, encode ${show(encode)}, decode ${show(decode)}`,
    'give an object with these four, or an alphabet for a tokenizer of single characters',
  ];
}
