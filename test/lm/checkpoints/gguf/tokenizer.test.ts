import { describe, expect, it } from 'vitest';
import { preTokenizers } from '../../../../src/lm/checkpoints/gguf/preTokenizers.ts';
import { ggufTokenizerParts } from '../../../../src/lm/checkpoints/gguf/tokenizer.ts';
import { type GgufVocabulary, ggufTokenTypes } from '../../../../src/lm/checkpoints/gguf/vocabulary.ts';
import { createPretrainedTokenizer } from '../../../../src/lm/checkpoints/tokenizer.ts';
import { fixtures, packages, type TokenizerFixture } from '../tokenizerFixtures.ts';

/** The data of a recorded tokenizer as a GGUF file holds it. */
function vocabularyOf({ size, tokenizer, config }: TokenizerFixture, pre: string): GgufVocabulary {
  const { model, added_tokens: added } = tokenizer as {
    model: { vocab: Record<string, number>; merges: (string | [string, string])[] };
    added_tokens: { id: number; content: string; special: boolean }[];
  };
  const tokens = Array.from({ length: size }, (_, id) => `[PAD${id}]`);
  const tokenTypes = tokens.map((): number => ggufTokenTypes.unused);
  for (const [token, id] of Object.entries(model.vocab)) {
    tokens[id] = token;
    tokenTypes[id] = ggufTokenTypes.normal;
  }
  for (const { id, content, special } of added) {
    tokens[id] = content;
    tokenTypes[id] = special ? ggufTokenTypes.control : ggufTokenTypes.userDefined;
  }
  const idOf = (name: string): number => tokens.indexOf(config[name] as string);
  return {
    model: 'gpt2',
    pre,
    tokens,
    tokenTypes,
    scores: undefined,
    merges: model.merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' '))),
    bosToken: idOf('bos_token') < 0 ? undefined : idOf('bos_token'),
    eosToken: idOf('eos_token'),
    eotToken: undefined,
    unknownToken: undefined,
    addBosToken: undefined,
    addSpacePrefix: undefined,
    chatTemplate: config.chat_template as string,
  };
}

describe('ggufTokenizerParts', () => {
  it.each([
    ['smollm2', 'smollm'],
    ['llama3', 'llama-bpe'],
    ['qwen3', 'qwen2'],
  ] as const)('reads texts as the tokenizer.json of %s does, by the name %s', (name, pre) => {
    const fixture = fixtures[name];
    const tokenizer = createPretrainedTokenizer(ggufTokenizerParts(vocabularyOf(fixture, pre)), packages);
    expect(tokenizer.size).toBe(fixture.size);
    for (const [text, ids, decoded = text] of fixture.texts) {
      expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
      expect([ids, tokenizer.decode(ids)]).toEqual([ids, decoded]);
    }
    for (const [messages, , ids] of fixture.chats) expect(tokenizer.encodeChat!(messages)).toEqual(ids);
  });

  it('puts the first token where the file says so, or the model is known to', () => {
    const { chatTemplate: _, ...plain } = vocabularyOf(fixtures.llama3, 'llama-bpe');
    const prompt = (changes: Partial<GgufVocabulary>): number[] =>
      createPretrainedTokenizer(ggufTokenizerParts({ ...plain, chatTemplate: undefined, ...changes }), packages).encodePrompt('');
    expect(prompt({})).toEqual([plain.bosToken]);
    expect(prompt({ addBosToken: true })).toEqual([plain.bosToken]);
    expect(prompt({ addBosToken: false })).toEqual([]);
    expect(prompt({ bosToken: undefined })).toEqual([]);
  });

  it('ends at the end of a turn too, and leaves unused rows out', () => {
    const vocabulary = vocabularyOf(fixtures.smollm2, 'smollm');
    expect(ggufTokenizerParts({ ...vocabulary, eotToken: 5 }).endTokens).toEqual([2, 5]);
    expect(ggufTokenizerParts({ ...vocabulary, eotToken: 2 }).endTokens).toEqual([2]);
    const padded = { ...vocabulary, tokens: [...vocabulary.tokens, '[PAD]', '[PAD]'], tokenTypes: [...vocabulary.tokenTypes, 5, 5] };
    const tokenizer = createPretrainedTokenizer(ggufTokenizerParts(padded), packages);
    expect([tokenizer.size, tokenizer.decode([padded.tokens.length - 1])]).toEqual([vocabulary.tokens.length + 2, '']);
  });

  it.each([
    [{ model: 'llama' }, 'tokenizer.ggml.model: expected gpt2, which is byte-level byte pair encoding, got "llama"'],
    [{ model: 't5', pre: undefined }, 'tokenizer.ggml.model: expected gpt2'],
    [{ pre: 'qwen3' }, `tokenizer.ggml.pre: expected one of ${[...preTokenizers.keys()].join(', ')}, got "qwen3"; did you mean qwen2`],
    [{ pre: undefined }, 'tokenizer.ggml.pre: expected one of gpt-2, smollm'],
    [{ pre: 'constructor' }, 'got "constructor"'],
    [{ tokens: ['a', 'b', 'a'], tokenTypes: [1, 1, 1] }, 'tokenizer.ggml.tokens: expected tokens that come once, got "a" as 0 and 2'],
  ])('refuses %j', (changes, message) => {
    expect(() => ggufTokenizerParts({ ...vocabularyOf(fixtures.smollm2, 'smollm'), ...changes })).toThrow(message);
  });
});
