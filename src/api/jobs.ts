/**
 * A job, run by a library.
 */
import { mistake } from '../core/errors.ts';
import { taskOfData } from '../lm/data/task.ts';
import type { Job, JobOptions } from '../run/job.ts';
import type { RunSummary } from '../run/summary.ts';
import type { RunOptions } from './context.ts';
import type { EnvironmentRunOptions, TrainConfig, Training } from './environments.ts';
import type { LanguageRunOptions, LanguageTrainConfig, LanguageTraining } from './languageModels.ts';
import { type OpensModels, openNamed } from './models.ts';

/** What a job needs of a library. */
export interface JobLibrary extends OpensModels {
  useModule(url: string): Promise<unknown>;
  train(config: TrainConfig, options: RunOptions): Training;
  trainLanguageModel(config: LanguageTrainConfig, options: LanguageRunOptions): LanguageTraining;
  resume(directory: string, options: Readonly<Record<string, unknown>>): Promise<Training | LanguageTraining>;
}

/** Runs a job here, to its end. Throws what the run throws, and `CohortError` for a job to go on with that names no folder. */
export async function runJob(
  job: Job,
  library: JobLibrary,
  { signal, onEvent, openShards }: JobOptions & Pick<EnvironmentRunOptions, 'openShards'> = {},
): Promise<RunSummary> {
  for (const url of job.modules) await library.useModule(url);
  const { runDirectory, warmStartDirectory, labels, start } = job;
  const options = {
    ...(signal && { signal }),
    ...(onEvent && { onEvent }),
    ...(warmStartDirectory !== undefined && { warmStartDirectory }),
    ...(openShards && { openShards }),
  };
  const begin = async (): Promise<Training | LanguageTraining> => {
    if (job.kind === 'resume') {
      if (runDirectory !== undefined) return library.resume(runDirectory, { ...job.input, ...options });
      throw mistake('runDirectory', 'the folder of the run to go on with', 'nothing', 'name it');
    }
    await openNamed(job.input, library);
    const kept = { ...options, ...labels, ...(start && { from: start }), ...(runDirectory !== undefined && { runDirectory }) };
    // Checked by the library.
    const input: unknown = job.data ? { ...job.input, task: taskOfData(job.data) } : job.input;
    return job.road === 'environments'
      ? library.train(input as TrainConfig, kept)
      : library.trainLanguageModel(input as LanguageTrainConfig, kept);
  };
  const { summary } = await (await begin()).finish();
  return summary;
}
