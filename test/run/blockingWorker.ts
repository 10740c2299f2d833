/**
 * A worker of a browser that has handles that block and no others, as Safari before 26 has: trains into files, goes on with them, and tells the hash.
 */
import { createCohort } from '../../src/api/createCohort.ts';
import { browserPlatform } from '../../src/browser/platform.ts';
import { browserHome } from '../../src/browser/storage.ts';
import { shortRun } from '../training/cohort.ts';

self.onmessage = async ({ data: root }: MessageEvent<string>) => {
  try {
    Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createWritable');
    const home = browserHome(root);
    const cohort = createCohort({ ...browserPlatform, spawnThread: undefined, spawnEnvWorker: undefined }, home);
    await cohort.train({ ...shortRun, stopAfter: 3 }, { runDirectory: 'one' }).finish();
    const { summary } = await (await cohort.resume('one')).finish();
    self.postMessage({ hash: summary.parametersSha256, files: await home.open('one').list('') });
  } catch (error) {
    self.postMessage({ error: String(error) });
  }
};
