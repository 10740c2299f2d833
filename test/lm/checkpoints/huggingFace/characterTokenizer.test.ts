import { describe, expect, it } from 'vitest';
import { characterTokenizerFiles } from '../../../../src/lm/checkpoints/huggingFace/characterTokenizer.ts';
import { createVocabulary } from '../../../../src/lm/model/tokenizer.ts';
import { bytesOfFiles } from './output.ts';

describe('characterTokenizerFiles', () => {
  it('has the ids of the tokenizer of an alphabet, in order', async () => {
    const alphabet = '10+="\\\n é🎲<|end>$&';
    const written = await bytesOfFiles(characterTokenizerFiles(alphabet, 24));
    const text = new TextDecoder().decode(written['tokenizer.json']);
    const tokenizer = JSON.parse(text);
    const { vocab, merges, type } = tokenizer.model;
    const ours = createVocabulary(alphabet);
    expect(Object.keys(vocab).length).toBe(ours.size);
    for (const character of alphabet) expect(vocab[character]).toBe(ours.encode(character)[0]);
    expect([merges, type, tokenizer.decoder.type, tokenizer.pre_tokenizer, tokenizer.normalizer]).toEqual([[], 'BPE', 'Fuse', null, null]);
    expect(text.indexOf('"1": 1')).toBeLessThan(text.indexOf('"0": 2'));
    expect(tokenizer.added_tokens).toMatchObject([{ id: ours.endToken, content: '<|end|>', special: true }]);
    expect(vocab['<|end|>']).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(written['tokenizer_config.json']))).toEqual({
      tokenizer_class: 'PreTrainedTokenizerFast',
      eos_token: '<|end|>',
      clean_up_tokenization_spaces: false,
      model_max_length: 24,
    });
  });

  it('refuses what is no alphabet', () => {
    expect(() => characterTokenizerFiles('', 24)).toThrow('alphabet: expected a text of at least one character');
    expect(() => characterTokenizerFiles('aba', 24)).toThrow('got "a" twice');
  });
});
