/**
 * A run folder as one line of results.
 */
import { failure } from '../core/errors.ts';
import { runFiles } from '../run/layout.ts';
import type { RunStorage } from '../run/storage.ts';
import { type MetricRow, readMetrics, readStoredConfig, readSummary, type StoredConfig } from '../run/storedRun.ts';
import type { RunSummary } from '../run/summary.ts';
import { strideOf } from '../run/thinning.ts';
import { mean } from '../statistics/index.ts';
import { decidingSettings, runIdentity } from './identity.ts';
import type { PolicyKind, RunResult } from './result.ts';

/** Metrics that are kept, as means over the iterations since the evaluation before. */
const followed = [
  'charts/learning_rate',
  'losses/entropy',
  'losses/approx_kl',
  'losses/gradient_norm',
  'losses/explained_variance',
  'group/valid_frac',
  'group/alpha',
  'group/attempts',
  'completions/reward',
];
/** Parts of an iteration whose seconds are added up. */
const timed = 'time/';

/** Four decimals are more than any table or chart shows, and half the file. */
const rounded = (value: number): number | null => (Number.isFinite(value) ? Number(value.toFixed(4)) : null);

/** What is known of a run besides its folder. */
export interface RunContext {
  /** Behavior numbers of its method and its target. */
  behaviorOf(stored: StoredConfig): { readonly method: number; readonly target: number };
  /** Processor and number of cores. */
  readonly machine: string;
  /** Name of its cell. Default: target, method and seed are not part of it. */
  readonly cell?: string;
  /** Environment steps or completions: for a run that made more, the last iteration within them is kept. */
  readonly progressBudget?: number | undefined;
}

/** Rows of a table of ours: whole lines only, the first is the header. */
async function readRows(storage: RunStorage, name: string): Promise<string[][]> {
  const text = new TextDecoder().decode((await storage.read(name)) ?? new Uint8Array(0));
  const whole = text.slice(0, text.lastIndexOf('\n'));
  return whole
    .split('\n')
    .slice(1)
    .flatMap((line) => (line === '' ? [] : [line.split(',')]));
}

/** Returns of every evaluation by iteration, in the order of the episodes. */
async function readEvaluations(storage: RunStorage, rows: readonly MetricRow[], summary: RunSummary): Promise<RunResult['evaluations']> {
  const at = new Map<number, { progress: number; sampled: (number | null)[]; greedy: (number | null)[] }>();
  for (const [progress, iteration, policy, , value] of await readRows(storage, runFiles.evaluations)) {
    const key = Number(iteration);
    const entry = at.get(key) ?? { progress: Number(progress), sampled: [], greedy: [] };
    entry[policy as PolicyKind].push(rounded(Number(value)));
    at.set(key, entry);
  }
  if (summary.evaluation) {
    // The one at the end has episodes of its own; one of the usual kind at the same iteration gives way.
    const { sampled, greedy } = summary.evaluation;
    at.set(summary.iterations, {
      progress: summary.progress.count,
      sampled: sampled.returns.map(rounded),
      greedy: greedy.returns.map(rounded),
    });
  }
  const seconds = new Map(rows.filter((row) => 'evaluation/sampled_return' in row).map((row) => [row.iteration, row.seconds ?? 0]));
  const found = [...at].sort(([a], [b]) => a - b);
  return {
    iteration: found.map(([iteration]) => iteration),
    progress: found.map(([, { progress }]) => progress),
    seconds: found.map(([iteration]) => Number((seconds.get(iteration) ?? summary.seconds).toFixed(2))),
    sampled: found.map(([, { sampled }]) => sampled),
    greedy: found.map(([, { greedy }]) => greedy),
  };
}

/** Training episodes by iteration; nothing for a run that has none. */
async function readEpisodes(storage: RunStorage, rows: readonly MetricRow[]): Promise<RunResult['episodes']> {
  const episodes = await readRows(storage, runFiles.episodes);
  if (episodes.length === 0) return undefined;
  const sums = new Map<number, { count: number; sum: number }>();
  for (const [, iteration, , value] of episodes) {
    const entry = sums.get(Number(iteration)) ?? { count: 0, sum: 0 };
    entry.count++;
    entry.sum += Number(value);
    sums.set(Number(iteration), entry);
  }
  const iterations = rows.filter((row) => 'charts/SPS' in row && typeof row.iteration === 'number');
  const of = ({ iteration }: MetricRow): { count: number; sum: number } => sums.get(iteration as number) ?? { count: 0, sum: 0 };
  return {
    progress: iterations.map(({ globalStep }) => globalStep ?? 0),
    count: iterations.map((row) => of(row).count),
    return: iterations.map((row) => rounded(of(row).count > 0 ? of(row).sum / of(row).count : 0)),
  };
}

