/** Learning curves of lanes as columns for the chart. */
import type { CurvePoint } from '../training/lane.ts';

/** One column per drawn line, all as long as `steps`; `null` where a line has no point. */
export interface CurveColumns {
  readonly steps: number[];
  /** For each lane: mean over seeds of sampled and greedy returns, and the lowest and highest sampled return of a seed. */
  readonly lanes: readonly Readonly<Record<'sampled' | 'greedy' | 'low' | 'high', (number | null)[]>>[];
}

/** What the seeds of a lane give at one number of steps. */
interface Joined {
  readonly sampled: number;
  readonly greedy: number;
  readonly low: number;
  readonly high: number;
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean, lowest and highest at every number of steps at which all seeds of the lane have been evaluated. */
function join(seeds: readonly (readonly CurvePoint[])[]): ReadonlyMap<number, Joined> {
  const bySteps = new Map<number, CurvePoint[]>();
  for (const points of seeds) {
    for (const point of points) bySteps.set(point.steps, [...(bySteps.get(point.steps) ?? []), point]);
  }
  const complete = [...bySteps].filter(([, points]) => points.length === seeds.length);
  return new Map(
    complete.map(([steps, points]) => {
      const sampled = points.map((point) => point.sampled);
      const greedy = meanOf(points.map((point) => point.greedy));
      return [steps, { sampled: meanOf(sampled), greedy, low: Math.min(...sampled), high: Math.max(...sampled) }];
    }),
  );
}

/** The columns of lanes, each given as the points of its seeds. */
export function curveColumns(lanes: readonly (readonly (readonly CurvePoint[])[])[]): CurveColumns {
  const joined = lanes.map(join);
  const steps = [...new Set(joined.flatMap((lane) => [...lane.keys()]))].sort((a, b) => a - b);
  const column = (lane: ReadonlyMap<number, Joined>, key: keyof Joined): (number | null)[] =>
    steps.map((at) => lane.get(at)?.[key] ?? null);
  return {
    steps,
    lanes: joined.map((lane) => ({
      sampled: column(lane, 'sampled'),
      greedy: column(lane, 'greedy'),
      low: column(lane, 'low'),
      high: column(lane, 'high'),
    })),
  };
}
