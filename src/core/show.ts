/**
 * Values and foreign text as they may stand in a message: short, on one line, and without anything that a terminal would act on.
 */
import { replaceDisguises } from './text.ts';

const shortEscapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escapeOf(character: string): string {
  return shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Text with control characters, marks of the writing direction and line separators as escapes: `\u001b`. */
export function escapeControls(text: string): string {
  return replaceDisguises(text, escapeOf);
}

/** The same for text of several lines: line feeds stay. */
export function escapeLines(text: string): string {
  return text.split('\n').map(escapeControls).join('\n');
}

const longestText = 60;
const longestName = 40;
const deepest = 3;
// Writing a number of a million digits takes seconds.
const greatest = 10n ** 40n;

/** The beginning of a text, whose end may be missing. */
function shorten(text: string, most: number): string {
  return escapeControls(text.length > most ? `${text.slice(0, most - 3)}...` : text);
}

function nameOf(value: object): string {
  const { name } = value as { readonly name?: unknown };
  return typeof name === 'string' ? shorten(name, longestName) : '';
}

function showObject(value: object, depth: number): string {
  if (ArrayBuffer.isView(value)) return `${nameOf(value.constructor)} of ${value.byteLength} bytes`;
  if (Array.isArray(value)) {
    const isLong = value.length > 8 || depth >= deepest;
    return isLong ? `a list of ${value.length}` : `[${Array.from(value, (entry) => showAt(entry, depth + 1)).join(', ')}]`;
  }
  const keys = Object.keys(value)
    .slice(0, 6)
    .map((key) => shorten(key, longestName));
  return `an object with ${keys.join(', ') || 'no keys'}`;
}

function showAt(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return `"${shorten(value, longestText)}"`;
    case 'bigint':
      return value > -greatest && value < greatest ? `${value}n` : 'a whole number of more than 40 digits';
    case 'undefined':
      return 'nothing';
    case 'symbol':
      return shorten(String(value), longestText);
    case 'function': {
      const name = nameOf(value);
      return `a function${name ? ` (${name})` : ''}`;
    }
    case 'object':
      return value === null ? 'null' : showObject(value, depth);
    default:
      return String(value);
  }
}

/** Writes a value for an error message: short, unambiguous, one line. Never throws. */
export function show(value: unknown): string {
  try {
    return showAt(value, 0);
  } catch {
    // A getter or a proxy of the caller's own.
    return `a value of type ${typeof value} that cannot be read`;
  }
}
