/**
 * The tokenizer of a GGUF file, in the form of a tokenizer.json, so that there is one way to read texts.
 */

import { failure, show, suggest } from '../../../core/errors.ts';
import { bpeModel } from '../tokenizer/bpeModel.ts';
import type { TokenizerParts } from '../tokenizer.ts';
import { type PreTokenizer, preTokenizers } from './preTokenizers.ts';
import { type GgufVocabulary, ggufTokenTypes } from './vocabulary.ts';

/**
 * What `createPretrainedTokenizer` takes, of the data of a GGUF file. Tokens of the kinds control and user-defined become added tokens, unused ones are
 * left out. The end tokens are `eosToken`, and `eotToken` where there is one. Throws `CohortError` of kind failure for a tokenizer that is not byte-level
 * byte pair encoding, a way to cut texts that is not known, and a token that comes twice.
 */
export function ggufTokenizerParts(vocabulary: GgufVocabulary): TokenizerParts {
  const { model, tokens, eosToken, eotToken, bosToken, unknownToken, chatTemplate } = vocabulary;
  const cut = preTokenizerOf(vocabulary);
  if (model !== 'gpt2') {
    const advice = 'choose the safetensors files of the same model, with their tokenizer.json';
    throw failure('tokenizer.ggml.model', 'gpt2, which is byte-level byte pair encoding', show(model), advice);
  }
  const addsBos = bosToken !== undefined && (vocabulary.addBosToken ?? cut.addsBos);
  const tokenizer = {
    version: '1.0',
    added_tokens: addedTokens(vocabulary),
    normalizer: cut.normalizer,
    pre_tokenizer: cut.preTokenizer,
    post_processor: addsBos ? beginWith(bosToken, tokens[bosToken]!) : null,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: bpeModel(idsOf(vocabulary), vocabulary.merges, cut.ignoresMerges),
  };
  const name = (id: number | undefined): string | null => (id === undefined ? null : (tokens[id] ?? null));
  return {
    tokenizer,
    config: { bos_token: name(bosToken), eos_token: name(eosToken), unk_token: name(unknownToken) },
    endTokens: eotToken === undefined || eotToken === eosToken ? [eosToken] : [eosToken, eotToken],
    vocabSize: tokens.length,
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
}

function preTokenizerOf({ pre, model }: GgufVocabulary): PreTokenizer {
  const found = pre === undefined ? undefined : preTokenizers.get(pre);
  // What is said of another model is not about this.
  if (found || model !== 'gpt2') return found ?? preTokenizers.get('gpt-2')!;
  const names = [...preTokenizers.keys()];
  throw failure(
    'tokenizer.ggml.pre',
    `one of ${names.join(', ')}`,
    show(pre),
    pre === undefined ? 'choose a newer file of the model' : suggest(pre, names),
  );
}

function idsOf({ tokens, tokenTypes }: GgufVocabulary): Record<string, number> {
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    if (tokenTypes[id] === ggufTokenTypes.unused) continue;
    const twin = ids.get(token);
    if (twin !== undefined) {
      throw failure(
        'tokenizer.ggml.tokens',
        'tokens that come once',
        `${show(token)} as ${twin} and ${id}`,
        'choose another file of the model',
      );
    }
    ids.set(token, id);
  }
  return Object.fromEntries(ids);
}

function addedTokens({ tokens, tokenTypes }: GgufVocabulary): object[] {
  return tokens.flatMap((content, id) => {
    const special = tokenTypes[id] === ggufTokenTypes.control;
    if ((!special && tokenTypes[id] !== ggufTokenTypes.userDefined) || content === '') return [];
    return [{ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special }];
  });
}

function beginWith(id: number, content: string): object {
  const single = [{ SpecialToken: { id: content, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  return { type: 'TemplateProcessing', single, special_tokens: { [content]: { id: content, ids: [id], tokens: [content] } } };
}
