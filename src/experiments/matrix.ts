/**
 * A matrix of runs as data: settings that all share, axes whose values are combined, cells that are listed, seeds, and what is expected of them. One
 * schema for environments and language models; a YAML file, a program and the package's own reproductions write it alike.
 */
import * as z from 'zod';
import { parseStored } from '../core/config.ts';
import { mistake, show, suggest } from '../core/errors.ts';
import { searchSchema } from './search.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const fieldValue: z.ZodType<unknown> = z.union([scalar, z.array(scalar), z.record(z.string(), z.unknown())]);
/** Fields as `train` takes them: `env`, `algorithm`, `recipe`, `envOptions`, or `task`, `estimator`, and every field of the configuration. */
const settingsSchema = z.record(z.string(), fieldValue);

/** A list of values of the field of that name, or named groups of fields. */
const axisSchema = z.union([z.array(z.union([scalar, z.array(scalar)])).min(1), z.record(z.string(), settingsSchema)]);

/** How many seeds (1, 2, ...), which ones, or a text such as `1-4,7`. */
const seedsSchema = z.union([z.int().min(1).max(10_000), z.array(z.int().min(0)).min(1), z.string().min(1)]);

/** Values of axes; a cell matches where all of them are its own. */
const whereSchema = z.record(z.string(), z.union([scalar, z.array(scalar)]));

const expectedSchema = z.strictObject({
  where: whereSchema,
  /** Which policy it is about. */
  policy: z.enum(['sampled', 'greedy']).default('sampled'),
  /** A published mean over seeds. */
  value: z.number().optional(),
  /** The published spread, whatever it is of. */
  spread: z.number().min(0).optional(),
  /** Seeds behind the published value. */
  seeds: z.int().min(1).optional(),
  /** A threshold of one's own for the mean over seeds. */
  atLeast: z.number().optional(),
  atMost: z.number().optional(),
  /** Where it was published: paper and table. */
  source: z.string().optional(),
});

/** Environment steps or completions; or several of them, each for some combinations. */
const progressBudgetSchema = z.union([z.int().min(1), z.array(z.strictObject({ where: whereSchema, budget: z.int().min(1) })).min(1)]);

/** Runs of another package that lie beside ours in the folder of results. */
const originalSchema = z.strictObject({
  /** What ran: `stable-baselines3`, `cleanrl`. */
  source: z.string().min(1),
  /** The command that makes them. */
  command: z.string().min(1),
  /** Id of their environment or task. Default: any of the matrix. */
  target: z.string().optional(),
  /** Their algorithm or estimator. Default: any of the matrix. */
  method: z.string().optional(),
});

/** The whole schema. */
export const matrixSchema = z.strictObject({
  /** Names the folder of results. Default: the name of the file. */
  name: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  title: z.string().optional(),
  note: z.string().optional(),
  seeds: seedsSchema.default(1),
  settings: settingsSchema.default({}),
  axes: z.record(z.string(), axisSchema).default({}),
  /** Combinations that are listed, each with a name; they are combined with the axes. */
  cells: z.record(z.string(), settingsSchema).optional(),
  /** Combinations that are left out. */
  exclude: z.array(whereSchema).default([]),
  /** Other seeds for some combinations: the last row that fits. */
  seedsOf: z.array(z.strictObject({ where: whereSchema, seeds: seedsSchema })).default([]),
  search: searchSchema.optional(),
  expected: z.array(expectedSchema).default([]),
  /** A run that made more progress than this is run once more with as many iterations as fit; see src/experiments/equalProgress.ts. */
  progressBudget: progressBudgetSchema.optional(),
  /** Cells by name that runs of other packages fill; nothing of them is run here. */
  originals: z.record(z.string().min(1), originalSchema).default({}),
  /** How `report` writes about the results. */
  report: z
    .strictObject({
      /** What cells are judged by: the last evaluation, or the training episodes of the last tenth of the steps. */
      score: z.enum(['evaluation', 'episodes']).default('evaluation'),
      /** The cell that others are compared with, or parts of its name; without it nothing is compared. */
      baseline: z.string().optional(),
      /** Fields whose values are tasks of their own: each has its baseline, and p-values are corrected for the comparisons of all tasks together. */
      within: z.array(z.string()).optional(),
      /** Compares run with run of the same seed. */
      paired: z.boolean().default(false),
    })
    .prefault({}),
});

/** A matrix as a file or a program writes it. */
export type MatrixInput = z.input<typeof matrixSchema>;
/** A matrix with its defaults. */
export type Matrix = z.output<typeof matrixSchema>;
/** What is expected of a cell. */
export type Expected = Matrix['expected'][number];

