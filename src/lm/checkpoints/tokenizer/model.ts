/**
 * The vocabulary, the merges and the added tokens of a tokenizer.json, held to what they must be before anything is built of them.
 * Fields: the JSON that the Rust library `tokenizers` writes (huggingface/tokenizers, models/bpe/serialization.rs and added_vocabulary.rs).
 */
import { isRecord } from '../../../core/arguments.ts';
import { type CohortError, failure, show } from '../../../core/errors.ts';

/** A token beside the vocabulary: it is found in a text as a whole. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Whether `decode` leaves it out. */
  readonly isSpecial: boolean;
  /** Whether it is looked for in the normalised text, in its normalised spelling. */
  readonly isNormalized: boolean;
  /** Whether it counts only where no letter, digit or underscore touches it. */
  readonly isWord: boolean;
  /** Whether it swallows the white space before it, and behind it. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
}

/** Byte pair encoding, as a file describes it. */
export interface BpeModel {
  readonly vocabulary: ReadonlyMap<string, number>;
  /** The pairs that are merged, the first of them first. */
  readonly merges: readonly (readonly [string, string])[];
  /** What stands for a character that the vocabulary lacks; `undefined`: such a character is dropped. */
  readonly unknownToken: string | undefined;
  /** Whether unknown characters in a row are one token. */
  readonly fusesUnknown: boolean;
  /** Whether an unknown character is written as the tokens of its bytes, `<0x41>`. */
  readonly hasByteFallback: boolean;
  /** Whether a piece that is in the vocabulary is a token, whatever the merges say. */
  readonly ignoresMerges: boolean;
}

/** Something in tokenizer.json that is damaged, or not supported. */
export function damaged(
  where: string,
  expected: string,
  got: string,
  advice = 'take the file of the model as it was published',
): CohortError {
  return failure(`tokenizer.json: ${where}`, expected, got, advice);
}

/** A field that is true, false, or left out. */
export function flag(record: Readonly<Record<string, unknown>>, name: string, where: string, byDefault: boolean): boolean {
  const value = own(record, name) ?? byDefault;
  if (typeof value !== 'boolean') throw damaged(`${where}.${name}`, 'true or false', show(value));
  return value;
}

/** The value of a record's own field; `undefined` where it has none, or null. */
export function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? (record[name] ?? undefined) : undefined;
}

/** The model of a parsed tokenizer.json. Throws `CohortError` for anything but byte pair encoding, and for what is damaged. */
export function readBpe(tokenizer: Readonly<Record<string, unknown>>, vocabularySize: number): BpeModel {
  const model = own(tokenizer, 'model');
  if (!isRecord(model)) throw damaged('model', 'a record', show(model));
  const type = own(model, 'type');
  // Files from before the field was written have merges, which only byte pair encoding has.
  if (type !== 'BPE' && !(type === undefined && Array.isArray(own(model, 'merges')))) {
    throw damaged(
      'model.type',
      'BPE',
      show(type),
      'choose a model whose tokenizer is byte pair encoding, as those of Llama, Qwen and SmolLM are',
    );
  }
  for (const name of ['continuing_subword_prefix', 'end_of_word_suffix']) {
    const value = own(model, name);
    if (value !== undefined && value !== '')
      throw damaged(`model.${name}`, 'an empty text or null', show(value), 'choose a model without it');
  }
  if (own(model, 'dropout')) throw damaged('model.dropout', 'null or 0', show(model.dropout), 'write null: ids must not depend on chance');
  const vocabulary = readVocabulary(own(model, 'vocab'), vocabularySize);
  const unknown = own(model, 'unk_token');
  if (unknown !== undefined && (typeof unknown !== 'string' || !vocabulary.has(unknown))) {
    throw damaged('model.unk_token', 'a token of the vocabulary, or null', show(unknown));
  }
  return {
    vocabulary,
    merges: readMerges(own(model, 'merges'), vocabulary),
    unknownToken: unknown as string | undefined,
    fusesUnknown: flag(model, 'fuse_unk', 'model', false),
    hasByteFallback: flag(model, 'byte_fallback', 'model', false),
    ignoresMerges: flag(model, 'ignore_merges', 'model', false),
  };
}

