/**
 * What is needed of the optional packages `@huggingface/tokenizers` and `@huggingface/jinja`: their modules are handed in, so that nothing here imports
 * them. Checked with versions 0.2.0 and 0.5.11.
 */

/** The parts of a tokenizer that `@huggingface/tokenizers` made of a tokenizer.json. */
export interface TokenizerPieces {
  readonly normalizer: { normalize(text: string): string } | null;
  readonly pre_tokenizer: { pre_tokenize(text: string, options: { section_index: number }): string[] } | null;
  readonly model: { encode(pieces: string[]): string[] } | null;
}

/** A syntax tree of `@huggingface/jinja`, or a part of one. */
export interface JinjaNode {
  readonly type: string;
}

/** A value inside of a template. */
export interface JinjaValue {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds depends on its type.
  readonly value: any;
}

/** The variables of a template. */
export interface JinjaEnvironment {
  set(name: string, value: unknown): JinjaValue;
}

/** What carries a template out. */
export interface JinjaInterpreter {
  run(program: JinjaNode): JinjaValue;
  evaluate(node: JinjaNode | undefined, environment: JinjaEnvironment): JinjaValue;
}

/** The modules of the two packages. */
export interface TokenizerPackages {
  /** `@huggingface/tokenizers`. */
  readonly tokenizers: { readonly Tokenizer: new (tokenizer: object, config: object) => TokenizerPieces };
  /** `@huggingface/jinja`. */
  readonly jinja: {
    tokenize(template: string, options: { lstrip_blocks: boolean; trim_blocks: boolean }): unknown;
    parse(tokens: unknown): JinjaNode;
    readonly Environment: new () => JinjaEnvironment;
    readonly Interpreter: new (environment: JinjaEnvironment) => JinjaInterpreter;
  };
}
