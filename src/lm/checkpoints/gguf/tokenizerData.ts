/**
 * The tokenizer in a GGUF file's metadata as checked data.
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import { optionalBoolean, optionalNumbers, optionalText, optionalTexts, wholeNumber } from './fields.ts';
import type { GgufHeader } from './header.ts';
import { otherCopy } from './pieces.ts';
import { type GgufVocabulary, ggufTokenTypes } from './vocabulary.ts';

/** An id of `size`; `undefined` where the file has none. */
function optionalId(header: GgufHeader, name: string, size: number): number | undefined {
  const key = `tokenizer.ggml.${name}_token_id`;
  // Converters write -1, or 2^32 - 1, for a token that a model does not have.
  const value = header.metadata.get(key);
  if (value === undefined || value === -1 || value === 0xffffffff) return undefined;
  const id = wholeNumber(header, key, undefined, 0);
  if (id < size) return id;
  throw failure(header.subject, `an id from 0 to ${size - 1} as metadata ${show(key)}`, `${id}`, otherCopy);
}

/**
 * What a tokenizer needs. Throws `CohortError`: kind failure where something is damaged (lists of unequal length, ids without a token, kinds that
 * do not exist, a merge that is no pair), kind usage where the file has no vocabulary.
 */
export function tokenizerOfGguf(header: GgufHeader): GgufVocabulary {
  const { subject } = header;
  const model = optionalText(header, 'tokenizer.ggml.model');
  const tokens = optionalTexts(header, 'tokenizer.ggml.tokens');
  if (model === undefined || tokens === undefined || tokens.length === 0) {
    throw mistake(
      subject,
      'a file with its tokenizer',
      'none in its metadata (tokenizer.ggml.tokens)',
      'use a file of the model that has one',
    );
  }
  const size = tokens.length;
  const listOf = (key: string): readonly number[] | undefined => {
    const numbers = optionalNumbers(header, key);
    if (numbers === undefined || numbers.length === size) return numbers;
    throw failure(subject, `${size} entries in ${key}, one for every token`, `${numbers.length}`, otherCopy);
  };
  const tokenTypes = listOf('tokenizer.ggml.token_type') ?? new Array<number>(size).fill(ggufTokenTypes.normal);
  const kinds = Object.values<number>(ggufTokenTypes);
  const odd = tokenTypes.findIndex((type) => !kinds.includes(type));
  if (odd !== -1) throw failure(subject, `a kind from 1 to 6 for token ${odd}`, `${tokenTypes[odd]}`, otherCopy);
  const scores = listOf('tokenizer.ggml.scores');
  const broken = scores?.findIndex((score) => !Number.isFinite(score)) ?? -1;
  if (broken !== -1) throw failure(subject, `a finite score of token ${broken}`, `${scores![broken]}`, otherCopy);
  const merges = optionalTexts(header, 'tokenizer.ggml.merges') ?? [];
  // The space inside a token is written as another character, so there is one in a pair.
  const single = merges.find((merge) => !/^[^ ]+ [^ ]+$/.test(merge));
  if (single !== undefined) throw failure(subject, 'two texts with a space between them as every merge', show(single), otherCopy);
  const eosToken = optionalId(header, 'eos', size);
  if (eosToken === undefined) throw failure(subject, 'the id that ends a text (tokenizer.ggml.eos_token_id)', 'none', otherCopy);
  return {
    model,
    pre: optionalText(header, 'tokenizer.ggml.pre'),
    tokens,
    tokenTypes,
    scores,
    merges,
    bosToken: optionalId(header, 'bos', size),
    eosToken,
    eotToken: optionalId(header, 'eot', size),
    unknownToken: optionalId(header, 'unknown', size),
    addBosToken: optionalBoolean(header, 'tokenizer.ggml.add_bos_token'),
    addSpacePrefix: optionalBoolean(header, 'tokenizer.ggml.add_space_prefix'),
    chatTemplate: optionalText(header, 'tokenizer.chat_template'),
  };
}
