/**
 * What a cluster is told to run: the runs that are missing, as data, each with the hash of what decides its bits. A task of the cluster takes one of them
 * by its number. It needs neither the file of the matrix, which may change meanwhile, nor the results of the others.
 */
import * as z from 'zod';
import { parseStored } from '../../core/config.ts';
import { mistake, show } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { version } from '../../core/version.ts';
import { roadNames } from '../../run/layout.ts';
import { sha256 } from '../../run/sha256.ts';
import { runIdentity } from '../identity.ts';
import type { PlannedRun, ResolveRun } from '../plan.ts';

const format = 'cohort-rl cluster plan';
const formatVersion = 1;

const runSchema = z.strictObject({
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  cell: z.string(),
  seed: z.int().min(0),
  road: z.enum(roadNames),
  /** What `train` or `trainLanguageModel` takes, the seed included; checked where it is resolved. */
  input: z.record(z.string(), z.unknown()),
  progressBudget: z.int().min(1).optional(),
});

const planSchema = z.strictObject({
  format: z.literal(format),
  formatVersion: z.literal(formatVersion),
  /** The version of the package that exported; no other runs it. */
  version: z.string(),
  runs: z.array(runSchema).min(1),
});

/** The runs of an export, in the order of their numbers. */
export type ClusterPlan = z.output<typeof planSchema>;

/** A plan as it is written, and the first 12 hexadecimal digits of its SHA-256, by which its files and jobs are named. */
export interface WrittenPlan {
  readonly text: string;
  readonly id: string;
}

/** The file of a plan: one line per run. Throws `CohortError` for a setting that JSON cannot hold. */
export function writePlan(runs: readonly PlannedRun[]): WrittenPlan {
  const lines = runs.map(({ identity, cell, seed, road, input }) => {
    const finite = (key: string, value: unknown): unknown => {
      if (typeof value !== 'number' || Number.isFinite(value)) return value;
      throw mistake(
        `cell ${cell.name}: ${key}`,
        'a finite number',
        String(value),
        'an export holds no other; run this cell without --export',
      );
    };
    const { progressBudget } = cell;
    return JSON.stringify(
      { identity, cell: cell.name, seed, road, input, ...(progressBudget !== undefined && { progressBudget }) },
      finite,
    );
  });
  const head = JSON.stringify({ format, formatVersion, version });
  const text = `${head.slice(0, -1)},"runs":[\n${lines.join(',\n')}\n]}\n`;
  return { text, id: sha256(text).slice(0, 12) };
}

const again = 'export the sweep again and submit that';

/** The plan in a text. Throws `CohortError` for anything else, and for a plan of another version of the package. */
export function readPlan(text: string, subject: string): ClusterPlan {
  const value = parseJson(text);
  if (value === undefined) throw mistake(subject, 'a plan of `sweep --export`', 'text that is no JSON', again);
  const written = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  const isPlan = typeof value === 'object' && value !== null && 'format' in value && value.format === format;
  if (isPlan && written !== version) {
    throw mistake(subject, `a plan of cohort-rl ${version}, which reads it`, `one of ${show(written)}`, again);
  }
  return parseStored(planSchema, value, subject, again, mistake);
}

/**
 * The run of that number in a plan. Throws `CohortError` where there is none, and where what would be trained here is not what was exported: the plan, a
 * module or a model was changed.
 */
export function runOfPlan(plan: ClusterPlan, index: number, resolve: ResolveRun, subject: string): PlannedRun {
  const found = plan.runs[index];
  if (!found)
    throw mistake(
      subject,
      `the number of a run from 0 to ${plan.runs.length - 1}`,
      String(index),
      'submit as many tasks as there are runs',
    );
  const { identity, cell: name, seed, road, progressBudget } = found;
  const input = { ...found.input, seed };
  const here = runIdentity(resolve(input, `${subject}, run ${index} (${name}, seed ${seed})`));
  if (here !== identity) {
    const got = `${here.slice(0, 16)}: the plan, or a module or model that it needs, was changed since`;
    throw mistake(`${subject}, run ${index} (${name}, seed ${seed})`, `what was exported, ${identity.slice(0, 16)}`, got, again);
  }
  const cell = {
    name,
    values: {},
    input: found.input,
    seeds: [seed],
    expected: [],
    ...(progressBudget !== undefined && { progressBudget }),
  };
  return { identity, cell, seed, road, input };
}
