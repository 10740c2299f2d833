/** Small tokenizers and what transformers makes of texts with them (tools/fixtures/record_tokenizers.py). */
import * as jinja from '@huggingface/jinja';
import * as tokenizers from '@huggingface/tokenizers';
import type { ChatMessage, PretrainedTokenizer } from '../../../src/lm/checkpoints/checkpoint.ts';
import { chatTemplateOf, endTokensOf } from '../../../src/lm/checkpoints/settings.ts';
import { createPretrainedTokenizer, type TokenizerPackages, type TokenizerParts } from '../../../src/lm/checkpoints/tokenizer.ts';
import llama2 from '../../fixtures/tokenizers/llama2.json' with { type: 'json' };
import llama3 from '../../fixtures/tokenizers/llama3.json' with { type: 'json' };
import metaspace from '../../fixtures/tokenizers/metaspace.json' with { type: 'json' };
import qwen3 from '../../fixtures/tokenizers/qwen3.json' with { type: 'json' };
import smollm2 from '../../fixtures/tokenizers/smollm2.json' with { type: 'json' };

/** The modules of the optional packages. */
export const packages: TokenizerPackages = { tokenizers, jinja };

/** A recorded tokenizer. */
export interface TokenizerFixture {
  readonly size: number;
  readonly tokenizer: Record<string, unknown>;
  readonly config: Record<string, unknown>;
  /** Text, ids, and what they decode to where that is another text. */
  readonly texts: readonly (readonly [text: string, ids: number[], decoded?: string])[];
  readonly decodings: readonly (readonly [ids: number[], text: string])[];
  readonly prompts: readonly (readonly [text: string, ids: number[]])[];
  readonly chats: readonly (readonly [messages: ChatMessage[], rendered: string, ids: number[]])[];
}

/** By name. */
export const fixtures = { smollm2, llama3, qwen3, llama2, metaspace } as unknown as Record<
  'smollm2' | 'llama3' | 'qwen3' | 'llama2' | 'metaspace',
  TokenizerFixture
>;

/** The parts of a recorded tokenizer, some of them changed. */
export function partsOf({ size, tokenizer, config }: TokenizerFixture, changes: Partial<TokenizerParts> = {}): TokenizerParts {
  const chatTemplate = chatTemplateOf(config);
  const endTokens = endTokensOf({ tokenizerConfig: config, tokenizer });
  return { tokenizer, config, endTokens, vocabSize: size, ...(chatTemplate !== undefined && { chatTemplate }), ...changes };
}

/** A recorded tokenizer as the library makes it. */
export function make(fixture: TokenizerFixture, changes: Partial<TokenizerParts> = {}): PretrainedTokenizer {
  return createPretrainedTokenizer(partsOf(fixture, changes), packages);
}
