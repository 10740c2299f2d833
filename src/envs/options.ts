/** Options of the built-in environments, read strictly. */
import { CohortError, show, suggest } from '../core/errors.ts';

/** What each kind of option is, in words. `steps` is a whole number of at least 1, `number` any finite number. */
const kindNames = { boolean: 'true or false', steps: 'a whole number of at least 1', number: 'a finite number' };

/** The options that an environment knows, with their types. */
export type OptionKinds = Readonly<Record<string, keyof typeof kindNames>>;

/** What {@link readOptions} returns. */
export type OptionValues<K extends OptionKinds> = {
  readonly [Name in keyof K]?: K[Name] extends 'boolean' ? boolean : number;
};

function isKind(kind: keyof typeof kindNames, value: unknown): boolean {
  if (kind === 'boolean') return typeof value === 'boolean';
  return kind === 'steps' ? Number.isInteger(value) && (value as number) >= 1 : Number.isFinite(value);
}

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
    if (!isKind(kind, value)) {
      throw new CohortError({
        subject: `${id}: ${name}`,
        expected: kindNames[kind],
        got: show(value),
        advice: 'fix the option',
      });
    }
  }
  return options as OptionValues<K>;
}
