/**
 * The closed list of units. A word that is not on it is no unit, whatever it follows.
 */
import { decimal, divide, type Rational } from './rational.ts';

/** What a unit measures, and how many of the first unit of its line it is. */
export interface UnitEntry {
  readonly dimension: string;
  /** Power of the dimension: a litre is a length to the third. */
  readonly power: number;
  readonly factor: Rational;
}

/** Lines of `dimension^power: names = factor, ...`. Exact factors by definition; units whose size depends on the place have a dimension of their own. */
const measures = `
length: m meter metre = 1, mm millimeter millimetre = 1/1000, cm centimeter centimetre = 1/100, dm decimeter decimetre = 1/10, km kilometer kilometre = 1000, in inch = 0.0254, ft foot feet = 0.3048, yd yard = 0.9144, mi mile = 1609.344
length^2: acre = 4046.8564224, ha hectare = 10000
length^3: L l liter litre = 1/1000, mL ml milliliter millilitre = 1/1000000, cL cl centiliter centilitre = 1/100000, dL dl = 1/10000, gal gallon = 0.003785411784, qt quart = 0.000946352946, pt pint = 0.000473176473, cup = 0.0002365882365, floz = 0.0000295735295625, tbsp tablespoon = 0.00001478676478125, tsp teaspoon = 0.00000492892159375
mass: g gram gramme = 1, mg milligram = 1/1000, kg kilogram kilo = 1000, oz ounce = 28.349523125, lb pound = 453.59237
ton: ton = 1, tonne = 1
time: s sec second = 1, ms millisecond = 1/1000, min minute = 60, h hr hour = 3600, d day = 86400, wk week = 604800
calendar: month = 1, yr year = 12, decade = 120, century centuries = 1200
angle: degree deg = 1
radian: rad radian = 1
usd: $ dollar usd buck = 1, ¢ cent penny pennies = 1/100, nickel = 1/20, dime = 1/10
eur: € euro eur = 1
gbp: £ gbp = 1, pence = 1/100
yen: ¥ yen = 1
yuan: yuan rmb = 1
rupee: rupee rs = 1
peso: peso = 1
ruble: ruble rouble = 1
franc: franc = 1
kelvin: K kelvin = 1
celsius: celsius = 1
fahrenheit: fahrenheit = 1
force: N newton = 1, kN kilonewton = 1000
energy: J joule = 1, kJ kilojoule = 1000
electronvolt: eV = 1
calorie: calorie cal = 1, kcal kilocalorie = 1000
power: W watt = 1, kW kilowatt = 1000
pressure: Pa pascal = 1, kPa = 1000
atmosphere: atm = 1
frequency: Hz hertz = 1, kHz = 1000
voltage: V volt = 1
current: A amp ampere = 1, mA milliampere = 1/1000
resistance: Ω ohm = 1
charge: coulomb = 1
amount: mol mole = 1
`;

/** Nouns that are counted: each is a dimension of its own. */
const counted =
  'unit point step way piece part item page book card ball marble coin stamp sticker ticket toy doll balloon box bag basket bottle can glass jar ' +
  'tray plate bowl bucket crate carton packet package pack egg apple orange banana pear peach plum cherry grape lemon melon berry fruit vegetable carrot ' +
  'potato tomato onion cookie cake cupcake muffin pie pizza slice sandwich candy chocolate loaf loaves bread donut doughnut pancake biscuit tart seed ' +
  'nut flower rose tulip daisy tree plant leaf leaves bush row column line block brick tile side edge vertex vertices face diagonal ' +
  'triangle rectangle circle angle digit number integer divisor subset team player game match goal ' +
  'vote member person people child children kid boy girl man men woman women student teacher pupil adult parent friend brother sister guest ' +
  'worker customer passenger animal dog cat bird fish horse cow pig sheep goat chicken duck rabbit hen puppy puppies kitten turtle frog bee ant ' +
  'butterfly monkey bear lion elephant car bus truck train plane boat ship bike bicycle wheel tire seat chair table desk room house building floor ' +
  'door window street road trip lap mile-marker gallon-jug shirt sock shoe hat dress pant button bead shell seashell rock stone pebble crayon pencil ' +
  'pen marker eraser notebook paper sheet envelope letter word sentence problem question test class classroom school lesson song photo picture ' +
  'painting movie video color colour arrangement combination permutation outcome path route code password sequence term bead handshake mission ' +
  'vehicle container serving meal lunch dollar-bill bill quarter-coin gift present prize trophy medal badge leg star strawberry shelf shelves basketball towel soda bracelet necklace battery van pile nail feather sack clip ' +
  'lollipop poster drink stick vase cage candle peanut raisin snowball treat visitor story hotdog pet comic pie cracker croissant bouquet';

function readTable(): Map<string, UnitEntry> {
  const table = new Map<string, UnitEntry>();
  for (const line of measures.trim().split('\n')) {
    const [head = '', body = ''] = line.split(': ');
    const [dimension = '', power = '1'] = head.split('^');
    for (const entry of body.split(', ')) {
      const [names = '', size = ''] = entry.split(' = ');
      for (const name of names.split(' ')) table.set(name, { dimension, power: Number(power), factor: readFactor(size) });
    }
  }
  const one = readFactor('1');
  for (const noun of counted.split(' ')) if (!table.has(noun)) table.set(noun, { dimension: noun, power: 1, factor: one });
  for (const [mark, dimension] of [
    ['am', 'morning'],
    ['pm', 'afternoon'],
  ] as const) {
    table.set(mark, { dimension, power: 1, factor: one });
  }
  return table;
}

function readFactor(text: string): Rational {
  const [above = '', below = '1'] = text.split('/');
  const [digits = '', fraction = ''] = above.split('.');
  return divide(decimal(digits, fraction)!, decimal(below, '')!)!;
}

const table = readTable();

/** The unit of a word, in the singular or plural, in any case where it has three letters or more; `undefined` for every other word. */
export function findUnit(word: string): UnitEntry | undefined {
  const exact = table.get(word);
  if (exact) return exact;
  // Short symbols mean other things in the other case: mW and MW, s and S.
  if (word.length < 3 && !/^(?:AM|PM)$/.test(word)) return undefined;
  const lower = word.toLowerCase();
  for (const singular of [lower, lower.replace(/s$/, ''), lower.replace(/es$/, ''), lower.replace(/ies$/, 'y')]) {
    const entry = (singular.length > 1 || singular === lower) && table.get(singular);
    if (entry && (singular.length > 2 || singular === lower || /^(?:hr|lb|yd|mi|qt|pt|yr|wk|oz)$/.test(singular))) return entry;
  }
  return undefined;
}

/** All names of units by what they measure; nouns that are counted under their own name. */
export function listUnits(): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const [name, { dimension, power }] of table) {
    const key = power === 1 ? dimension : `${dimension}^${power}`;
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  return names;
}

/** Factors of the units that measure the same as `dimension` to `power`. */
export function factorsLike(dimension: string, power: number): Rational[] {
  return [...table.values()].filter((entry) => entry.dimension === dimension && entry.power === power).map((entry) => entry.factor);
}
