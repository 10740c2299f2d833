/**
 * Reads a number in any of the ways in which people and models write one, exactly.
 */
import { dollar, thousand } from './marks.ts';
import { add, decimal, divide, isProper, maxDigits, multiply, negate, powerOfTen, type Rational, repeating, whole } from './rational.ts';
import { joinUnits, readSuffix, readUnit, type Unit } from './units.ts';

/** A number as it is written, and whether it is a percentage. */
export interface NumberAnswer {
  /** Without the division by 100 of a percentage. */
  readonly value: Rational;
  readonly percent: boolean;
  readonly unit?: Unit | undefined;
}

const currencies: Readonly<Record<string, string>> = { [dollar]: 'dollar', '€': 'euro', '£': 'gbp', '¥': 'yen' };

/** Most that an exponent may be, up or down. */
const largestExponent = maxDigits;

/**
 * Reads a normalized answer that is one number: `5`, `-5.`, `1,000`, `1.5e3`, `1.5*10^{3}`, `10^3`, `a/b`, `\frac{a}{b}`, `\frac12`, the mixed
 * `1 1/2` and `1\frac{1}{2}`, with a currency before it, and a percent sign, a scale (`million`) or a unit behind it. `undefined` for everything
 * else; nothing is added or multiplied out but these.
 */
export function readNumber(text: string): NumberAnswer | undefined {
  const reader = new NumberReader(text);
  const value = reader.signed(true);
  if (value === undefined) return undefined;
  const suffix = readSuffix(text.slice(reader.position), reader.isGrouped);
  if (suffix === undefined || (reader.currency !== '' && suffix.percent)) return undefined;
  const unit = joinUnits(reader.currency === '' ? undefined : readUnit(reader.currency), suffix.unit);
  return unit === 'clash' ? undefined : { value: multiply(value, powerOfTen(suffix.exponent)), percent: suffix.percent, unit };
}

/** A cursor over the text. Every method reads what it is named after, or gives `undefined` and leaves the rest unread. */
class NumberReader {
  position = 0;
  /** Whether it has separators of thousands. */
  isGrouped = false;
  /** The unit of the currency sign in front; empty without. */
  currency = '';
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** A sign, a currency, and a magnitude. `outer` where thousands, mixed numbers and powers may come. */
  signed(outer: boolean): Rational | undefined {
    let isNegative = false;
    let signs = 0;
    for (; ; this.position++) {
      const character = this.#text[this.position];
      if ((character === '-' || character === '+') && signs === 0) {
        isNegative = character === '-';
        signs++;
      } else if (character !== undefined && Object.hasOwn(currencies, character) && outer && this.currency === '') {
        this.currency = currencies[character]!;
      } else if (character !== ' ') {
        break;
      }
    }
    const magnitude = this.#magnitude(outer);
    return magnitude && isNegative ? negate(magnitude) : magnitude;
  }

  #magnitude(outer: boolean): Rational | undefined {
    if (this.#eats('\\frac')) return this.#latexFraction();
    const inParentheses = this.#text[this.position] === '(';
    const first = inParentheses ? this.#parenthesised() : this.#decimal(outer);
    if (first === undefined) return undefined;
    const mixed = outer && !inParentheses && first.denominator === 1n ? this.#properFraction() : 'none';
    if (mixed === undefined) return undefined;
    if (mixed !== 'none') return add(first, mixed);
    const slash = this.#eats('/', true);
    if (slash) {
      this.#blanks();
      const below = this.#text[this.position] === '(' ? this.#parenthesised() : this.#decimal(outer);
      return below && divide(first, below);
    }
    return outer ? this.#power(first) : first;
  }

