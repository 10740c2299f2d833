import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CollectorSettings, collectGroups } from '../../../src/lm/algorithm/collector.ts';
import type { Rollout, RolloutGroup } from '../../../src/lm/model/rollouts.ts';
import { promptText } from '../../../src/lm/tasks/prompt.ts';
import type { Score } from '../../../src/lm/tasks/rewards.ts';

const failure: Score = { status: 'threw', total: Number.NaN, outcome: Number.NaN, components: {}, message: 'no luck' };

/** A group of completions with these rewards; `null` is a reward that failed. */
function groupOf(rewards: readonly (number | null)[], name = ''): RolloutGroup {
  const rollouts: Rollout[] = rewards.map((reward) => ({
    tokens: Int32Array.of(3, 0),
    text: 'a',
    ended: true,
    logProbs: new Float32Array(2),
    entropy: 0,
    score: reward === null ? failure : { status: 'ok', total: reward, outcome: reward, components: { reward } },
  }));
  return { problem: { prompt: name, reward: () => 0 }, prompt: { tokens: [1] }, rollouts };
}

const right = (): RolloutGroup => groupOf([1, 1], 'right');
const wrong = (): RolloutGroup => groupOf([0, 0], 'wrong');
const valid = (): RolloutGroup => groupOf([1, 0], 'valid');
const settings: CollectorSettings = { numGroups: 4, minValidFraction: 0, maxAttempts: 5, validBy: 'total' };
const names = (groups: readonly RolloutGroup[]): string[] => groups.map(({ problem }) => promptText(problem.prompt));

/** Gives the draws in turn, the last one for ever. */
function drawing(...draws: RolloutGroup[][]): { draw: (attempt: number) => Promise<RolloutGroup[]>; attempts: number[] } {
  const attempts: number[] = [];
  return {
    attempts,
    draw: async (attempt) => {
      attempts.push(attempt);
      return draws[Math.min(attempt, draws.length - 1)]!;
    },
  };
}

