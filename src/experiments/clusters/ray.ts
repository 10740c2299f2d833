/**
 * Requests to the Jobs API of Ray (`POST /api/jobs/`), one per run; fields as in the API's page of Ray 2.60.
 */
import * as z from 'zod';
import { parseStored } from '../../core/config.ts';
import { failure } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { posixWord } from '../../core/text.ts';
import type { ClusterPlan } from './plan.ts';
import type { ClusterRequest } from './request.ts';

/** What the requests are made of. Paths are absolute, and the same on every node. */
export interface RayRequest extends ClusterRequest {
  readonly plan: ClusterPlan;
  /** The program and its words, `task` and what follows it last. */
  readonly command: readonly string[];
  /** The folder in which the tasks work. */
  readonly directory: string;
}

const jobSchema = z.strictObject({
  submission_id: z.string().regex(/^[\w-]+$/),
  /** A line for `sh`. */
  entrypoint: z.string().min(1),
  entrypoint_num_cpus: z.number().min(0),
  /** Bytes. */
  entrypoint_memory: z.int().min(1).optional(),
  metadata: z.record(z.string(), z.string()),
});

const requestsSchema = z.strictObject({
  format: z.literal('cohort-rl ray jobs'),
  formatVersion: z.literal(1),
  requests: z.array(jobSchema).min(1),
});

/** The body of one request. */
export type RayJob = z.output<typeof jobSchema>;

/** The requests, in the order of the runs. */
export function rayJobs({ id, plan, cpus, memory, command, directory }: RayRequest): RayJob[] {
  const words = command.map(posixWord).join(' ');
  return plan.runs.map(({ identity, cell, seed }, index) => ({
    submission_id: `cohort-${id}-${index}`,
    // Replaced by the program: the signal of `ray job stop` reaches it.
    entrypoint: `cd ${posixWord(directory)} && exec ${words} --index ${index} --job ray-${id}`,
    entrypoint_num_cpus: cpus,
    ...(memory !== undefined && { entrypoint_memory: memory * 2 ** 20 }),
    metadata: { run: `${cell}, seed ${seed}`, identity },
  }));
}

/** The file of requests. */
export function writeRayJobs(requests: readonly RayJob[]): string {
  const lines = requests.map((request) => JSON.stringify(request));
  return `{"format":"cohort-rl ray jobs","formatVersion":1,"requests":[\n${lines.join(',\n')}\n]}\n`;
}

/** The requests in a file. Throws `CohortError` for anything else. */
export function readRayJobs(text: string, subject: string): RayJob[] {
  const value = parseJson(text);
  const advice = 'name the file that `sweep --export ray` wrote';
  if (value === undefined) throw failure(subject, 'requests to Ray', 'text that is no JSON', advice);
  return parseStored(requestsSchema, value, subject, advice).requests;
}
