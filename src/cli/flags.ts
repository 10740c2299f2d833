/**
 * The flags of commands that train, made from the fields of the configuration: one source for what a program, a file and a command line may say.
 */
import type { FieldDescription } from '../node/toolkit.ts';
import type { Library } from './library.ts';

/** One flag for one field of the configuration. */
export interface FieldFlag {
  /** The field, as in a program: `numEnvs`. */
  readonly field: string;
  /** The flag: `--num-envs`. */
  readonly flag: string;
  readonly description: FieldDescription;
  /** The methods that have the field. */
  readonly methods: readonly string[];
  /** The default with each of them. */
  readonly defaults: ReadonlyMap<string, unknown>;
  /** What methods are one of, by their names, where many have the same fields. */
  readonly families: ReadonlyMap<string, string>;
}

/** What was said with a flag: a switch is `true`, its `--no-` form `false`; a list is of a flag that may be repeated. */
export type FlagValue = string | boolean | readonly string[];

/** Other names of flags: those of CleanRL and Stable-Baselines3, and the symbols of the paper on language models. */
export const flagAliases: readonly (readonly [alias: string, flag: string])[] = [
  ['--ent-coef', '--entropy-coef'],
  ['--vf-coef', '--value-coef'],
  ['--total-timesteps', '--total-steps'],
  ['--beta-th', '--min-valid-fraction'],
  ['--age', '--gradient-rescaling'],
  ['--f-norm', '--advantage-scale'],
];

/** The aliases of a command that has those flags. */
export function aliasesOf(flags: readonly string[]): (readonly [alias: string, flag: string])[] {
  return flagAliases.filter(([alias, flag]) => flags.includes(flag) && !flags.includes(alias));
}

/** The proper name of a flag. */
export function properName(flag: string): string {
  return flagAliases.find(([alias]) => alias === flag)?.[1] ?? flag;
}

/** Values by the proper names of their flags. Throws `CohortError` where an alias and its flag are both given. */
export function withoutAliases(flags: ReadonlyMap<string, FlagValue>, library: Library): Map<string, FlagValue> {
  const proper = new Map<string, FlagValue>();
  for (const [said, value] of flags) {
    const flag = properName(said);
    if (flag !== said && flags.has(flag)) {
      throw library.mistake(said, `one of ${said} and ${flag}, which are the same`, 'both', 'leave one out');
    }
    proper.set(flag, value);
  }
  return proper;
}

/** Options of an environment as values of `--env-option`: `isSlippery=false`. */
export function envOptionWords(options: object): string[] {
  return Object.entries(options).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
}

