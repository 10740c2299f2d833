/**
 * What a rule is, and what comes of it.
 */
import type { RoadName } from '../run/layout.ts';
import { type ExaminedRun, lastOf } from './run.ts';

/** One illness that the metrics of a run show: a number, and the limit beyond which it is ill. */
export interface Rule {
  /** `entropy-collapse`. */
  readonly name: string;
  /** The roads whose runs it looks at. */
  readonly roads: readonly RoadName[];
  /** What the number is, with the metrics that it is made of. */
  readonly measured: string;
  /** The number; `undefined` where the rule does not apply to the run, or nothing is known. */
  measure(run: ExaminedRun): number | undefined;
  /** On which side of the limit a run is ill. */
  readonly ill: 'above' | 'below' | 'at';
  readonly limit: number;
  /** Where the limit comes from. */
  readonly source: string;
  /** What it means, in a sentence. */
  readonly meaning: string;
  /** What to try, with the flags for it. */
  readonly advice: string;
  /** Training itself warns of it. */
  readonly toldByTraining?: boolean;
  /** The number is that of the last iteration, not of the last ones. */
  readonly ofLast?: boolean;
}

/** What a rule found in a run: plain JSON. */
export interface Finding extends Pick<Rule, 'name' | 'measured' | 'ill' | 'limit' | 'source' | 'meaning' | 'advice'> {
  readonly value: number;
  /** The first and the last iteration that were looked at. */
  readonly from: number;
  readonly to: number;
}

/** Whether a number is beyond the limit of a rule. */
export function isIll(value: number, { ill, limit }: Pick<Rule, 'ill' | 'limit'>): boolean {
  if (ill === 'at') return value === limit;
  return ill === 'above' ? value > limit : value < limit;
}

/** What a rule finds in a run; `undefined` where the run is well, or the rule does not apply. */
export function apply(rule: Rule, run: ExaminedRun): Finding | undefined {
  const value = rule.roads.includes(run.road) ? rule.measure(run) : undefined;
  if (value === undefined || !isIll(value, rule)) return undefined;
  const { name, measured, ill, limit, source, meaning, advice } = rule;
  const last = rule.ofLast ? run.rows.slice(-1) : lastOf(run);
  return { name, measured, value, ill, limit, source, meaning, advice, from: last[0]?.iteration ?? 0, to: last.at(-1)?.iteration ?? 0 };
}
