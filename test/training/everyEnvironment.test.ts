/** Promises 1 and 2 of the design for every registered environment: recorded bits, in Node and in Chromium, stopped and resumed or not. */
import { describe, expect, it } from 'vitest';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import { testCohort } from './cohort.ts';
import { brief, goldenHashes } from './everyEnvironment.ts';

const ids = standardRegistry()
  .list()
  .map(({ id }) => id);

describe('every environment', () => {
  it('stands in the table', () => {
    expect(Object.keys(goldenHashes).toSorted()).toEqual(ids.toSorted());
  });

  it.each(ids)('%s: the recorded hash, at once and when stopped in the middle of an episode', async (id) => {
    const cohort = testCohort();
    const whole = await cohort.train(brief(id)).finish();
    await cohort.train({ ...brief(id), stopAfter: 1 }, { runDirectory: 'parts' }).finish();
    const resumed = await (await cohort.resume('parts')).finish();
    expect([whole, resumed].map(({ summary }) => summary.parametersSha256)).toEqual([goldenHashes[id], goldenHashes[id]]);
  });
});
