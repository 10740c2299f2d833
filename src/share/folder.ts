/**
 * The folder of a run as what training it again must give: its metrics iteration by iteration, and the policies that it kept.
 */
import { mistake } from '../core/errors.ts';
import { version as ownVersion } from '../core/version.ts';
import { readSnapshot } from '../policies/fromCheckpoint.ts';
import type { Policy } from '../policy/policy.ts';
import { readStart } from '../run/start.ts';
import type { RunStorage } from '../run/storage.ts';
import { type MetricRow, readMetrics, readRun, type StoredRun } from '../run/storedRun.ts';
import type { IterationResult } from '../training/trainee.ts';
import type { Difference, ExpectedRun } from './expected.ts';
import { hashPolicy, hashPolicyNumbers } from './marks.ts';

/** Metrics that tell how long something took, and not what came out. */
const isTime = (key: string): boolean => key.startsWith('time/') || key === 'charts/SPS';

/** A number as files keep it: none where it is not finite. */
const kept = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The first metric that both have, and that differs. */
function differingMetric(row: MetricRow, { metrics }: Pick<IterationResult, 'metrics'>): string | undefined {
  for (const [key, value] of Object.entries(metrics)) {
    if (isTime(key) || !(key in row) || row[key] === kept(value!)) continue;
    return `${key} (${row[key]} there, ${kept(value!)} here)`;
  }
  return undefined;
}

/** Iterations that a run has done, as its files say. */
function reachedBy({ summary }: StoredRun, rows: ReadonlyMap<number, MetricRow>): number {
  return summary?.iterations ?? Math.max(0, ...rows.keys());
}

/** The configuration of a run as `trainInWorker` takes it. */
function trainable({ description }: StoredRun, directory: string): ExpectedRun['config'] {
  const { road, config } = description;
  if (road !== 'environments') {
    throw mistake(directory, 'a run on an environment', 'one of a language model', 'compare the hashes in summary.json of two trainings');
  }
  const isOwn = config.env === 'custom' || config.bins === 'custom';
  if (isOwn) {
    const got = `a function of the program that trained it (${config.env === 'custom' ? 'env' : 'bins'})`;
    throw mistake(directory, 'a run that its configuration describes', got, 'train it again in that program, and compare the hashes');
  }
  return { ...config, env: String(config.env), recipe: 'none' };
}

function notesOf({ description: { versions, config } }: StoredRun): string[] {
  const trained = versions['cohort-rl'];
  return [
    ...(trained === ownVersion ? [] : [`It was trained by cohort-rl ${trained ?? 'of an unknown version'}; this is ${ownVersion}.`]),
    ...(config.arithmetic === 'fused' ? ['It was trained with fused arithmetic, whose bits may differ between machines.'] : []),
  ];
}

/**
 * What the folder of a run expects. Throws `CohortError` for a folder that holds no run, or none that its files describe: of a language model, or of a
 * program's own environment.
 */
export async function expectedOfFolder(storage: RunStorage): Promise<ExpectedRun> {
  const directory = storage.locate('');
  const run = await readRun(storage);
  const config = trainable(run, directory);
  const read = await readMetrics(storage);
  const rows = new Map(read.filter((row) => 'charts/SPS' in row).map((row): [number, MetricRow] => [row.iteration ?? 0, row]));
  const iterations = reachedBy(run, rows);
  if (iterations === 0) throw mistake(directory, 'a run with at least one iteration', 'none yet', 'let it train, or resume it');
  const { summary, description } = run;
  const start = description.start && (await readStart(storage, description.start));
  let same = 0;
  const comparePolicy = async (iteration: number, snapshot: () => Promise<Policy>): Promise<boolean> => {
    const file = await readSnapshot(storage, iteration);
    return !file || hashPolicyNumbers(file) === hashPolicy(await snapshot());
  };
  return {
    config,
    start,
    iterations,
    parametersSha256: summary?.parametersSha256,
    notes: notesOf(run),
    sameUpTo: () => same,
    async compare(result, snapshot): Promise<Difference | undefined> {
      const { iteration } = result;
      const row = rows.get(iteration);
      const metric = row && differingMetric(row, result);
      if (metric !== undefined) return { from: same + 1, to: iteration, what: metric };
      if (!(await comparePolicy(iteration, snapshot))) return { from: row ? iteration : same + 1, to: iteration, what: 'the policy' };
      // A long run has lines for some of its iterations only.
      if (row) same = iteration;
      return undefined;
    },
  };
}
