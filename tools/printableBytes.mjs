/**
 * Bytes as printable text that gzip shrinks as well as the bytes themselves: each of the 87 smallest is one character, any other two. `bytesOfPrintable` of
 * src/core/text.ts reads it.
 */

/** What needs no escape in a string of JavaScript, in any quotes: ASCII without `"`, `$`, `'`, `\` and the backtick. */
const alphabet = Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)).filter((character) => !'"$\'\\`'.includes(character));
const single = alphabet.length - 3;

/** The text of bytes. */
export function printableOf(bytes) {
  return Array.from(bytes, (byte) => {
    if (byte < single) return alphabet[byte];
    const rest = byte - single;
    return alphabet[single + Math.floor(rest / single)] + alphabet[rest % single];
  }).join('');
}
