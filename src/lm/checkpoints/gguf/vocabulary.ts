/**
 * What a GGUF file says about its tokenizer, as plain data that was checked: whoever builds a tokenizer of it needs no file.
 * Names of the metadata: the GGUF specification (ggml-org/ggml, docs/gguf.md, section `tokenizer`) and its Python package `gguf`, constants.py.
 */

/** The kinds of tokens that `tokenTypes` tells apart (llama.cpp's `llama_token_type`, the same numbers in gguf-py's constants.py). */
export const ggufTokenTypes = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** A tokenizer's data. Every id in it is one of `tokens`. */
export interface GgufVocabulary {
  /** `tokenizer.ggml.model`: `gpt2` is byte-level BPE, `llama` is SentencePiece's BPE with scores. */
  readonly model: string;
  /** `tokenizer.ggml.pre`: how a text is cut before BPE (`smollm`, `qwen2`, `llama-bpe`, ...); `undefined` where the file does not say. */
  readonly pre: string | undefined;
  /** The text of every id, as the file writes it: for `gpt2` in the byte-to-unicode alphabet. At least one. */
  readonly tokens: readonly string[];
  /** The kind of every id, 1 to 6 (see {@link ggufTokenTypes}); all 1 where the file does not say. */
  readonly tokenTypes: readonly number[];
  /** The score of every id, for `llama`; `undefined` where the file has none. */
  readonly scores: readonly number[] | undefined;
  /** Pairs `left right` with one space between them, the first to be merged first; empty where the file has none. */
  readonly merges: readonly string[];
  /** The id that begins a text; `undefined` where the file names none. */
  readonly bosToken: number | undefined;
  /** The id that ends a text. */
  readonly eosToken: number;
  /** The id that ends a turn of a conversation, where the file names one. */
  readonly eotToken: number | undefined;
  /** The id that stands for what cannot be written otherwise, where the file names one. */
  readonly unknownToken: number | undefined;
  /** Whether a text begins with `bosToken`; `undefined` where the file does not say. */
  readonly addBosToken: boolean | undefined;
  /** Whether a text gets a space in front, for `llama`; `undefined` where the file does not say. */
  readonly addSpacePrefix: boolean | undefined;
  /** `tokenizer.chat_template`, a Jinja text. */
  readonly chatTemplate: string | undefined;
}
