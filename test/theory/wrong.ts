/** Subjects that are wrong, to see rows fail. */
import type { Subjects } from '../../src/theory/row.ts';
import { theorySubjects } from '../../src/theory/verifyTheory.ts';

/** An estimator whose numbers are changed afterwards. */
const changed = (change: (value: number, action: number) => number): Partial<Subjects> => ({
  estimate(batch, settings, workspace) {
    const given = theorySubjects.estimate(batch, settings, workspace);
    const shifted = (values: Float64Array): Float64Array => values.map((value, step) => change(value, batch.actions![step]!));
    return { ...given, advantages: shifted(given.advantages), baseline: shifted(given.baseline) };
  },
});

/** Wrong subjects by what is wrong with them. */
export const wrongSubjects: Readonly<Record<string, Partial<Subjects>>> = {
  'a baseline that sees the action': changed((value, action) => value + action),
  'the sign of the advantage': changed((value) => -value),
  'the size of the advantage': changed((value) => 1.01 * value),
  'no baseline at all': {
    estimate: (batch, settings, workspace) => theorySubjects.estimate(batch, { ...settings, baseline: 'none' }, workspace),
  },
  'the own return where it should be left out': {
    estimate: (batch, settings, workspace) =>
      theorySubjects.estimate(batch, { ...settings, baseline: settings.baseline === 'none' ? 'none' : 'own' }, workspace),
  },
  'every visit where the first counts': {
    estimate: (batch, settings, workspace) => theorySubjects.estimate(batch, { ...settings, visit: 'every' }, workspace),
  },
  'lambda 0.9 in gae': { gae: (input) => theorySubjects.gae({ ...input, gaeLambda: 0.9 }) },
  'a surrogate of the squared ratio': { surrogate: (ratio, advantage) => ratio * ratio * advantage },
};
