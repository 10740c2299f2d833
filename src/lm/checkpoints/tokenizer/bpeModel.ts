/**
 * The model of a tokenizer.json that the library writes: byte pairs without anything that changes texts.
 */

/** The part `model` of tokenizer.json: `vocab` are ids by token; `ignoresMerges` takes a word that is a token as it is. */
export function bpeModel(vocab: unknown, merges: readonly unknown[], ignoresMerges: boolean): Record<string, unknown> {
  return {
    type: 'BPE',
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: ignoresMerges,
    vocab,
    merges,
  };
}
