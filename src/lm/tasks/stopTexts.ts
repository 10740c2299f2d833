/**
 * Texts that end a completion. A completion is cut after the token that completes one: what stays was drawn as if sampling had ended there, for later tokens
 * decide nothing about earlier ones. The text itself stays part of the completion, as with `stop_strings` of transformers.
 */
/**
 * The texts of a setting: `|` stands between them; in them `\n` is a line break, `\|` a bar and `\\` a backslash.
 *
 * Example: `</answer>|\n\n` are two.
 */
export function readStopTexts(setting: string | undefined): readonly string[] {
  if (setting === undefined) return [];
  const marks: Readonly<Record<string, string>> = { n: '\n', '|': '|', '\\': '\\' };
  const texts = [''];
  for (const [piece] of setting.matchAll(/\\[\s\S]|[\s\S]/gu)) {
    if (piece === '|') texts.push('');
    else texts.push(texts.pop()! + (piece.length > 1 && piece.startsWith('\\') ? (marks[piece.slice(1)] ?? piece) : piece));
  }
  return texts;
}

/**
 * Tokens up to and with the one that completes the first of the texts; `undefined` where none is in it. `decode` is the text of the first so many tokens.
 *
 * Example: of tokens `ab`, `c<`, `/a>`, `x` with the text `</a>` three are kept.
 */
export function stoppedAfter(count: number, decode: (tokens: number) => string, stop: readonly string[]): number | undefined {
  const isIn = (tokens: number): boolean => {
    const text = decode(tokens);
    return stop.some((one) => text.includes(one));
  };
  if (stop.length === 0 || !isIn(count)) return undefined;
  let [without, enough] = [0, count];
  while (enough - without > 1) {
    const middle = (without + enough) >> 1;
    if (isIn(middle)) enough = middle;
    else without = middle;
  }
  return enough;
}
