/**
 * What travels through a queue: one run as plain data, checked in full by the worker that takes it. Nothing in it is ever executed: a worker trains what
 * its own package, and modules that it was started with, know by name.
 */
import * as z from 'zod';
import { type OpensModels, openNamed } from '../../api/models.ts';
import { mistake, show } from '../../core/errors.ts';
import { runIdentity } from '../../experiments/identity.ts';
import type { PlannedRun, ResolveRun } from '../../experiments/plan.ts';
import { isHubName } from '../../lm/checkpoints/place.ts';
import type { Job } from '../../run/job.ts';
import { checkLabels, type RunLabels } from '../../run/labels.ts';
import { roadNames } from '../../run/layout.ts';
import { sha256 } from '../../run/sha256.ts';
import { type PackageBuild, packageBuild, shownBuild } from './build.ts';

/** Rises when a job of today could not be read by a worker of yesterday. */
const protocol = 1;
/** How often a run is tried whose process dies, before it counts as failed. */
export const attempts = 3;

const jobSchema = z.strictObject({
  protocol: z.literal(protocol),
  build: z.strictObject({ version: z.string().max(100), digest: z.string().regex(/^[0-9a-f]{12}$/) }),
  /** {@link runIdentity}. */
  identity: z.string().regex(/^[0-9a-f]{64}$/),
  /** For people to read: `gpg, numEnvs 16, seed 3`. */
  name: z.string().max(500),
  road: z.enum(roadNames),
  /** As `train` or `trainLanguageModel` takes it. */
  input: z.record(z.string().max(100), z.json()),
  /** Whether everything of a run that has ended travels, its last checkpoint included, and is shown while it goes on; or what its result needs. */
  keepAll: z.boolean(),
  /** What the run is called. */
  labels: z.strictObject({ name: z.string().max(200).optional(), tags: z.array(z.string().max(200)).max(100).optional() }).optional(),
});

/** One run in a queue. */
export type QueuedRun = z.output<typeof jobSchema>;

/** The queue of runs of a build: no worker of another build looks into it. */
export function queueName({ version, digest }: PackageBuild): string {
  return `runs-${version}-${digest}`;
}

/** A run for the queue. Throws `CohortError` for what cannot travel. */
export function queuedRun({ identity, road, input: said }: RunToQueue, name: string, keepAll: boolean, labels?: RunLabels): QueuedRun {
  const input = JSON.parse(JSON.stringify(said)) as QueuedRun['input'];
  checkModel(input, name);
  const named = labels && (labels.name !== undefined || labels.tags !== undefined) ? { labels: JSON.parse(JSON.stringify(labels)) } : {};
  return { protocol, build: packageBuild(), identity, name: name.slice(0, 500), road, input, keepAll, ...named };
}

/** Throws `CohortError` for a run of `train` that cannot travel: one that needs files of this machine, or a server. */
export function checkQueueable({ kind, input, start, data }: Pick<Job, 'kind' | 'input' | 'start' | 'data'>): void {
  const got = data
    ? 'one on a file of questions'
    : start
      ? 'one that begins from a policy'
      : kind === 'resume'
        ? 'one that goes on'
        : undefined;
  if (got !== undefined) throw mistake('--queue', 'a new run of settings alone', got, 'leave --queue out: it runs here');
  checkModel(input as QueuedRun['input'], '--queue');
}

/** A run that is to be submitted. */
export type RunToQueue = Pick<PlannedRun, 'identity' | 'road' | 'input'>;

/**
 * The number of a run in its queue, a hash of its configuration: what is submitted again, by anyone, is the same job. Fields that change no bit but what is
 * kept are part of it.
 */
export function jobIdOf({ identity, input, keepAll, labels }: Omit<QueuedRun, 'protocol' | 'build' | 'name' | 'road'>): string {
  const { policySnapshots = null, tensorboard = null, completions = null, threads = null } = input;
  return sha256(JSON.stringify([identity, policySnapshots, tensorboard, completions, threads, keepAll, labels ?? null]));
}

/** A path of one machine means nothing, or something else, on another; and no job may send a worker, with its key, to a server of the job's choice. */
function checkModel({ model, backend }: QueuedRun['input'], name: string): void {
  if (backend !== undefined && backend !== 'kernels') {
    throw mistake(`${name}: backend`, 'kernels: a worker trains by itself', show(backend), 'run it without --queue');
  }
  if (model === undefined || (typeof model === 'string' && isHubName(model))) return;
  throw mistake(
    `${name}: model`,
    'a name of the hub, hf:owner/name, which every worker can load',
    show(model),
    'name one, or run it without --queue',
  );
}

/** What a worker knows of runs. */
export interface RunLibrary extends OpensModels {
  /** Fills in and checks a configuration. */
  readonly resolve: ResolveRun;
}

/**
 * Checks a job that lies in a queue. Throws `CohortError` for anything that is not a run which this worker would train to the bits that its name stands
 * for: another format, another build, unknown names, fields out of range, another identity.
 */
export async function checkQueuedRun(data: unknown, id: string | undefined, { resolve, ...models }: RunLibrary): Promise<QueuedRun> {
  const parsed = jobSchema.safeParse(data);
  const subject = `job ${(id ?? 'without a number').slice(0, 12)}`;
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.map(String).join('.') ?? '';
    throw mistake(
      place === '' ? subject : `${subject}: ${place}`,
      'a run as cohort-rl submits it',
      issue?.message ?? 'something else',
      'submit it with cohort-rl',
    );
  }
  const run = parsed.data;
  const own = packageBuild();
  if (run.build.version !== own.version || run.build.digest !== own.digest) {
    const advice = 'install the same package on both machines';
    throw mistake(subject, `a run of build ${shownBuild(own)}, this worker's`, `one of ${shownBuild(run.build)}`, advice);
  }
  checkModel(run.input, subject);
  if (run.labels) checkLabels({ ...run.labels }, subject);
  await openNamed(run.input, models);
  const resolved = resolve(run.input, `${subject} (${run.name})`);
  if (runIdentity(resolved) !== run.identity || resolved.road !== run.road || jobIdOf(run) !== id) {
    const advice = 'start the worker with the modules of the sweep (--module), in their present state';
    throw mistake(subject, 'the run that its number stands for', 'another', advice);
  }
  return run;
}
