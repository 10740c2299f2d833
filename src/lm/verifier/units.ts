/**
 * What may stand behind a number: a percent sign, a word that multiplies it, a unit of the closed list.
 */
import { dollar, upright } from './marks.ts';
import { scales } from './numberWords.ts';
import { divide, equal, multiply, type Rational, whole } from './rational.ts';
import { factorsLike, findUnit } from './unitTable.ts';

/** A unit or a product of powers of units. */
export interface Unit {
  /** Power of every dimension, as `length:2`, in alphabetical order. */
  readonly dimensions: string;
  readonly factor: Rational;
  /** Only single letters that are not upright: they may be variables. */
  readonly maybeVariable: boolean;
}

/** What a text behind a number says. */
export interface Suffix {
  readonly percent: boolean;
  /** The number is to be multiplied by ten to this. */
  readonly exponent: number;
  readonly unit?: Unit | undefined;
}

/** Units that are no product of variables even where they touch the number. */
const touchingUnits = new Set('cm mm km kg mg ml mL cl cL ft yd lb lbs oz sec hr hrs min mph kph kW Hz USD EUR € £ ¥ ¢ $ Ω'.split(' '));
const speeds: Readonly<Record<string, string>> = {
  mph: 'mile per hour',
  kph: 'kilometer per hour',
  kmh: 'kilometer per hour',
  kmph: 'kilometer per hour',
};
const maxWords = 6;

/** Reads what follows a number, `isAmount` where that is no coefficient of a variable, such as 1,000; `undefined` where it is neither empty nor a unit, so that the whole is not just a number. */
export function readSuffix(text: string, isAmount = false): Suffix | undefined {
  const touching = !isAmount && text !== '' && text[0] !== ' ';
  const trimmed = text.trim();
  if (trimmed === '') return { percent: false, exponent: 0 };
  if (/^(?:%|pct|per ?cent|percentage)$/i.test(trimmed)) return { percent: true, exponent: 0 };
  const [first = '', ...rest] = trimmed.split(' ');
  const scale = touching ? undefined : scales.get(first.toLowerCase().replace(/s$/, ''));
  if (scale !== undefined && rest.length === 0) return { percent: false, exponent: scale };
  const unit = readUnit(scale === undefined ? trimmed : rest.join(' '), touching);
  return unit && { percent: false, exponent: scale ?? 0, unit: isAmount ? { ...unit, maybeVariable: false } : unit };
}

/** Reads a unit: `cm`, `square feet`, `m^2`, `km/h`, `miles per hour`, `(apples)`; `touching` where it touches the number. */
export function readUnit(text: string, touching = false): Unit | undefined {
  let rest = text
    .replace(dollar, '$')
    .replace(/^\((.*)\)$/, '$1')
    .trim();
  rest = Object.hasOwn(speeds, rest.toLowerCase()) ? speeds[rest.toLowerCase()]! : rest;
  if (touching && !touchesAsUnit(rest)) return undefined;
  const words = rest.replaceAll('/', ' / ').trim().split(/ +/);
  if (words.length > maxWords) return undefined;
  const powers = new Map<string, number>();
  let factor = whole(1n);
  let direction = 1;
  let multiplier = 1;
  let units = 0;
  let maybeVariable = true;
  for (const word of words) {
    if (word === '/' || word.toLowerCase() === 'per') {
      if (direction < 0 || multiplier !== 1) return undefined;
      direction = -1;
      continue;
    }
    const times = /^(?:square|sq\.?)$/i.test(word) ? 2 : /^(?:cubic|cu\.?)$/i.test(word) ? 3 : 1;
    if (times > 1 && multiplier === 1) {
      multiplier = times;
      continue;
    }
    const power = wordPower(word);
    const bare = word.replace(/(?:\^[23]|\^\{[23]\}|[²³])$/, '').replace(/\.$/, '');
    const name = bare.replace(upright, '');
    const entry = bare === 'C' || bare === 'F' ? undefined : findUnit(name);
    const degrees = powers.get('angle') === 1 && units === 1 && direction === 1 && temperatureOf(name);
    if (degrees) {
      powers.delete('angle');
      powers.set(degrees, 1);
      continue;
    }
    if (!entry || (power > 1 && multiplier > 1)) return undefined;
    // `5 m` may be five times m, `5 m/s` five times m by s.
    if (!/^[A-Za-z]$/.test(bare)) maybeVariable = false;
    const total = power * multiplier;
    powers.set(entry.dimension, (powers.get(entry.dimension) ?? 0) + direction * total * entry.power);
    for (let i = 0; i < total; i++) factor = direction > 0 ? multiply(factor, entry.factor) : divide(factor, entry.factor)!;
    multiplier = 1;
    units++;
  }
  // Several words are a unit each only around a `per`: `5 red apples` is not read.
  const needed = direction < 0 ? 2 : 1;
  if (multiplier !== 1 || units === 0 || units > needed || (direction < 0 && units < 1)) return undefined;
  const dimensions = [...powers]
    .filter(([, power]) => power !== 0)
    .map(([dimension, power]) => `${dimension}:${power}`)
    .sort()
    .join(' ');
  return { dimensions, factor, maybeVariable };
}

