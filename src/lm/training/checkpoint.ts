/**
 * What a checkpoint holds besides the tensors of the state: the time so far, and where the run began from.
 */
import { CohortError, show } from '../../core/errors.ts';
import type { SampleStatistics } from '../../statistics/index.ts';

/** Accuracy after the warm start, before the first iteration. */
export interface StartEvaluation {
  readonly sampled: SampleStatistics;
  readonly greedy: SampleStatistics;
}

/** What a run says about itself besides its state. */
export interface RunProgress {
  /** Seconds of training, those before a resume included. */
  readonly seconds: number;
  readonly startEvaluation?: StartEvaluation | undefined;
}

const key = 'progress';

/** A checkpoint's metadata; `iteration`, `rollouts` and `tokens` are for readers of the file, the state has them too. */
export function checkpointMetadata(
  progress: RunProgress,
  { iteration, rollouts, tokens }: { readonly iteration: number; readonly rollouts: number; readonly tokens: number },
): Record<string, string> {
  return { [key]: JSON.stringify({ iteration, rollouts, tokens, ...progress }) };
}

/** The same back. Throws {@link CohortError} if it is not there. */
export function readProgress(metadata: Readonly<Record<string, string>>): RunProgress {
  let value: unknown;
  try {
    value = JSON.parse(metadata[key] ?? '');
  } catch {
    value = undefined;
  }
  const { seconds, startEvaluation } = (value ?? {}) as { seconds?: unknown; startEvaluation?: StartEvaluation };
  if (typeof seconds === 'number' && seconds >= 0) return { seconds, startEvaluation };
  throw new CohortError({
    subject: 'checkpoint: progress',
    expected: 'the seconds of training so far',
    got: show(metadata[key]),
    advice: 'the checkpoint was not written by training; restore the folder from a copy',
    kind: 'failure',
  });
}
