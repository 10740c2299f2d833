/**
 * The special tokens that a tokenizer puts around a text (post_processor of tokenizer.json), and the ones that its settings name.
 * Facts: huggingface/tokenizers, processors/template.rs; huggingface/transformers 5.23, tokenization_utils_base.py and tokenization_utils_tokenizers.py.
 */
import { isRecord } from '../../../core/arguments.ts';
import { failure, show } from '../../../core/errors.ts';
import { damaged, own } from './model.ts';

/** Ids before and behind a text. */
export interface Frame {
  readonly before: readonly number[];
  readonly behind: readonly number[];
}

const empty: Frame = { before: [], behind: [] };

/** What surrounds a single text. Throws `CohortError` for a post-processor that is damaged or not known, and ids that are not below `size`. */
export function readFrame(value: unknown, size: number, where = 'post_processor', depth = 0): Frame {
  if (value === undefined || value === null) return empty;
  if (!isRecord(value)) throw damaged(where, 'a record, or null', show(value));
  switch (value.type) {
    case 'ByteLevel':
      // It moves offsets only, which nothing here has.
      return empty;
    case 'TemplateProcessing':
      return readTemplate(value, size, where);
    case 'Sequence': {
      const steps = own(value, 'processors');
      if (!Array.isArray(steps) || steps.length > 100 || depth > 4)
        throw damaged(`${where}.processors`, 'a list of at most 100 steps', show(steps));
      const frames = steps.map((step, at) => readFrame(step, size, `${where}[${at}]`, depth + 1));
      return {
        before: frames.flatMap((_, at) => frames[frames.length - 1 - at]!.before),
        behind: frames.flatMap(({ behind }) => behind),
      };
    }
    default: {
      const expected = 'ByteLevel, TemplateProcessing or Sequence';
      throw damaged(`${where}.type`, expected, show(value.type), 'choose another model, or write a tokenizer of your own');
    }
  }
}

function readTemplate(step: Readonly<Record<string, unknown>>, size: number, where: string): Frame {
  const single = own(step, 'single');
  const special = own(step, 'special_tokens') ?? {};
  if (!Array.isArray(single) || single.length > 100) throw damaged(`${where}.single`, 'a list of at most 100 pieces', show(single));
  if (!isRecord(special)) throw damaged(`${where}.special_tokens`, 'a record', show(special));
  const frame = { before: [] as number[], behind: [] as number[] };
  let side: number[] = frame.before;
  for (const [at, piece] of single.entries()) {
    const found = isRecord(piece) ? (own(piece, 'Sequence') ?? own(piece, 'SpecialToken')) : undefined;
    const name = isRecord(found) ? own(found, 'id') : undefined;
    if (typeof name !== 'string')
      throw damaged(`${where}.single[${at}]`, '{ "Sequence": { "id" } } or { "SpecialToken": { "id" } }', show(piece));
    if (own(piece, 'Sequence') !== undefined) {
      if (side === frame.behind) throw damaged(`${where}.single[${at}]`, 'the text once', 'it twice');
      side = frame.behind;
      continue;
    }
    const token = own(special, name);
    const ids = isRecord(token) ? own(token, 'ids') : undefined;
    const isFine = Array.isArray(ids) && ids.length <= 100 && ids.every((id) => Number.isInteger(id) && id >= 0 && id < size);
    if (!isFine) throw damaged(`${where}.special_tokens: ${show(name)}`, `ids from 0 to ${size - 1}`, show(ids));
    side.push(...(ids as number[]));
  }
  if (side === frame.before) throw damaged(`${where}.single`, 'the text among its pieces', 'it is not there');
  return frame;
}

/** The names under which tokenizer_config.json keeps special tokens. */
const names = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const;

/** The special tokens that tokenizer_config.json names: those a template sees by their names, and all that `decode` leaves out. */
export interface NamedTokens {
  /** For example `bos_token`. */
  readonly byName: ReadonlyMap<string, string>;
  readonly all: ReadonlySet<string>;
}

/** The text of a token in tokenizer_config.json: the text itself, or the `content` of a record; `undefined` where there is none. */
export function tokenText(value: unknown, where: string): string | undefined {
  const text = isRecord(value) ? own(value, 'content') : value;
  if (text === undefined || text === null) return undefined;
  if (typeof text === 'string') return text;
  const advice = 'take the file of the model as it was published';
  throw failure(`tokenizer_config.json: ${where}`, 'a text, or a record with the text `content`', show(value), advice);
}

/** What a parsed tokenizer_config.json names. Throws `CohortError` for a token that is no text. */
export function readNamedTokens(config: Readonly<Record<string, unknown>>): NamedTokens {
  const byName = new Map<string, string>();
  for (const name of names) {
    const text = tokenText(own(config, name), name);
    if (text !== undefined) byName.set(name, text);
  }
  const extra = own(config, 'extra_special_tokens') ?? own(config, 'additional_special_tokens') ?? [];
  if (typeof extra !== 'object') {
    const advice = 'take the file of the model as it was published';
    throw failure('tokenizer_config.json: extra_special_tokens', 'a list, or a record', show(extra), advice);
  }
  const others = Object.values(extra as object).map((entry) => tokenText(entry, 'extra_special_tokens'));
  return { byName, all: new Set([...byName.values(), ...others.filter((text) => text !== undefined)]) };
}
