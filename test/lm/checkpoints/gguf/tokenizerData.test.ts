import { describe, expect, it } from 'vitest';
import { readGgufHeader } from '../../../../src/lm/checkpoints/gguf/header.ts';
import { tokenizerOfGguf } from '../../../../src/lm/checkpoints/gguf/tokenizerData.ts';
import type { GgufVocabulary } from '../../../../src/lm/checkpoints/gguf/vocabulary.ts';
import models from '../../../fixtures/gguf/models.json' with { type: 'json' };
import { fromBase64, inMemory, messageOf, type PlainValue, writeModel } from './madeUpFile.ts';

const read = async (bytes: Uint8Array): Promise<GgufVocabulary> => tokenizerOfGguf(await readGgufHeader(inMemory(bytes), 'model.gguf'));
const ggml = 'tokenizer.ggml.';

const refused: readonly [what: string, key: string, value: PlainValue | undefined, message: RegExp][] = [
  ['no tokens', `${ggml}tokens`, undefined, /a file with its tokenizer, got none/],
  ['an empty list of tokens', `${ggml}tokens`, [], /a file with its tokenizer, got none/],
  ['numbers as tokens', `${ggml}tokens`, [1, 2], /a list of texts as metadata "tokenizer.ggml.tokens"/],
  ['no kind of tokenizer', `${ggml}model`, undefined, /a file with its tokenizer, got none/],
  ['too few kinds', `${ggml}token_type`, [1, 1], /4 entries in tokenizer.ggml.token_type, one for every token, got 2/],
  ['texts as kinds', `${ggml}token_type`, ['1', '1', '1', '1'], /a list of numbers as/],
  ['a kind that does not exist', `${ggml}token_type`, [1, 1, 7, 1], /a kind from 1 to 6 for token 2, got 7/],
  ['too many scores', `${ggml}scores`, [1, 2, 3, 4, 5], /4 entries in tokenizer.ggml.scores.*got 5/],
  ['a merge of one text', `${ggml}merges`, ['a b', 'ab'], /two texts with a space between them as every merge, got "ab"/],
  ['a merge of three texts', `${ggml}merges`, ['a b c'], /got "a b c"/],
  ['no end', `${ggml}eos_token_id`, undefined, /the id that ends a text \(tokenizer.ggml.eos_token_id\), got none/],
  ['an end that is no token', `${ggml}eos_token_id`, 4, /an id from 0 to 3 as metadata "tokenizer.ggml.eos_token_id", got 4/],
  ['a beginning that is no number', `${ggml}bos_token_id`, 'a', /"tokenizer.ggml.bos_token_id", got "a"/],
  ['a number instead of true or false', `${ggml}add_bos_token`, 1, /true or false as metadata/],
  ['a number as chat template', 'tokenizer.chat_template', 1, /a text as metadata "tokenizer.chat_template", got 1/],
];

describe('the tokenizer in a GGUF file', () => {
  it('is the one that the Python package wrote', async () => {
    const { metadata, file } = models.qwen2;
    expect(await read(fromBase64(file))).toEqual({
      model: 'gpt2',
      pre: 'qwen2',
      tokens: metadata['tokenizer.ggml.tokens'],
      tokenTypes: metadata['tokenizer.ggml.token_type'],
      scores: undefined,
      merges: ['Ġ !'],
      bosToken: 1,
      eosToken: 2,
      eotToken: undefined,
      unknownToken: undefined,
      addBosToken: false,
      addSpacePrefix: undefined,
      chatTemplate: metadata['tokenizer.chat_template'],
    });
  });

  it('has what a file says, and leaves out what it does not', async () => {
    const metadata = {
      [`${ggml}token_type`]: undefined,
      [`${ggml}scores`]: [-1, -2, -3, 0],
      [`${ggml}merges`]: undefined,
      [`${ggml}bos_token_id`]: 2 ** 32 - 1,
      [`${ggml}eot_token_id`]: 2,
      [`${ggml}unknown_token_id`]: 0,
      [`${ggml}add_space_prefix`]: true,
    };
    const found = await read(writeModel({ metadata }));
    expect(found).toMatchObject({ tokenTypes: [1, 1, 1, 1], scores: [-1, -2, -3, 0], merges: [], bosToken: undefined, eosToken: 3 });
    expect(found).toMatchObject({ eotToken: 2, unknownToken: 0, addBosToken: undefined, addSpacePrefix: true, pre: undefined });
  });

  it.each(refused)('refuses %s', async (_, key, value, message) => {
    const said = await messageOf(read(writeModel({ metadata: { [key]: value } })));
    expect(said).toMatch(/^CohortError: place\/model\.gguf/);
    expect(said).toMatch(message);
  });
});
