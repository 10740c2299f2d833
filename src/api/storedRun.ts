/**
 * Which road a folder is of.
 */
import { CohortError } from '../core/errors.ts';
import type { RoadName } from '../run/layout.ts';
import type { RunDescription } from '../run/storedRun.ts';

const nouns: Readonly<Record<RoadName, string>> = {
  environments: 'a run on an environment',
  'language-models': 'a run of a language model',
};

/** Throws {@link CohortError} for a run of another road. */
export function checkRoad({ road }: RunDescription, directory: string, expected: RoadName): void {
  if (road === expected) return;
  throw new CohortError({
    subject: directory,
    expected: nouns[expected],
    got: nouns[road],
    advice: 'use load, evaluate or resume, which take both, or name another folder',
    kind: 'failure',
  });
}
