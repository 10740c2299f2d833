/**
 * An abort is obeyed inside of evaluations, loses nothing, and the run goes on to what a run left alone gives: the same bits, metrics and evaluations.
 */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import type { Platform } from '../../src/core/platform.ts';
import type { RunEvent } from '../../src/run/events.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { fileText, largestDigit, metricsWithoutTimes, shortRun as shortModel } from '../lm/languageRun.ts';
import { shortRun, testCohort, testPlatform } from './cohort.ts';

/** A clock on which everything takes so long that work pauses after every piece; `onPause` is called then. */
function slowPlatform(onPause: () => void): Platform {
  let now = 0;
  return {
    ...testPlatform,
    now: () => {
      now += 60;
      return now;
    },
    pause: async () => onPause(),
  };
}

type Cohort = ReturnType<typeof testCohort>;
interface Road {
  begin(cohort: Cohort, options: Parameters<Cohort['train']>[1]): { finish(): Promise<{ readonly summary: RunSummary }> };
  /** What a resume is given again. */
  readonly own: object;
}

const onEnvironment = (change: Partial<TrainConfig> = {}): Road => ({
  begin: (cohort, options) => cohort.train({ ...shortRun, checkpointInterval: 4, ...change }, options),
  own: {},
});
const onTask = (change: Partial<LanguageTrainConfig> = {}): Road => ({
  begin: (cohort, options) =>
    cohort.trainLanguageModel({ ...shortModel, checkpointInterval: 4, ...change } as LanguageTrainConfig, options),
  own: { task: change.task ?? largestDigit },
});

/**
 * Runs until `pauses` pauses after that event, and aborts there. Gives the events, the summary and the library with the run in `run`.
 */
async function abortAt(road: Road, isThere: (event: RunEvent) => boolean, pauses = 1) {
  const controller = new AbortController();
  const events: RunEvent[] = [];
  let left = Number.POSITIVE_INFINITY;
  const cohort = testCohort(
    slowPlatform(() => {
      if (--left === 0) controller.abort();
    }),
  );
  const onEvent = (event: RunEvent): void => {
    events.push(event);
    if (isThere(event)) left = pauses;
  };
  const { summary } = await road.begin(cohort, { runDirectory: 'run', signal: controller.signal, onEvent }).finish();
  return { cohort, events, summary };
}

/** What a clock does not decide. */
const lastingOf = ({ status, message, parametersSha256, progress, iterations, startEvaluation, evaluation }: RunSummary) => {
  return { status, message, parametersSha256, progress, iterations, startEvaluation, evaluation };
};

const filesOf = (cohort: Cohort, directory: string) => ({
  metrics: metricsWithoutTimes(fileText(cohort, directory, 'metrics.jsonl')).map((row) => ({ ...(row as object), 'charts/SPS': 0 })),
  evaluations: fileText(cohort, directory, 'evaluations.csv'),
});

async function expectSameAsWhole(road: Road, cohort: Cohort): Promise<RunSummary> {
  const whole = testCohort();
  const { summary } = await road.begin(whole, { runDirectory: 'run' }).finish();
  const resumed = await (await cohort.resume('run', road.own)).finish();
  expect(lastingOf(resumed.summary)).toEqual(lastingOf(summary));
  expect(filesOf(cohort, 'run')).toEqual(filesOf(whole, 'run'));
  return resumed.summary;
}

const isStart = ({ event }: RunEvent): boolean => event === 'config';
const isWarm = (event: RunEvent): boolean => event.event === 'warmStart' && event.done;
const isIteration =
  (iteration: number) =>
  (event: RunEvent): boolean =>
    event.event === 'iteration' && event.iteration === iteration;
const isEvaluation =
  (iteration: number) =>
  (event: RunEvent): boolean =>
    event.event === 'evaluation' && event.iteration === iteration;

