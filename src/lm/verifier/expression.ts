/**
 * Formulas as trees. Nothing is worked out here but the numbers that a fraction or a decimal writes.
 */

import { type Expression, inverse, negated, number, product, quotient, Refused } from './expressionTree.ts';
import { whole } from './rational.ts';
import { type Token, tokenize } from './tokens.ts';

export type { Expression } from './expressionTree.ts';

const deepest = 24;
const functions = new Set('sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp'.split(' '));
/** Letters that are functions where a bracket touches them. */
const functionLetters = new Set('fghFGHPQW');
const bigOperators = new Set(['\\sum', '\\prod', '\\int']);

/** Reads a normalized formula; `undefined` where it is none, or where it can be read in two ways. */
export function readExpression(text: string): Expression | undefined {
  const tokens = tokenize(text);
  if (!tokens || tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  try {
    const result = parser.sum();
    return parser.atEnd ? result : undefined;
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#position === this.#tokens.length;
  }

  /** Terms with their signs. */
  sum(): Expression {
    if (++this.#depth > deepest) throw new Refused();
    const terms: Expression[] = [];
    for (;;) {
      const sign = this.#peek();
      const signed = sign === '-' || sign === '+' || sign === '\\pm' || sign === '\\mp';
      if (signed) this.#position++;
      else if (terms.length > 0) break;
      const term = this.#product();
      if (sign === '-') terms.push(negated(term));
      else if (sign === '\\pm' || sign === '\\mp') terms.push({ kind: 'call', name: sign, inputs: [term] });
      else terms.push(term);
    }
    this.#depth--;
    return terms.length === 1 ? terms[0]! : { kind: 'sum', terms };
  }

  #product(): Expression {
    const factors: Expression[] = [];
    let slashed = false;
    for (;;) {
      const next = this.#peek();
      if (factors.length > 0 && (next === '*' || next === '/')) {
        if (slashed) throw new Refused();
        this.#position++;
        const factor = this.#power();
        factors.push(next === '/' ? inverse(factor) : factor);
        slashed = next === '/';
      } else if (this.#startsFactor()) {
        // `1/2x` may be half of x, or one by 2x.
        if (slashed) throw new Refused();
        const start = this.#tokens[this.#position]!;
        const factor = this.#power();
        const before = factors.at(-1);
        // `1 h 30 min` is no product, `1\frac12` a mixed number, `2 3` a slip of the pen.
        if (before && start.kind === 'number') throw new Refused();
        if (before?.kind === 'number' && factor.kind === 'number' && start.text !== '(') throw new Refused();
        factors.push(factor);
      } else {
        break;
      }
    }
    if (factors.length === 0) throw new Refused();
    return product(factors);
  }

  #startsFactor(): boolean {
    const token = this.#tokens[this.#position];
    return token !== undefined && (token.kind !== 'sign' || token.text === '(' || token.text === '{');
  }

  /** A factor with its exponent and exclamation marks. */
  #power(): Expression {
    let base = this.#primary();
    if (this.#peek() === '!') {
      this.#position++;
      base = { kind: 'call', name: 'factorial', inputs: [base] };
    }
    if (this.#peek() === '^') {
      this.#position++;
      base = { kind: 'power', base, exponent: this.#script() };
    }
    if (this.#peek() === '!' || this.#peek() === '^') throw new Refused();
    return base;
  }

  /** What `^` and `_` take: a group or one character. */
  #script(): Expression {
    if (this.#peek() === '{') return this.#group();
    const token = this.#tokens[this.#position++];
    if (token?.kind === 'number' && token.text.length === 1) return number(token.text);
    if (token?.kind === 'symbol' && token.text.length === 1) return { kind: 'symbol', name: token.text };
    throw new Refused();
  }

  #group(): Expression {
    this.#expect('{');
    const inner = this.sum();
    this.#expect('}');
    return inner;
  }

  #primary(): Expression {
    const token = this.#tokens[this.#position++];
    if (token === undefined) throw new Refused();
    if (token.kind === 'number') return this.#maybeBased(token.text);
    if (token.kind === 'opaque') return { kind: 'symbol', name: token.text };
    if (token.text === '(' || token.text === '{') {
      const inner = this.sum();
      this.#expect(token.text === '(' ? ')' : '}');
      return inner;
    }
    if (token.kind !== 'symbol') throw new Refused();
    return this.#named(token.text);
  }

  #named(name: string): Expression {
    if (name === '\\frac') {
      if (this.#isDerivative()) throw new Refused();
      const above = this.#fractionPart();
      return quotient(above, this.#fractionPart());
    }
    if (name === '\\binom') return { kind: 'call', name: 'binom', inputs: [this.#fractionPart(), this.#fractionPart()] };
    if (name === '\\sqrt') return this.#root();
    if (name === '\\abs') return { kind: 'call', name: 'abs', inputs: [this.#group()] };
    const bare = name.replace('\\', '');
    if (functions.has(bare)) return this.#function(bare);
    if (bigOperators.has(name)) return this.#bigOperator(name);
    const symbol = this.#subscripted(name);
    if (this.#peek() === '(' && !this.#tokens[this.#position]!.blank && (functionLetters.has(name) || this.#isArgument())) {
      this.#position++;
      const input = this.sum();
      this.#expect(')');
      return { kind: 'call', name: symbol, inputs: [input] };
    }
    return { kind: 'symbol', name: symbol };
  }

  /** A bracket around a single letter or number, which a letter may be a function of. */
  #isArgument(): boolean {
    const [, inner, close] = this.#tokens.slice(this.#position, this.#position + 3);
    return inner?.kind !== 'sign' && close?.text === ')';
  }

  /** `\frac{d}{dx}`, `\frac{dy}{dx}`. */
  #isDerivative(): boolean {
    const ahead = this.#tokens.slice(this.#position, this.#position + 8).map(({ text }) => text);
    return /^\{d[a-z]?\}\{d[a-z]\}/.test(ahead.join(''));
  }

  /** A number with its base, `204_5`. */
  #maybeBased(text: string): Expression {
    if (this.#peek() !== '_') return number(text);
    this.#position++;
    return { kind: 'call', name: `base ${text}`, inputs: [this.#script()] };
  }

  #subscripted(name: string): string {
    if (this.#peek() !== '_') return name;
    this.#position++;
    if (this.#peek() !== '{') {
      const token = this.#tokens[this.#position++];
      if (token === undefined || token.kind === 'sign' || token.text.length > 1) throw new Refused();
      return `${name}_${token.text}`;
    }
    let inner = '';
    for (this.#position++; this.#peek() !== '}'; this.#position++) {
      const token = this.#tokens[this.#position];
      if (token === undefined || token.text === '{') throw new Refused();
      inner += token.text;
    }
    this.#position++;
    return `${name}_${inner}`;
  }

  #fractionPart(): Expression {
    if (this.#peek() === '{') return this.#group();
    // `\frac12`: the tokenizer keeps the digits behind a command apart.
    const token = this.#tokens[this.#position++];
    if (token?.kind === 'number' && token.text.length === 1) return number(token.text);
    if (token?.kind === 'symbol' && token.text.length === 1) return { kind: 'symbol', name: token.text };
    if (token?.text === '\\pi') return { kind: 'symbol', name: token.text };
    throw new Refused();
  }

  #root(): Expression {
    let index: Expression = { kind: 'number', value: whole(2n) };
    if (this.#peek() === '[') {
      this.#position++;
      index = this.sum();
      this.#expect(']');
    }
    const radicand = this.#peek() === '(' ? this.#primary() : this.#fractionPart();
    return { kind: 'call', name: 'sqrt', inputs: [radicand, index] };
  }

  /** `\sin x`, `\sin^2(y)`, `\log_{2} 8`: without brackets the letters and numbers that follow, up to the next function. */
  #function(bare: string): Expression {
    let name = bare;
    let exponent: Expression | undefined;
    if (this.#peek() === '_') {
      const subscripted = this.#subscripted(name);
      name = subscripted;
    }
    if (this.#peek() === '^') {
      this.#position++;
      exponent = this.#script();
    }
    let input: Expression;
    if (this.#peek() === '(') {
      input = this.#primary();
      if (this.#peek() === '^' || this.#peek() === '!') throw new Refused();
    } else {
      const factors: Expression[] = [];
      while (this.#startsFactor() && this.#peek() !== '(' && !functions.has(this.#peek().replace('\\', ''))) factors.push(this.#power());
      if (factors.length === 0) throw new Refused();
      input = product(factors);
    }
    // The inverse function, not the inverse of its value.
    if (exponent?.kind === 'number' && exponent.value.numerator < 0n) {
      if (exponent.value.numerator !== -exponent.value.denominator) throw new Refused();
      return { kind: 'call', name: `arc${name}`, inputs: [input] };
    }
    const call: Expression = { kind: 'call', name, inputs: [input] };
    return exponent ? { kind: 'power', base: call, exponent } : call;
  }

  /** The operator over the product that follows, with its bounds as they are written. */
  #bigOperator(name: string): Expression {
    let full = name;
    for (const mark of ['_', '^']) {
      if (this.#peek() !== mark) continue;
      this.#position++;
      full += mark;
      let level = 0;
      do {
        const token = this.#tokens[this.#position++];
        if (token === undefined) throw new Refused();
        if (token.text === '{') level++;
        if (token.text === '}') level--;
        full += token.text;
      } while (level > 0);
    }
    return { kind: 'call', name: full, inputs: [this.#product()] };
  }

  #peek(): string {
    const token = this.#tokens[this.#position];
    return token === undefined || token.kind === 'number' || token.kind === 'opaque' ? '' : token.text;
  }

  #expect(text: string): void {
    if (this.#peek() !== text) throw new Refused();
    this.#position++;
  }
}
