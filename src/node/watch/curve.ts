/** The learning curve of a run for its page: few points, from metrics.jsonl. */
import { failure } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';
import { runFiles } from '../../run/layout.ts';
import type { MetricKey } from '../../run/metrics.ts';
import type { RunStorage } from '../../run/storage.ts';
import type { WatchCurve, WatchLine, WatchPoint } from '../../watch/protocol.ts';

/** Longer metrics would take seconds to read, again and again. */
const maxBytes = 128 * 2 ** 20;
/** Points of a line: more than a picture of this size shows. */
const maxPoints = 150;

/** The lines by their metrics, the most telling first. */
const lineKeys: readonly (readonly [name: WatchLine['name'], key: MetricKey])[] = [
  ['greedy', 'evaluation/greedy_return'],
  ['sampled', 'evaluation/sampled_return'],
  ['training', 'charts/episodic_return'],
];

/** Means over equal numbers of neighbours, each at the end of its stretch; all of them where they are few. */
function meansOf(points: readonly WatchPoint[]): WatchPoint[] {
  const each = Math.ceil(points.length / maxPoints);
  const count = Math.ceil(points.length / Math.max(each, 1));
  return Array.from({ length: count }, (_, k) => {
    const part = points.slice(k * each, (k + 1) * each);
    const { iteration, step } = part.at(-1)!;
    return { iteration, step, value: part.reduce((sum, { value }) => sum + value, 0) / part.length };
  });
}

/** An even choice of them with the first and the last. */
function chosenOf(points: readonly WatchPoint[]): WatchPoint[] {
  if (points.length <= maxPoints) return [...points];
  return Array.from({ length: maxPoints }, (_, k) => points[Math.round((k * (points.length - 1)) / (maxPoints - 1))]!);
}

/** Reads the learning curve of a run, which may be training. Throws `CohortError` for a broken file, and for one that is too long. */
export async function readCurve(storage: RunStorage): Promise<WatchCurve> {
  const where = storage.locate(runFiles.metrics);
  const size = (await storage.size(runFiles.metrics)) ?? 0;
  if (size > maxBytes) {
    const advice = 'draw it with `cohort-rl plot`';
    throw failure(where, `metrics of at most ${maxBytes / 2 ** 20} MiB`, `${Math.round(size / 2 ** 20)} MiB`, advice);
  }
  const bytes = (await storage.read(runFiles.metrics)) ?? new Uint8Array(0);
  const found = new Map(lineKeys.map(([name]): [WatchLine['name'], WatchPoint[]] => [name, []]));
  const decoder = new TextDecoder();
  let number = 0;
  // One line at a time: the file is read while it is written, and its last line may be half there.
  for (let start = 0, end = bytes.indexOf(0x0a); end >= 0; start = end + 1, end = bytes.indexOf(0x0a, start)) {
    number++;
    const row = parseJsonObject(decoder.decode(bytes.subarray(start, end)));
    if (!row) throw failure(`${where}, line ${number}`, 'a JSON object', 'something else', 'restore the file from a copy');
    const { iteration, globalStep: step } = row;
    if (typeof iteration !== 'number' || typeof step !== 'number') continue;
    for (const [name, key] of lineKeys) {
      const value = row[key];
      if (typeof value === 'number') found.get(name)!.push({ iteration, step, value });
    }
  }
  const lines = [...found].map(([name, points]): WatchLine => ({ name, points: (name === 'training' ? meansOf : chosenOf)(points) }));
  return { lines: lines.filter(({ points }) => points.length > 0) };
}