/** One combination: what its runs share. */
export interface MatrixCell {
  /** The values of its axes in words: `ppo, numEnvs 16`. */
  readonly name: string;
  /** The values by axis; a named group of fields by its name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** All fields, without the seed. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly seeds: readonly number[];
  readonly expected: readonly Expected[];
  /** Environment steps or completions within which its runs are compared, too. */
  readonly progressBudget?: number | undefined;
}

const usualAdvice = 'see docs/experiments.md for the format';

/** Checks a matrix. Throws `CohortError` with the path of the first wrong value; `subject` is where it was written. */
export function parseMatrix(value: unknown, subject = 'matrix'): Matrix {
  return parseStored(matrixSchema, value, subject, usualAdvice, mistake);
}

/** `3` -> 1, 2, 3; `[4, 7]` as it is; `1-3,7` -> 1, 2, 3, 7. Throws `CohortError`. */
export function listSeeds(seeds: Matrix['seeds'], subject = 'matrix: seeds'): number[] {
  if (typeof seeds === 'number') return Array.from({ length: seeds }, (_, index) => index + 1);
  if (typeof seeds !== 'string') return checkDistinct([...seeds], subject);
  const parts = seeds.split(',').flatMap((part) => {
    const found = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const [first, last] = [Number(found?.[1]), Number(found?.[2] ?? found?.[1])];
    if (!found || last < first || last - first > 10_000 || !Number.isSafeInteger(last)) {
      throw mistake(subject, 'seeds such as 4, [1, 2] or "1-4,7"', show(seeds), 'write whole numbers, commas and ranges');
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return checkDistinct(parts, subject);
}

function checkDistinct(seeds: number[], subject: string): number[] {
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (twice !== undefined) throw mistake(subject, 'each seed once', `${twice} twice`, 'leave one out');
  return seeds;
}

const sameValue = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Whether a cell has these values; a list means any of them. */
function matches(values: Readonly<Record<string, unknown>>, where: z.output<typeof whereSchema>): boolean {
  return Object.entries(where).every(([axis, wanted]) =>
    Array.isArray(wanted) ? wanted.some((value) => sameValue(values[axis], value)) : sameValue(values[axis], wanted),
  );
}

/** A value in the name of a cell: names stand for themselves, numbers follow the name of their field. */
function words(axis: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? axis : `no ${axis}`;
  return `${axis} ${Array.isArray(value) ? value.join(',') || 'none' : String(value)}`;
}

interface Choice {
  readonly axis: string;
  readonly value: unknown;
  readonly fields: Readonly<Record<string, unknown>>;
}

function choicesOf(axis: string, values: z.output<typeof axisSchema>): Choice[] {
  if (Array.isArray(values)) return values.map((value) => ({ axis, value, fields: { [axis]: value } }));
  return Object.entries(values).map(([value, fields]) => ({ axis, value, fields }));
}

/** The name of the axis that listed cells are. */
const listed = 'cell';

/** Every combination, axes in the order in which they are written, the last one changing fastest. Throws `CohortError` for a `where` that names no axis. */
export function cellsOfMatrix(matrix: Matrix, subject = 'matrix'): MatrixCell[] {
  const axes = [
    ...(matrix.cells ? [choicesOf(listed, matrix.cells)] : []),
    ...Object.entries(matrix.axes).map(([axis, values]) => choicesOf(axis, values)),
  ];
  const known = axes.flatMap(([first]) => (first ? [first.axis] : []));
  const { progressBudget } = matrix;
  const budgets = typeof progressBudget === 'object' ? progressBudget : [];
  const wheres = [...matrix.exclude, ...[...matrix.seedsOf, ...matrix.expected, ...budgets].map(({ where }) => where)];
  for (const axis of wheres.flatMap(Object.keys)) {
    if (!known.includes(axis))
      throw mistake(`${subject}: where`, `an axis of the matrix (${known.join(', ') || 'it has none'})`, show(axis), suggest(axis, known));
  }
  const combined = axes.reduce<Choice[][]>((rows, choices) => rows.flatMap((row) => choices.map((choice) => [...row, choice])), [[]]);
  return combined.flatMap((choices) => {
    const values = Object.fromEntries(choices.map(({ axis, value }) => [axis, value]));
    if (matrix.exclude.some((where) => matches(values, where))) return [];
    const seeds = matrix.seedsOf.findLast(({ where }) => matches(values, where))?.seeds ?? matrix.seeds;
    const budget = typeof progressBudget === 'number' ? progressBudget : budgets.findLast(({ where }) => matches(values, where))?.budget;
    return [
      {
        name: choices.map(({ axis, value }) => words(axis, value)).join(', ') || 'all',
        values,
        input: Object.assign({}, matrix.settings, ...choices.map(({ fields }) => fields)) as Record<string, unknown>,
        seeds: listSeeds(seeds, `${subject}: seeds`),
        expected: matrix.expected.filter(({ where }) => matches(values, where)),
        ...(budget !== undefined && { progressBudget: budget }),
      },
    ];
  });
}
