/**
 * Tokenizers of pretrained models, from the files that come with them.
 *
 * The ids are those of the Rust library that trained the model. `@huggingface/tokenizers` does the normalisation, the cutting and the merging;
 * added tokens, unknown characters and the way back are done here, where the package differs.
 */
import { isRecord } from '../../core/arguments.ts';
import { failure, mistake, show } from '../../core/errors.ts';
import { type Prompt, promptParts } from '../tasks/prompt.ts';
import type { PretrainedTokenizer } from './checkpoint.ts';
import { createSplitter, type Splitter } from './tokenizer/addedTokens.ts';
import { createChatRenderer } from './tokenizer/chatTemplate.ts';
import { readDecoder } from './tokenizer/decoder.ts';
import { type NamedTokens, readFrame, readNamedTokens } from './tokenizer/frame.ts';
import { type AddedToken, type BpeModel, own, readAddedTokens, readBpe } from './tokenizer/model.ts';
import type { TokenizerPackages, TokenizerPieces } from './tokenizer/packages.ts';
import { readNormalizer, readPreTokenizer } from './tokenizer/pipeline.ts';

export type { TokenizerPackages } from './tokenizer/packages.ts';

/** What a tokenizer is made of. */
export interface TokenizerParts {
  /** The parsed tokenizer.json. */
  readonly tokenizer: object;
  /** The parsed tokenizer_config.json; `{}` where there is none. */
  readonly config: object;
  /** The Jinja template that writes conversations, where the model has one. */
  readonly chatTemplate?: string;
  /** The ids that end a completion, at least one; the first is `endToken`. */
  readonly endTokens: readonly number[];
  /** Rows of the model's embedding, 1 to 2^24. */
  readonly vocabSize: number;
}

const largestVocabulary = 1 << 24;

/**
 * The tokenizer of a pretrained model.
 *
 * `encode` adds no special tokens, and recognises those that are written in a text, as transformers does with `add_special_tokens=False`; half a surrogate
 * pair is U+FFFD. `decode` leaves special tokens and end tokens out, and does not clean up spaces: for byte pair encoding transformers does not either,
 * whatever `clean_up_tokenization_spaces` says. Ids below `vocabSize` that the file does not name are rows that fill up the embedding: `encode` never gives
 * one, and `decode` gives the empty text. A special token that tokenizer_config.json names, and that has no id in tokenizer.json, is none.
 *
 * Throws `CohortError` of kind failure for files that are damaged or that need something which is not known, by name.
 */
export function createPretrainedTokenizer(parts: TokenizerParts, packages: TokenizerPackages): PretrainedTokenizer {
  const { tokenizer, config, chatTemplate, endTokens, vocabSize } = parts;
  const advice = 'take the files of the model as they were published';
  if (!Number.isInteger(vocabSize) || vocabSize < 1 || vocabSize > largestVocabulary) {
    throw failure('vocabulary', `1 to ${largestVocabulary} rows of the embedding`, show(vocabSize), advice);
  }
  if (!isRecord(tokenizer)) throw failure('tokenizer.json', 'a JSON object', show(tokenizer), advice);
  if (!isRecord(config)) throw failure('tokenizer_config.json', 'a JSON object', show(config), advice);
  checkEndTokens(endTokens, vocabSize);
  const model = readBpe(tokenizer, vocabSize);
  const named = readNamedTokens(config);
  const added = withNamedTokens(readAddedTokens(tokenizer, model, vocabSize), model, named);
  const frame = readFrame(own(tokenizer, 'post_processor'), vocabSize);
  const decodeTokens = readDecoder(own(tokenizer, 'decoder'));
  const pieces = createPieces(tokenizer, model, packages);
  const encodeText = createEncoder(model, added, pieces);
  const render = chatTemplate === undefined ? undefined : createChatRenderer(chatTemplate, named.byName, packages);

  const texts = new Map(Array.from(model.vocabulary, ([token, id]) => [id, token]));
  for (const token of added) texts.set(token.id, spellingOf(token, pieces));
  // The Rust library knows a special token by its text, which normalisation may have changed.
  const isSilent = (token: AddedToken): boolean => token.isSpecial && texts.get(token.id) === token.content;
  const silent = new Set([...endTokens, ...added.filter(isSilent).map(({ id }) => id)]);

  const encode = (prompt: Prompt): number[] => encodeText(textOf(prompt));
  return {
    size: vocabSize,
    endToken: endTokens[0]!,
    endTokens: [...endTokens],
    encode,
    encodePrompt: (prompt) =>
      render ? encodeText(render([{ role: 'user', content: textOf(prompt) }])) : [...frame.before, ...encode(prompt), ...frame.behind],
    ...(render && { encodeChat: (messages) => encodeText(render(messages)) }),
    decode(ids) {
      const tokens: string[] = [];
      for (const id of ids) {
        if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
          throw mistake('token', `ids from 0 to ${vocabSize - 1}`, show(id), 'decode with the tokenizer that encoded');
        }
        const token = silent.has(id) ? undefined : texts.get(id);
        if (token !== undefined) tokens.push(token);
      }
      return decodeTokens(tokens).join('');
    },
  };
}

