/**
 * A normalized formula in pieces.
 */
import { thousand, upright } from './marks.ts';

/** A piece of a formula; `blank` where a blank stands before it. `opaque` is a command with its group, taken as one letter. */
export interface Token {
  readonly kind: 'number' | 'symbol' | 'sign' | 'opaque';
  readonly text: string;
  readonly blank: boolean;
}

/** Commands whose group is part of one name. */
const accents = new Set('mathbb mathcal mathfrak vec overline overrightarrow overleftrightarrow widehat hat bar tilde'.split(' '));
/** Commands in front of the letters of a figure. */
const figures = new Set('angle triangle'.split(' '));
const known = new Set(
  (
    'frac binom sqrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh ln log lg exp sum prod int pm mp infty emptyset ' +
    'alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi varphi chi psi omega ' +
    'Gamma Delta Theta Lambda Sigma Phi Psi Omega ell cup cap'
  ).split(' '),
);
/** Names that are also written without a backslash. */
const plainNames = new Set('sin cos tan cot sec csc ln log exp sqrt pi'.split(' '));
/** Short words that are no product of letters. */
const shortWords = new Set(
  'to of or in at by no if on as is it be we he me so up us am an do go mod per and not the out off max min gcd lcm div deg cis arg dim det lim sup inf all'.split(
    ' ',
  ),
);
const longestProduct = 3;
const maxTokens = 400;

/** The pieces of a formula; `undefined` where a character or a command is not known. */
export function tokenize(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const add = (kind: Token['kind'], piece: string, blank: boolean): void => {
    tokens.push({ kind, text: piece, blank });
  };
  const scan = /[ \n]+|(\d[\d\uE000]*(?:\.\d+)?|\.\d+)|\\([A-Za-z]+)|([A-Za-z]+)|([-+*/^_!()[\]{}|=])/y;
  let blank = false;
  let absolute = false;
  const source = text.replaceAll(upright, '');
  while (scan.lastIndex < source.length) {
    const start = scan.lastIndex;
    const match = scan.exec(source);
    if (!match || tokens.length > maxTokens) return undefined;
    const [, digits, command, letters, sign] = match;
    if (digits !== undefined) {
      const before = tokens.at(-1);
      const plain = digits.replaceAll(thousand, '');
      // `\frac12` and `x^2y`: a command and a script take one digit; more of them can be meant otherwise.
      if (!blank && before?.kind === 'number') return undefined;
      // `0x10` and `x2` are not products.
      if (!blank && before?.kind === 'symbol' && /^[A-Za-z]$/.test(before.text)) return undefined;
      if (isFraction(tokens) && /^\d\d$/.test(plain)) {
        add('number', plain[0]!, blank);
        add('number', plain[1]!, false);
      } else {
        add('number', plain, blank);
      }
    } else if (command !== undefined) {
      const rest = accents.has(command) || figures.has(command) ? nameBehind(source, scan.lastIndex, command) : undefined;
      if (rest !== undefined) {
        scan.lastIndex += rest.length;
        add('opaque', `\\${command} ${rest.replace(/[ {}]/g, '')}`, blank);
      } else if (known.has(command)) {
        add(command === 'pm' || command === 'mp' ? 'sign' : 'symbol', `\\${command}`, blank);
      } else {
        return undefined;
      }
    } else if (letters !== undefined) {
      if (plainNames.has(letters)) add('symbol', `\\${letters}`, blank);
      // The letters of a figure are a name, not a product: ABC is not CBA.
      else if (/^[A-Z]{2,}$/.test(letters)) add('opaque', letters, blank);
      else if (letters.length > longestProduct || !isProduct(letters) || shortWords.has(letters.toLowerCase())) return undefined;
      // `5 xyz 7` is prose.
      else if (blank && letters.length > 1 && /^ \d/.test(source.slice(scan.lastIndex, scan.lastIndex + 2))) return undefined;
      else for (const letter of letters) add('symbol', letter, blank);
    } else if (sign === '|') {
      if (absolute) {
        add('sign', '}', blank);
      } else {
        add('symbol', '\\abs', blank);
        add('sign', '{', blank);
      }
      absolute = !absolute;
    } else if (sign === '=') {
      // Only inside the bounds of a sum; elsewhere the parser has no place for it.
      add('sign', '=', blank);
    } else if (sign !== undefined) {
      add('sign', sign, blank);
    }
    blank = start < scan.lastIndex && match[0].trim() === '';
  }
  return absolute ? undefined : tokens;
}

/** Three letters are a product where they are no word: xyz, abc, not new. */
function isProduct(letters: string): boolean {
  return letters.length < longestProduct || !/[aeiou]/i.test(letters) || /^(?:abc|bcd|cde|def|ijk)$/.test(letters);
}

/** Whether the last token is `\frac` or `\binom`, whose two digits may touch. */
function isFraction(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1);
  return last?.text === '\\frac' || last?.text === '\\binom';
}

function nameBehind(source: string, from: number, command: string): string | undefined {
  const rest = source.slice(from, from + 40);
  return (figures.has(command) ? /^ ?[A-Z]{1,4}/ : /^ ?(?:\{[A-Za-z ']{1,8}\}|[A-Za-z](?![A-Za-z]))/).exec(rest)?.[0];
}
