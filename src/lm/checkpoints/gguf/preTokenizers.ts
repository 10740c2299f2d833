/**
 * How the models behind the names of `tokenizer.ggml.pre` cut a text. The names are those that llama.cpp's converter writes (ggml-org/llama.cpp,
 * convert_hf_to_gguf.py); what they stand for is taken from the models' own tokenizer.json, not from llama.cpp, which normalises nothing.
 */
import { gpt2Pattern } from '../tokenizer/pipeline.ts';

/** What a name stands for, in the words of tokenizer.json. */
export interface PreTokenizer {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** Whether a piece that is in the vocabulary is a token, whatever the merges say. */
  readonly ignoresMerges: boolean;
  /** Whether a text begins with the token for it where the file does not say. */
  readonly addsBos: boolean;
}

const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
const cutAt = (...patterns: readonly string[]): object => ({
  type: 'Sequence',
  pretokenizers: [...patterns.map((Regex) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false })), bytes],
});

/** The pattern of cl100k (openai/tiktoken, openai_public.py) with other groups of digits; Llama 3 takes three, Qwen one. */
const cl100k = (digits: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const gpt2: PreTokenizer = { normalizer: null, preTokenizer: cutAt(gpt2Pattern), ignoresMerges: false, addsBos: false };
/** SmolLM and SmolLM2: single digits, then GPT-2's pattern. */
const smollm: PreTokenizer = { ...gpt2, preTokenizer: cutAt(String.raw`\p{N}`, gpt2Pattern) };
const llama3: PreTokenizer = { normalizer: null, preTokenizer: cutAt(cl100k(String.raw`\p{N}{1,3}`)), ignoresMerges: true, addsBos: true };
const distilledQwen: PreTokenizer = { ...gpt2, preTokenizer: cutAt(cl100k(String.raw`\p{N}`)) };
/** Qwen 2, 2.5 and 3. */
const qwen2: PreTokenizer = { ...distilledQwen, normalizer: { type: 'NFC' } };

/** The known names. */
export const preTokenizers: ReadonlyMap<string, PreTokenizer> = new Map([
  ['gpt-2', gpt2],
  ['smollm', smollm],
  ['llama-bpe', llama3],
  ['llama3', llama3],
  ['llama-v3', llama3],
  ['qwen2', qwen2],
  ['deepseek-r1-qwen', distilledQwen],
]);