function readVocabulary(value: unknown, size: number): Map<string, number> {
  if (!isRecord(value)) throw damaged('model.vocab', 'a record of ids by tokens', show(value));
  const vocabulary = new Map<string, number>();
  const taken = new Uint8Array(size);
  for (const [token, id] of Object.entries(value)) {
    checkId(id, size, `model.vocab: token ${show(token)}`);
    if (taken[id]) throw damaged(`model.vocab: token ${show(token)}`, 'an id of its own', `${id}, which another token has`);
    taken[id] = 1;
    vocabulary.set(token, id);
  }
  if (vocabulary.size === 0) throw damaged('model.vocab', 'at least one token', 'none');
  return vocabulary;
}

function checkId(id: unknown, size: number, where: string): asserts id is number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < size) return;
  const advice = 'take tokenizer.json and the weights of the same model';
  throw damaged(where, `an id from 0 to ${size - 1}, which are the rows of the embedding`, show(id), advice);
}

function readMerges(value: unknown, vocabulary: ReadonlyMap<string, number>): [string, string][] {
  if (!Array.isArray(value)) throw damaged('model.merges', 'a list of pairs', show(value));
  return value.map((merge: unknown, at): [string, string] => {
    const where = `model.merges[${at}]`;
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    const isPair = Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === 'string' && part !== '');
    if (!isPair) throw damaged(where, 'two texts, or a text with one space between them', show(merge));
    const [left, right] = pair as [string, string];
    const missing = [left, right, left + right].find((token) => !vocabulary.has(token));
    if (missing !== undefined) throw damaged(where, 'tokens of the vocabulary, that merge to one', show(missing));
    return [left, right];
  });
}

/** The added tokens of a parsed tokenizer.json, in order. Throws `CohortError` for what is damaged. */
export function readAddedTokens(
  tokenizer: Readonly<Record<string, unknown>>,
  { vocabulary }: Pick<BpeModel, 'vocabulary'>,
  vocabularySize: number,
): AddedToken[] {
  const value = own(tokenizer, 'added_tokens') ?? [];
  if (!Array.isArray(value)) throw damaged('added_tokens', 'a list', show(value));
  const owners = new Map(Array.from(vocabulary, ([token, id]) => [id, token]));
  const contents = new Set<string>();
  return value.map((entry: unknown, at) => {
    const where = `added_tokens[${at}]`;
    if (!isRecord(entry)) throw damaged(where, 'a record', show(entry));
    const { content, id } = { content: own(entry, 'content'), id: own(entry, 'id') };
    if (typeof content !== 'string' || content === '') throw damaged(`${where}.content`, 'a text that is not empty', show(content));
    checkId(id, vocabularySize, `${where}.id`);
    if (contents.has(content)) throw damaged(`${where}.content`, 'a token that comes once', `${show(content)} twice`);
    contents.add(content);
    const owner = owners.get(id);
    if (owner !== undefined && owner !== content)
      throw damaged(`${where}.id`, 'an id of its own', `${id}, which is that of ${show(owner)}`);
    const twin = vocabulary.get(content);
    if (twin !== undefined && twin !== id) throw damaged(`${where}.id`, `${twin}, the id of ${show(content)} in the vocabulary`, show(id));
    owners.set(id, content);
    const isSpecial = flag(entry, 'special', where, false);
    return {
      id,
      content,
      isSpecial,
      isNormalized: flag(entry, 'normalized', where, !isSpecial),
      isWord: flag(entry, 'single_word', where, false),
      stripsLeft: flag(entry, 'lstrip', where, false),
      stripsRight: flag(entry, 'rstrip', where, false),
    };
  });
}
