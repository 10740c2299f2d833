/** Options of the built-in environments, read strictly. */
import { CohortError, show, suggest } from '../core/errors.ts';

/** The options that an environment knows, with their types. `steps` is a whole number of at least 1. */
export type OptionKinds = Readonly<Record<string, 'boolean' | 'steps'>>;

/** What {@link readOptions} returns. */
export type OptionValues<K extends OptionKinds> = {
  readonly [Name in keyof K]?: K[Name] extends 'boolean' ? boolean : number;
};

/** Checks names and types. Throws {@link CohortError} for an unknown name (with the nearest) or a value of another type. */
export function readOptions<K extends OptionKinds>(id: string, kinds: K, options: Readonly<Record<string, unknown>> = {}): OptionValues<K> {
  for (const [name, value] of Object.entries(options)) {
    const kind = kinds[name];
    if (kind === undefined) {
      throw new CohortError({
        subject: `${id}: option`,
        expected: `one of ${Object.keys(kinds).join(', ')}`,
        got: show(name),
        advice: suggest(name, Object.keys(kinds)),
      });
    }
    if (value === undefined) continue;
    if (kind === 'boolean' ? typeof value !== 'boolean' : !(Number.isInteger(value) && (value as number) >= 1)) {
      throw new CohortError({
        subject: `${id}: ${name}`,
        expected: kind === 'boolean' ? 'true or false' : 'a whole number of at least 1',
        got: show(value),
        advice: 'mend the option',
      });
    }
  }
  return options as OptionValues<K>;
}
