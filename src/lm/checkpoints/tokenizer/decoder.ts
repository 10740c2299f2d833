/**
 * From tokens back to text: the decoders of tokenizer.json that byte pair encoding uses. Written here, since `@huggingface/tokenizers` differs from the
 * Rust library in bytes that are no UTF-8, and searches all added tokens for every token.
 * Steps and their meaning: huggingface/tokenizers, decoders/.
 */
import { isRecord } from '../../../core/arguments.ts';
import { show } from '../../../core/errors.ts';
import { damaged, flag, own } from './model.ts';

/** Texts of tokens to pieces of text; joined they are the text. */
export type TokenDecoder = (tokens: readonly string[]) => readonly string[];

type Step = Readonly<Record<string, unknown>>;

/** Deepest nesting of sequences. */
const deepest = 4;

/** The decoder of a parsed tokenizer.json; without one, tokens are joined by spaces. Throws `CohortError` for one that is damaged or not known. */
export function readDecoder(value: unknown, where = 'decoder', depth = 0): TokenDecoder {
  if (value === undefined || value === null) return (tokens) => [tokens.join(' ')];
  if (!isRecord(value)) throw damaged(where, 'a record, or null', show(value));
  switch (value.type) {
    case 'ByteLevel':
      return decodeByteLevel;
    case 'ByteFallback':
      return decodeByteFallback;
    case 'Fuse':
      return (tokens) => [tokens.join('')];
    case 'Replace':
      return replaceText(value, where);
    case 'Strip':
      return strip(value, where);
    case 'Metaspace':
      return metaspace(value, where);
    case 'Sequence': {
      const steps = own(value, 'decoders');
      if (!Array.isArray(steps) || steps.length > 100 || depth >= deepest) {
        throw damaged(`${where}.decoders`, `a list of at most 100 decoders, nested at most ${deepest} deep`, show(steps));
      }
      const decoders = steps.map((step, at) => readDecoder(step, `${where}[${at}]`, depth + 1));
      return (tokens) => decoders.reduce((texts, decode) => decode(texts), tokens);
    }
    default: {
      const expected = 'ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace or Sequence';
      throw damaged(`${where}.type`, expected, show(value.type), 'choose another model, or write a tokenizer of your own');
    }
  }
}

/**
 * The alphabet of byte-level tokens: the character of every byte. Printable bytes of Latin-1 stand for themselves, the other 68 for U+0100 and up, in
 * order (`bytes_to_unicode` of openai/gpt-2, src/encoder.py).
 */
export const byteAlphabet: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();

const byteOf: ReadonlyMap<string, number> = new Map(byteAlphabet.map((character, byte) => [character, byte]));

function decodeByteLevel(tokens: readonly string[]): string[] {
  const bytes: number[] = [];
  for (const token of tokens) {
    const own = Array.from(token, (character) => byteOf.get(character));
    // A token with a character beyond the alphabet is plain text.
    const written = own.includes(undefined) ? new TextEncoder().encode(token) : (own as number[]);
    for (const byte of written) bytes.push(byte);
  }
  return [new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes))];
}

function decodeByteFallback(tokens: readonly string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) texts.push(utf8OrMarks(bytes));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte) bytes.push(Number.parseInt(byte[1]!, 16));
    else {
      flush();
      texts.push(token);
    }
  }
  flush();
  return texts;
}

/** The text of bytes; if they are no UTF-8 as a whole, a replacement character for every one of them. */
function utf8OrMarks(bytes: readonly number[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return '\ufffd'.repeat(bytes.length);
  }
}

function replaceText(step: Step, where: string): TokenDecoder {
  const pattern = own(step, 'pattern');
  const from = isRecord(pattern) ? own(pattern, 'String') : undefined;
  const to = own(step, 'content');
  if (typeof from !== 'string' || from === '') throw damaged(`${where}.pattern`, '{ "String": text }', show(from ?? pattern));
  if (typeof to !== 'string') throw damaged(`${where}.content`, 'a text', show(to));
  return (tokens) => tokens.map((token) => token.replaceAll(from, () => to));
}

function strip(step: Step, where: string): TokenDecoder {
  const [content, start, stop] = [own(step, 'content'), own(step, 'start') ?? 0, own(step, 'stop') ?? 0];
  if (typeof content !== 'string' || [...content].length !== 1) throw damaged(`${where}.content`, 'one character', show(content));
  for (const count of [start, stop]) {
    if (!Number.isInteger(count) || (count as number) < 0) throw damaged(where, 'whole numbers start and stop of at least 0', show(count));
  }
  return (tokens) =>
    tokens.map((token) => {
      const characters = [...token];
      let first = 0;
      while (first < (start as number) && characters[first] === content) first++;
      let end = characters.length;
      while (characters.length - end < (stop as number) && end > first && characters[end - 1] === content) end--;
      return characters.slice(first, end).join('');
    });
}

function metaspace(step: Step, where: string): TokenDecoder {
  const replacement = own(step, 'replacement') ?? '▁';
  if (typeof replacement !== 'string' || [...replacement].length !== 1)
    throw damaged(`${where}.replacement`, 'one character', show(replacement));
  const scheme = own(step, 'prepend_scheme') ?? (flag(step, 'add_prefix_space', where, true) ? 'always' : 'never');
  return (tokens) =>
    tokens.map((token, at) => {
      const isPrefix = at === 0 && scheme !== 'never' && token.startsWith(replacement);
      return (isPrefix ? token.slice(replacement.length) : token).replaceAll(replacement, ' ');
    });
}