/** `numEnvs` as a flag: `--num-envs`. */
export function flagOf(field: string): string {
  return `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `--num-envs` as a field: `numEnvs`; other text is split into words in the same way. */
export function fieldOf(flag: string): string {
  return flag.replace(/^--?(no-)?/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

// Groups that a method brings with it come between the first of these and the others.
const [firstGroup, ...lastGroups] = ['Task', 'Rollout', 'Update', 'Network', 'Evaluation', 'Run', 'Machine'] as const;

/** The groups of help texts in their order, for the groups that fields name. */
export function orderedGroups(named: readonly string[]): string[] {
  const common: readonly string[] = [firstGroup, ...lastGroups];
  return [firstGroup, ...new Set(named.filter((group) => !common.includes(group))), ...lastGroups];
}

/** The flags of methods together, in the order of the help text. */
export function flagsOfFields(
  described: readonly (readonly [method: string, fields: readonly FieldDescription[]])[],
  families: FieldFlag['families'] = new Map(),
): FieldFlag[] {
  const flags = new Map<string, { description: FieldDescription; defaults: Map<string, unknown> }>();
  for (const [method, descriptions] of described) {
    for (const description of descriptions) {
      const known = flags.get(description.name);
      const { default: value, names } = description;
      // `custom` stands for a function, which has no flag.
      const shown = { ...description, names: names?.filter((name) => name !== 'custom') };
      if (known) known.defaults.set(method, value);
      else flags.set(description.name, { description: shown, defaults: new Map([[method, value]]) });
    }
  }
  const groups = orderedGroups([...flags.values()].map(({ description }) => description.group));
  return [...flags]
    .map(([field, { description, defaults }]) => {
      return { field, flag: flagOf(field), description, methods: [...defaults.keys()], defaults, families };
    })
    .sort((a, b) => groups.indexOf(a.description.group) - groups.indexOf(b.description.group));
}

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function parseNumber(text: string): number | string {
  const trimmed = text.trim();
  return numberText.test(trimmed) ? Number(trimmed) : text;
}

/** The word that takes the value of an optional field away. */
export const unset = 'none';

/**
 * The value that a flag's text stands for, or what a file says; `null` for `none` where the field is optional. Text that is no number stays text, so that
 * the configuration's own check reports it.
 */
export function parseFlagValue(description: FieldDescription, text: unknown): unknown {
  // A list of one, as a file may say it.
  if (description.type === 'integers' && typeof text === 'number') return [text];
  if (typeof text !== 'string') return text;
  if (description.default === undefined && text.trim() === unset) return null;
  switch (description.type) {
    case 'integer':
    case 'number':
      return parseNumber(text);
    case 'integers':
      return text.trim() === '' || text.trim() === unset ? [] : text.split(',').map(parseNumber);
    default:
      return text;
  }
}

/** A value of a field as its flag says it. */
export function writeField(value: unknown): string | boolean {
  return typeof value === 'boolean' ? value : showDefault(value);
}

/** A default for the help text: `64,64`, `0.00025`, `none`. */
function showDefault(value: unknown): string {
  if (value === undefined) return unset;
  if (Array.isArray(value)) return value.length === 0 ? unset : value.join(',');
  return String(value);
}

/** The value that a run would use. */
export interface UsedValue {
  readonly value: unknown;
  /** What it would be by default. */
  readonly default: unknown;
  /** Where it was set; missing for a default. */
  readonly from?: string | undefined;
}

/** `0.001 from recipe default, default 0.01`; what follows from other fields or the task is `here`. */
function describeUsed({ value, from, default: usual }: UsedValue, plain: string): string {
  const shown = showDefault(value);
  if (from === undefined && shown === showDefault(usual)) return plain;
  return [`${shown} ${from === undefined ? 'here' : `from ${from}`}`, ...(plain === '' ? [] : [plain])].join(', ');
}

/** The default, or what it is with each method; a family whose members differ has its own. */
function describeDefaults({ defaults, families }: FieldFlag): string {
  const alone = [...defaults].filter(([method]) => !families.has(method));
  const family = new Set([...defaults].flatMap(([method, value]) => (families.has(method) ? [showDefault(value)] : [])));
  const values = new Set(alone.map(([, value]) => showDefault(value)));
  const [first] = values.size > 0 ? values : family;
  const said = values.size > 1 ? alone.map(([method, value]) => `${showDefault(value)} for ${method}`).join(', ') : first!;
  const isOther = family.size > 1 || (family.size === 1 && !family.has(first!));
  return isOther && values.size > 0 ? `${said}; other methods have their own` : family.size > 1 ? 'that of the method' : said;
}

/** The methods that have a field, in words: a family by its name. */
export function nameOwners({ methods, families }: FieldFlag): string {
  return [...new Set(methods.map((method) => families.get(method) ?? method))].join(', ');
}

/**
 * What the help text says about a flag: description, names to choose from, default, and whose flag it is among the methods. For a run that is known it
 * says the value that the run would use, and where that is set.
 */
export function describeFlag(flag: FieldFlag, methods: readonly string[], used?: UsedValue): string {
  const { description, names } = flag.description;
  const shown = used ? showDefault(used.default) : describeDefaults(flag);
  const plain = /\bdefault(:| [\d.])/.test(description) ? '' : `default ${shown}`;
  const notes = [
    names ? `one of ${names.join(', ')}` : '',
    flag.methods.length < methods.length ? `${nameOwners(flag)} only` : '',
    used ? describeUsed(used, plain) : plain,
  ].filter((note) => note !== '');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

/** What stands for the value in the help text. */
export function placeholder(description: FieldDescription): string {
  return { integer: 'n', number: 'x', boolean: '', choice: 'name', integers: 'n,n', text: 'text' }[description.type];
}
