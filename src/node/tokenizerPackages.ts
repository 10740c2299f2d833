/**
 * The optional packages that read texts as pretrained models do.
 */
import type { TokenizerPackages } from '../lm/checkpoints/tokenizer/packages.ts';
import { loadOptional } from './film/optional.ts';

/** Loads `@huggingface/tokenizers` and `@huggingface/jinja`. Throws `CohortError` with the command that installs the one that is missing. */
export async function loadTokenizerPackages(): Promise<TokenizerPackages> {
  const purpose = 'the tokenizer of a pretrained model';
  const tokenizers = await loadOptional('@huggingface/tokenizers', purpose, () => import('@huggingface/tokenizers'));
  const jinja = await loadOptional('@huggingface/jinja', purpose, () => import('@huggingface/jinja'));
  return { tokenizers, jinja };
}
