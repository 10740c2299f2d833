/**
 * What a tokenizer.json does to a text before byte pair encoding: its normalizer and its pre-tokenizer, in words that `@huggingface/tokenizers` carries
 * out as the Rust library does. Where the package differs, the step is written anew; what it cannot do is refused by name.
 * Steps and their meaning: huggingface/tokenizers, normalizers/ and pre_tokenizers/.
 */
import { isRecord } from '../../../core/arguments.ts';
import { show } from '../../../core/errors.ts';
import { damaged, flag, own } from './model.ts';

type Step = Readonly<Record<string, unknown>>;

/** GPT-2's way to cut a text (pre_tokenizers/byte_level.rs). The package has it too, but with JavaScript's white space, which has U+FEFF and lacks U+0085. */
export const gpt2Pattern = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
/** Rust's `is_ascii_punctuation` and the general category P (pre_tokenizers/punctuation.rs). */
const punctuation = String.raw`[!-\/:-@\[-\x60{-~\p{P}]`;
/** `\w` of Rust's own regular expressions (pre_tokenizers/whitespace.rs); that of Oniguruma, which the package follows, has some fractions too. */
const word = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;
/** Longest pattern that is compiled; real ones have some 400 characters. */
const longestPattern = 10_000;
/** Deepest nesting of sequences. */
const deepest = 4;

const otherModel = 'choose another model, or write a tokenizer of your own';

/** The normalizer, ready for the package; null where there is none. Throws `CohortError` for one that is damaged or not known. */
export function readNormalizer(value: unknown, where = 'normalizer', depth = 0): Step | null {
  if (value === undefined || value === null) return null;
  const step = readStep(value, where, depth);
  switch (step.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return { type: step.type };
    case 'Prepend':
      return { type: 'Prepend', prepend: text(step, 'prepend', where) };
    case 'Replace':
      // The package hands the text to String.replaceAll, where a dollar sign is a reference.
      return { type: 'Replace', pattern: readPattern(step, where), content: text(step, 'content', where).replaceAll('$', '$$$$') };
    case 'Sequence':
      return {
        type: 'Sequence',
        normalizers: steps(step, 'normalizers', where).map((entry, at) => readNormalizer(entry, `${where}[${at}]`, depth + 1)),
      };
    default:
      throw damaged(`${where}.type`, 'NFC, NFD, NFKC, NFKD, Prepend, Replace or Sequence', show(step.type), otherModel);
  }
}

/** The pre-tokenizer, ready for the package; null where there is none. Throws `CohortError` for one that is damaged or not known. */
export function readPreTokenizer(value: unknown, where = 'pre_tokenizer', depth = 0): Step | null {
  if (value === undefined || value === null) return null;
  const step = readStep(value, where, depth);
  switch (step.type) {
    case 'Sequence':
      return {
        type: 'Sequence',
        pretokenizers: steps(step, 'pretokenizers', where).map((entry, at) => readPreTokenizer(entry, `${where}[${at}]`, depth + 1)),
      };
    case 'Split':
      return split(readPattern(step, where), readBehavior(step, where), flag(step, 'invert', where, false), where);
    case 'ByteLevel':
      return readByteLevel(step, where);
    case 'Digits':
      // The package takes ASCII digits only; Rust's `is_numeric` is the general category N.
      return split(
        { Regex: flag(step, 'individual_digits', where, false) ? String.raw`\p{N}` : String.raw`\p{N}+` },
        'Isolated',
        false,
        where,
      );
    case 'Punctuation': {
      // The package takes marks in a row as one piece, whatever is asked.
      const behavior = readBehavior(step, where, 'Isolated');
      return behavior === 'Contiguous'
        ? split({ Regex: `${punctuation}+` }, 'Isolated', false, where)
        : split({ Regex: punctuation }, behavior, false, where);
    }
    case 'Whitespace':
      return split({ Regex: `[${word}]+|[^${word}\\s]+` }, 'Removed', true, where);
    case 'WhitespaceSplit':
      return split({ Regex: String.raw`\s+` }, 'Removed', false, where);
    case 'Metaspace':
      return readMetaspace(step, where);
    default:
      throw damaged(
        `${where}.type`,
        'Sequence, Split, ByteLevel, Digits, Punctuation, Whitespace, WhitespaceSplit or Metaspace',
        show(step.type),
        otherModel,
      );
  }
}

