/**
 * What a road says of runs that have ended: what came out and what it cost.
 */
import type { RunSummary } from '../node/index.ts';
import { effort, jointVerdict, verdict } from './display/closing.ts';
import type { Library } from './library.ts';
import { gainOf, languageEffort, languageJointVerdict, languageVerdict } from './lm/closing.ts';
import type { Road } from './road.ts';
import { readRunConfig, seedFolder } from './runFolders.ts';
import type { Paint } from './terminal.ts';

/** The runs that are spoken of. */
export interface EndedRuns {
  readonly road: Road;
  /** The environment or the task. */
  readonly target: string;
  /** The run folder, of all seeds together. */
  readonly runDirectory: string;
  /** Whether the folder is one of several seeds. */
  readonly several: boolean;
}

/** The words at the end of runs, at least one. */
export function closingLines(about: EndedRuns, summaries: readonly RunSummary[], paint: Paint, library: Library): string[] {
  const [only] = summaries;
  if (!only) return [];
  if (about.road === 'lm') {
    const { runDirectory, several } = about;
    const folderOf = ({ seed }: RunSummary): string => (several ? seedFolder(runDirectory, seed) : runDirectory);
    const gains = summaries.map((summary) => gainOf(summary, Number(readRunConfig(folderOf(summary)).evaluationPrompts ?? 1)));
    return several ? [languageJointVerdict(gains, paint)] : [...languageVerdict(only, gains[0]!, paint), languageEffort(only)];
  }
  // A run of the user's own environment is not in the registry.
  const { rewardThreshold } =
    library
      .standardRegistry()
      .list()
      .find(({ id }) => id === about.target) ?? {};
  if (about.several) return [jointVerdict(summaries, rewardThreshold, paint)];
  return [verdict(only, rewardThreshold, paint), effort(only)];
}
