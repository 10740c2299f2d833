import { expect, it } from 'vitest';
import { loadTokenizerPackages } from '../../src/node/tokenizerPackages.ts';

it('loads the two packages that read texts', async () => {
  const { tokenizers, jinja } = await loadTokenizerPackages();
  expect(tokenizers.Tokenizer).toBeTypeOf('function');
  expect(jinja.parse(jinja.tokenize('{{ 1 }}', { lstrip_blocks: true, trim_blocks: true })).type).toBe('Program');
});