function readStep(value: unknown, where: string, depth: number): Step {
  if (!isRecord(value)) throw damaged(where, 'a record, or null', show(value));
  if (depth > deepest) throw damaged(where, `sequences within sequences up to ${deepest} deep`, 'deeper ones');
  return value;
}

function steps(step: Step, name: string, where: string): unknown[] {
  const value = own(step, name);
  if (!Array.isArray(value) || value.length > 100) throw damaged(`${where}.${name}`, 'a list of at most 100 steps', show(value));
  return value;
}

function text(step: Step, name: string, where: string): string {
  const value = own(step, name);
  if (typeof value !== 'string') throw damaged(`${where}.${name}`, 'a text', show(value));
  return value;
}

function readPattern(step: Step, where: string): { Regex: string } {
  const pattern = own(step, 'pattern');
  const source = isRecord(pattern) ? (own(pattern, 'Regex') ?? own(pattern, 'String')) : undefined;
  if (!isRecord(pattern) || typeof source !== 'string' || source === '' || source.length > longestPattern) {
    throw damaged(
      `${where}.pattern`,
      `{ "Regex": text } or { "String": text } of 1 to ${longestPattern} characters`,
      show(source ?? pattern),
    );
  }
  // A text as a pattern, since the package keeps what should be removed where it is given as a text.
  return { Regex: own(pattern, 'Regex') === undefined ? source.replace(/[.*+?^${}()|[\]\\/&-]/g, String.raw`\$&`) : source };
}

function readBehavior(step: Step, where: string, byDefault?: string): string {
  const value = own(step, 'behavior') ?? byDefault;
  const known = ['Isolated', 'Removed', ...(byDefault === undefined ? [] : ['Contiguous'])];
  const found = known.find((name) => typeof value === 'string' && name.toLowerCase() === value.toLowerCase());
  if (found === undefined) throw damaged(`${where}.behavior`, known.join(' or '), show(value), otherModel);
  return found;
}

/** A cut at every match; inverted, at everything else. Both leave the same pieces where nothing is removed. */
function split(pattern: { Regex: string }, behavior: string, isInverted: boolean, where: string): Step {
  const hasGroup = /(?:^|[^\\])\((?!\?)|\(\?<[A-Za-z]/.test(pattern.Regex);
  if (behavior === 'Removed' && !isInverted && hasGroup) {
    throw damaged(`${where}.pattern`, 'no group that captures, where matches are removed', show(pattern.Regex), otherModel);
  }
  return { type: 'Split', pattern, behavior, invert: behavior === 'Removed' && isInverted };
}

function readByteLevel(step: Step, where: string): Step {
  const addsSpace = flag(step, 'add_prefix_space', where, true);
  const bytes = { type: 'ByteLevel', add_prefix_space: addsSpace, trim_offsets: false, use_regex: false };
  if (!flag(step, 'use_regex', where, true)) return bytes;
  if (addsSpace) throw damaged(where, 'add_prefix_space false where use_regex is true', 'both true', otherModel);
  return { type: 'Sequence', pretokenizers: [split({ Regex: gpt2Pattern }, 'Isolated', false, where), bytes] };
}

function readMetaspace(step: Step, where: string): Step {
  const replacement = own(step, 'replacement') ?? '▁';
  if (typeof replacement !== 'string' || [...replacement].length !== 1)
    throw damaged(`${where}.replacement`, 'one character', show(replacement));
  const old = flag(step, 'add_prefix_space', where, true) ? 'always' : 'never';
  const scheme = own(step, 'prepend_scheme') ?? old;
  if (scheme !== 'always' && scheme !== 'first' && scheme !== 'never') {
    throw damaged(`${where}.prepend_scheme`, 'always, first or never', show(scheme));
  }
  const metaspace = { type: 'Metaspace', replacement, prepend_scheme: scheme };
  if (!flag(step, 'split', where, true)) return metaspace;
  // The package never cuts; the Rust library begins a piece at every replacement.
  const mark = `\\x{${replacement.codePointAt(0)!.toString(16)}}`;
  return { type: 'Sequence', pretokenizers: [metaspace, split({ Regex: `${mark}?[^${mark}]+|${mark}` }, 'Isolated', false, where)] };
}
