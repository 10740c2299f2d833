/**
 * Finds added tokens in a text as the Rust library does: the leftmost, and of those the longest. Written here, since `@huggingface/tokenizers` knows no
 * whole words, and JavaScript's white space differs from Unicode's.
 * Rules: huggingface/tokenizers, tokenizer/added_vocabulary.rs.
 */
import type { AddedToken } from './model.ts';

/** A piece of a text: an added token, or what lies between two of them. */
export interface Section {
  readonly text: string;
  readonly token?: AddedToken;
}

interface Node {
  readonly next: Map<string, Node>;
  token?: AddedToken;
}

/** Cuts a text. An empty one has no sections; no section is empty. */
export type Splitter = (text: string) => Section[];

/** Cuts texts at the given tokens, which are spelled as `spelling` says. */
export function createSplitter(tokens: readonly AddedToken[], spelling: (token: AddedToken) => string): Splitter {
  const root: Node = { next: new Map() };
  for (const token of tokens) {
    let node = root;
    for (const unit of spelling(token).split('')) {
      let next = node.next.get(unit);
      if (next === undefined) {
        next = { next: new Map() };
        node.next.set(unit, next);
      }
      node = next;
    }
    // The spelling of the first one counts where two are spelled alike.
    if (node !== root) node.token ??= token;
  }
  return (text) => (root.next.size === 0 ? sectionsOf(text, []) : sectionsOf(text, findTokens(text, root)));
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly token: AddedToken;
}

function findTokens(text: string, root: Node): Match[] {
  const found: Match[] = [];
  let before = 0;
  for (let at = 0; at < text.length; ) {
    const match = longestAt(text, at, root);
    if (match === undefined) {
      at++;
      continue;
    }
    at = match.end;
    if (match.token.isWord && touchesWord(text, match)) continue;
    const start = match.token.stripsLeft ? Math.max(before, startOfSpace(text, match.start)) : match.start;
    const end = match.token.stripsRight ? endOfSpace(text, match.end) : match.end;
    found.push({ ...match, start, end });
    before = end;
    at = Math.max(at, end);
  }
  return found;
}

function longestAt(text: string, start: number, root: Node): Match | undefined {
  let longest: Match | undefined;
  let node: Node | undefined = root;
  for (let end = start; node !== undefined; end++) {
    if (node.token) longest = { start, end, token: node.token };
    node = end < text.length ? node.next.get(text[end]!) : undefined;
  }
  return longest;
}

/** Letters, marks, digits, connectors and joiners: `\w` of Rust's regular expressions. */
const wordAtEnd = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordAtStart = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

function touchesWord(text: string, { start, end }: Match): boolean {
  return wordAtEnd.test(text.slice(Math.max(0, start - 2), start)) || wordAtStart.test(text.slice(end, end + 2));
}

const space = /^\p{White_Space}$/u;

function startOfSpace(text: string, start: number): number {
  let at = start;
  while (at > 0 && space.test(text[at - 1]!)) at--;
  return at;
}

function endOfSpace(text: string, end: number): number {
  let at = end;
  while (at < text.length && space.test(text[at]!)) at++;
  return at;
}

function sectionsOf(text: string, matches: readonly Match[]): Section[] {
  const sections: Section[] = [];
  let at = 0;
  for (const { start, end, token } of matches) {
    if (start > at) sections.push({ text: text.slice(at, start) });
    sections.push({ text: text.slice(start, end), token });
    at = end;
  }
  if (at < text.length) sections.push({ text: text.slice(at) });
  return sections;
}
