/**
 * Configuration as data: every field has a type, a default, a range, a group and one line of description. The same record validates a
 * program's options, a YAML file and the command line's flags, and writes their help.
 */
import * as z from 'zod/mini';
import { failure, mistake, show, suggest } from './errors.ts';
import { type ForeignNames, suggestField } from './foreignNames.ts';

interface FieldOptions<T> {
  readonly description: string;
  readonly default: T;
}

/** What is said of a field, by its schema. */
export interface FieldWords {
  readonly description?: string;
  /** The heading where help texts and tables list it. */
  readonly group?: string;
}

/** A field, to which a module can say something else about itself; each gives a new one. */
export type Field<Schema extends z.core.$ZodType> = Schema & {
  /** The same field with other words. */
  meta(words: FieldWords): Field<Schema>;
  /** The same field with another description. */
  describe(description: string): Field<Schema>;
  /** The same field with another default. */
  default(value: z.core.output<Schema>): Field<Schema>;
};

/** The schema as a field, with what is said of it. */
function described<Schema extends z.core.$ZodType>(schema: Schema, { description, group }: FieldWords): Field<Schema> {
  const words = { ...(description !== undefined && { description }), ...(group !== undefined && { group }) };
  z.globalRegistry.add(schema, words);
  return Object.assign(schema, {
    meta: (more: FieldWords) => described(z.clone(schema), { ...words, ...more }),
    describe: (text: string) => described(z.clone(schema), { ...words, description: text }),
    default: (value: z.core.output<Schema>) => described(z._default(innerOf(schema), value as never) as never as Schema, words),
  });
}

const innerOf = (schema: z.core.$ZodType): z.core.$ZodType => definitionOf(schema).innerType ?? schema;

/** The fields under the heading where help texts and tables list them. */
export function inGroup<Fields extends Readonly<Record<string, z.core.$ZodType>>>(group: string, fields: Fields): Fields {
  const entries = Object.entries(fields).map(([name, field]) => [
    name,
    described(z.clone(field), { ...z.globalRegistry.get(field), group }),
  ]);
  return Object.fromEntries(entries) as Fields;
}

/** The fields, some with other defaults. */
export function withDefaults<Fields extends Readonly<Record<string, z.core.$ZodType>>>(
  fields: Fields,
  defaults: Readonly<Record<string, unknown>>,
): Fields {
  const changed = Object.entries(defaults).map(([name, value]) => [name, (fields[name] as Field<z.core.$ZodType>).default(value)]);
  return { ...fields, ...Object.fromEntries(changed) };
}

const within = ({ min, max }: { min: number; max: number }) => [z.minimum(min), z.maximum(max)] as const;

/** A whole number within bounds. */
export function integer(options: FieldOptions<number> & { min: number; max: number }): Field<z.ZodMiniDefault<z.ZodMiniNumber<number>>> {
  return described(z._default(z.int().check(...within(options)), options.default), options);
}

/** A finite number within bounds. */
export function real(options: FieldOptions<number> & { min: number; max: number }): Field<z.ZodMiniDefault<z.ZodMiniNumber<number>>> {
  return described(z._default(z.number().check(...within(options)), options.default), options);
}

/** A finite number within bounds, or nothing. */
export function optionalReal(
  options: Omit<FieldOptions<number>, 'default'> & { min: number; max: number },
): Field<z.ZodMiniOptional<z.ZodMiniNumber<number>>> {
  return described(z.optional(z.number().check(...within(options))), options);
}

/** A whole number within bounds, or nothing. */
export function optionalInteger(
  options: Omit<FieldOptions<number>, 'default'> & { min: number; max: number },
): Field<z.ZodMiniOptional<z.ZodMiniNumber<number>>> {
  return described(z.optional(z.int().check(...within(options))), options);
}

/** Yes or no. */
export function flag(options: FieldOptions<boolean>): Field<z.ZodMiniDefault<z.ZodMiniBoolean<boolean>>> {
  return described(z._default(z.boolean(), options.default), options);
}

/** One of a few names. */
export function choice<const Names extends readonly [string, ...string[]]>(
  options: FieldOptions<Names[number]> & { names: Names },
): Field<z.ZodMiniDefault<z.ZodMiniEnum<{ [K in Names[number]]: K }>>> {
  // biome-ignore lint/suspicious/noExplicitAny: zod wants its own output type, which is Names[number]
  return described(z._default(z.enum(options.names) as any, options.default), options) as never;
}

/** One of a few names, or nothing. */
export function optionalChoice<const Names extends readonly [string, ...string[]]>(
  options: Omit<FieldOptions<Names[number]>, 'default'> & { names: Names },
): Field<z.ZodMiniOptional<z.ZodMiniEnum<{ [K in Names[number]]: K }>>> {
  return described(z.optional(z.enum(options.names)), options) as never;
}

/** A text of at most 4,096 characters, or nothing. */
export function optionalText(options: Omit<FieldOptions<string>, 'default'>): Field<z.ZodMiniOptional<z.ZodMiniString<string>>> {
  return described(z.optional(z.string().check(z.minLength(1), z.maxLength(4096))), options);
}

/** A list of whole numbers, each within bounds. */
export function integerList(
  options: FieldOptions<number[]> & { min: number; max: number; most: number },
): Field<z.ZodMiniDefault<z.ZodMiniArray<z.ZodMiniNumber<number>>>> {
  const list = z.array(z.int().check(...within(options))).check(z.maxLength(options.most));
  return described(z._default(list, options.default), options);
}