describe('collectGroups', () => {
  it('takes one draw as it is without a threshold, valid groups first', async () => {
    const { draw, attempts } = drawing([wrong(), valid(), right(), valid()]);
    const collection = await collectGroups(draw, settings);
    expect(attempts).toEqual([0]);
    expect(names(collection.batch)).toEqual(['valid', 'valid', 'wrong', 'right']);
    expect(collection).toMatchObject({ attempts: 1, wasted: 0, failed: 0, validGroups: 2, allRight: 1, allWrong: 1, solved: false });
  });

  it('draws until the threshold is reached, keeps the valid groups, fills up with the last draw and counts what is wasted', async () => {
    const first = [valid(), right(), right(), right()];
    const second = [wrong(), wrong(), valid(), right()];
    const third = [valid(), wrong(), wrong(), right()];
    const { draw } = drawing(first, second, third);
    const collection = await collectGroups(draw, { ...settings, minValidFraction: 0.75 });
    expect(collection.batch).toEqual([first[0], second[2], third[0], third[1]]);
    expect(collection).toMatchObject({ attempts: 3, validGroups: 3, wasted: 0, allRight: 5, allWrong: 4, solved: false });
    expect(collection.drawn).toEqual([...first, ...second, ...third]);

    const many = await collectGroups(drawing([valid(), right(), right(), right()], [valid(), valid(), valid(), valid()]).draw, {
      ...settings,
      minValidFraction: 0.5,
    });
    expect(names(many.batch)).toEqual(['valid', 'valid', 'valid', 'valid']);
    expect(many).toMatchObject({ attempts: 2, validGroups: 5, wasted: 1 });
  });

  it('asks for exactly ceil(minValidFraction * groups) groups, free of rounding', async () => {
    // 0.55 * 20 is 11.000000000000002 in doubles.
    const draw = async (): Promise<RolloutGroup[]> => [...Array.from({ length: 11 }, valid), ...Array.from({ length: 9 }, right)];
    expect((await collectGroups(draw, { ...settings, numGroups: 20, minValidFraction: 0.55 })).attempts).toBe(1);
    const fewer = async (): Promise<RolloutGroup[]> => [...Array.from({ length: 10 }, valid), ...Array.from({ length: 10 }, right)];
    expect((await collectGroups(fewer, { ...settings, numGroups: 20, minValidFraction: 0.55 })).attempts).toBe(2);
  });

  it('leaves out groups that are not valid with threshold 1 (dapo)', async () => {
    const { draw } = drawing(
      [valid(), valid(), right(), right()],
      [valid(), wrong(), wrong(), right()],
      [valid(), valid(), valid(), wrong()],
    );
    const collection = await collectGroups(draw, { ...settings, minValidFraction: 1 });
    expect(names(collection.batch)).toEqual(['valid', 'valid', 'valid', 'valid']);
    expect(collection).toMatchObject({ attempts: 3, wasted: 2 });
    const short = await collectGroups(drawing([valid(), right(), right(), right()]).draw, {
      ...settings,
      minValidFraction: 1,
      maxAttempts: 2,
    });
    expect(names(short.batch)).toEqual(['valid', 'valid']);
  });

  it('calls a task solved only where everything is right up to the most draws', async () => {
    const all = [right(), right(), right(), right()];
    expect(await collectGroups(drawing(all).draw, settings)).toMatchObject({ attempts: 5, solved: true, validGroups: 0 });
    expect(await collectGroups(drawing(all).draw, { ...settings, minValidFraction: 0.6 })).toMatchObject({ attempts: 5, solved: true });
    const nearly = await collectGroups(drawing(all, all, [right(), valid(), right(), right()]).draw, settings);
    expect(nearly).toMatchObject({ attempts: 3, solved: false, validGroups: 1 });
    expect(names(nearly.batch)).toEqual(['valid', 'right', 'right', 'right']);
  });

  it('fails where the threshold is out of reach because most is wrong, and goes on with what there is where most is right', async () => {
    const hopeless = drawing([wrong(), wrong(), wrong(), valid()]);
    await expect(collectGroups(hopeless.draw, { ...settings, minValidFraction: 1 })).resolves.toMatchObject({ attempts: 4 });
    await expect(collectGroups(drawing([wrong(), wrong(), wrong(), right()]).draw, { ...settings, minValidFraction: 0.6 })).rejects.toThrow(
      'minValidFraction 0.6: expected 3 valid groups of 4 within 5 draws, got 0; 15 of 20 groups are all wrong; lower minValidFraction',
    );
    const mastered = await collectGroups(drawing([right(), right(), right(), wrong()]).draw, { ...settings, minValidFraction: 0.6 });
    expect(mastered).toMatchObject({ attempts: 5, solved: false, validGroups: 0 });
    // Without a threshold nothing is an error.
    expect(await collectGroups(drawing([wrong(), wrong(), wrong(), wrong()]).draw, settings)).toMatchObject({ attempts: 1, solved: false });
  });

  it('leaves failed rewards out of validity and counts them; without any reward it fails', async () => {
    // 1 against a failure is a group of one: not valid.
    const collection = await collectGroups(drawing([groupOf([1, null]), groupOf([null, null]), groupOf([1, 0]), wrong()]).draw, settings);
    expect(collection).toMatchObject({ validGroups: 1, failed: 3, allRight: 1, allWrong: 1 });
    expect(collection.batch[0]!.rollouts.map(({ score }) => score.total)).toEqual([1, 0]);
    await expect(collectGroups(drawing([groupOf([null, null])]).draw, settings)).rejects.toThrow(
      'reward: expected a finite number for at least one completion, got 2 failures of 2, the first: threw (no luck); fix',
    );
  });

  it('tests validity by exact equality, on the outcome where asked', async () => {
    const tiny = groupOf([0.1 + 0.2, 0.3]);
    expect((await collectGroups(drawing([tiny, wrong()]).draw, { ...settings, numGroups: 2 })).validGroups).toBe(1);
    const shaped = groupOf([0, 0.3]);
    for (const rollout of shaped.rollouts) Object.assign(rollout.score, { outcome: 0 });
    const byOutcome = await collectGroups(drawing([shaped, valid()]).draw, { ...settings, numGroups: 2, validBy: 'outcome' });
    expect(names(byOutcome.batch)).toEqual(['valid', '']);
    expect(byOutcome.validGroups).toBe(1);
  });

  it('keeps its promises for any draws', async () => {
    const kind = fc.constantFrom(right, wrong, valid);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(kind, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 0.25, 0.5, 0.75, 1),
        async (draws, minValidFraction) => {
          const made = draws.map((draw) => draw.map((make) => make()));
          const { draw, attempts } = drawing(...made);
          const collection = await collectGroups(draw, { ...settings, minValidFraction }).catch((error: Error) => error);
          const drawn = attempts.flatMap((attempt) => made[Math.min(attempt, made.length - 1)]!);
          const count = (name: string): number => names(drawn).filter((each) => each === name).length;
          if (collection instanceof Error) {
            expect(count('valid')).toBeLessThan(minValidFraction * 4);
            expect(count('wrong') * 2).toBeGreaterThan(drawn.length);
            return;
          }
          expect(collection.drawn).toEqual(drawn);
          expect(collection.validGroups).toBe(count('valid'));
          expect(names(collection.batch).filter((name) => name === 'valid')).toHaveLength(Math.min(4, count('valid')));
          expect(collection.batch.length + collection.wasted).toBeGreaterThanOrEqual(collection.validGroups);
          if (minValidFraction < 1) expect(collection.batch).toHaveLength(4);
          expect(collection.solved).toBe(count('right') === drawn.length);
          if (count('valid') < minValidFraction * 4) expect(attempts).toHaveLength(5);
        },
      ),
    );
  });
});
