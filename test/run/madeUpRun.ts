/**
 * A made-up training, of which only the run folder is real: its whole state is the number of the iteration.
 */
import { evaluationResult } from '../../src/run/evaluation.ts';
import type { RunHost } from '../../src/run/lock.ts';
import { createRun, openRun } from '../../src/run/runFolder.ts';
import type { RunTable, RunWriter } from '../../src/run/runWriter.ts';
import { tensor } from '../../src/run/safetensors.ts';
import type { RunStorage } from '../../src/run/storage.ts';
import type { RunDescription } from '../../src/run/storedRun.ts';
import type { RunSummary } from '../../src/run/summary.ts';

/** The configuration of a made-up run. */
export const config = { env: 'CartPole-v1', algorithm: 'gpg', seed: 1, learningRate: 1e-3 };
/** What config.json says of a run with that configuration. */
export const describing = (own: Readonly<Record<string, unknown>> = config): RunDescription => ({
  road: 'environments',
  versions: { 'cohort-rl': '0.1.0' },
  platform: 'test',
  config: own,
});
/** Its table of episodes. */
export const table: RunTable = { file: 'episodes.csv', header: 'globalStep,iteration,env,return,length,seconds\n' };
/** Bytes as text. */
export const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** Iteration i of a made-up training whose whole state is the number i. */
export async function iterate(writer: RunWriter, i: number): Promise<void> {
  await writer.iteration({
    iteration: i,
    globalStep: i * 10,
    seconds: i / 10,
    metrics: { 'losses/entropy': 1 / i, 'charts/SPS': i },
    lines: [`${i * 10},${i},${i % 3},${i / 3},${i},${i / 10}`],
  });
  if (i % 4 === 0) {
    const result = evaluationResult([i, i + 1], [i, i]);
    await writer.evaluation({ iteration: i, globalStep: i * 10, seconds: i / 10, sampled: result, greedy: result });
  }
}

/** The whole state after iteration i. */
export const state = (i: number) => [tensor('state', Float64Array.of(i))];
/** The iteration of a state. */
export const stateOf = (tensors: ReadonlyMap<string, { data: ArrayLike<number | bigint> }>): number =>
  Number(tensors.get('state')?.data[0]);

/** How such a run ends. */
export const summaryOf = (status: RunSummary['status']): RunSummary => ({
  runDirectory: 'run',
  seed: 1,
  road: 'environments',
  target: 'CartPole-v1',
  method: 'gpg',
  status,
  parametersSha256: 'abc',
  progress: { unit: 'steps', count: 1 },
  iterations: 1,
  seconds: 1,
  progressPerSecond: 1,
  evaluation: null,
  versions: {},
  platform: 'test',
  arithmetic: 'plain',
});

/** Trains to iteration `end`, with a checkpoint at the start and every 3; resumes if there is something to resume. A run that fails is closed. */
export async function train(storage: RunStorage, host: RunHost, end: number, flushMilliseconds = 0): Promise<void> {
  const options = { table, host, flushMilliseconds };
  let writer: RunWriter;
  let i = 0;
  let isNew = true;
  if (await storage.read('config.json')) {
    const run = await openRun(storage, options);
    writer = run.writer;
    if (run.checkpoint) i = stateOf(run.checkpoint.tensors);
    isNew = run.checkpoint === undefined;
  } else writer = await createRun(storage, describing(), options);
  try {
    if (isNew) await writer.checkpoint(state(0), { iteration: '0' });
    while (i < end) {
      i++;
      await iterate(writer, i);
      if (i % 3 === 0) await writer.checkpoint(state(i), { iteration: String(i) });
    }
    await writer.checkpoint(state(i), { iteration: String(i) });
    await writer.summary(summaryOf('done'));
  } finally {
    await writer.close();
  }
}
