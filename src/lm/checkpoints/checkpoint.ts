/**
 * A pretrained model as training, sampling and export see it, whatever kind of files it came from.
 */
import type { IntegerBlocks } from '../../kernels/parameters.ts';
import type { TransformerSpec } from '../../kernels/transformer/spec.ts';
import type { Tokenizer } from '../tasks/prompt.ts';

/** What a checkpoint decides about the transformer. */
export type ModelShape = Omit<
  TransformerSpec,
  'name' | 'output' | 'maxPositionEmbeddings' | 'adapter' | 'baseWeights' | 'frozenLayers' | 'patches'
>;

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The tokenizer of a pretrained model. */
export interface PretrainedTokenizer extends Tokenizer {
  /** Every id that ends a completion, `endToken` first. */
  readonly endTokens: readonly number[];
  /** The ids of a prompt as the model expects it: a user's message in its chat template, if it has one, else the text behind the token that begins one. */
  encodePrompt(prompt: Parameters<Tokenizer['encode']>[0]): number[];
  /** The ids of a conversation, up to where the answer begins; missing where the model has no chat template. */
  encodeChat?(messages: readonly ChatMessage[]): number[];
}

/** A pretrained model. */
export interface ModelCheckpoint {
  /** What messages call it: a path, or a name. */
  readonly place: string;
  /** Its kind of files. */
  readonly format: 'huggingface' | 'gguf';
  readonly shape: ModelShape;
  /** Most tokens of a sequence that the model was made for. */
  readonly contextLength: number;
  /** Bytes of its files of weights. */
  readonly bytes: number;
  /** Number of parameters. */
  readonly parameters: number;
  /** 64 hexadecimal digits that stand for everything in its files that decides what it says. */
  fingerprint(): Promise<string>;
  /**
   * The numbers of a tensor by Hugging Face's name (`model.layers.0.self_attn.q_proj.weight`), (out, in), row-major. Throws `CohortError` where it is missing, damaged, or
   * of another shape than `shape` asks for.
   */
  tensor(name: string): Promise<Float32Array>;
  /** The same as integers with scales, where it is stored so (Q8_0); `undefined` where it is not. Missing where no tensor is. */
  integerBlocks?(name: string): Promise<IntegerBlocks | undefined>;
  /** How it reads texts. Throws `CohortError` where its files have none that can be read. */
  tokenizer(): Promise<PretrainedTokenizer>;
}
