/**
 * Groups for one update: prompts are drawn until enough groups are valid. A group is valid if its rewards are not all exactly equal; the others
 * tell nothing to a method that compares within the group.
 *
 * As in the authors' open-r1 trainer (AMAP-ML/GPG, `gpg_trainer.py`) the batch is the valid groups of all draws, filled up with groups of the last
 * draw that are not. Unlike there, counts are exact and never per process, a draw is counted with all its completions, and it is defined what happens
 * when valid groups run out (see `collectGroups`).
 */
import type { Validity } from '../../advantage/completions/index.ts';
import { failure } from '../../core/errors.ts';
import type { RolloutGroup } from '../model/rollouts.ts';
import { nothingScored, type Score } from '../tasks/rewards.ts';
import { scoreGroups } from './batch.ts';

/** What determines how often prompts are drawn. */
export interface CollectorSettings {
  /** Groups of a draw, and of the batch. */
  readonly numGroups: number;
  /** Prompts are drawn until this fraction of the groups is valid; 0 takes the first draw as it is, 1 leaves no other groups in. */
  readonly minValidFraction: number;
  /** Largest number of draws. */
  readonly maxAttempts: number;
  readonly validBy: Validity;
}

/** What was collected. */
export interface Collection {
  /** What the update learns from: valid groups in the order of drawing, then others; at most `numGroups`. */
  readonly batch: readonly RolloutGroup[];
  /** Every group of every draw. */
  readonly drawn: readonly RolloutGroup[];
  /** Number of draws. */
  readonly attempts: number;
  /** Valid groups that found no room in the batch. */
  readonly wasted: number;
  /** Completions whose reward failed, in all draws. */
  readonly failed: number;
  readonly validGroups: number;
  readonly allRight: number;
  readonly allWrong: number;
  /** Every completion of `maxAttempts` draws is right: there is nothing left to learn from. */
  readonly solved: boolean;
}

/**
 * Draws until `ceil(minValidFraction * numGroups)` groups are valid, at most `maxAttempts` times. While all completions are right it draws on as well, up
 * to `maxAttempts`, before it calls the task solved: one small batch may be right by chance.
 *
 * Throws {@link CohortError} if the threshold was not reached and most groups are all wrong, and if not one reward could be computed.
 * If it was not reached because most groups are all right, the batch is what was drawn.
 */
export async function collectGroups(
  draw: (attempt: number) => Promise<readonly RolloutGroup[]>,
  settings: CollectorSettings,
): Promise<Collection> {
  const { numGroups, minValidFraction, maxAttempts, validBy } = settings;
  // 0.55 * 20 is 11 and a bit in doubles; the bit must not ask for a twelfth group.
  const needed = Math.ceil(minValidFraction * numGroups - 1e-9);
  const drawn: RolloutGroup[] = [];
  const valid: RolloutGroup[] = [];
  let others: RolloutGroup[] = [];
  const counts = { scoredGroups: 0, allRight: 0, allWrong: 0 };
  let failed = 0;
  let attempts = 0;
  let onlyRight: boolean;
  do {
    const some = await draw(attempts++);
    drawn.push(...some);
    const scored = scoreGroups(some, some[0]?.rollouts.length ?? 0, validBy);
    failed += some.flatMap(scoresOf).filter(({ status }) => status !== 'ok').length;
    others = some.filter((_, group) => scored.valid[group] !== 1);
    valid.push(...some.filter((_, group) => scored.valid[group] === 1));
    counts.scoredGroups += scored.ranges.length;
    counts.allRight += scored.allRight;
    counts.allWrong += scored.allWrong;
    if (counts.scoredGroups === 0) throw nothingScored('reward', drawn.flatMap(scoresOf));
    onlyRight = valid.length === 0 && counts.allRight === counts.scoredGroups;
  } while ((valid.length < needed || onlyRight) && attempts < maxAttempts);

  if (valid.length < needed && counts.allWrong * 2 > counts.scoredGroups) {
    throw failure(
      `minValidFraction ${minValidFraction}`,
      `${needed} valid groups of ${numGroups} within ${attempts} draws`,
      `${valid.length}; ${counts.allWrong} of ${counts.scoredGroups} groups are all wrong`,
      'lower minValidFraction, raise maxAttempts or groupSize, or warm the model up further',
    );
  }
  const kept = valid.slice(0, numGroups);
  return {
    batch: minValidFraction === 1 ? kept : [...kept, ...others.slice(0, numGroups - kept.length)],
    drawn,
    attempts,
    wasted: valid.length - kept.length,
    failed,
    validGroups: valid.length,
    allRight: counts.allRight,
    allWrong: counts.allWrong,
    solved: onlyRight,
  };
}

/** The scores of a group, the greedy completion's included. */
function scoresOf({ rollouts, greedy }: RolloutGroup): Score[] {
  return [...rollouts, ...(greedy ? [greedy] : [])].map(({ score }) => score);
}
