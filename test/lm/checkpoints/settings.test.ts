import { describe, expect, it } from 'vitest';
import { chatTemplateOf, endTokensOf } from '../../../src/lm/checkpoints/settings.ts';

const tokenizer = { model: { vocab: { '</s>': 2 } }, added_tokens: [{ id: 7, content: '<end>' }] };

describe('endTokensOf', () => {
  it('takes generation_config.json, then config.json, then the end token of tokenizer_config.json', () => {
    const tokenizerConfig = { eos_token: '<end>' };
    const config = { eos_token_id: 3 };
    expect(endTokensOf({ generationConfig: { eos_token_id: [5, 6, 5] }, config, tokenizerConfig, tokenizer })).toEqual([5, 6]);
    expect(endTokensOf({ generationConfig: {}, config, tokenizerConfig, tokenizer })).toEqual([3]);
    expect(endTokensOf({ generationConfig: { eos_token_id: null }, config: { eos_token_id: null }, tokenizerConfig, tokenizer })).toEqual([
      7,
    ]);
    expect(endTokensOf({ tokenizerConfig: { eos_token: { content: '</s>', lstrip: false } }, tokenizer })).toEqual([2]);
  });

  it.each([
    [
      { generationConfig: { eos_token_id: 'x' } },
      'generation_config.json: eos_token_id: expected an id, or a list of 1 to 1000 ids, got "x"',
    ],
    [{ generationConfig: { eos_token_id: [] } }, 'got []'],
    [{ config: { eos_token_id: [1, -1] } }, 'config.json: eos_token_id: expected an id'],
    [{ config: { eos_token_id: Array.from({ length: 1001 }, (_, id) => id) } }, 'got a list of 1001'],
    [{ config: [1] }, 'config.json: expected a JSON object, got [1]'],
    [{ tokenizerConfig: { eos_token: 5 }, tokenizer }, 'tokenizer_config.json: eos_token: expected a text'],
    [
      { tokenizerConfig: { eos_token: 'toString' }, tokenizer },
      'got eos_token "toString" of tokenizer_config.json, which tokenizer.json does not have',
    ],
    [{}, 'end token: expected eos_token_id in generation_config.json or config.json, got none'],
  ])('refuses %j', (files, message) => {
    expect(() => endTokensOf(files)).toThrow(message);
  });
});

describe('chatTemplateOf', () => {
  it('takes the file, then the text or the default of the list in tokenizer_config.json', () => {
    expect(chatTemplateOf({ chat_template: 'a' }, 'b')).toBe('b');
    expect(chatTemplateOf({ chat_template: 'a' })).toBe('a');
    const named = ['tool_use', 'default'].map((name) => ({ name, template: `of ${name}` }));
    expect(chatTemplateOf({ chat_template: named })).toBe('of default');
    expect([chatTemplateOf({}), chatTemplateOf({ chat_template: null }), chatTemplateOf(undefined)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it.each([
    [{ chat_template: 5 }, 'tokenizer_config.json: chat_template: expected a Jinja template of at most 262144 characters'],
    [{ chat_template: [{ name: 'rag', template: 'x' }] }, 'or a list with { "name": "default", "template": text }'],
    [{ chat_template: 'x'.repeat(262_145) }, 'got 262145 characters'],
    ['x', 'tokenizer_config.json: expected a JSON object'],
  ])('refuses %j', (config, message) => {
    expect(() => chatTemplateOf(config)).toThrow(message);
  });
});
