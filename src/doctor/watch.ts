/**
 * The rules on a run that goes on: its iterations come one by one, and one sentence is said.
 */
import type { MetricRow } from '../run/storedRun.ts';
import { apply, type Finding, type Rule } from './rule.ts';
import { type ExaminedRun, windowLength } from './run.ts';

/** Rows that are kept of a run, however long: the first, and twice as many of the last as rules look at. */
const kept = 2 * windowLength;

/** A value as it is read: `0.62`, `5.16e+5`, `0`. */
export function showValue(value: number): string {
  return Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3) ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** The limit of a rule in words: `above 0.5`. */
export function showLimit({ ill, limit }: Pick<Rule, 'ill' | 'limit'>): string {
  return `${ill} ${showValue(limit)}`;
}

/** What was measured, and where: `median of losses/clipfrac: 0.62 in iterations 11 to 20`. */
export function showMeasured({ measured, value, from, to }: Finding): string {
  return `${measured}: ${showValue(value)} in ${from === to ? `iteration ${to}` : `iterations ${from} to ${to}`}`;
}

/** A finding as a warning: one sentence without a full stop. */
export function warningOf(finding: Finding): string {
  return `${finding.meaning} (${showMeasured(finding)}; ${showLimit(finding)} is ill); try ${finding.advice}`;
}

/**
 * Watches a run: the function takes each iteration and gives the first thing that is found, once. It says nothing before {@link windowLength} iterations,
 * and nothing that training tells by itself.
 */
export function watchRun(
  run: Omit<ExaminedRun, 'rows'>,
  rules: readonly Rule[],
): (iteration: number, metrics: Readonly<Record<string, number | null | undefined>>) => Finding | undefined {
  const first: MetricRow[] = [];
  const last: MetricRow[] = [];
  let told = false;
  return (iteration, metrics) => {
    if (told) return undefined;
    const row = { ...metrics, iteration } as MetricRow;
    if (first.length < kept) first.push(row);
    else last.push(row);
    if (last.length > kept) last.shift();
    const rows = [...first, ...last];
    if (rows.length < windowLength) return undefined;
    for (const rule of rules) {
      const finding = rule.toldByTraining ? undefined : apply(rule, { ...run, rows });
      if (!finding) continue;
      told = true;
      return finding;
    }
    return undefined;
  };
}
