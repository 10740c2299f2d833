/**
 * Texts that cannot disguise themselves, nor steer a terminal.
 */

// Control characters, halves of characters, and what reverses the direction of text or takes no room (Unicode UAX 9); joiners are parts of words and stay.
const disguises = /[\p{Cc}\p{Cs}\u{AD}\u{61C}\u{200B}\u{200E}\u{200F}\u{2028}-\u{202E}\u{2060}-\u{2069}\u{FEFF}]/gu;

/** A text with every such character written otherwise; all of them are of one UTF-16 unit. */
export function replaceDisguises(text: string, write: (character: string) => string): string {
  return text.replace(disguises, write);
}

/** Text of one line in which everything can be seen: ends of lines as `⏎`, tabs as blanks, what is invisible or turns text around as `[U+202E]`. */
export function visibleText(text: string): string {
  return replaceDisguises(text.replaceAll('\r\n', '\n'), (character) => {
    if (character === '\n' || character === '\r' || character === '\u{2028}' || character === '\u{2029}') return '⏎';
    if (character === '\t') return ' ';
    return `[U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}

/** A value as JSON of one line in which everything can be seen; it reads back as the same value. */
export function visibleLine(value: unknown): string {
  return replaceDisguises(JSON.stringify(value), (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whether {@link visibleText} would leave the text as it is. */
export function isVisible(text: string): boolean {
  return visibleText(text) === text;
}

/** Bytes as hexadecimal digits, two of each. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// ASCII without what a string of JavaScript may have to escape.
const printable = ' !#%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~';

/**
 * The bytes of a text that `tools/printableBytes.mjs` wrote: characters 0 to 86 of {@link printable} are bytes, the last three begin a byte of two characters.
 *
 *     bytesOfPrintable('! |!') is [1, 0, 88]
 */
export function bytesOfPrintable(text: string): Uint8Array<ArrayBuffer> {
  const single = printable.length - 3;
  const bytes: number[] = [];
  let high = 0;
  for (const character of text) {
    const value = printable.indexOf(character);
    if (value >= single) {
      high = (value - single + 1) * single;
      continue;
    }
    bytes.push(high + value);
    high = 0;
  }
  return Uint8Array.from(bytes);
}

/** A value of JSON with every text in it made visible, keys included. */
export function visibleJson(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visibleJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [visibleText(key), visibleJson(entry)]));
}

/** Bytes in units of 1000: `12 kB`, `1.2 MB`, `3.4 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 999_500) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return bytes < 999.95e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** One word of a command line of a POSIX shell, in single quotes where the shell would read it otherwise: `it's` is `'it'\''s'`. */
export function posixWord(word: string): string {
  return word !== '' && /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A number's text with a real minus, as wide as a plus; what rounds to 0 has none. `-0.0` is `0.0`, `-4.5` is `−4.5`. */
export function withMinus(text: string): string {
  return /^-[0.]*$/.test(text) ? text.slice(1) : text.replace(/^-/, '−');
}