describe('an abort in an evaluation', () => {
  const places: readonly [string, Road, (event: RunEvent) => boolean, number, number][] = [
    ['environments, at the start', onEnvironment(), isStart, 1, 0],
    ['environments, in between', onEnvironment(), isIteration(2), 3, 2],
    ['environments, after the last iteration', onEnvironment(), isIteration(6), 3, 6],
    // The first pause is that between two iterations.
    ['environments, at the end', onEnvironment(), isEvaluation(6), 4, 6],
    ['language models, at the start', onTask(), isWarm, 1, 0],
    ['language models, in between', onTask(), isIteration(2), 1, 2],
    ['language models, at the end', onTask(), isEvaluation(6), 2, 6],
  ];

  it.each(places)('%s: nothing is lost, none is played at the end', async (_, road, isThere, pauses, iterations) => {
    const { cohort, events, summary } = await abortAt(road, isThere, pauses);
    expect(summary).toMatchObject({ status: 'interrupted', iterations, evaluation: null });
    // The one that was cut off is not told.
    expect(events.some(isEvaluation(iterations))).toBe(events.some((event) => event.event === 'evaluation' && isThere(event)));
    expect(events.filter(({ event }) => event === 'checkpoint').at(-1)).toMatchObject({ iteration: iterations });
    expect((await expectSameAsWhole(road, cohort)).status).toBe('done');
  });

  it('that would have been reason to end: the run ends so, and goes on from there only when it is asked again', async () => {
    const road = onEnvironment({ targetReturn: 1 });
    for (const [isThere, pauses] of [
      [isIteration(2), 2],
      [isEvaluation(2), 3],
    ] as const) {
      const { cohort, summary } = await abortAt(road, isThere, pauses);
      expect(summary).toMatchObject({ status: 'interrupted', iterations: 2, evaluation: null });
      expect(await expectSameAsWhole(road, cohort)).toMatchObject({ status: 'stopped', iterations: 2 });
      const { summary: further } = await (await cohort.resume('run')).finish();
      expect(further).toMatchObject({ status: 'stopped', iterations: 4 });
    }
  });

  it('of a model that has nothing left to learn: the run ends so', async () => {
    const always = (): { right: number } => ({ right: 1 });
    const prompts: typeof largestDigit.prompts = (random) => ({ ...largestDigit.prompts(random), reward: always });
    const task = { ...largestDigit, prompts, weights: {} };
    const road = onTask({ task, evaluationInterval: 1, warmStartAccuracy: 0 });
    const { cohort, summary } = await abortAt(road, isIteration(1));
    expect(summary).toMatchObject({ status: 'interrupted', iterations: 1 });
    expect(await expectSameAsWhole(road, cohort)).toMatchObject({ status: 'done', iterations: 1, message: 'solved' });
  });
});

describe('a run that is left early', () => {
  it('plays no evaluation at the end', async () => {
    const run = testCohort().train(shortRun);
    for await (const { iteration } of run) if (iteration === 1) break;
    expect((await run.finish()).summary).toMatchObject({ status: 'interrupted', evaluation: null });
  });

  it('gives back threads and the lock when it is closed, also by `await using`', async () => {
    for (const end of ['close', Symbol.asyncDispose] as const) {
      let threads = 0;
      const spawnThread = (): { terminate(): void } => {
        threads++;
        return { terminate: () => void threads-- };
      };
      const cohort = testCohort({ ...testPlatform, spawnThread });
      const run = cohort.train({ ...shortRun, threads: 2 }, { runDirectory: 'run' });
      await run[Symbol.asyncIterator]().next();
      const isLocked = (): boolean => cohort.home.folders.get('run')!.files.has('run.lock');
      expect([threads > 0 || typeof SharedArrayBuffer === 'undefined', isLocked()]).toEqual([true, true]);
      await run[end]();
      expect([threads, isLocked()]).toEqual([0, false]);
      const { summary } = await (await cohort.resume('run')).finish();
      expect(summary.parametersSha256).toBe((await testCohort().train(shortRun).finish()).summary.parametersSha256);
    }
  });
});
