/**
 * What is wrong with a run, from its metrics alone: rules with a number, a line and a source each.
 */
import type { RoadName } from '../run/layout.ts';
import { environmentRules } from './environmentRules.ts';
import { languageRules } from './languageRules.ts';
import { type Finding, leastIterations, type Patient, type Rule } from './rule.ts';

export { environmentRules } from './environmentRules.ts';
export { languageRules } from './languageRules.ts';
export type { Finding, Measured, Patient, Rule } from './rule.ts';

/** The rules of a road. */
export function rulesOf(road: RoadName): readonly Rule[] {
  return road === 'environments' ? environmentRules : languageRules;
}

/** Everything that is wrong with a run; nothing where it has fewer iterations than say anything. */
export function examine(road: RoadName, patient: Patient): Finding[] {
  return rulesOf(road).flatMap(({ find, ...rule }) => {
    const measured = find(patient);
    return measured ? [{ ...rule, ...measured }] : [];
  });
}

/** Iterations between two looks at a run that goes on: an own choice. */
const interval = 10;

/**
 * Looks at a run while it goes on: give it the metrics of every iteration, in order; it gives one line of warning per illness, once. What shows only in
 * the whole run (`hovering`, a critic after its beginning) is told as soon as the rules see it.
 */
export function watchHealth(road: RoadName, about: Omit<Patient, 'rows'>): (row: Patient['rows'][number]) => string[] {
  const rows: Patient['rows'][number][] = [];
  const told = new Set<string>();
  return (row) => {
    rows.push(row);
    if (rows.length % interval !== 0 || rows.length < leastIterations) return [];
    // The run itself has said so by then: src/training/groupWarning.ts.
    const isAlone = rows.slice(0, leastIterations).every((first) => first['group/singleton_frac'] === 1 && first['advantage/std'] === 0);
    if (isAlone) for (const name of ['zero-advantages', 'lonely-bins']) told.add(name);
    const found = examine(road, { ...about, rows }).filter(({ name }) => !told.has(name));
    for (const { name } of found) told.add(name);
    return found.map(({ name, illness, advice }) => `${illness} Try ${advice} (doctor: ${name}).`);
  };
}
