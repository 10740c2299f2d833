import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChatRenderer } from '../../../src/lm/checkpoints/tokenizer/chatTemplate.ts';
import { readNamedTokens } from '../../../src/lm/checkpoints/tokenizer/frame.ts';
import { createPretrainedTokenizer } from '../../../src/lm/checkpoints/tokenizer.ts';
import { fixtures, make, packages } from './tokenizerFixtures.ts';

const names = Object.keys(fixtures) as (keyof typeof fixtures)[];

describe.each(names)('the tokenizer of %s', (name) => {
  const fixture = fixtures[name];
  const tokenizer = make(fixture);

  it('gives the ids of transformers, and decodes them to the same text', () => {
    expect(fixture.texts.length).toBeGreaterThanOrEqual(80);
    for (const [text, ids, decoded = text] of fixture.texts) {
      expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
      expect([ids, tokenizer.decode(ids)]).toEqual([ids, decoded]);
    }
  });

  it('decodes any ids as transformers does, bytes that are no UTF-8 among them', () => {
    for (const [ids, text] of fixture.decodings) expect([ids, tokenizer.decode(ids)]).toEqual([ids, text]);
  });

  it('writes conversations as transformers does, as text and as ids', () => {
    const { byName } = readNamedTokens(fixture.config);
    for (const [messages, rendered, ids] of fixture.chats) {
      expect(createChatRenderer(fixture.config.chat_template as string, byName, packages)(messages)).toBe(rendered);
      expect(tokenizer.encodeChat!(messages)).toEqual(ids);
    }
  });

  it('begins a prompt as the model expects it', () => {
    for (const [text, ids] of fixture.prompts) {
      const chat = tokenizer.encodeChat?.([{ role: 'user', content: text }]);
      expect(tokenizer.encodePrompt(text)).toEqual(chat ?? ids);
      expect(make(fixture, { chatTemplate: undefined as never }).encodePrompt(text)).toEqual(ids);
    }
  });

  it('reads what an alphabet of any characters writes, without ids that it does not have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const ids = tokenizer.encode(text);
        return ids.every((id) => id >= 0 && id < tokenizer.size) && typeof tokenizer.decode(ids) === 'string';
      }),
    );
  });
});

describe('createPretrainedTokenizer', () => {
  it('reads every text back where all bytes are tokens and nothing is normalised', () => {
    const tokenizer = make(fixtures.llama3);
    const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !value.includes('<|'));
    fc.assert(fc.property(text, (value) => tokenizer.decode(tokenizer.encode(value)) === value));
  });

  it('takes the parts of a prompt as one text, and refuses a picture', () => {
    const tokenizer = make(fixtures.smollm2);
    expect(tokenizer.encode(['the po', '', 'licy'])).toEqual(tokenizer.encode('the policy'));
    expect(tokenizer.encodePrompt(['the po', 'licy'])).toEqual(tokenizer.encodePrompt('the policy'));
    const picture = { image: { width: 1, height: 1, pixels: new Uint8Array(3) } };
    for (const read of [tokenizer.encode, tokenizer.encodePrompt]) {
      expect(() => read(['1', picture])).toThrow('prompt: expected texts only, for the tokenizer of a pretrained model, got an image');
    }
  });

  it('reads special tokens in a text, and leaves them out of what it decodes', () => {
    const tokenizer = make(fixtures.smollm2);
    const [start, end] = [1, 2];
    const ids = tokenizer.encode('<|im_start|>user<|im_end|>');
    expect([ids[0], ids.at(-1)]).toEqual([start, end]);
    expect(tokenizer.decode(ids)).toBe('user');
    expect(tokenizer.decode([tokenizer.endToken])).toBe('');
    expect(tokenizer.endTokens).toEqual([end]);
  });

  it('drops what the vocabulary cannot write, and merges over the gap, as the Rust library does', () => {
    const tokenizer = make(fixtures.smollm2);
    expect(tokenizer.encode('.&')).toEqual(tokenizer.encode('.'));
    expect(tokenizer.encode('?&?')).toEqual(tokenizer.encode('??'));
    expect(tokenizer.encode('??')).toHaveLength(1);
    expect(tokenizer.encode('&')).toEqual([]);
  });

  // Ids of the Python package tokenizers 0.23.3.
  it.each([
    [{ unk_token: 'u', fuse_unk: true }, [[1, 0, 2], [0], [3, 0]]],
    [
      { unk_token: 'u', fuse_unk: false },
      [
        [1, 0, 0, 2],
        [0, 0],
        [3, 0],
      ],
    ],
    [{}, [[3], [], [3]]],
  ])('writes unknown characters as %j says', (changes, ids) => {
    const model = { type: 'BPE', vocab: { u: 0, a: 1, b: 2, ab: 3 }, merges: ['a b'], ...changes };
    const tokenizer = createPretrainedTokenizer({ tokenizer: { model }, config: {}, endTokens: [0], vocabSize: 4 }, packages);
    expect(['axxb', 'xx', 'abx'].map((text) => tokenizer.encode(text))).toEqual(ids);
  });

  it('takes the tokens that the settings name for special ones, as transformers does', () => {
    const { config } = fixtures.qwen3;
    const tokenizer = make(fixtures.qwen3, { config: { ...config, pad_token: '<think>', mask_token: { content: 'istablish' } } });
    const ids = tokenizer.encode('antidisestablistablish<think>x');
    expect(ids).toEqual([64, 269, 470, 487, 454, 501, 506, 87]);
    expect(tokenizer.decode(ids)).toBe('antidisestablx');
    expect(make(fixtures.qwen3).decode(ids)).toBe('antidisestablistablish<think>x');
  });

  it('takes half a surrogate pair for U+FFFD', () => {
    const tokenizer = make(fixtures.llama3);
    expect(tokenizer.encode('a\ud800b')).toEqual(tokenizer.encode('a\ufffdb'));
    expect(tokenizer.encode('\udc00\ud800')).toEqual(tokenizer.encode('\ufffd\ufffd'));
  });

  it('decodes rows that only fill up the embedding to the empty text, and refuses other ids', () => {
    const { size } = fixtures.qwen3;
    const tokenizer = make(fixtures.qwen3, { vocabSize: size + 100 });
    expect(tokenizer.size).toBe(size + 100);
    const ids = tokenizer.encode('the policy');
    expect(tokenizer.decode([size, ...ids, size + 99])).toBe('the policy');
    for (const id of [size + 100, -1, 0.5, Number.NaN]) {
      expect(() => tokenizer.decode([id])).toThrow(`token: expected ids from 0 to ${size + 99}, got ${id}`);
    }
  });

  it('leaves every end token out, and the first one is the end token', () => {
    const tokenizer = make(fixtures.llama3, { endTokens: [5, 7] });
    expect([tokenizer.endToken, tokenizer.endTokens]).toEqual([5, [5, 7]]);
    expect(tokenizer.decode([5, 7])).toBe('');
    expect(make(fixtures.llama3).decode([5, 7])).not.toBe('');
  });

  it('has no conversations without a template', () => {
    expect(make(fixtures.llama2).encodeChat).toBeUndefined();
    expect(make(fixtures.llama3).encodeChat).toBeTypeOf('function');
  });

  it('leaves the parsed files as they are', () => {
    const before = JSON.stringify(fixtures.llama2.tokenizer);
    make(fixtures.llama2).encode('a <|both|> b');
    expect(JSON.stringify(fixtures.llama2.tokenizer)).toBe(before);
  });
});
