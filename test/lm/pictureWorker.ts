/**
 * A worker of a page that trains on prompts with pictures on two threads, and tells the hash and how many threads it has started.
 */
import { browserPlatform } from '../../src/browser/platform.ts';
import { testCohort } from '../training/cohort.ts';
import { countShapesRun } from './pictureRun.ts';

self.onmessage = async () => {
  let threads = 0;
  const { spawnThread } = browserPlatform;
  const counted = (...parameters: Parameters<NonNullable<typeof spawnThread>>) => {
    threads++;
    return spawnThread!(...parameters);
  };
  try {
    const cohort = testCohort({ ...browserPlatform, spawnThread: spawnThread && counted });
    const { summary } = await cohort.trainLanguageModel({ ...countShapesRun, threads: 2 }).finish();
    self.postMessage({ threads, hash: summary.parametersSha256 });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
