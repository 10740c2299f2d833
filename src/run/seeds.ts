/**
 * Several seeds of one configuration, together: how they ended.
 */
import { sampleStatistics } from '../statistics/index.ts';
import type { EvaluationStatistics } from './evaluation.ts';
import { type RoadName, runFiles } from './layout.ts';
import type { RunStorage } from './storage.ts';
import type { RunProgress, RunStatus, RunSummary } from './summary.ts';

/** Several seeds of one configuration, together: `summary.json` of the common folder. */
export interface JointSummary {
  /** The common folder; `null` if the runs are kept nowhere. */
  readonly runDirectory: string | null;
  readonly road: RoadName;
  readonly target: string;
  readonly method: string;
  /** In the order given. */
  readonly seeds: readonly (number | string)[];
  /** The worst of the runs: failed, then interrupted, then stopped, then done. */
  readonly status: RunStatus;
  /** By seed, in decimal. */
  readonly parametersSha256: Readonly<Record<string, string>>;
  /** Of all runs together. */
  readonly progress: RunProgress;
  /** Iterations of the longest run. */
  readonly iterations: number;
  /** Wall time of all runs: as given, else that of the longest run (they run side by side). */
  readonly seconds: number;
  /** All progress by all seconds. */
  readonly progressPerSecond: number;
  /** Statistics over the runs' mean returns, one number per run; `null` if no run was evaluated. */
  readonly evaluation: EvaluationStatistics | null;
  /** One per seed. */
  readonly runs: readonly RunSummary[];
}

const worstFirst: readonly RunStatus[] = ['failed', 'interrupted', 'stopped', 'done'];

/** The summary of several seeds (at least one). `seconds` is the wall time of all together, if it was measured. */
export function jointSummary(
  summaries: readonly [RunSummary, ...RunSummary[]],
  options: { readonly runDirectory?: string | null; readonly seconds?: number } = {},
): JointSummary {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const most = (values: readonly number[]): number => values.reduce((largest, value) => Math.max(largest, value), 0);
  const count = sum(summaries.map((run) => run.progress.count));
  const seconds = options.seconds ?? most(summaries.map((run) => run.seconds));
  const means = (policy: 'sampled' | 'greedy'): number[] =>
    summaries.map((run) => run.evaluation?.[policy].mean).filter((mean) => typeof mean === 'number');
  const evaluated = summaries.some((run) => run.evaluation !== null);
  return {
    runDirectory: options.runDirectory ?? null,
    road: summaries[0].road,
    target: summaries[0].target,
    method: summaries[0].method,
    seeds: summaries.map((run) => run.seed),
    status: worstFirst.find((status) => summaries.some((run) => run.status === status)) ?? 'done',
    parametersSha256: Object.fromEntries(summaries.map((run) => [String(run.seed), run.parametersSha256])),
    progress: { unit: summaries[0].progress.unit, count },
    iterations: most(summaries.map((run) => run.iterations)),
    seconds,
    progressPerSecond: seconds > 0 ? count / seconds : 0,
    evaluation: evaluated ? { sampled: sampleStatistics(means('sampled')), greedy: sampleStatistics(means('greedy')) } : null,
    runs: summaries,
  };
}

/** How one seed ended, that it was cut off in an iteration after an abort, or that it was never begun because the abort came first. */
export type SeedOutcome = { readonly seed: number | string } & (
  | { readonly kind: 'done'; readonly summary: RunSummary }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'cutOff' }
  | { readonly kind: 'notStarted' }
);

/**
 * The summary of how several seeds ended, in the order given; `null` if none has a summary. It is `failed` if a seed failed, and else `interrupted` if
 * one was cut off or never begun.
 */
export function summarizeOutcomes(
  outcomes: readonly SeedOutcome[],
  options: { readonly runDirectory?: string | null; readonly seconds?: number } = {},
): JointSummary | null {
  const [first, ...rest] = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.summary] : []));
  if (!first) return null;
  const joint = jointSummary([first, ...rest], options);
  const has = (kind: SeedOutcome['kind']): boolean => outcomes.some((outcome) => outcome.kind === kind);
  return { ...joint, status: has('failed') ? 'failed' : has('cutOff') || has('notStarted') ? 'interrupted' : joint.status };
}

/** Writes the summary of several seeds into their common folder. */
export async function writeJointSummary(storage: RunStorage, joint: JointSummary): Promise<void> {
  await storage.write(runFiles.summary, new TextEncoder().encode(`${JSON.stringify(joint, null, 2)}\n`));
}
