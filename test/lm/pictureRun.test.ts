/** Runs on prompts with pictures give the same bits in Node and in a page; in a worker of a page also on two threads. */
import { describe, expect, it } from 'vitest';
import { testCohort } from '../training/cohort.ts';
import { countShapesHash, countShapesRun } from './pictureRun.ts';

describe('a run on prompts with pictures', () => {
  it('gives the recorded hash, and completions with the pictures of their prompts', async () => {
    const training = testCohort().trainLanguageModel({ ...countShapesRun, completions: 'all' });
    for await (const { completions, groups } of training) {
      for (const { prompt, pictures } of [...completions, ...groups!().flat()]) {
        expect(prompt).toContain('[image 24x24]');
        expect(pictures).toMatchObject([{ width: 24, height: 24 }]);
        expect(pictures![0]!.pixels).toHaveLength(3 * 24 * 24);
      }
    }
    expect((await training.finish()).summary.parametersSha256).toBe(countShapesHash);
  });

  it.runIf(globalThis.crossOriginIsolated === true)('gives it in a worker of a page, on two threads', async () => {
    const worker = new Worker(new URL('./pictureWorker.ts', import.meta.url), { type: 'module' });
    const answer = await new Promise<unknown>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage('begin');
    });
    worker.terminate();
    expect(answer).toEqual({ threads: 1, hash: countShapesHash });
  });
});
