/** Options of the built-in environments, read strictly. */
import { mistake, show, suggest } from '../core/errors.ts';
import { isRange, type OptionRange } from '../core/optionRange.ts';
import type { EnvOption } from './spec.ts';

/** What an option takes, in words. */
const describeValues = ({ kind, names = [] }: EnvOption): string =>
  ({
    boolean: 'true or false',
    steps: 'a whole number of at least 1',
    number: 'a finite number',
    choice: `one of ${names.join(', ')}`,
    range: 'two numbers [low, high], low < high, null for no bound',
  })[kind];

/** The options that an environment knows, by name. */
export type OptionTable = Readonly<Record<string, EnvOption>>;

/** The option that every environment takes. */
export const stepLimit = (steps?: number): EnvOption & { readonly kind: 'steps' } => ({
  kind: 'steps',
  ...(steps === undefined ? {} : { default: steps }),
  meaning: 'steps after which an episode is truncated',
});

/** What {@link readOptions} returns. */
export type OptionValues<K extends OptionTable> = {
  readonly [Name in keyof K]?: K[Name] extends { readonly kind: 'choice'; readonly names: readonly (infer Chosen)[] }
    ? Chosen
    : K[Name]['kind'] extends 'boolean'
      ? boolean
      : K[Name]['kind'] extends 'range'
        ? OptionRange
        : number;
};

function isAllowed({ kind, names = [] }: EnvOption, value: unknown): boolean {
  if (kind === 'range') return isRange(value);
  if (kind === 'boolean') return typeof value === 'boolean';
  if (kind === 'choice') return names.includes(value as string);
  return kind === 'steps' ? Number.isInteger(value) && (value as number) >= 1 : Number.isFinite(value);
}

/** Checks names and types. Throws {@link CohortError} for an unknown name (with the nearest) or a value of another type. */
export function readOptions<K extends OptionTable>(id: string, known: K, options: Readonly<Record<string, unknown>> = {}): OptionValues<K> {
  for (const [name, value] of Object.entries(options)) {
    const option = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!option) {
      throw mistake(`${id}: option`, `one of ${Object.keys(known).join(', ')}`, show(name), suggest(name, Object.keys(known)));
    }
    if (value === undefined) continue;
    if (!isAllowed(option, value)) {
      throw mistake(
        `${id}: ${name}`,
        describeValues(option),
        show(value),
        typeof value === 'string' && option.names ? suggest(value, option.names) : 'give another value, or leave it out',
      );
    }
  }
  return options as OptionValues<K>;
}
