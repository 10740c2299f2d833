/** Training in a thread of its own gives the run of `train`: the same iterations, events, bits and errors. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { decodePolicy, resume, train, trainLanguageModel } from '../../src/node/index.ts';
import { resumeInWorker, trainInWorker } from '../../src/node/worker.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { sha256 } from '../../src/run/sha256.ts';
import { largestDigit, shortRun as shortModel } from '../lm/languageRun.ts';
import { shortRun } from '../training/cohort.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-worker-'));
const at = (name: string): string => join(folder, name);
const config = { ...shortRun, seed: 3, normalizeObservation: 'shared', finalEvaluationEpisodes: 5 } as const;
const observation = Float32Array.of(0.1, -0.4, 0.05, 0.3);
const actionsOf = (policy: Policy): unknown[] => Array.from({ length: 20 }, () => policy.act(observation, { greedy: false }));

/** What of a metric row no clock decides. */
const untimed = (metrics: Readonly<Record<string, number>>): object =>
  Object.fromEntries(Object.entries(metrics).filter(([key]) => !key.startsWith('time/') && key !== 'charts/SPS'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a run in a worker', () => {
  it('gives the iterations, the events in their order, the result and the policies of train', async () => {
    const seen = [];
    for (const begin of [train, trainInWorker]) {
      const events: RunEvent['event'][] = [];
      const iterations: object[] = [];
      const training = begin(config, { onEvent: ({ event }) => void events.push(event) });
      let middle: Policy | undefined;
      for await (const { metrics, ...rest } of training) {
        iterations.push({ ...rest, metrics: untimed(metrics), eventsBefore: events.length });
        if (rest.iteration === 3) middle = await training.snapshot();
      }
      const { summary, policy } = await training.finish();
      const last = await training.snapshot();
      seen.push({
        events,
        iterations,
        summary: { ...summary, seconds: 0, progressPerSecond: 0 },
        policies: [middle!, policy, last].map((one) => [sha256(one.encode()), actionsOf(one)]),
      });
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[0]!.iterations).toHaveLength(6);
  });

  it('gives the critic of PPO along, with its values', async () => {
    const values = [];
    for (const begin of [train, trainInWorker]) {
      const training = begin({ ...config, algorithm: 'ppo', iterations: 2 });
      const value = new Float64Array(1);
      for await (const { iteration } of training) if (iteration === 1) (await training.snapshot()).valuesOf(observation, 1, value);
      const { policy } = await training.finish();
      const last = new Float64Array(1);
      policy.valuesOf(observation, 1, last);
      values.push([value[0], last[0]]);
    }
    expect(values[1]).toEqual(values[0]);
    expect(values[0]![0]).not.toBe(values[0]![1]);
  });

  it('computes an iteration when it is asked for', async () => {
    let told = 0;
    const training = trainInWorker(config, { onEvent: ({ event }) => void (event === 'iteration' && told++) });
    const iterator = training[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    // An answer comes after whatever was told before it.
    await training.snapshot();
    expect(told).toBe(2);
    await training.close();
    expect((await training.finish()).summary).toMatchObject({ status: 'interrupted', iterations: 2 });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });

  it('gives the current policy while it finishes by itself', async () => {
    const training = trainInWorker({ ...config, iterations: 60, evaluationInterval: 0 });
    const finished = training.finish();
    const policy = await training.snapshot();
    const bytes = policy.encode();
    await finished;
    expect(policy.encode()).toEqual(bytes);
  });

  it('ends after its iteration by a signal, with a checkpoint, and goes on in a worker to the bits of a run left alone', async () => {
    const runDirectory = at('aborted');
    const controller = new AbortController();
    const onEvent = ({ event }: RunEvent): void => {
      if (event === 'iteration') controller.abort();
    };
    const long = { ...config, iterations: 200, numSteps: 16, evaluationInterval: 0 } as const;
    const { summary } = await trainInWorker(long, { runDirectory, signal: controller.signal, onEvent }).finish();
    expect(summary.status).toBe('interrupted');
    expect(summary.iterations).toBeLessThan(200);
    expect(existsSync(join(runDirectory, 'run.lock'))).toBe(false);
    const ended = await resumeInWorker(runDirectory).finish();
    expect(ended.summary).toMatchObject({ status: 'done', iterations: 200 });
    expect(ended.summary.parametersSha256).toBe((await train(long).finish()).summary.parametersSha256);
    const longer = await resumeInWorker(runDirectory, { iterations: 202 }).finish();
    expect(longer.summary).toMatchObject({ status: 'done', iterations: 202 });
  });

  it('asked with a signal that is aborted already trains nothing', async () => {
    const { summary } = await trainInWorker(config, { signal: AbortSignal.abort() }).finish();
    expect(summary).toMatchObject({ status: 'interrupted', iterations: 0 });
  });

  it('left early gives back the lock, also by `await using`', async () => {
    for (const end of ['break', 'close', Symbol.asyncDispose] as const) {
      const runDirectory = at(`left-${String(end)}`);
      const training = trainInWorker(config, { runDirectory });
      for await (const _ of training)
        if (end === 'break') break;
        else {
          expect(existsSync(join(runDirectory, 'run.lock'))).toBe(true);
          await training[end]();
        }
      expect(existsSync(join(runDirectory, 'run.lock'))).toBe(false);
      expect((await training.finish()).summary).toMatchObject({ status: 'interrupted', iterations: 1 });
    }
  });

  it('closed before it began starts no worker, and says so', async () => {
    const training = trainInWorker(config);
    await training.close();
    await expect(training.finish()).rejects.toThrow(/finish: expected a run that has begun, got one that was closed before/);
    await expect(training.snapshot()).rejects.toThrow(/snapshot: expected a run that has begun/);
  });

  it('begins from a policy, and is called what it is called', async () => {
    const { policy } = await train({ ...config, iterations: 1 }).finish();
    const options = { from: decodePolicy(policy.encode()), name: 'further', tags: ['worker'] } as const;
    const { summary } = await trainInWorker(config, options).finish();
    const here = await train(config, options).finish();
    expect(summary).toMatchObject({ name: 'further', tags: ['worker'], parametersSha256: here.summary.parametersSha256 });
    expect(summary.parametersSha256).not.toBe((await train(config).finish()).summary.parametersSha256);
  });

  it('is shown where its events are heard', () => {
    const shown = { display: true } as object;
    expect(() => trainInWorker(config, shown)).toThrow(/trainInWorker: display: expected none.*createDisplay/);
    expect(() => resumeInWorker('x', shown)).toThrow(/resumeInWorker: display: expected none/);
  });

  it('takes environments of a module', async () => {
    const text = `
      const box = { kind: 'box', shape: [1], size: 1, low: Float64Array.of(-1), high: Float64Array.of(1), dtype: 'float32' };
      class Guess {
        observationSpace = box;
        actionSpace = { kind: 'discrete', n: 2, start: 0 };
        reset() { this.steps = 0; return { observation: Float32Array.of(0.5), info: {} }; }
        step(action) { return { observation: Float32Array.of(0.5), reward: action, terminated: ++this.steps === 5, truncated: false, info: {} }; }
      }
      export default ({ registerEnv }) => registerEnv({ id: 'Guess-v0', description: 'guess', observationSpace: box, actionSpace: { kind: 'discrete', n: 2, start: 0 }, make: () => new Guess() });
    `;
    writeFileSync(at('guess.mjs'), text);
    const own = { ...config, env: 'Guess-v0', normalizeObservation: 'none' } as const;
    await expect(trainInWorker(own).finish()).rejects.toThrow(/Guess-v0/);
    const { summary } = await trainInWorker(own, { modules: [pathToFileURL(at('guess.mjs')).href] }).finish();
    expect(summary).toMatchObject({ target: 'Guess-v0', status: 'done' });
  });
});

describe('what goes wrong in a worker', () => {
  it('is the same CohortError', async () => {
    const wrong = { ...config, numEnvs: -1 };
    const here = await (async () => train(wrong).finish())().catch((error: unknown) => error);
    for (const ask of ['finish', 'snapshot'] as const) {
      const training = trainInWorker(wrong);
      const there = await training[ask]().catch((error: unknown) => error);
      expect(there).toBeInstanceOf(CohortError);
      expect((there as CohortError).parts).toEqual((here as CohortError).parts);
      await training.close();
    }
    await expect(resumeInWorker(at('none')).finish()).rejects.toThrow(/config\.json/);
  });

  it('is told to everybody who asked', async () => {
    const training = trainInWorker({ env: 'CartPole-v1', numEnvs: 1.5 });
    await expect(training.snapshot()).rejects.toThrow('numEnvs');
    await Promise.all([training.close(), training.close()]);
    const other = trainInWorker({ env: 'CartPole-v1', numEnvs: 1.5 });
    const outcomes = await Promise.allSettled([other.snapshot(), other.finish(), other.close(), other.close()]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('is told at once where functions are given', () => {
    const custom = { ...config, env: () => ({}) } as unknown as typeof config;
    expect(() => trainInWorker(custom)).toThrow(/^trainInWorker: env: expected plain data.*got a function;.*\{ modules: \[url\] \}$/);
    const bins = { ...config, bins: () => 1 } as unknown as typeof config;
    expect(() => trainInWorker(bins)).toThrow(/^trainInWorker: bins: .*modules/);
    expect(() => trainInWorker({ ...config, envOptions: { reward: () => 1 } })).toThrow(/^trainInWorker: .*modules/);
    expect(() => resumeInWorker('x', { env: () => 1 } as object)).toThrow(/^resumeInWorker: env: .*modules/);
    expect(() => trainInWorker(config, { modules: [1] as unknown as string[] })).toThrow(/a list of addresses/);
  });

  it('is said in words whatever is given', () => {
    const strange = [
      null,
      0,
      'x',
      [],
      () => 1,
      Symbol('s'),
      new Proxy({}, {}),
      new Map(),
      { env: Symbol('s') },
      { env: new Proxy({}, {}) },
    ];
    const calls = [trainInWorker, resumeInWorker] as unknown as ((...values: unknown[]) => unknown)[];
    const first = [config, 'run'];
    for (const [index, call] of calls.entries()) {
      for (const value of strange) {
        for (const values of [[value], [first[index], value], [first[index], { modules: value }], [first[index], { onEvent: value }]]) {
          try {
            call(...values);
          } catch (error) {
            expect(error, String(error)).toBeInstanceOf(CohortError);
          }
        }
      }
    }
  });

  it('is the error of a listener, which ends the run as it does in train', async () => {
    const runDirectory = at('listener');
    const onEvent = ({ event }: RunEvent): void => {
      if (event === 'iteration') throw new TypeError('my mistake');
    };
    const training = trainInWorker(config, { runDirectory, onEvent });
    await expect(training.finish()).rejects.toThrow('my mistake');
    await expect(training.snapshot()).rejects.toThrow('my mistake');
    expect((await (await resume(runDirectory)).finish()).summary.status).toBe('done');
  });

  it('is said in words where a run of a language model is to go on', async () => {
    const runDirectory = at('model');
    await trainLanguageModel(
      { ...shortModel, task: largestDigit, iterations: 1 },
      { runDirectory, warmStartDirectory: at('warm') },
    ).finish();
    await expect(resumeInWorker(runDirectory).finish()).rejects.toThrow(/expected a run on an environment, got a run of a language model/);
  });
});
