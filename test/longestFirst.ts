/** The order in which test files run. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Short files that take minutes. */
const long = [
  'training/mutations.slow',
  'lm/backends/hundredUpdates.slow',
  'lm/learning.slow',
  'learning/learning.slow',
  'playground/memory.slow',
  'theory/rows.slow',
  'pretrained/retrain.slow',
];

/**
 * Files that take minutes first, then as vitest does: by the seconds of the run before, or, in a new clone, by their size. What takes minutes and comes last
 * runs alone, beside a core that has nothing to do.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): number => Number(long.some((name) => moduleId.includes(`/test/${name}.`)));
    return (await super.sort(files)).sort((a, b) => isLong(b) - isLong(a));
  }
}