/** The text of a prompt, however it is cut into parts. Throws `CohortError` for a picture. */
function textOf(prompt: Prompt): string {
  return promptParts(prompt)
    .map((part) => {
      if (typeof part === 'string') return part;
      const advice = 'leave the image out, or give the task a tokenizer that reads images';
      throw mistake('prompt', 'texts only, for the tokenizer of a pretrained model', 'an image', advice);
    })
    .join('');
}

function checkEndTokens(ids: readonly number[], size: number): void {
  const isFine =
    Array.isArray(ids) && ids.length > 0 && ids.every((id, at) => Number.isInteger(id) && id >= 0 && id < size && ids.indexOf(id) === at);
  if (isFine) return;
  const advice = 'check eos_token_id in generation_config.json and config.json';
  throw failure('end tokens', `at least one id from 0 to ${size - 1}, each of them once`, show(ids), advice);
}

/** Named special tokens are added tokens, and special, whatever tokenizer.json says. */
function withNamedTokens(added: readonly AddedToken[], { vocabulary }: BpeModel, { all }: NamedTokens): AddedToken[] {
  const known = new Set(added.map(({ content }) => content));
  const others = [...all].filter((content) => content !== '' && !known.has(content) && vocabulary.has(content));
  const plain = { isSpecial: true, isNormalized: false, isWord: false, stripsLeft: false, stripsRight: false };
  return [
    ...added.map((token) => (all.has(token.content) ? { ...token, isSpecial: true } : token)),
    ...others.map((content) => ({ ...plain, content, id: vocabulary.get(content)! })),
  ];
}

/** Pieces whose ids are remembered: most of a text is words that came before. */
const mostRemembered = 50_000;
const longestRemembered = 64;

/** How an added token stands in the text that it is looked for in. */
function spellingOf({ content, isNormalized }: AddedToken, { normalizer }: TokenizerPieces): string {
  return (isNormalized && normalizer?.normalize(content)) || content;
}

function createEncoder(model: BpeModel, added: readonly AddedToken[], pieces: TokenizerPieces): (text: string) => number[] {
  const [splitRaw, splitNormalized] = [false, true].map((isNormalized) =>
    createSplitter(
      added.filter((token) => token.isNormalized === isNormalized),
      (token) => spellingOf(token, pieces),
    ),
  ) as [Splitter, Splitter];
  const normalize = (text: string): string => pieces.normalizer?.normalize(text) ?? text;
  const remembered = new Map<string, readonly number[]>();

  const idsOf = (piece: string): readonly number[] => {
    const found = remembered.get(piece);
    if (found) return found;
    const ids = mergePiece(piece, model, pieces);
    if (piece.length <= longestRemembered) {
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(piece, ids);
    }
    return ids;
  };

  return (text) => {
    const ids: number[] = [];
    let isFirst = true;
    // Half a surrogate pair has no UTF-8.
    for (const raw of splitRaw(text.replace(/\p{Surrogate}/gu, '\ufffd'))) {
      for (const { text: section, token } of raw.token ? [raw] : splitNormalized(normalize(raw.text))) {
        if (token) ids.push(token.id);
        else {
          const cut = pieces.pre_tokenizer?.pre_tokenize(section, { section_index: isFirst ? 0 : 1 }) ?? [section];
          for (const piece of cut) for (const id of idsOf(piece)) ids.push(id);
        }
        isFirst = false;
      }
    }
    return ids;
  };
}

function createPieces(tokenizer: Readonly<Record<string, unknown>>, model: BpeModel, packages: TokenizerPackages): TokenizerPieces {
  const description = {
    normalizer: readNormalizer(own(tokenizer, 'normalizer')),
    pre_tokenizer: readPreTokenizer(own(tokenizer, 'pre_tokenizer')),
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(model.vocabulary),
      merges: model.merges,
      unk_token: model.unknownToken ?? null,
      byte_fallback: model.hasByteFallback,
    },
    added_tokens: [],
    post_processor: null,
    decoder: null,
  };
  try {
    return new packages.tokenizers.Tokenizer(description, {});
  } catch (cause) {
    const got = cause instanceof Error ? show(cause.message) : show(cause);
    throw failure('tokenizer.json', 'patterns that @huggingface/tokenizers can read', got, 'choose another model', cause);
  }
}

function mergePiece(piece: string, model: BpeModel, pieces: TokenizerPieces): number[] {
  const { vocabulary, unknownToken, hasByteFallback, ignoresMerges, fusesUnknown } = model;
  if (ignoresMerges && vocabulary.has(piece)) return [vocabulary.get(piece)!];
  // The Rust library drops a character that it does not know before it merges, the package after.
  const drops = unknownToken === undefined && !hasByteFallback;
  const known = drops
    ? Array.from(piece)
        .filter((character) => vocabulary.has(character))
        .join('')
    : piece;
  const tokens = known === '' ? [] : pieces.model!.encode([known]);
  const fused = fusesUnknown ? tokens.filter((token, at) => token !== unknownToken || tokens[at - 1] !== unknownToken) : tokens;
  return fused.flatMap((token) => vocabulary.get(token) ?? []);
}
