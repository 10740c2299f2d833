/**
 * Numbers in words: `twenty-one`, `three fifths`, `two and a half`, `3 millions`, `minus five`.
 */
import { add, divide, multiply, negate, powerOfTen, type Rational, whole } from './rational.ts';

/** Words that multiply the number before them, by their power of ten. */
export const scales: ReadonlyMap<string, number> = new Map([
  ['hundred', 2],
  ['thousand', 3],
  ['million', 6],
  ['billion', 9],
  ['trillion', 12],
  ['quadrillion', 15],
]);

const small = new Map<string, number>();
for (const [i, word] of (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen ' + 'nineteen'
)
  .split(' ')
  .entries()) {
  small.set(word, i);
}
const tens = new Map('twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, i) => [word, 20 + 10 * i]));
/** What a fraction is divided by. `second` is left out: it is a time. */
const parts = new Map<string, number>([
  ['half', 2],
  ['halves', 2],
  ['quarter', 4],
  ['hundredth', 100],
  ['thousandth', 1000],
  ['millionth', 1_000_000],
]);
for (const [i, word] of 'third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ').entries()) parts.set(word, i + 3);
for (const [i, word] of 'thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'.split(' ').entries())
  parts.set(word, i + 13);

const maxWords = 16;

/** Reads a number that has a word in it; `undefined` for everything else, and for `fifth` alone, which may be an ordinal. */
export function readNumberWords(text: string): Rational | undefined {
  if (text.length > 120) return undefined;
  let words = text.toLowerCase().replaceAll('-', ' ').trim().split(/ +/);
  if (words.length > maxWords || !words.some((word) => /[a-z]/.test(word))) return undefined;
  const negative = words[0] === 'minus' || words[0] === 'negative';
  if (negative) words = words.slice(1);
  const value = readUnsigned(words);
  return value && negative ? negate(value) : value;
}

function readUnsigned(words: readonly string[]): Rational | undefined {
  const point = words.indexOf('point');
  if (point > 0) return readPoint(words.slice(0, point), words.slice(point + 1));
  const last = words.at(-1)!;
  const divisor = parts.get(last) ?? parts.get(last.replace(/s$/, ''));
  if (divisor === undefined) return readWhole(words);
  // Three coins.
  if (/^\d/.test(words[0]!) && last.startsWith('quarter')) return undefined;
  // `two and a half`, `3 fifths`, `twenty and three fifths`.
  const joint = words.lastIndexOf('and');
  const count = words.slice(joint + 1, -1);
  const above =
    count.length === 1 && (count[0] === 'a' || count[0] === 'an') ? whole(1n) : count.length === 0 ? undefined : readWhole(count);
  if (count.length === 0 && last === 'half' && joint < 0) return divide(whole(1n), whole(2n));
  const fraction = above && divide(above, whole(BigInt(divisor)));
  if (joint < 0) return fraction;
  const before = readWhole(words.slice(0, joint));
  return before && fraction && fraction.numerator < fraction.denominator ? add(before, fraction) : undefined;
}

/** `three point one four`: the decimals digit by digit. */
function readPoint(before: readonly string[], after: readonly string[]): Rational | undefined {
  const integer = readWhole(before);
  let digits = '';
  for (const word of after) {
    const digit = small.get(word);
    if (digit === undefined || digit > 9) return undefined;
    digits += digit;
  }
  return integer && digits !== '' ? add(integer, multiply(whole(BigInt(digits)), powerOfTen(-digits.length))) : undefined;
}

/** Cardinals, with `and` behind a hundred or more: `two thousand and five`. */
function readWhole(words: readonly string[]): Rational | undefined {
  if (words.length === 1 && /^\d{1,30}$/.test(words[0]!)) return whole(BigInt(words[0]!));
  let total = 0n;
  let group = 0n;
  let expected: 'any' | 'ones' | 'scale' | 'below hundred' = 'any';
  let lastScale = 99;
  let read = 0;
  for (const [i, word] of words.entries()) {
    if (word === 'and') {
      if (read === 0 || i === words.length - 1 || !scales.has(words[i - 1]!)) return undefined;
      continue;
    }
    const article = i === 0 && (word === 'a' || word === 'an') && scales.has(words[1] ?? '');
    const digits = i === 0 && /^\d{1,15}$/.test(word) ? BigInt(word) : undefined;
    const one = article ? 1 : small.get(word);
    const ten = tens.get(word);
    const scale = scales.get(word) ?? scales.get(word.replace(/s$/, ''));
    read++;
    if (digits !== undefined) {
      group = digits;
      expected = 'scale';
    } else if (one !== undefined) {
      if (expected === 'scale' || (expected === 'ones' && (one === 0 || one > 9))) return undefined;
      group += BigInt(one);
      expected = 'scale';
    } else if (ten !== undefined) {
      if (expected === 'scale' || expected === 'ones') return undefined;
      group += BigInt(ten);
      expected = 'ones';
    } else if (scale === 2) {
      if (group === 0n || group > 99n || expected === 'below hundred') return undefined;
      group *= 100n;
      expected = 'below hundred';
    } else if (scale !== undefined) {
      if (group === 0n || scale >= lastScale) return undefined;
      total += group * powerOfTen(scale).numerator;
      group = 0n;
      lastScale = scale;
      expected = 'any';
    } else {
      return undefined;
    }
  }
  return read === 0 ? undefined : whole(total + group);
}