  /** `(-5)`: no commas in it, they would make a tuple. */
  #parenthesised(): Rational | undefined {
    this.position++;
    const value = this.signed(false);
    return value && this.#eats(')', true) ? value : undefined;
  }

  /** The fraction of a mixed number; `none` where there is none, `undefined` where it is not between 0 and 1 and the whole is no number. */
  #properFraction(): Rational | 'none' | undefined {
    const start = this.position;
    this.#blanks();
    let fraction: Rational | undefined;
    if (this.#eats('\\frac')) {
      fraction = this.#latexFraction();
    } else {
      const above = this.position > start ? this.#digits() : '';
      if (above === '' || !this.#eats('/', true)) {
        this.position = start;
        return 'none';
      }
      const top = decimal(above, '');
      const bottom = decimal(this.#digits(), '');
      fraction = top && bottom && divide(top, bottom);
    }
    return fraction && isProper(fraction) ? fraction : undefined;
  }

  /** What follows `\frac`: two arguments, each in braces or one digit. */
  #latexFraction(): Rational | undefined {
    const above = this.#argument();
    const below = above && this.#argument();
    return above && below && divide(above, below);
  }

  #argument(): Rational | undefined {
    this.#blanks();
    if (this.#eats('{')) {
      const value = this.signed(false);
      return value && this.#eats('}', true) ? value : undefined;
    }
    const digit = this.#text[this.position] ?? '';
    if (!isDigit(digit)) return undefined;
    this.position++;
    return whole(BigInt(digit));
  }

  /** Digits with an optional point; thousands in groups of three where `outer`. */
  #decimal(outer: boolean): Rational | undefined {
    let digits = this.#digits();
    if (outer && digits.length >= 1 && digits.length <= 3 && digits[0] !== '0') {
      const separator = this.#text[this.position];
      const start = this.position;
      const groups = separator === ',' || separator === ' ' || separator === thousand ? this.#thousands(separator) : '';
      // `2 100/300` is a mixed number, not 2100/300.
      if (separator === ' ' && /^ ?\//.test(this.#text.slice(this.position, this.position + 2))) this.position = start;
      else {
        digits += groups;
        this.isGrouped ||= groups !== '' && separator !== ' ';
      }
    }
    let fraction = '';
    const point = this.position;
    if (this.#eats('.')) {
      fraction = this.#digits();
      const recurring = this.#recurring();
      if (recurring === 'bad') return undefined;
      if (recurring !== '') return repeating(digits, fraction, recurring);
      // The point of `5.` belongs to the number, that of `.` does not.
      if (fraction === '' && digits === '') this.position = point;
    }
    return digits + fraction === '' ? undefined : decimal(digits, fraction);
  }

  /** The digits under a bar or a dot, which recur; empty without. */
  #recurring(): string | 'bad' {
    const match = /^\\(?:overline|bar|dot) ?(?:\{(\d{1,40})\}|(\d))/.exec(this.#text.slice(this.position, this.position + 60));
    if (!match) return '';
    this.position += match[0].length;
    return isDigit(this.#text[this.position] ?? '') ? 'bad' : (match[1] ?? match[2]!);
  }

  /** Groups of a separator and exactly three digits. */
  #thousands(separator: string): string {
    let digits = '';
    for (;;) {
      const group = this.#text.slice(this.position + 1, this.position + 4);
      const isGroup = group.length === 3 && [...group].every(isDigit) && !isDigit(this.#text[this.position + 4] ?? '');
      if (this.#text[this.position] !== separator || !isGroup) return digits;
      digits += group;
      this.position += 4;
    }
  }

  /** `e3`, `*10^3`, or, behind a whole number, `^3`. */
  #power(base: Rational): Rational | undefined {
    const next = this.#text[this.position];
    if ((next === 'e' || next === 'E') && /^[-+]?\d/.test(this.#text.slice(this.position + 1, this.position + 3))) {
      this.position++;
      return this.#scaled(base, this.#exponent(true));
    }
    const start = this.position;
    if (this.#eats('*', true)) {
      this.#blanks();
      if (this.#eats('10^')) return this.#scaled(base, this.#exponent(true));
      this.position = start;
      return undefined;
    }
    if (!this.#eats('^', true)) return base;
    const exponent = this.#exponent(false);
    if (exponent === undefined) return undefined;
    if (base.numerator === 0n && exponent <= 0) return undefined;
    const size = Math.abs(exponent);
    const length = base.numerator.toString().length + base.denominator.toString().length;
    if (length * size > 4 * maxDigits) return undefined;
    let power = whole(1n);
    for (let i = 0; i < size; i++) power = multiply(power, base);
    return exponent < 0 ? divide(whole(1n), power) : power;
  }

  #scaled(base: Rational, exponent: number | undefined): Rational | undefined {
    return exponent === undefined ? undefined : multiply(base, powerOfTen(exponent));
  }

  /** A whole exponent within bounds, in braces or not; without them only one digit where `loose` is not set: `2^10` is typeset as 2 squared and a 0. */
  #exponent(loose: boolean): number | undefined {
    const close = this.#eats('{') ? '}' : this.#eats('(') ? ')' : '';
    this.#blanks();
    const sign = this.#eats('-') ? -1 : this.#eats('+') ? 1 : 1;
    const digits = this.#digits();
    if (digits === '' || digits.length > 3 || (close !== '' && !this.#eats(close, true))) return undefined;
    if (!loose && close === '' && digits.length > 1) return undefined;
    const exponent = sign * Number(digits);
    return Math.abs(exponent) <= largestExponent ? exponent : undefined;
  }

  #digits(): string {
    const start = this.position;
    while (isDigit(this.#text[this.position] ?? '')) this.position++;
    return this.#text.slice(start, this.position);
  }

  #blanks(): void {
    while (this.#text[this.position] === ' ') this.position++;
  }

  /** Reads `expected`, after blanks if `afterBlanks`. */
  #eats(expected: string, afterBlanks = false): boolean {
    let start = this.position;
    while (afterBlanks && this.#text[start] === ' ') start++;
    if (!this.#text.startsWith(expected, start)) return false;
    this.position = start + expected.length;
    return true;
  }
}

function isDigit(character: string): boolean {
  return character.length === 1 && character >= '0' && character <= '9';
}
