/**
 * What is wrong with a run, from its metrics: rules as tables, applied to a run that has ended (`examine`) or goes on (`watchRun`). Pure functions; they
 * know nothing of how a run is trained.
 */
import { environmentRules } from './environmentRules.ts';
import { languageRules } from './languageRules.ts';
import { apply, type Finding, type Rule } from './rule.ts';
import type { ExaminedRun } from './run.ts';
import { updateRules } from './updateRules.ts';
import { watchRun as watchWith } from './watch.ts';

export type { Finding, Rule } from './rule.ts';
export { type ExaminedRun, type Facts, iterationsOf, leastIterations, windowLength } from './run.ts';
export { showLimit, showMeasured, showValue, warningOf } from './watch.ts';

/** Every rule, in the order of what it says first. */
export const rules: readonly Rule[] = [...environmentRules, ...languageRules, ...updateRules];

/** What is wrong with a run, in the order of the rules; empty where nothing was found. */
export function examine(run: ExaminedRun): Finding[] {
  return rules.flatMap((rule) => apply(rule, run) ?? []);
}

/** {@link watchWith} by every rule. */
export function watchRun(run: Omit<ExaminedRun, 'rows'>): ReturnType<typeof watchWith> {
  return watchWith(run, rules);
}
