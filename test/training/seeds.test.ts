/** Several seeds without threads, as in a page: each is the run it would be alone, in a folder of its own, and the others outlive what fails. */
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { makeEnv } from '../../src/envs/make.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { parseSeedPlan } from '../../src/run/seedPlan.ts';
import type { SeedOutcome } from '../../src/run/seeds.ts';
import { largestDigit, shortRun as shortLanguageRun } from '../lm/languageRun.ts';
import { shortRun, testCohort } from './cohort.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const json = (content: Uint8Array | undefined): Record<string, unknown> => JSON.parse(new TextDecoder().decode(content));
const kinds = (outcomes: readonly SeedOutcome[]): string[] => outcomes.map(({ seed, kind }) => `${seed} ${kind}`);

describe('trainSeeds', () => {
  it('gives every seed the bits of a run of its own, and tells whose event each is', async () => {
    const cohort = testCohort();
    const events: RunEvent[] = [];
    const { summaries, joint, outcomes } = await cohort.trainSeeds(shortRun, [3, 1], { onEvent: (event) => events.push(event) });
    expect(kinds(outcomes)).toEqual(['3 done', '1 done']);
    for (const { seed, parametersSha256, runDirectory } of summaries) {
      const alone = await cohort.train({ ...shortRun, seed: Number(seed) }).finish();
      expect(parametersSha256).toBe(alone.summary.parametersSha256);
      expect(runDirectory).toBeNull();
    }
    expect(joint).toMatchObject({ seeds: [3, 1], status: 'done', runDirectory: null, iterations: 6, target: 'CartPole-v1', method: 'gpg' });
    expect(joint!.runs).toEqual(summaries);
    // One after the other: all of the first seed, then all of the second, then all together.
    const told = events.map((event) => ('seed' in event ? event.seed : 'all'));
    expect(told).toEqual([...told.filter((seed) => seed === 3), ...told.filter((seed) => seed === 1), 'all']);
    expect(events.at(-1)).toEqual({ event: 'summary', ...joint });
    expect(cohort.home.folders.size).toBe(0);
  });

  it('keeps plan, seeds and summary in a common folder', async () => {
    const { trainSeeds, home } = testCohort();
    const { joint } = await trainSeeds(shortRun, [1, 2], { runDirectory: 'many' });
    expect([...home.folders.keys()].sort()).toEqual(['many', 'many/seed1', 'many/seed2']);
    const { files } = home.folders.get('many')!;
    expect(json(files.get('summary.json'))).toEqual(JSON.parse(JSON.stringify(joint)));
    const plan = parseSeedPlan(new TextDecoder().decode(files.get('seeds.json')), 'x');
    expect(plan).toEqual({ road: 'environments', target: 'CartPole-v1', method: 'gpg', modules: [], seeds: [1, 2], input: shortRun });
    expect(joint!.runs.map(({ runDirectory }) => runDirectory)).toEqual(['many/seed1', 'many/seed2']);
  });

  it('goes on with the other seeds where one fails, and says why that did', async () => {
    const { trainSeeds, home } = testCohort();
    await home.open('many/seed2').write('config.json', bytes('{"not": "ours"}'));
    const { outcomes, summaries, joint } = await trainSeeds(shortRun, [1, 2, 3], { runDirectory: 'many' });
    expect(kinds(outcomes)).toEqual(['1 done', '2 failed', '3 done']);
    expect(summaries.map(({ seed }) => seed)).toEqual([1, 3]);
    expect(joint).toMatchObject({ status: 'failed', seeds: [1, 3] });
    const [, failed] = outcomes;
    expect(failed!.kind === 'failed' && failed!.error).toBeInstanceOf(CohortError);
  });

  it('ends by a signal: the running seed with a checkpoint, the others never begun; resumeSeeds does the rest', async () => {
    const cohort = testCohort();
    const controller = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.event === 'iteration' && event.seed === 2 && event.iteration === 3) controller.abort();
    };
    const stopped = await cohort.trainSeeds(shortRun, [1, 2, 3], { runDirectory: 'many', signal: controller.signal, onEvent });
    expect(kinds(stopped.outcomes)).toEqual(['1 done', '2 done', '3 notStarted']);
    expect(stopped.summaries.map(({ status, iterations }) => [status, iterations])).toEqual([
      ['done', 6],
      ['interrupted', 3],
    ]);
    expect(stopped.joint!.status).toBe('interrupted');
    const begun = new Set<unknown>();
    const resumed = await cohort.resumeSeeds('many', { onEvent: (event) => event.event === 'config' && begun.add(event.seed) });
    // What is done is not touched again.
    expect([...begun]).toEqual([2, 3]);
    expect(resumed.joint).toMatchObject({ status: 'done', seeds: [1, 2, 3] });
    const whole = await testCohort().trainSeeds(shortRun, [1, 2, 3]);
    expect(resumed.joint!.parametersSha256).toEqual(whole.joint!.parametersSha256);
    expect(json(cohort.home.folders.get('many')!.files.get('summary.json'))).toMatchObject({ status: 'done', seeds: [1, 2, 3] });
  });

  it('is over before it begins where the signal has been given', async () => {
    const { trainSeeds } = testCohort();
    const { outcomes, summaries, joint } = await trainSeeds(shortRun, [1, 2], { signal: AbortSignal.abort() });
    expect([kinds(outcomes), summaries, joint]).toEqual([['1 notStarted', '2 notStarted'], [], null]);
  });

  it('takes the environment of a program, which a resume must be given again', async () => {
    const cohort = testCohort();
    const cartPole = await makeEnv('CartPole-v1');
    const makers = await Promise.all(Array.from({ length: 200 }, () => makeEnv('CartPole-v1')));
    const env = () => makers.pop() ?? cartPole;
    await cohort.trainSeeds({ ...shortRun, env, evaluationInterval: 0, stopAfter: 2 }, [1, 2], { runDirectory: 'own' });
    const { outcomes } = await cohort.resumeSeeds('own');
    for (const outcome of outcomes) expect(outcome.kind === 'failed' && outcome.error.message).toMatch(/pass it again/);
    expect((await cohort.resumeSeeds('own', { env })).joint).toMatchObject({ status: 'done', iterations: 6, target: 'custom' });
  });

  it('trains language models, with a task of the program', async () => {
    const cohort = testCohort();
    const { joint } = await cohort.trainSeeds({ ...shortLanguageRun, stopAfter: 2 }, [1, 2], { runDirectory: 'lm' });
    expect(joint).toMatchObject({ road: 'language-models', target: 'largest-digit', seeds: [1, 2], status: 'stopped' });
    await expect(cohort.resumeSeeds('lm')).rejects.toThrow(/task: expected the run’s own task/);
    const resumed = await cohort.resumeSeeds('lm', { task: largestDigit });
    expect(resumed.joint).toMatchObject({ status: 'done', iterations: 6 });
    const alone = await cohort.trainLanguageModel({ ...shortLanguageRun, seed: 2 }).finish();
    expect(resumed.joint!.parametersSha256['2']).toBe(alone.summary.parametersSha256);
  });

  it('refuses before it begins what cannot be trained', async () => {
    const { trainSeeds, resumeSeeds, home } = testCohort();
    const kept = { runDirectory: 'never' };
    await expect(trainSeeds(shortRun, [], kept)).rejects.toThrow(/seeds: expected a list of whole numbers from 0 that differ/);
    await expect(trainSeeds(shortRun, [1, 2, 1], kept)).rejects.toThrow(/got 1 twice/);
    await expect(trainSeeds(shortRun, [0.5], kept)).rejects.toThrow(/got 0.5/);
    await expect(trainSeeds({ ...shortRun, numEnvs: -1 }, [1], kept)).rejects.toThrow(/numEnvs/);
    await expect(trainSeeds({ ...shortRun, seed: 4 } as typeof shortRun, [1], kept)).rejects.toThrow(/seed: expected none/);
    await expect(trainSeeds(shortRun, [1], { ...kept, simultaneous: 0 })).rejects.toThrow(/simultaneous: expected a whole number from 1/);
    await expect(trainSeeds(shortRun, [1], { ...kept, patience: -1 })).rejects.toThrow(
      /patience: expected a number of milliseconds from 0/,
    );
    await expect(resumeSeeds('never')).rejects.toThrow(/never: expected a folder of several seeds/);
    expect(home.folders.get('never')?.files.size ?? 0).toBe(0);
    await trainSeeds({ ...shortRun, stopAfter: 1 }, [1], { runDirectory: 'once' });
    await expect(trainSeeds(shortRun, [2], { runDirectory: 'once' })).rejects.toThrow(/expected a new or empty folder/);
  });

  it('where a seed begins late, has no place to stop unless one is said again', async () => {
    const cohort = testCohort();
    const controller = new AbortController();
    const stop = { signal: controller.signal, onEvent: ({ event }: RunEvent): void => void (event === 'iteration' && controller.abort()) };
    await cohort.trainSeeds({ ...shortRun, stopAfter: 2 }, [1, 2], { runDirectory: 'many', ...stop });
    expect((await cohort.resumeSeeds('many', { stopAfter: 3 })).summaries.map(({ iterations }) => iterations)).toEqual([3, 3]);
    expect((await cohort.resumeSeeds('many')).summaries.map(({ iterations }) => iterations)).toEqual([6, 6]);
  });
});

describe.runIf(typeof document !== 'undefined')('the library of a page', () => {
  it('keeps several seeds in its own storage and goes on with them, to the bits of any other platform', async () => {
    const { trainSeeds, resumeSeeds } = await import('../../src/browser/index.ts');
    const runDirectory = `seeds-${performance.now()}`;
    const stopped = await trainSeeds({ ...shortRun, stopAfter: 2 }, [1, 2], { runDirectory });
    expect(stopped.joint).toMatchObject({ status: 'stopped', iterations: 2 });
    const { joint } = await resumeSeeds(runDirectory);
    const elsewhere = await testCohort().trainSeeds(shortRun, [1, 2]);
    expect(joint!.parametersSha256).toEqual(elsewhere.joint!.parametersSha256);
  });
});
