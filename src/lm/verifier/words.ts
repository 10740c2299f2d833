/**
 * Answers in words, and the letters of choices.
 */

/** Sets of words of which one alone is right: two different ones of a set differ. Spelled as {@link wordsOf} gives them. */
const closedSets: readonly (readonly string[])[] = [
  ['yes', 'no'],
  ['true', 'false'],
  ['odd', 'even'],
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'],
  ['north', 'south', 'east', 'west'],
  ['left', 'right'],
  ['ellipse', 'hyperbola', 'parabola', 'circle'],
];

const inSet = new Map<string, number>();
for (const [i, set] of closedSets.entries()) for (const word of set) inSet.set(word, i);

const synonyms: ReadonlyMap<string, string> = new Map([
  ['dne', 'does not exist'],
  ['undefined', 'not defined'],
  ['no solutions', 'no solution'],
  ['no real solutions', 'no real solution'],
  ['infinity', 'infinite'],
]);

/** Labels in front of a choice. */
const label = /^(?:option|choice|answer|case) (?=\(?[A-Z])/i;

/** What is left of a text when a label such as `option` is taken off. */
export function withoutLabel(text: string): string {
  return text.replace(label, '').trim();
}

/** Words in one spelling: lower case, no hyphens, no article in front, synonyms as one; `undefined` where the text is no words. */
export function wordsOf(text: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z '-]*$/.test(text)) return undefined;
  const plain = text.toLowerCase().replace(/[ -]+/g, ' ').trim();
  const words = plain.split(' ');
  // The letters of a figure: ABC is not abc.
  if (/^[A-Z]{2,4}$/.test(text) && !inSet.has(plain) && !synonyms.has(plain)) return undefined;
  // Letters with blanks and signs between them are a formula.
  if (!inSet.has(plain) && words.every((word) => word.length <= 2)) return undefined;
  const bare = words.length > 1 ? plain.replace(/^(?:an|a|the) /, '') : plain;
  return synonyms.get(bare) ?? bare;
}

/** Whether two answers in words are the same; `undefined` unless they are spelled alike or of one closed set. */
export function sameWords(a: string, b: string): boolean | undefined {
  if (a === b) return true;
  const set = inSet.get(a);
  return set !== undefined && set === inSet.get(b) ? false : undefined;
}

/** `(C) 12`, `C) 12`, `C. 12`, `C: 12`: the letter, and what it labels. */
export function readChoice(text: string): { readonly letter: string; readonly rest: string } | undefined {
  const match = /^(?:\(([A-J])\)|([A-J])[).:]) ?(?=\S)(.*)$/.exec(text);
  const rest = match?.[3] ?? '';
  // `(A) or (B)` names two of them.
  return match && !/^(?:or|and|not|but)(?![a-z])|^[,;&/+*=<>^_!|-]/i.test(rest) ? { letter: (match[1] ?? match[2])!, rest } : undefined;
}

/** Whether two texts are different letters of choices. */
export function areOtherChoices(a: string, b: string): boolean {
  return /^[A-J]$/.test(a) && /^[A-J]$/.test(b) && a !== b;
}
