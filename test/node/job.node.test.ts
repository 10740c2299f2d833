/** A job gives the same run in this thread and in one of its own, and can be stopped, gone on with, and fail in both. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { runJob } from '../../src/node/job.ts';
import { runJobInThread } from '../../src/node/jobThread.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { type Job, RunCutOff } from '../../src/run/job.ts';
import { shortRun } from '../training/cohort.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-job-'));
const job: Job = { kind: 'train', road: 'environments', input: { ...shortRun, seed: 4 }, modules: [] };

describe('a job', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('trains to the same bits in this thread and in its own, and tells the same events', async () => {
    const told: string[][] = [];
    const hashes: string[] = [];
    for (const run of [runJob, runJobInThread]) {
      const events: RunEvent[] = [];
      hashes.push((await run(job, { onEvent: (event) => events.push(event) })).parametersSha256);
      told.push(events.map(({ event }) => event));
    }
    expect(hashes[1]).toBe(hashes[0]);
    expect(told[1]).toEqual(told[0]);
    expect(told[0]!.at(-1)).toBe('summary');
  });

  it('tells the pictures of prompts from its own thread, too', async () => {
    const input = {
      ...{ task: 'count-shapes', iterations: 1, numGroups: 2, groupSize: 2, hiddenSize: 16, numHiddenLayers: 1, numAttentionHeads: 2 },
      ...{ warmStartAccuracy: 0, evaluationInterval: 0, finalEvaluationPrompts: 1, evaluationPrompts: 1, seed: 1 },
    };
    const told: RunEvent[][] = [];
    for (const run of [runJob, runJobInThread]) {
      const events: RunEvent[] = [];
      await run({ kind: 'train', road: 'language-models', input, modules: [] }, { onEvent: (event) => events.push(event) });
      told.push(events.filter(({ event }) => event === 'completions'));
    }
    const pictures = told.map(([event]) => (event?.event === 'completions' ? event.completions.map((record) => record.pictures) : []));
    expect(pictures[0]).toMatchObject([[{ width: 24, height: 24 }], [{ width: 24, height: 24 }]]);
    expect(pictures[1]).toEqual(pictures[0]);
  });

  it('stops by a signal with a checkpoint, and goes on to the bits of a run left alone', async () => {
    const runDirectory = join(folder, 'stopped');
    const controller = new AbortController();
    const onEvent = ({ event }: RunEvent): void => {
      if (event === 'iteration') controller.abort();
    };
    const long = { ...job, input: { ...job.input, iterations: 400, numSteps: 16 } };
    const stopped = await runJobInThread({ ...long, runDirectory }, { signal: controller.signal, onEvent });
    expect(stopped.status).toBe('interrupted');
    expect(stopped.iterations).toBeLessThan(400);
    const rest: Job = { kind: 'resume', road: 'environments', input: {}, runDirectory, modules: [] };
    const ended = await runJobInThread(rest);
    expect(ended).toMatchObject({ status: 'done', iterations: 400 });
    expect(ended.parametersSha256).toBe((await runJob(long)).parametersSha256);
  });

  it('is cut off in an iteration that outlasts the patience: the lock is given back, and the last checkpoint stands', async () => {
    const runDirectory = join(folder, 'cut');
    const controller = new AbortController();
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => {
      events.push(event);
      if (event.event === 'checkpoint') controller.abort();
    };
    const endless = { ...job, input: { ...job.input, numEnvs: 16, numSteps: 4096, updateEpochs: 1000 }, runDirectory };
    await expect(runJobInThread(endless, { signal: controller.signal, patience: 300, onEvent })).rejects.toBeInstanceOf(RunCutOff);
    expect(events.filter(({ event }) => event === 'checkpoint' || event === 'summary')).toMatchObject([
      { event: 'checkpoint', iteration: 0 },
    ]);
    expect(existsSync(join(runDirectory, 'run.lock'))).toBe(false);
    expect(existsSync(join(runDirectory, 'checkpoint.safetensors'))).toBe(true);
  });

  it('gives back no lock that another run holds', async () => {
    const runDirectory = join(folder, 'held');
    const controller = new AbortController();
    const long = { ...job, input: { ...job.input, iterations: 100_000 }, runDirectory };
    let begin = (): void => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const first = runJobInThread(long, { signal: controller.signal, onEvent: ({ event }) => event === 'iteration' && begin() });
    await begun;
    await expect(runJobInThread({ ...long, kind: 'resume', input: {} })).rejects.toThrow(/run\.lock/);
    expect(existsSync(join(runDirectory, 'run.lock'))).toBe(true);
    controller.abort();
    expect(await first).toMatchObject({ status: 'interrupted' });
  });

  it('fails with the same error', async () => {
    const wrong = { ...job, input: { ...job.input, numEnvs: -1 } };
    const [here, there] = await Promise.all([runJob, runJobInThread].map((run) => run(wrong).catch((error: unknown) => error)));
    expect(there).toBeInstanceOf(CohortError);
    expect((there as Error).message).toBe((here as Error).message);
  });

  it('ends with the error of its listener', async () => {
    const onEvent = (): void => {
      throw new TypeError('my mistake');
    };
    await expect(runJobInThread(job, { onEvent })).rejects.toThrow('my mistake');
  });
});
