/**
 * The flags of `train` and `lm train`, made from the fields of the configuration: one source for what a program, a file and a command line may say.
 */
import type { FieldDescription } from '../node/index.ts';
import type { Library } from './library.ts';

/** One flag for one field of the configuration. */
export interface FieldFlag {
  /** The field, as in a program: `numEnvs`. */
  readonly field: string;
  /** The flag: `--num-envs`. */
  readonly flag: string;
  readonly description: FieldDescription;
  /** The algorithms that have the field. */
  readonly algorithms: readonly string[];
  /** The default with each of them. */
  readonly defaults: ReadonlyMap<string, unknown>;
}

/** Other names of flags, those that users of CleanRL and Stable-Baselines3 type. */
export const flagAliases: ReadonlyMap<string, string> = new Map([
  ['--ent-coef', '--entropy-coef'],
  ['--vf-coef', '--value-coef'],
  ['--total-timesteps', '--total-steps'],
]);

/** `numEnvs` as a flag: `--num-envs`. */
export function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The flags of all algorithms together, in the order of the help text's groups. */
export function fieldFlags(library: Pick<Library, 'algorithmNames' | 'describeFields' | 'runSchema' | 'fieldGroups'>): FieldFlag[] {
  const described = library.algorithmNames.map((name) => [name, library.describeFields(library.runSchema(name))] as const);
  return flagsOfFields(described, library.fieldGroups);
}

/** The method that all fields of `lm train` belong to. */
export const languageMethod = 'lm';

/** The flags of `lm train`, in the same order. */
export function languageFlags(library: Pick<Library, 'describeFields' | 'languageSchema' | 'fieldGroups'>): FieldFlag[] {
  return flagsOfFields([[languageMethod, library.describeFields(library.languageSchema())]], library.fieldGroups);
}

function flagsOfFields(
  described: readonly (readonly [string, readonly FieldDescription[]])[],
  groups: Library['fieldGroups'],
): FieldFlag[] {
  const flags = new Map<string, { description: FieldDescription; defaults: Map<string, unknown> }>();
  for (const [algorithm, descriptions] of described) {
    for (const description of descriptions) {
      const known = flags.get(description.name);
      const { default: value, names } = description;
      // `custom` stands for a function, which has no flag.
      const shown = { ...description, names: names?.filter((name) => name !== 'custom') };
      if (known) known.defaults.set(algorithm, value);
      else flags.set(description.name, { description: shown, defaults: new Map([[algorithm, value]]) });
    }
  }
  return [...flags]
    .map(([field, { description, defaults }]) => ({
      field,
      flag: flagOf(field),
      description,
      algorithms: [...defaults.keys()],
      defaults,
    }))
    .sort((a, b) => groups.indexOf(a.description.group) - groups.indexOf(b.description.group));
}

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseNumber(text: string): number | string {
  const trimmed = text.trim();
  return numberText.test(trimmed) ? Number(trimmed) : text;
}

/** The value that a flag's text stands for. Text that is no number stays text, so that the configuration's own check reports it. */
export function parseFlagValue(description: FieldDescription, text: string | boolean): unknown {
  if (typeof text === 'boolean') return text;
  switch (description.type) {
    case 'integer':
    case 'number':
      return parseNumber(text);
    case 'integers':
      return text.trim() === '' || text.trim() === 'none' ? [] : text.split(',').map(parseNumber);
    default:
      return text;
  }
}

/** A default for the help text: `64,64`, `0.00025`, `none`. */
function showDefault(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return String(value);
}

/** What the help text says about a flag: description, names to choose from, default, and whose flag it is. */
export function describeFlag(flag: FieldFlag, algorithmNames: readonly string[]): string {
  const { description, names } = flag.description;
  const defaults = new Set([...flag.defaults.values()].map(showDefault));
  const shown =
    defaults.size === 1
      ? [...defaults][0]
      : [...flag.defaults].map(([algorithm, value]) => `${showDefault(value)} for ${algorithm}`).join(', ');
  const notes = [
    names ? `one of ${names.join(', ')}` : '',
    flag.algorithms.length < algorithmNames.length ? `${flag.algorithms.join(', ')} only` : '',
    description.includes('(default') ? '' : `default ${shown}`,
  ].filter((note) => note !== '');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

/** What stands for the value in the help text. */
export function placeholder(description: FieldDescription): string {
  return { integer: 'n', number: 'x', boolean: '', choice: 'name', integers: 'n,n' }[description.type];
}
