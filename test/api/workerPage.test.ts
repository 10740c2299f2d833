/** Training in a worker of a page. Node's side is tested in worker.node.test.ts; how bundlers find the worker's program, in test/package. */
import { describe, expect, it } from 'vitest';
import { createWorkerTrainings } from '../../src/api/trainInWorker.ts';
import type { TrainingWorker, WorkerPlatform } from '../../src/api/workerDriver.ts';
import { browserHome } from '../../src/browser/storage.ts';
import { createPolicy } from '../../src/play/load.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { readRun } from '../../src/run/storedRun.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const inPage = typeof document !== 'undefined';
const workers: TrainingWorker[] = [];
let ended = 0;

/** The program is that of the last build. */
const spawn: WorkerPlatform['spawn'] = (hear, died) => {
  const worker = new Worker(new URL('../../dist/trainWorkerBrowser.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }) => hear(data);
  worker.onerror = ({ message }) => died(new Error(message));
  const handle: TrainingWorker = {
    post: (request) => worker.postMessage(request),
    hold: () => {},
    terminate() {
      ended++;
      worker.terminate();
    },
  };
  workers.push(handle);
  return handle;
};
const { trainInWorker, resumeInWorker } = createWorkerTrainings({ spawn, createPolicy });

describe.runIf(inPage)('a run in a worker of a page', () => {
  it('trains to the bits of the page, with the policy at hand', async () => {
    const whole = testCohort().train({ ...shortRun, threads: 2 });
    const training = trainInWorker({ ...shortRun, threads: 2 });
    const policies: string[][] = [[], []];
    for (const [index, run] of [whole, training].entries()) {
      for await (const { iteration } of run) if (iteration === 2) policies[index]!.push(sha256((await run.snapshot()).encode()));
      policies[index]!.push(sha256((await run.finish()).policy.encode()));
    }
    expect(policies[1]).toEqual(policies[0]);
    expect([workers.length, ended]).toEqual([1, 1]);
  });

  it('keeps its run in the files of the origin, and goes on from there', async () => {
    const runDirectory = `worker-${performance.now()}`;
    const training = trainInWorker(shortRun, { runDirectory });
    for await (const { iteration } of training) if (iteration === 3) break;
    expect((await readRun(browserHome().open(runDirectory))).summary).toMatchObject({ status: 'interrupted', iterations: 3 });
    const { summary } = await resumeInWorker(runDirectory).finish();
    expect(summary.parametersSha256).toBe((await testCohort().train(shortRun).finish()).summary.parametersSha256);
  });

  it('whose worker is lost can go on: its lock is free', async () => {
    const runDirectory = `lost-${performance.now()}`;
    const training = trainInWorker({ ...shortRun, checkpointInterval: 1 }, { runDirectory });
    await training[Symbol.asyncIterator]().next();
    workers.at(-1)!.terminate();
    const { summary } = await resumeInWorker(runDirectory).finish();
    expect(summary).toMatchObject({ status: 'done', iterations: 6 });
  });

  it('fails with the same error', async () => {
    const wrong = { ...shortRun, numEnvs: -1 };
    expect(() => testCohort().train(wrong)).toThrow();
    const here = (() => {
      try {
        testCohort().train(wrong);
      } catch (error) {
        return (error as Error).message;
      }
    })();
    await expect(trainInWorker(wrong).finish()).rejects.toThrow(here);
  });
});