function touchesAsUnit(text: string): boolean {
  const bare = text.split('/')[0]!.replace(/(?:\^[23]|\^\{[23]\}|[²³])$/, '');
  return touchingUnits.has(bare) || bare.startsWith(upright) || bare.startsWith('(');
}

function wordPower(word: string): number {
  const end = /(?:\^([23])|\^\{([23])\}|([²³]))$/.exec(word);
  if (!end) return 1;
  return (end[1] ?? end[2]) === '2' || end[3] === '²' ? 2 : 3;
}

function temperatureOf(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (name === 'C' || lower === 'celsius' || lower === 'centigrade') return 'celsius';
  return name === 'F' || lower === 'fahrenheit' ? 'fahrenheit' : undefined;
}

/** A product of two units, as `$5 per hour` gives; `undefined` for the first where there is none. */
export function joinUnits(first: Unit | undefined, second: Unit | undefined): Unit | undefined | 'clash' {
  if (!first || !second) return first ?? second;
  return first.dimensions === second.dimensions ? second : 'clash';
}

/**
 * Compares `a` of the unit `unitA` with `b` of `unitB`; `undefined` where the units do not measure the same, or where one has none and the other
 * could be converted into it.
 */
export function sameQuantity(a: Rational, unitA: Unit | undefined, b: Rational, unitB: Unit | undefined): boolean | undefined {
  if (!unitA && !unitB) return equal(a, b);
  if (unitA && unitB) {
    if (unitA.dimensions !== unitB.dimensions) return undefined;
    if (equal(multiply(a, unitA.factor), multiply(b, unitB.factor))) {
      return unitA.maybeVariable !== unitB.maybeVariable && !equal(unitA.factor, unitB.factor) ? undefined : true;
    }
    return unitA.maybeVariable || unitB.maybeVariable ? undefined : false;
  }
  const unit = (unitA ?? unitB)!;
  if (unit.maybeVariable) return undefined;
  if (equal(a, b)) return true;
  const [measured, bare] = unitA ? [a, b] : [b, a];
  return isConversion(measured, unit, bare) ? undefined : false;
}

/** Whether the bare number could be the measured one in another unit. */
function isConversion(measured: Rational, unit: Unit, bare: Rational): boolean {
  const parts = /^([^: ]+):(\d)$/.exec(unit.dimensions);
  if (!parts) return unit.dimensions.includes(' ');
  const power = Number(parts[2]);
  const total = multiply(measured, unit.factor);
  const powers = factorsLike(parts[1]!, 1).map((factor) => Array.from({ length: power }, () => factor).reduce(multiply));
  const factors = power === 1 ? powers : [...powers, ...factorsLike(parts[1]!, power)];
  return factors.some((factor) => equal(total, multiply(bare, factor)));
}
