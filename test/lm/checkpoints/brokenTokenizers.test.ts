import { describe, expect, it } from 'vitest';
import { CohortError } from '../../../src/core/errors.ts';
import { createPretrainedTokenizer, type TokenizerParts } from '../../../src/lm/checkpoints/tokenizer.ts';
import { packages } from './tokenizerFixtures.ts';

const added = { id: 4, content: '<end>', special: true };
const model = { type: 'BPE', vocab: { a: 0, b: 1, ab: 2, c: 3 }, merges: ['a b'] };
const good = { added_tokens: [added], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, model };
const partsWith = (changes: object, others: Partial<TokenizerParts> = {}): TokenizerParts => ({
  tokenizer: { ...good, ...changes },
  config: {},
  endTokens: [4],
  vocabSize: 5,
  ...others,
});
const withModel = (changes: object): TokenizerParts => partsWith({ model: { ...model, ...changes } });
const withAdded = (...changes: object[]): TokenizerParts => partsWith({ added_tokens: changes.map((change) => ({ ...added, ...change })) });

const deepSequence = (depth: number): object =>
  depth === 0 ? { type: 'NFC' } : { type: 'Sequence', normalizers: [deepSequence(depth - 1)] };
const single = [{ Sequence: { id: 'A' } }];

const cases: [string, TokenizerParts, string][] = [
  ['a tokenizer.json that is no object', partsWith({}, { tokenizer: [1] }), 'tokenizer.json: expected a JSON object, got [1]'],
  ['a tokenizer_config.json that is no object', partsWith({}, { config: 'x' as never }), 'tokenizer_config.json: expected a JSON object'],
  ['no model', partsWith({ model: null }), 'tokenizer.json: model: expected a record, got nothing'],
  ['another model', withModel({ type: 'Unigram' }), 'model.type: expected BPE, got "Unigram"'],
  ['a model without a type and merges', partsWith({ model: { vocab: {} } }), 'model.type: expected BPE, got nothing'],
  ['a list of tokens', withModel({ vocab: [['a', -1]] }), 'model.vocab: expected a record of ids by tokens'],
  ['no tokens', withModel({ vocab: {}, merges: [] }), 'model.vocab: expected at least one token, got none'],
  ['an id twice', withModel({ vocab: { a: 0, b: 1, ab: 2, c: 1 } }), 'token "c": expected an id of its own, got 1'],
  [
    'an id beyond the embedding',
    withModel({ vocab: { ...model.vocab, c: 5 } }),
    'token "c": expected an id from 0 to 4, which are the rows',
  ],
  ['an id that is huge', withModel({ vocab: { ...model.vocab, c: 4e9 } }), 'got 4000000000'],
  ['an id that is a text', withModel({ vocab: { ...model.vocab, c: '3' } }), 'got "3"'],
  ['an id below 0', withModel({ vocab: { ...model.vocab, c: -1 } }), 'got -1'],
  ['merges that are no list', withModel({ merges: 'a b' }), 'model.merges: expected a list of pairs, got "a b"'],
  ['a merge of three', withModel({ merges: ['a b c'] }), 'model.merges[0]: expected two texts, or a text with one space between them'],
  ['a merge of one', withModel({ merges: [['a']] }), 'model.merges[0]: expected two texts'],
  ['a merge of numbers', withModel({ merges: [[1, 2]] }), 'model.merges[0]: expected two texts'],
  [
    'a merge to no token',
    withModel({ merges: ['a b', 'b c'] }),
    'model.merges[1]: expected tokens of the vocabulary, that merge to one, got "bc"',
  ],
  ['an unknown token that is none', withModel({ unk_token: 'x' }), 'model.unk_token: expected a token of the vocabulary, or null, got "x"'],
  [
    'marks inside of words',
    withModel({ continuing_subword_prefix: '##' }),
    'model.continuing_subword_prefix: expected an empty text or null',
  ],
  ['ids by chance', withModel({ dropout: 0.1 }), 'model.dropout: expected null or 0, got 0.1'],
  ['a flag that is none', withModel({ ignore_merges: 'yes' }), 'model.ignore_merges: expected true or false, got "yes"'],
  ['added tokens that are no list', partsWith({ added_tokens: {} }), 'added_tokens: expected a list'],
  ['an added token that is empty', withAdded({ content: '' }), 'added_tokens[0].content: expected a text that is not empty'],
  ['an added token beyond the embedding', withAdded({ id: 9 }), 'added_tokens[0].id: expected an id from 0 to 4'],
  ['an added token with a taken id', withAdded({ id: 3 }), 'added_tokens[0].id: expected an id of its own, got 3, which is that of "c"'],
  ['an added token twice', withAdded({}, {}), 'added_tokens[1].content: expected a token that comes once'],
  [
    'an added token that is one already',
    withAdded({ content: 'a' }),
    'added_tokens[0].id: expected 0, the id of "a" in the vocabulary, got 4',
  ],
  ['an unknown normalizer', partsWith({ normalizer: { type: 'Precompiled' } }), 'normalizer.type: expected NFC, NFD'],
  ['deep sequences', partsWith({ normalizer: deepSequence(9) }), 'expected sequences within sequences up to 4 deep'],
  ['an unknown pre-tokenizer', partsWith({ pre_tokenizer: { type: 'Magic' } }), 'pre_tokenizer.type: expected Sequence, Split, ByteLevel'],
  [
    'a way to cut that is not supported',
    partsWith({ pre_tokenizer: { type: 'Split', pattern: { String: ' ' }, behavior: 'MergedWithNext' } }),
    'pre_tokenizer.behavior: expected Isolated or Removed, got "MergedWithNext"',
  ],
  [
    'a pattern that is none',
    partsWith({ pre_tokenizer: { type: 'Split', pattern: { Regex: '(' }, behavior: 'Isolated' } }),
    'tokenizer.json: expected patterns that @huggingface/tokenizers can read',
  ],
  ['a decoder that is not known', partsWith({ decoder: { type: 'WordPiece' } }), 'decoder.type: expected ByteLevel, ByteFallback'],
  [
    'a post-processor that is not known',
    partsWith({ post_processor: { type: 'BertProcessing' } }),
    'post_processor.type: expected ByteLevel, Template',
  ],
  [
    'a template without the text',
    partsWith({ post_processor: { type: 'TemplateProcessing', single: [] } }),
    'post_processor.single: expected the text among its pieces',
  ],
  [
    'a template with a token that is none',
    partsWith({ post_processor: { type: 'TemplateProcessing', single: [{ SpecialToken: { id: '__proto__' } }, ...single] } }),
    'post_processor.special_tokens: "__proto__": expected ids from 0 to 4, got nothing',
  ],
  ['no end token', partsWith({}, { endTokens: [] }), 'end tokens: expected at least one id from 0 to 4, each of them once, got []'],
  ['an end token out of range', partsWith({}, { endTokens: [4, 5] }), 'end tokens: expected at least one id from 0 to 4'],
  ['an end token twice', partsWith({}, { endTokens: [4, 4] }), 'each of them once, got [4, 4]'],
  ['an embedding without rows', partsWith({}, { vocabSize: 0 }), 'vocabulary: expected 1 to 16777216 rows of the embedding, got 0'],
  ['an embedding that is huge', partsWith({}, { vocabSize: 2 ** 32 }), 'rows of the embedding, got 4294967296'],
  ['a special token that is no text', partsWith({}, { config: { bos_token: 5 } }), 'tokenizer_config.json: bos_token: expected a text'],
  ['a template with a syntax error', partsWith({}, { chatTemplate: '{% for %}' }), 'chat template "{% for %}": expected a Jinja template'],
  ['a template that is too long', partsWith({}, { chatTemplate: 'x'.repeat(300_000) }), 'expected at most 262144 characters, got 300000'],
];

describe('a damaged tokenizer', () => {
  it('stands beside one that is not', () => {
    const tokenizer = createPretrainedTokenizer(partsWith({}), packages);
    expect(tokenizer.encode('abc<end>xa')).toEqual([2, 3, 4, 0]);
  });

  it.each(cases)('is refused: %s', (_, parts, message) => {
    const refused = (): unknown => createPretrainedTokenizer(parts, packages);
    expect(refused).toThrow(CohortError);
    expect(refused).toThrow(message);
    try {
      refused();
    } catch (error) {
      expect((error as CohortError).parts.kind).toBe('failure');
    }
  });

  it('cannot reach prototypes', () => {
    const vocab = JSON.parse('{"__proto__": 0, "constructor": 1, "a": 2, "b": 3}');
    const tokenizer = createPretrainedTokenizer(withModel({ vocab, merges: [] }), packages);
    expect(tokenizer.decode([0, 1, 2])).toBe('__proto__ constructor a');
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });
});
