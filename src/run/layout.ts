/**
 * The files of a run folder, their names and formats.
 *
 *     config.json             what runs: the road, the resolved configuration, name, tags, versions, platform; never changed once written
 *     metrics.jsonl           one line per iteration, one per evaluation; a number that is not finite is null
 *     episodes.csv            environments: one row per training episode that ended
 *     completions.jsonl       language models: a few completions per iteration, or all, with their rewards, one per line
 *     evaluations.csv         one row per evaluation episode, or per prompt
 *     events.out.tfevents.*   the numbers of metrics.jsonl for TensorBoard, by global step
 *     checkpoint.safetensors  tensors to go on from; its metadata holds the sizes of the files above at that moment
 *     summary.json            once the run has ended
 *     start-policy.safetensors, start-optimizer.safetensors  what a run began from that began from a policy; see src/policies/start.ts
 *     data.jsonl              language models: the questions and answers of a user's own file, one per line
 *     policies/<n>.safetensors  the policy after iteration n, without what only training needs; see src/policies/policyFile.ts
 *     run.lock                while a process writes the run
 */

/** The names in a run folder; the event file's begins with `events` and goes on with the time. */
export const runFiles = {
  config: 'config.json',
  metrics: 'metrics.jsonl',
  episodes: 'episodes.csv',
  evaluations: 'evaluations.csv',
  completions: 'completions.jsonl',
  events: 'events.out.tfevents.',
  checkpoint: 'checkpoint.safetensors',
  summary: 'summary.json',
  startPolicy: 'start-policy.safetensors',
  startOptimizer: 'start-optimizer.safetensors',
  data: 'data.jsonl',
  lock: 'run.lock',
} as const;

/** A whole name of an event file. */
export const eventsName: RegExp = /^events\.out\.tfevents\.\d{10,}\.cohort$/;

/** Folder of the snapshots inside a run folder. */
export const snapshotFolder = 'policies';

/** `policies/000120.safetensors`: sorted by name is sorted by iteration, up to a million of them. */
export function snapshotPath(iteration: number): string {
  return `${snapshotFolder}/${String(iteration).padStart(6, '0')}.safetensors`;
}

/** The iteration of a snapshot's file name; `undefined` for any other name. */
export function snapshotIteration(name: string): number | undefined {
  const digits = /^(\d{6,15})\.safetensors$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** `format` in config.json: tells a run folder from any other folder with a config.json. */
export const runFormat = 'cohort-run';
/** `formatVersion` in config.json; goes up when a reader of today could not read the folder. */
export const runFormatVersion = 2;

/** Keys of a checkpoint's metadata that the run folder keeps for itself. */
export const checkpointKeys = { format: 'cohort.format', config: 'cohort.config', files: 'cohort.files' } as const;
/** Value of the format key. */
export const checkpointFormat = 'checkpoint/2';

/** The two roads of this package: training policies on environments, and training language models. */
export const roadNames = ['environments', 'language-models'] as const;
/** One of {@link roadNames}. */
export type RoadName = (typeof roadNames)[number];
/** The table that a run of each road keeps besides its metrics. */
export const tableFiles: Readonly<Record<RoadName, string>> = { environments: runFiles.episodes, 'language-models': runFiles.completions };
