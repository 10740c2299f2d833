/** Options of the built-in environments, read strictly. */
import { mistake, show, suggest } from '../core/errors.ts';
import { isRange, type OptionRange } from '../core/optionRange.ts';
import type { EnvOption } from './spec.ts';

/** One kind of option: what it takes, in words, and what is wrong with a value; `names` are those of the option. */
interface OptionKind {
  says(names: readonly string[]): string;
  /** What was got instead; nothing for a value that fits. */
  fault(value: unknown, names: readonly string[]): string | undefined;
}

const unless = (fits: (value: unknown, names: readonly string[]) => boolean): OptionKind['fault'] => {
  return (value, names) => (fits(value, names) ? undefined : show(value));
};

/** What is wrong with a map: rows of equal length, of known letters. */
function mapFault(value: unknown, letters: readonly string[]): string | undefined {
  if (!Array.isArray(value) || value.length === 0) return show(value);
  const width = typeof value[0] === 'string' ? value[0].length : 0;
  for (const [row, text] of (value as readonly unknown[]).entries()) {
    if (typeof text !== 'string' || text === '') return `${show(text)} as row ${row}`;
    if (text.length !== width) return `${text.length} letters in row ${row} and ${width} in row 0`;
    const column = Array.from({ length: width }, (_, k) => text[k]!).findIndex((letter) => !letters.includes(letter));
    if (column >= 0) return `${show(text[column])} at letter ${column} of row ${row}`;
  }
  return undefined;
}

/** Every kind: a new one is one entry here, and its name and type in `EnvOption` and {@link OptionValues}. */
const kinds: Readonly<Record<EnvOption['kind'], OptionKind>> = {
  boolean: { says: () => 'true or false', fault: unless((value) => typeof value === 'boolean') },
  number: { says: () => 'a finite number', fault: unless(Number.isFinite) },
  probability: { says: () => 'a number from 0 to 1', fault: unless((value) => typeof value === 'number' && value >= 0 && value <= 1) },
  steps: { says: () => 'a whole number of at least 1', fault: unless((value) => Number.isSafeInteger(value) && (value as number) >= 1) },
  count: { says: () => 'a whole number of at least 0', fault: unless((value) => Number.isSafeInteger(value) && (value as number) >= 0) },
  choice: { says: (names) => `one of ${names.join(', ')}`, fault: unless((value, names) => names.includes(value as string)) },
  numbers: {
    says: (names) => `a list of ${names.length} finite numbers (${names.join(', ')})`,
    fault: unless((value, names) => Array.isArray(value) && value.length === names.length && value.every(Number.isFinite)),
  },
  range: { says: () => 'two numbers [low, high], low < high, null for no bound', fault: unless(isRange) },
  map: { says: (names) => `a list of rows, texts of equal length of the letters ${names.join(', ')}`, fault: mapFault },
};

/** Throws {@link CohortError} for a kind that is none: a module's own table says it. */
function kindOf({ kind }: EnvOption): OptionKind {
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  throw mistake('options: kind', `one of ${Object.keys(kinds).join(', ')}`, show(kind), suggest(`${kind}`, Object.keys(kinds)));
}

/** What an option takes, in words: `true or false`. Throws {@link CohortError} for an unknown kind. */
export const describeOption = (option: EnvOption): string => kindOf(option).says(option.names ?? []);

/** The options that an environment knows, by name. */
export type OptionTable = Readonly<Record<string, EnvOption>>;

/** The option that every environment takes. */
export const stepLimit = (steps?: number): EnvOption & { readonly kind: 'steps' } => ({
  kind: 'steps',
  ...(steps === undefined ? {} : { default: steps }),
  meaning: 'steps after which an episode is truncated',
});

/** The values of those kinds that are neither numbers nor one of the names. */
interface ValueOfKind {
  readonly boolean: boolean;
  readonly numbers: readonly number[];
  readonly range: OptionRange;
  readonly map: readonly string[];
}

/** What {@link readOptions} returns. */
export type OptionValues<K extends OptionTable> = {
  readonly [Name in keyof K]?: K[Name] extends { readonly kind: 'choice'; readonly names: readonly (infer Chosen)[] }
    ? Chosen
    : K[Name]['kind'] extends keyof ValueOfKind
      ? ValueOfKind[K[Name]['kind']]
      : number;
};

/** Checks names and types. Throws {@link CohortError} for an unknown name (with the nearest) or a value of another type. */
export function readOptions<K extends OptionTable>(id: string, known: K, options: Readonly<Record<string, unknown>> = {}): OptionValues<K> {
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!option) {
      throw mistake(`${id}: option`, `one of ${Object.keys(known).join(', ')}`, show(name), suggest(name, Object.keys(known)));
    }
    if (value === undefined) continue;
    const got = kindOf(option).fault(value, option.names ?? []);
    if (got === undefined) continue;
    const isName = option.kind === 'choice' && typeof value === 'string';
    const advice = isName ? suggest(value, option.names ?? []) : 'give another value, or leave it out';
    throw mistake(`${id}: ${name}`, describeOption(option), got, advice);
  }
  return options as OptionValues<K>;
}
