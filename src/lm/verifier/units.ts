/**
 * What may stand behind a number: a percent sign, a word that multiplies it, a unit.
 */

/** Words that multiply the number before them, by their power of ten. */
const scales: Readonly<Record<string, number>> = { hundred: 2, thousand: 3, million: 6, billion: 9, trillion: 12 };

/** Units that may touch the number, and single letters that are units. */
const shortUnits = new Set(
  'mm cm m km in ft yd mi mg g kg lb lbs oz t ms s sec min h hr hrs d L l mL ml cL cl K C F V W kW A J N Pa Hz mph kph c am pm AM PM USD EUR'.split(
    ' ',
  ),
);

/** Words that say more than a unit: a number with one of them is not just that number. */
const telling = new Set(
  (
    'and or to of not no half halves third thirds quarter quarters dozen dozens score gross plus minus times over divided by less more than ' +
    'least most about point squared cubed remainder mod is are equals pi e i infinity percent each if when else otherwise but'
  ).split(' '),
);

/** Most words of a unit, as in `square feet of carpet`; few, so that a sentence is none. */
const maxWords = 4;

/** What a text behind a number says. */
export interface Suffix {
  readonly percent: boolean;
  /** The number is to be multiplied by ten to this. */
  readonly exponent: number;
}

/** Reads what follows a number; `undefined` where it is neither empty nor a unit, so that the whole is not just a number. */
export function readSuffix(text: string): Suffix | undefined {
  const touching = text !== '' && text[0] !== ' ';
  const trimmed = text.trim();
  if (trimmed === '') return { percent: false, exponent: 0 };
  if (trimmed === '%' || /^per ?cent$/i.test(trimmed)) return { percent: true, exponent: 0 };
  const words = trimmed.split(' ');
  const scale = words[0]!.toLowerCase();
  const exponent = Object.hasOwn(scales, scale) ? scales[scale]! : 0;
  if (exponent > 0) words.shift();
  if (words.length > maxWords) return undefined;
  const isUnit = words.every((word, i) => {
    // cm^2, cm^{3}, m/s, hrs.
    const bare = word.replace(/(?:\^[23]|\^\{[23]\}|[²³])$/, '').replace(/\.$/, '');
    const parts = bare.split('/');
    return parts.length <= 3 && parts.every((part) => isUnitWord(part, i === 0 && exponent === 0 && touching));
  });
  return isUnit ? { percent: false, exponent } : undefined;
}

function isUnitWord(word: string, mustBeShort: boolean): boolean {
  if (shortUnits.has(word)) return true;
  return !mustBeShort && /^[A-Za-z]{2,24}$/.test(word) && !telling.has(word.toLowerCase()) && !Object.hasOwn(scales, word.toLowerCase());
}
