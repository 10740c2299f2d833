import { Tokenizer } from '@huggingface/tokenizers';
import { describe, expect, it } from 'vitest';
import { readNormalizer, readPreTokenizer } from '../../../../src/lm/checkpoints/tokenizer/pipeline.ts';
import preTokenizers from '../../../fixtures/tokenizers/preTokenizers.json' with { type: 'json' };

const rows = preTokenizers.rows as unknown as [step: Record<string, unknown>, text: string, pieces: string[]][];
const bare = {
  model: { type: 'BPE', vocab: { a: 0 }, merges: [] },
  added_tokens: [],
  normalizer: null,
  post_processor: null,
  decoder: null,
};

describe('readPreTokenizer', () => {
  it('cuts as the Rust library does, whatever the package makes of the step itself', () => {
    expect(rows.length).toBeGreaterThan(100);
    for (const [step, text, pieces] of rows) {
      const { pre_tokenizer: cut } = new Tokenizer({ ...bare, pre_tokenizer: readPreTokenizer(step) }, {});
      expect([step, text, cut!.pre_tokenize(text, { section_index: 0 })]).toEqual([step, text, pieces]);
    }
  });
});

describe('readNormalizer', () => {
  it('puts a text in place of a pattern as it is written', () => {
    const normalizer = readNormalizer({ type: 'Replace', pattern: { String: '.' }, content: '$&$1' });
    expect(new Tokenizer({ ...bare, pre_tokenizer: null, normalizer }, {}).normalizer!.normalize('a.b')).toBe('a$&$1b');
  });
});
