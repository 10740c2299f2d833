import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { type MlflowOptions, mlflowSink, type Sink } from '../../src/sinks/index.ts';
import { mlflowName } from '../../src/sinks/mlflowNames.ts';
import { configEvent, evaluationEvent, iterationEvent, summaryEvent } from './events.ts';
import { FakeMlflow } from './fakeMlflow.ts';

const one = { runDirectory: 'runs/one', seed: 1 };
const two = { runDirectory: 'runs/two', seed: 2 };
const time = 1_700_000_000_000;

/** A sink to a fake server, with what it warns of. */
function open(options: Partial<MlflowOptions> = {}, server = new FakeMlflow()): { server: FakeMlflow; sink: Sink; warnings: string[] } {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  // Waits of a fake clock are over at once; a request must not be.
  const platform = server.platform();
  const wait: typeof platform.wait = (milliseconds, signal) =>
    milliseconds >= 5000
      ? new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve())))
      : platform.wait!(milliseconds, signal);
  return { server, warnings, sink: mlflowSink({ trackingUri: 'http://server:5000/', warn, platform: { ...platform, wait }, ...options }) };
}

describe('the sink for MLflow', () => {
  it('takes what the run is called, and its tags', async () => {
    const { server, sink } = open();
    sink.onEvent({ ...configEvent(one), name: 'wide nets', tags: ['june', 'ablation'] } as RunEvent);
    sink.onEvent(summaryEvent(one, 1));
    await sink.close();
    const [run] = server.bodies('runs/create');
    expect(run).toMatchObject({ run_name: 'wide nets' });
    expect(run!.tags).toContainEqual({ key: 'cohort.tags', value: 'june, ablation' });
  });

  it('makes the experiment and the run, sends parameters and numbers, and ends the run', async () => {
    const { server, sink, warnings } = open({ group: 'both', headers: { Authorization: 'Bearer x' } });
    sink.onEvent(configEvent(one, { hiddenSizes: [64, 64], none: null, long: 'x'.repeat(600) }));
    sink.onEvent(iterationEvent(one, 1, { 'losses/policy_loss': 0.5, 'reward/a b!': Number.NaN, 'charts/SPS': Number.POSITIVE_INFINITY }));
    sink.onEvent(evaluationEvent(one, 1));
    sink.onEvent(summaryEvent(one, 1));
    await sink.close();
    expect(warnings).toEqual([]);
    expect(new Set(server.asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer x']));
    const [found, made, run] = ['experiments/get-by-name', 'experiments/create', 'runs/create'].map((path) => server.bodies(path)[0]);
    expect([found, made]).toEqual([{ experiment_name: 'cohort-rl' }, { name: 'cohort-rl' }]);
    expect(run).toEqual({
      experiment_id: '0',
      run_name: 'CartPole-v1__gpg__seed1',
      start_time: time,
      tags: [
        { key: 'mlflow.source.name', value: expect.stringMatching(/^cohort-rl \d/) },
        { key: 'mlflow.source.type', value: 'LOCAL' },
        { key: 'cohort.target', value: 'CartPole-v1' },
        { key: 'cohort.method', value: 'gpg' },
        { key: 'cohort.token', value: 'ab'.repeat(16) },
        { key: 'cohort.group', value: 'both' },
      ],
    });
    const [parameters, ...metrics] = server.bodies('runs/log-batch');
    expect(parameters).toEqual({
      run_id: 'run0',
      params: [
        { key: 'env', value: 'CartPole-v1' },
        { key: 'algorithm', value: 'gpg' },
        { key: 'seed', value: '1' },
        { key: 'hiddenSizes', value: '[64,64]' },
        { key: 'long', value: `${'x'.repeat(497)}...` },
      ],
    });
    const at = (key: string, value: number | string, step = 256) => ({ key, value, timestamp: time, step });
    expect(metrics.flatMap((batch) => batch.metrics)).toEqual([
      ...[at('losses/policy_loss', 0.5), at('reward/a b_', 'NaN'), at('charts/SPS', 'Infinity'), at('iteration', 1)],
      ...['evaluation', 'final'].flatMap((key) =>
        ['sampled', 'greedy'].flatMap((policy) => [
          ...[at(`${key}/${policy}_return`, 2), at(`${key}/${policy}_standard_error`, 1)],
          ...[at(`${key}/${policy}_iqm`, 2), at(`${key}/${policy}_length`, 6)],
        ]),
      ),
    ]);
    expect(server.bodies('runs/set-tag')).toEqual([
      { run_id: 'run0', key: 'cohort.status', value: 'done' },
      { run_id: 'run0', key: 'cohort.parameters_sha256', value: 'abc' },
    ]);
    expect(server.bodies('runs/update')).toEqual([{ run_id: 'run0', status: 'FINISHED', end_time: time }]);
  });

  it('sends at most 1000 numbers at a time, and cuts no row of numbers in two', async () => {
    const { server, sink } = open();
    sink.onEvent(configEvent(one));
    const wide = Object.fromEntries(Array.from({ length: 299 }, (_, index) => [`a/${index}`, index]));
    for (let iteration = 1; iteration <= 7; iteration++) sink.onEvent(iterationEvent(one, iteration, wide));
    await sink.close();
    const sizes = server.bodies('runs/log-batch').flatMap(({ metrics }) => (metrics ? [(metrics as unknown[]).length] : []));
    expect(sizes).toEqual([900, 900, 300]);
  });

  it.each([
    ['interrupted', true, 'KILLED'],
    ['failed', false, 'FAILED'],
  ] as const)('says that a run without a summary has %s', async (status, interrupted, theirs) => {
    const { server, sink } = open();
    sink.onEvent(configEvent(one));
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    await sink.close({ interrupted });
    expect(server.bodies('runs/update').map((body) => body.status)).toEqual([theirs]);
    expect(server.bodies('runs/set-tag')).toEqual([{ run_id: 'run0', key: 'cohort.status', value: status }]);
  });

  it('keeps the runs of several seeds apart', async () => {
    const { server, sink } = open();
    for (const origin of [one, two]) sink.onEvent(configEvent(origin));
    for (const origin of [two, one]) sink.onEvent(iterationEvent(origin, 1, { a: origin.seed }));
    for (const origin of [one, two]) sink.onEvent(summaryEvent(origin, 1, 'stopped'));
    await sink.close();
    const numbers = server
      .bodies('runs/log-batch')
      .flatMap(({ run_id, metrics }) =>
        ((metrics ?? []) as { key: string; value: number }[]).filter(({ key }) => key === 'a').map(({ value }) => [run_id, value]),
      );
    expect(numbers.sort()).toEqual([
      ['run0', 1],
      ['run1', 2],
    ]);
    expect(server.experiments).toEqual(['cohort-rl']);
  });

  it('tries again where the server does not answer, warns once, and loses nothing', async () => {
    const { server, sink, warnings } = open();
    server.failures = [new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }), 503, 429];
    sink.onEvent(configEvent(one));
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    await expect.poll(() => server.bodies('runs/log-batch').length).toBe(2);
    server.failures = [500];
    sink.onEvent(iterationEvent(one, 2, { a: 2 }));
    await sink.close();
    expect(warnings).toEqual([
      'MLflow at http://server:5000 does not answer (ECONNREFUSED); the run goes on, and its numbers wait',
      'MLflow at http://server:5000 does not answer (HTTP 500: out of order); the run goes on, and its numbers wait',
    ]);
    expect([...server.runs[0]!.metrics]).toEqual([
      ['a', 512],
      ['iteration', 512],
    ]);
  });

  it('finds a run again whose making was not answered', async () => {
    const { server, sink, warnings } = open();
    server.lost = 'runs/create';
    sink.onEvent(configEvent(one));
    await sink.close();
    expect(warnings[0]).toMatch(/does not answer \(connection lost\)/);
    expect([server.runs.length, server.bodies('runs/update').length]).toEqual([1, 1]);
  });

  it('gives up at the end where nobody answers, and says what is missing', async () => {
    const { server, sink, warnings } = open();
    server.failures = Array.from({ length: 100 }, () => new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
    sink.onEvent(configEvent(one));
    for (let iteration = 1; iteration <= 5; iteration++) sink.onEvent(iterationEvent(one, iteration, { a: 1 }));
    await sink.close();
    expect(warnings[0]).toMatch(/does not answer \(ECONNREFUSED\)/);
    expect(warnings.at(-1)).toBe('MLflow at http://server:5000 is missing 5 rows of numbers; the run folder has them');
    expect(server.failures.length).toBeGreaterThan(90);
  });

  it('keeps 10,000 rows at most, spread over the run, and counts the others', async () => {
    const { server, sink, warnings } = open();
    server.failures = Array.from({ length: 100 }, () => 503);
    sink.onEvent(configEvent(one));
    for (let iteration = 1; iteration <= 15_000; iteration++) sink.onEvent(iterationEvent(one, iteration, { a: iteration }));
    server.failures = [];
    await sink.close();
    const steps = server
      .bodies('runs/log-batch')
      .flatMap(({ metrics }) =>
        ((metrics ?? []) as { key: string; step: number }[]).filter(({ key }) => key === 'a').map(({ step }) => step / 256),
      );
    expect(steps).toHaveLength(10_000);
    expect(steps.slice(0, 3)).toEqual([1, 3, 5]);
    expect(warnings.at(-1)).toBe('MLflow at http://server:5000 is missing 5000 rows of numbers; the run folder has them');
  });

  it('drops a run that the server refuses, and goes on with the others', async () => {
    const { server, sink, warnings } = open();
    server.refused = 'runs/create';
    sink.onEvent(configEvent(one));
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    await expect.poll(() => warnings.length).toBe(1);
    server.refused = '';
    sink.onEvent(configEvent(two));
    await sink.close();
    expect(warnings[0]).toBe('MLflow at http://server:5000 refuses the run, which goes on without it: HTTP 400: not so');
    expect(server.bodies('runs/update')).toHaveLength(1);
  });

  it.each(['runs/log-batch', 'runs/update', 'runs/set-tag'])('ends where %s is refused', async (path) => {
    const { server, sink, warnings } = open();
    server.refused = path;
    sink.onEvent(configEvent(one));
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    await sink.close();
    expect(warnings[0]).toMatch(/refuses some numbers: HTTP 400: not so/);
  });

  it('does not go on saying that numbers are refused, in ever other words', async () => {
    const { server, sink, warnings } = open();
    let count = 0;
    const answer = server.answer.bind(server);
    server.answer = (asked) => (asked.path === 'runs/log-batch' ? [400, { message: `not ${count++}` }] : answer(asked));
    sink.onEvent(configEvent(one));
    for (let iteration = 1; iteration <= 20; iteration++) {
      sink.onEvent(iterationEvent(one, iteration, { a: 1 }));
      await expect.poll(() => count).toBeGreaterThan(iteration);
    }
    await sink.close();
    expect(warnings).toHaveLength(11);
    expect(warnings.at(-1)).toMatch(/is missing 20 rows/);
  });

  it('never throws into the run, whatever comes', async () => {
    const { sink, warnings } = open({
      nameOf: () => {
        throw new Error('mine');
      },
    });
    sink.onEvent(iterationEvent(one, 1, { a: 1 }));
    sink.onEvent(configEvent(one));
    await sink.close();
    sink.onEvent(configEvent(two));
    expect(warnings).toEqual(['MLflow: mine']);
  });
});

describe('a run that is resumed', () => {
  const identityOf = ({ runDirectory }: { readonly runDirectory: string | null }): string => `here:${runDirectory}`;

  it('goes on in the same run of MLflow, where its folder is known there, and says nothing twice', async () => {
    const server = new FakeMlflow();
    const first = open({ identityOf }, server);
    first.sink.onEvent(configEvent(one));
    for (let iteration = 1; iteration <= 3; iteration++) first.sink.onEvent(iterationEvent(one, iteration, { a: iteration }));
    await first.sink.close({ interrupted: true });
    server.asked.length = 0;
    const next = open({ identityOf }, server);
    next.sink.onEvent(configEvent(one, {}, true));
    // The last checkpoint was one of the second iteration.
    for (let iteration = 3; iteration <= 4; iteration++) next.sink.onEvent(iterationEvent(one, iteration, { a: iteration }));
    next.sink.onEvent(summaryEvent(one, 4, 'stopped'));
    await next.sink.close();
    expect(next.warnings).toEqual([]);
    expect(server.bodies('runs/search')[0]).toMatchObject({ filter: `tags.\`cohort.run\` = '${sha256('here:runs/one')}'` });
    expect(server.runs).toHaveLength(1);
    expect(server.bodies('runs/log-batch')).toEqual([
      {
        run_id: 'run0',
        metrics: ['a', 'iteration'].map((key) => ({ key, value: 4, timestamp: time, step: 1024 })),
      },
    ]);
    expect(server.bodies('runs/update').map(({ status }) => status)).toEqual(['RUNNING', 'FINISHED']);
  });

  it.each([
    ['without an identity', undefined],
    ['unknown there', identityOf],
  ])('is a new run %s, and this is said', async (_, given) => {
    const { server, sink, warnings } = open({ identityOf: given });
    sink.onEvent(configEvent(one, {}, true));
    await sink.close();
    expect(warnings).toEqual(['MLflow: the run before is not known there; what follows is a new run, from the checkpoint on']);
    expect(server.runs).toHaveLength(1);
  });
});

describe('what MLflow is given', () => {
  it.each([
    ['losses/policy_loss', 'losses/policy_loss'],
    ['reward/größe', 'reward/gr__e'],
    ['/a//b/../c', '_/a/_/b/_/c'],
    ['x'.repeat(300), 'x'.repeat(250)],
  ])('is named as it takes names: %s', (name, expected) => {
    expect(mlflowName(name)).toBe(expected);
  });

  it.each([
    ['file:///mlruns', /expected the address of an MLflow server, http:\/\/ or https:\/\//],
    ['databricks', /got "databricks"/],
    [7, /got number/],
    ['http://me:secret@host', /one with them \(not shown\)/],
  ])('is no server: %s', (trackingUri, message) => {
    const make = (): Sink => mlflowSink({ trackingUri: trackingUri as string });
    expect(make).toThrow(CohortError);
    expect(make).toThrow(message);
    expect(make).not.toThrow(/secret/);
  });

  it('must be an experiment with a name', () => {
    expect(() => mlflowSink({ trackingUri: 'http://host', experiment: '' })).toThrow(/mlflowSink: experiment: expected the name/);
  });
});