/** What is known of one field without looking into its schema. */
export interface FieldDescription {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'integers' | 'text';
  readonly default: unknown;
  readonly names?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

/** Of zod's own description of a schema, what fields are made of. */
interface Definition {
  readonly type: string;
  readonly format?: string;
  readonly innerType?: z.core.$ZodType;
  readonly defaultValue?: unknown;
  readonly element?: z.core.$ZodType;
  readonly entries?: Readonly<Record<string, string>>;
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string; readonly value?: unknown } } }[];
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

/** The value of a check of that kind; `undefined` without one. */
function boundOf({ checks = [] }: Definition, kind: 'greater_than' | 'less_than'): number | undefined {
  const found = checks.map(({ _zod }) => _zod.def).findLast(({ check }) => check === kind);
  return typeof found?.value === 'number' ? found.value : undefined;
}

function describeField(name: string, field: z.core.$ZodType): FieldDescription {
  const outer = definitionOf(field);
  const inner = definitionOf(innerOf(field));
  const { type, format } = inner;
  const numbers = inner.element ? definitionOf(inner.element) : inner;
  const words = z.globalRegistry.get(field) as FieldWords | undefined;
  const number = format === undefined ? 'number' : 'integer';
  const types = { enum: 'choice', array: 'integers', boolean: 'boolean', string: 'text', number } as const;
  return {
    name,
    group: words?.group ?? 'Run',
    description: words?.description ?? '',
    type: types[type as keyof typeof types],
    default: outer.defaultValue,
    names: inner.entries && Object.values(inner.entries),
    min: boundOf(numbers, 'greater_than'),
    max: boundOf(numbers, 'less_than'),
  } as FieldDescription;
}

/** The fields of a configuration in order, for help texts, flags and tables. */
export function describeFields(schema: z.core.$ZodObject): FieldDescription[] {
  return Object.entries(schema._zod.def.shape).map(([name, field]) => describeField(name, field));
}

/** A field's range in words: `a whole number from 1 to 4096`. */
export function describeRange(field: FieldDescription): string {
  if (field.type === 'choice') return `one of ${field.names?.join(', ')}`;
  if (field.type === 'boolean') return 'true or false';
  const noun = { integer: 'a whole number', number: 'a number', integers: 'a list of whole numbers', text: 'a text' }[field.type];
  return field.min === undefined ? noun : `${noun} from ${field.min} to ${field.max}`;
}

/** The input without optional fields that are `null`: that is how a file or a flag takes a value of a recipe away. */
function withoutUnset(schema: z.core.$ZodObject, input: unknown): unknown {
  if (typeof input !== 'object' || input === null) return input;
  const isUnset = ([name, value]: readonly [string, unknown]): boolean =>
    value === null && Object.hasOwn(schema._zod.def.shape, name) && schema._zod.def.shape[name]?._zod.def.type === 'optional';
  const entries = Object.entries(input);
  return entries.some(isUnset) ? Object.fromEntries(entries.filter((entry) => !isUnset(entry))) : input;
}

/**
 * Validates `input` in full and fills in the defaults; an optional field that is `null` is left out. Throws `CohortError` that names the first wrong field, what it may be, and for an
 * unknown field the nearest known one. `nameOf` writes a field the way the user wrote it (`--num-envs`); `foreign` are names of other packages.
 */
export function parseConfig<Schema extends z.core.$ZodObject>(
  schema: Schema,
  input: unknown,
  subject: string,
  nameOf: (field: string) => string = (field) => field,
  foreign?: ForeignNames,
): z.output<Schema> {
  const result = z.safeParse(schema, withoutUnset(schema, input), { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw mistake(subject, 'known fields', show(key), suggestField(key, Object.keys(schema._zod.def.shape), foreign));
  }
  const name = String(issue.path[0] ?? '');
  const field = describeFields(schema).find((candidate) => candidate.name === name);
  const where = name ? `${subject}: ${nameOf(name)}` : subject;
  const got = issue.input;
  if (!field) throw mistake(where, 'a record of fields', show(got), 'give one value per field');
  const isName = field.type === 'choice' && typeof got === 'string';
  const advice = isName ? suggest(got, field.names ?? []) : `it is "${field.description}" (default ${show(field.default)})`;
  throw mistake(where, describeRange(field), show(got), advice);
}

/**
 * Validates data from a file in full. Throws `CohortError` that names the first wrong field and what may stand there, and for an unknown field of the
 * record itself the nearest known one: of kind `failure` for a file of ours, of kind `usage` with `refuse: mistake` for one that the user wrote.
 */
export function parseStored<Schema extends z.core.$ZodObject>(
  schema: Schema,
  value: unknown,
  subject: string,
  advice: string,
  refuse: typeof failure = failure,
): z.output<Schema> {
  const result = z.safeParse(schema, value, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = [subject, ...(issue.path.length > 0 ? [issue.path.join('.')] : [])].join(', ');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const todo = issue.path.length > 0 ? advice : suggest(key, Object.keys(schema._zod.def.shape));
    throw refuse(where, 'known fields', show(key), todo);
  }
  // zod writes "Too big: expected number to be <=4096" and "Invalid input: expected string, received number".
  const expected = /expected (.+?)(?:, received .*)?$/.exec(issue.message)?.[1] ?? issue.message;
  throw refuse(where, expected, show(issue.input), advice);
}
