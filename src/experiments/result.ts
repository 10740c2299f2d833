/**
 * One run as one line of a results file: everything that tables, charts and verdicts are made of, and nothing that only training needs.
 * Every road and every original of another package is written in this one shape.
 */

import * as z from 'zod';
import { parseStored } from '../core/config.ts';
import { failure, show } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { roadNames } from '../run/layout.ts';
import { mean } from '../statistics/index.ts';

const count = z.int().min(0);
/** A measured number; `null` where it was not finite. */
const measured = z.number().nullable();

/** Evaluations in the order of training, column by column: entry i of every list belongs to evaluation i. */
const evaluationsSchema = z.strictObject({
  iteration: z.array(count),
  /** Environment steps, or completions. */
  progress: z.array(count),
  /** Seconds since the beginning of the run; `null` where they were not measured. */
  seconds: z.array(measured),
  /** Return of every episode, or accuracy of every prompt, of the sampled policy. */
  sampled: z.array(z.array(measured)),
  /** The same of the greedy policy. */
  greedy: z.array(z.array(measured)),
});

/** Training episodes by stretches of training (iterations, unless said otherwise): how many ended, and their mean return. */
const episodesSchema = z.strictObject({
  /** Environment steps at the end of the stretch. */
  progress: z.array(count),
  count: z.array(count),
  /** 0 where none ended. */
  return: z.array(measured),
});

const resultSchema = z.strictObject({
  /** What was run: see src/experiments/identity.ts; of an original, a name of its own. */
  identity: z.string().min(1),
  /** The cell of the matrix that it was run for. */
  cell: z.string(),
  /** What ran: `cohort-rl`, `stable-baselines3`, `cleanrl`. */
  source: z.string(),
  road: z.enum(roadNames),
  /** Id of the environment or of the task. */
  target: z.string(),
  /** Name of the algorithm or of the estimator. */
  method: z.string(),
  /** What people call the run. */
  name: z.string().optional(),
  seed: z.union([count, z.string()]),
  /** The fields that decide the bits of the run, in the order of their names. */
  settings: z.record(z.string(), z.unknown()),
  status: z.enum(['done', 'stopped', 'failed']),
  /** Why it stopped or failed. */
  message: z.string().optional(),
  iterations: count,
  progress: z.strictObject({ unit: z.enum(['steps', 'completions']), count }),
  /** The last iteration within the progress budget of its matrix, of a run that made more progress. */
  withinBudget: z.strictObject({ progress: count, iterations: count }).optional(),
  /** Wall time of the run, its evaluations included; `null` where it was not measured. */
  seconds: measured,
  evaluations: evaluationsSchema,
  episodes: episodesSchema.optional(),
  /** Other numbers by name: pass@k, peak memory, seconds of each part. */
  figures: z.record(z.string(), z.number()).optional(),
  /** Metrics over training by their keys, one number per evaluation. */
  metrics: z.record(z.string(), z.array(measured)).optional(),
  parametersSha256: z.string().nullable(),
  /** Versions by name, those of the platform included. */
  versions: z.record(z.string(), z.string()),
  /** Processor and number of cores. */
  machine: z.string(),
});

/** One run as one line of a results file. */
export type RunResult = z.output<typeof resultSchema>;

/** A cell of a comparison: runs that differ in nothing but the seed. */
export interface Cell {
  readonly name: string;
  readonly runs: readonly RunResult[];
}

/** Which policy's returns are looked at. */
export type PolicyKind = 'sampled' | 'greedy';

/** Mean return of the last evaluation; `undefined` where there was none, and for a run that failed. */
export function finalScore(run: RunResult, kind: PolicyKind): number | undefined {
  if (run.status === 'failed') return undefined;
  return scoreOfEvaluation(run, -1, kind);
}

/** Mean return of one evaluation, counted from the end where negative; `undefined` where there is none. */
export function scoreOfEvaluation({ evaluations }: RunResult, index: number, kind: PolicyKind): number | undefined {
  const returns = (evaluations[kind].at(index) ?? []).filter((value) => value !== null);
  return returns.length > 0 ? mean(returns) : undefined;
}

/** The mean returns of the last evaluations, one per run that has one, in the order of the runs. */
export function finalScores(runs: readonly RunResult[], kind: PolicyKind): number[] {
  return runs.flatMap((run) => finalScore(run, kind) ?? []);
}

/**
 * Mean return of the training episodes that ended in the last tenth of the run's progress, each episode alike; `undefined` where none did.
 *
 * Example: stretches that end at 90 and 100 of 100 steps, with 2 episodes of mean 1 and 4 of mean 7: 7.
 */
export function lastEpisodesScore({ episodes, progress }: RunResult): number | undefined {
  if (!episodes) return undefined;
  let [count, sum] = [0, 0];
  episodes.progress.forEach((end, index) => {
    const value = episodes.return[index];
    if (end <= 0.9 * progress.count || value === null || value === undefined) return;
    count += episodes.count[index]!;
    sum += episodes.count[index]! * value;
  });
  return count > 0 ? sum / count : undefined;
}

/** A result as one line, with the end of the line. */
export function writeResult(result: RunResult): string {
  return `${JSON.stringify(result)}\n`;
}

/** The results of a file. Throws `CohortError` for a line that is none; a last line without an end (a process died writing it) is left out. */
export function readResults(text: string, path: string): RunResult[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole.split('\n').flatMap((line, index) => {
    if (line === '') return [];
    const where = `${path}, line ${index + 1}`;
    const advice = 'restore the file from a copy, or delete the line and run again';
    const value = parseJson(line);
    if (value === undefined) throw failure(where, 'JSON', show(line), advice);
    return [parseStored(resultSchema, value, where, advice)];
  });
}
