/**
 * Configuration as data: every field has a type, a default, a range, a group and one line of description. The same record validates a
 * program's options, a YAML file and the command line's flags, and writes their help.
 */
import * as z from 'zod';
import { failure, mistake, show, suggest } from './errors.ts';

interface FieldOptions<T> {
  readonly description: string;
  readonly default: T;
}

/** The fields under the heading where help texts and tables list them. */
export function inGroup<Fields extends Record<string, z.ZodType>>(group: string, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.meta({ ...field.meta(), group })])) as Fields;
}

/** A whole number within bounds. */
export function integer(options: FieldOptions<number> & { min: number; max: number }): z.ZodDefault<z.ZodNumber> {
  return z.int().min(options.min).max(options.max).default(options.default).describe(options.description);
}

/** A finite number within bounds. */
export function real(options: FieldOptions<number> & { min: number; max: number }): z.ZodDefault<z.ZodNumber> {
  return z.number().min(options.min).max(options.max).default(options.default).describe(options.description);
}

/** A finite number within bounds, or nothing. */
export function optionalReal(options: Omit<FieldOptions<number>, 'default'> & { min: number; max: number }): z.ZodOptional<z.ZodNumber> {
  return z.number().min(options.min).max(options.max).optional().describe(options.description);
}

/** A whole number within bounds, or nothing. */
export function optionalInteger(options: Omit<FieldOptions<number>, 'default'> & { min: number; max: number }): z.ZodOptional<z.ZodNumber> {
  return z.int().min(options.min).max(options.max).optional().describe(options.description);
}

/** Yes or no. */
export function flag(options: FieldOptions<boolean>): z.ZodDefault<z.ZodBoolean> {
  return z.boolean().default(options.default).describe(options.description);
}

/** One of a few names. */
export function choice<const Names extends readonly [string, ...string[]]>(
  options: FieldOptions<Names[number]> & { names: Names },
): z.ZodDefault<z.ZodEnum<{ [K in Names[number]]: K }>> {
  // biome-ignore lint/suspicious/noExplicitAny: zod's default() wants its own output type, which is Names[number]
  return (z.enum(options.names).default(options.default as any) as any).describe(options.description);
}

/** One of a few names, or nothing. */
export function optionalChoice<const Names extends readonly [string, ...string[]]>(
  options: Omit<FieldOptions<Names[number]>, 'default'> & { names: Names },
): z.ZodOptional<z.ZodEnum<{ [K in Names[number]]: K }>> {
  return z.enum(options.names).optional().describe(options.description) as never;
}

/** A list of whole numbers, each within bounds. */
export function integerList(
  options: FieldOptions<number[]> & { min: number; max: number; most: number },
): z.ZodDefault<z.ZodArray<z.ZodNumber>> {
  return z.array(z.int().min(options.min).max(options.max)).max(options.most).default(options.default).describe(options.description);
}

/** What is known of one field without looking into its schema. */
export interface FieldDescription {
  readonly name: string;
  readonly group: string;
  readonly description: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'integers';
  readonly default: unknown;
  readonly names?: readonly string[];
  readonly min?: number;
  readonly max?: number;
}

interface FieldJson {
  type?: string;
  description?: string;
  group?: string;
  default?: unknown;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  items?: { minimum?: number; maximum?: number };
}

/** The fields of a configuration in order, for help texts, flags and tables. */
export function describeFields(schema: z.ZodObject): FieldDescription[] {
  const json = z.toJSONSchema(schema, { io: 'input' }) as { properties: Record<string, FieldJson> };
  return Object.entries(json.properties).map(([name, field]) => {
    const type = field.enum ? 'choice' : field.type === 'array' ? 'integers' : (field.type as 'integer' | 'number' | 'boolean');
    return {
      name,
      group: field.group ?? 'Run',
      description: field.description ?? '',
      type,
      default: field.default,
      names: field.enum,
      min: field.items?.minimum ?? field.minimum,
      max: field.items?.maximum ?? field.maximum,
    };
  });
}

/** A field's range in words: `a whole number from 1 to 4096`. */
export function describeRange(field: FieldDescription): string {
  if (field.type === 'choice') return `one of ${field.names?.join(', ')}`;
  if (field.type === 'boolean') return 'true or false';
  const noun = { integer: 'a whole number', number: 'a number', integers: 'a list of whole numbers' }[field.type];
  return field.min === undefined ? noun : `${noun} from ${field.min} to ${field.max}`;
}

/**
 * Validates `input` in full and fills in the defaults. Throws `CohortError` that names the first wrong field, what it may be, and for an
 * unknown field the nearest known one. `nameOf` writes a field the way the user wrote it (`--num-envs`).
 */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  input: unknown,
  subject: string,
  nameOf: (field: string) => string = (field) => field,
): z.output<Schema> {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!;
    throw mistake(subject, 'known fields', show(key), suggest(key, Object.keys(schema.shape)));
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
export function parseStored<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  subject: string,
  advice: string,
  refuse: typeof failure = failure,
): z.output<Schema> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const where = [subject, ...(issue.path.length > 0 ? [issue.path.join('.')] : [])].join(', ');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const todo = issue.path.length > 0 ? advice : suggest(key, Object.keys(schema.shape));
    throw refuse(where, 'known fields', show(key), todo);
  }
  // zod writes "Too big: expected number to be <=4096" and "Invalid input: expected string, received number".
  const expected = /expected (.+?)(?:, received .*)?$/.exec(issue.message)?.[1] ?? issue.message;
  throw refuse(where, expected, show(issue.input), advice);
}
