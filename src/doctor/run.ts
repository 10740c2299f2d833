/**
 * A run as the rules see it: its configuration, its metrics, and a few facts about what it trains on.
 */
import { headSizes, type Space } from '../core/space.ts';
import type { RoadName } from '../run/layout.ts';
import type { MetricRow } from '../run/storedRun.ts';
import { median } from '../statistics/index.ts';

/** What a rule may need besides configuration and metrics; each is left out where it is not known. */
export interface Facts {
  readonly actionSpace?: Space | undefined;
  /** Steps after which an episode is truncated. */
  readonly maxEpisodeSteps?: number | undefined;
  /** Mean return from which the environment counts as solved. */
  readonly solvedFrom?: number | undefined;
  /** The run, or what is seen of it, began with a trained policy: its first iterations are no beginning. */
  readonly begunTrained?: boolean | undefined;
  /** Running variance of every number of the observation, of a run that normalizes them. */
  readonly variance?: ArrayLike<number> | undefined;
}

/** A run, or the beginning of one. */
export interface ExaminedRun {
  readonly road: RoadName;
  /** The resolved configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly facts: Facts;
  /** Metrics by iteration, in order, without evaluations; some in the middle may be missing. */
  readonly rows: readonly MetricRow[];
}

/** How many iterations a rule looks at: the last ones. */
export const windowLength = 10;
/** How many iterations there must be before any rule speaks; one or two may be a whim of their episodes. */
export const leastIterations = 3;

/**
 * The rows of metrics.jsonl that are iterations: every road writes its entropy, and evaluations have lines of their own. Of what anybody may have
 * written, numbers and `null` are kept.
 */
export function iterationsOf(rows: readonly Readonly<Record<string, unknown>>[]): MetricRow[] {
  const isMetric = ([, value]: [string, unknown]): boolean => typeof value === 'number' || value === null;
  return rows
    .filter((row) => 'losses/entropy' in row && typeof row.iteration === 'number')
    .map((row) => Object.fromEntries(Object.entries(row).filter(isMetric)) as MetricRow);
}

/** The last iterations, {@link windowLength} of them at most. */
export function lastOf({ rows }: ExaminedRun): readonly MetricRow[] {
  return rows.slice(-windowLength);
}

const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Whether the last iterations, at least {@link leastIterations}, are all of a kind. */
export function areAll(run: ExaminedRun, isOne: (row: MetricRow) => boolean): boolean {
  const last = lastOf(run);
  return last.length >= leastIterations && last.every(isOne);
}

/** The median of a metric over the last iterations; `undefined` where fewer than {@link leastIterations} of them have it. */
export function lately(run: ExaminedRun, key: string): number | undefined {
  const values = lastOf(run)
    .map((row) => row[key])
    .filter(finite);
  return values.length < leastIterations ? undefined : median(values);
}

/** The first finite value of a metric, `undefined` where there is none. */
export function atFirst({ rows }: ExaminedRun, key: string): number | undefined {
  return rows.map((row) => row[key]).find(finite);
}

/** The mean return of late: the median over the last iterations in which an episode ended; of one that ended earlier where none did of late. */
export function returnOf(run: ExaminedRun): number | undefined {
  const key = 'charts/episodic_return';
  return lately(run, key) ?? run.rows.map((row) => row[key]).findLast(finite);
}

/** Entropy of uniform actions in nats; `undefined` where actions are continuous, or not known. */
export function uniformEntropy({ facts: { actionSpace } }: ExaminedRun): number | undefined {
  const sizes = actionSpace ? headSizes(actionSpace) : [];
  const entropy = sizes.reduce((sum, size) => sum + Math.log(size), 0);
  return entropy > 0 ? entropy : undefined;
}

/** How many numbers a continuous action has; `undefined` where actions are discrete, or not known. */
export function continuousSize({ facts: { actionSpace } }: ExaminedRun): number | undefined {
  return actionSpace?.kind === 'box' ? actionSpace.shape.reduce((size, axis) => size * axis, 1) : undefined;
}

/** Whether a run is in its second half, as far as it is planned: what training goes through on its way is no illness there any more. */
export function isLate({ config, rows }: ExaminedRun): boolean {
  return Number(rows.at(-1)?.iteration) >= Number(config.iterations) / 2;
}

// Training acts at random, and is therefore a little below the policy that it trains.
const solvedShare = 0.1;

/**
 * Whether a run is where it should be: solved or nearly so (a tenth of the threshold may be missing; of a language model, a tenth of the answers), and
 * where nobody knows when that is, better than at first. Much of what is a sign of illness before is a sign of success then.
 */
export function isWell(run: ExaminedRun): boolean {
  if (run.road === 'language-models') return (lately(run, 'completions/accuracy') ?? 0) >= 1 - solvedShare;
  const { solvedFrom, begunTrained } = run.facts;
  const value = returnOf(run);
  if (value === undefined) return false;
  if (solvedFrom !== undefined) return value >= solvedFrom - solvedShare * Math.abs(solvedFrom);
  return begunTrained === true || value > (atFirst(run, 'charts/episodic_return') ?? value);
}
