/**
 * Whole-number expressions with + - * and parentheses, evaluated exactly. Nothing of a text is ever run.
 */

/** Maximum number of characters of an expression; it also bounds the depth of parentheses. */
const maxLength = 64;
/** Maximum number of digits of a number, so that every value of an expression of that length is a whole number that doubles or bigints hold. */
const maxDigits = 6;

/** An expression read: its value, and the numbers in it from left to right. */
export interface Evaluated {
  readonly value: bigint;
  readonly numbers: readonly number[];
}

/**
 * Evaluates `expression := term (('+' | '-') term)*`, `term := factor ('*' factor)*`, `factor := number | '(' expression ')'`. Numbers have no
 * sign and no leading zero; there are no spaces. `undefined` for every other text, and for one of more than 64 characters.
 */
export function evaluateExpression(text: string): Evaluated | undefined {
  if (text.length > maxLength) return undefined;
  let position = 0;
  const numbers: number[] = [];

  function number(): bigint | undefined {
    const start = position;
    while (position < text.length && text[position]! >= '0' && text[position]! <= '9') position++;
    const digits = text.slice(start, position);
    if (digits === '' || digits.length > maxDigits || (digits.length > 1 && digits[0] === '0')) return undefined;
    numbers.push(Number(digits));
    return BigInt(digits);
  }

  function factor(): bigint | undefined {
    if (text[position] !== '(') return number();
    position++;
    const value = sum();
    if (text[position] !== ')') return undefined;
    position++;
    return value;
  }

  function product(): bigint | undefined {
    let value = factor();
    while (value !== undefined && text[position] === '*') {
      position++;
      const next = factor();
      value = next === undefined ? undefined : value * next;
    }
    return value;
  }

  function sum(): bigint | undefined {
    let value = product();
    while (value !== undefined && (text[position] === '+' || text[position] === '-')) {
      const isPlus = text[position++] === '+';
      const next = product();
      value = next === undefined ? undefined : isPlus ? value + next : value - next;
    }
    return value;
  }

  const value = sum();
  return value === undefined || position < text.length ? undefined : { value, numbers };
}