/** Followed metrics by evaluation. */
function meansBetween(rows: readonly MetricRow[], iterations: readonly number[]): RunResult['metrics'] {
  const keys = followed.filter((key) => rows.some((row) => typeof row[key] === 'number'));
  if (keys.length === 0) return undefined;
  const columns = keys.map((key): [string, (number | null)[]] => [
    key,
    iterations.map((end, index) => {
      const start = iterations[index - 1] ?? -1;
      const values = rows.flatMap((row) => {
        const value = row[key];
        return typeof value === 'number' && row.iteration! > start && row.iteration! <= end ? [value] : [];
      });
      // Rates are small: six significant digits instead of four decimals.
      return values.length > 0 ? Number(mean(values).toPrecision(6)) : null;
    }),
  ]);
  return Object.fromEntries(columns);
}

/** The last iteration within the budget; nothing for a run that is within it all the way. */
function lastWithin(rows: readonly MetricRow[], count: number, budget: number | undefined): RunResult['withinBudget'] {
  if (budget === undefined || count <= budget) return undefined;
  const inside = rows.flatMap(({ iteration, globalStep }) => (iteration && globalStep && globalStep <= budget ? [iteration] : []));
  return { progress: budget, iterations: Math.max(0, ...inside) };
}

/** A run that has ended as one line of results. Throws `CohortError` for a folder that holds no run, or one that has not ended. */
export async function resultOfRun(storage: RunStorage, { behaviorOf, machine, cell = '', progressBudget }: RunContext): Promise<RunResult> {
  const stored = await readStoredConfig(storage);
  const summary = await readSummary(storage);
  if (!summary || summary.status === 'interrupted') {
    const got = summary ? 'one that was interrupted' : 'one that has not ended';
    throw failure(storage.locate(''), 'a run that has ended', got, 'resume it first');
  }
  const { road, config, modules, name, start, data } = stored;
  const rows = await readMetrics(storage);
  const evaluations = await readEvaluations(storage, rows, summary);
  const parts = new Map<string, number>();
  for (const row of rows) {
    // A line of a thinned part of the run stands for its neighbours.
    const stands = strideOf(row.iteration ?? 0);
    for (const [key, value] of Object.entries(row))
      if (key.startsWith(timed)) parts.set(key, (parts.get(key) ?? 0) + (value ?? 0) * stands);
  }
  const accuracies = [...(summary.evaluation?.passAtK ?? [])].map(({ k, accuracy }): [string, number] => [`pass@${k}`, accuracy]);
  const majorities = [...(summary.evaluation?.majAtK ?? [])].map(({ k, accuracy }): [string, number] => [`maj@${k}`, accuracy]);
  const figures = [...[...parts].map(([key, value]): [string, number] => [key, Number(value.toFixed(2))]), ...accuracies, ...majorities];
  const episodes = await readEpisodes(storage, rows);
  const metrics = meansBetween(rows, evaluations.iteration);
  const withinBudget = lastWithin(rows, summary.progress.count, progressBudget);
  return {
    identity: runIdentity({ road, config, behavior: behaviorOf(stored), ...(modules && { modules }), start, data }),
    cell,
    source: 'cohort-rl',
    road,
    target: summary.target,
    method: summary.method,
    seed: summary.seed,
    ...(name !== undefined && { name }),
    // Named by a part of its digest: runs that began otherwise are other cells.
    settings: { ...decidingSettings(config), ...(start && { from: start.sha256.slice(0, 12) }) },
    status: summary.status,
    ...(summary.message !== undefined && { message: summary.message }),
    iterations: summary.iterations,
    progress: summary.progress,
    ...(withinBudget && { withinBudget }),
    seconds: Number(summary.seconds.toFixed(2)),
    evaluations,
    ...(episodes && { episodes }),
    ...(figures.length > 0 && { figures: Object.fromEntries(figures) }),
    ...(metrics && { metrics }),
    parametersSha256: summary.parametersSha256,
    versions: { ...stored.versions, platform: summary.platform },
    machine,
  };
}
