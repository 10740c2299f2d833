/** Several seeds in threads of their own: the bits of one thread, and a killed program's seeds go on to the same bits. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type RunEvent, registerEnv, resumeSeeds, trainSeeds, useModule } from '../../src/node/index.ts';
import { cohort } from '../../src/node/library.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-seeds-'));
const dist = new URL('../../dist/node.js', import.meta.url).href;

describe('trainSeeds in threads', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('trains two at a time to the bits of seeds one after the other', async () => {
    const events: RunEvent[] = [];
    const longer = { ...shortRun, iterations: 60 };
    const { joint } = await trainSeeds(longer, [1, 2, 3], { simultaneous: 2, onEvent: (event) => events.push(event) });
    const whole = await testCohort().trainSeeds(longer, [1, 2, 3]);
    expect(joint!.parametersSha256).toEqual(whole.joint!.parametersSha256);
    // The second began before the first had ended.
    const seedOf = (event: RunEvent): unknown => ('seed' in event ? event.seed : 'all');
    const at = (name: RunEvent['event'], seed: number): number =>
      events.findIndex((event) => event.event === name && seedOf(event) === seed);
    expect(Math.max(at('config', 1), at('config', 2))).toBeLessThan(Math.min(at('summary', 1), at('summary', 2)));
  });

  it('keeps the others where one fails, and gives its error as it was', async () => {
    const runDirectory = join(folder, 'failing');
    // Where a folder should be.
    mkdirSync(runDirectory);
    writeFileSync(join(runDirectory, 'seed2'), '');
    const { outcomes, joint } = await trainSeeds(shortRun, [1, 2, 3], { runDirectory });
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'failed', 'done']);
    expect(joint).toMatchObject({ status: 'failed', seeds: [1, 3] });
    const [, failed] = outcomes;
    expect(failed!.kind === 'failed' && failed!.error).toMatchObject({ name: 'CohortError', parts: { kind: 'failure' } });
    expect(readdirSync(runDirectory).sort()).toEqual(['seed1', 'seed2', 'seed3', 'seeds.json', 'summary.json']);
  });

  it('stops all by a signal, each with a checkpoint, and goes on with all', async () => {
    const runDirectory = join(folder, 'stopped');
    const controller = new AbortController();
    const begun = new Set<unknown>();
    const onEvent = (event: RunEvent): void => {
      if (event.event === 'iteration') begun.add(event.seed);
      if (begun.size === 2) controller.abort();
    };
    const long = { ...shortRun, iterations: 300, numSteps: 16, evaluationInterval: 0 };
    const stopped = await trainSeeds(long, [5, 6], { runDirectory, simultaneous: 2, signal: controller.signal, onEvent });
    expect(stopped.summaries.map(({ status }) => status)).toEqual(['interrupted', 'interrupted']);
    const resumed = await resumeSeeds(runDirectory);
    const whole = await trainSeeds(long, [5, 6]);
    expect(resumed.joint!.parametersSha256).toEqual(whole.joint!.parametersSha256);
  });

  it('cuts off, where patience is out, what is in one long iteration, and goes on with it', async () => {
    const runDirectory = join(folder, 'cut');
    const controller = new AbortController();
    const onEvent = (event: RunEvent): void => {
      if (event.event === 'config') controller.abort();
    };
    // An iteration of seconds.
    const long = { ...shortRun, iterations: 1, numSteps: 4096, updateEpochs: 40, evaluationInterval: 0, finalEvaluationEpisodes: 1 };
    const cut = await trainSeeds(long, [5], { runDirectory, signal: controller.signal, onEvent, patience: 0 });
    expect(cut.outcomes).toEqual([{ seed: 5, kind: 'cutOff' }]);
    const resumed = await resumeSeeds(runDirectory);
    expect(resumed.joint!.parametersSha256).toEqual((await trainSeeds(long, [5])).joint!.parametersSha256);
  });

  it('of a program that is killed go on to the bits of seeds left alone', async () => {
    const runDirectory = join(folder, 'killed');
    const long = { ...shortRun, iterations: 150, checkpointInterval: 10, evaluationInterval: 0 };
    const program = `
      import { trainSeeds } from ${JSON.stringify(dist)};
      const onEvent = (event) => event.event === 'iteration' && console.log(event.seed, event.iteration);
      await trainSeeds(${JSON.stringify(long)}, [1, 2], { runDirectory: ${JSON.stringify(runDirectory)}, simultaneous: 2, onEvent });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    child.stdout.on('data', (text) => {
      told += text;
      if (/^1 4\d$/m.test(told) || /^2 4\d$/m.test(told)) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(child.signalCode).toBe('SIGKILL');
    const begun: unknown[] = [];
    const resumed = await resumeSeeds(runDirectory, { onEvent: (event) => event.event === 'config' && begun.push(event.resumed) });
    expect(resumed.joint!.status).toBe('done');
    // At least one from a checkpoint.
    expect(begun).toContain(true);
    const whole = await trainSeeds(long, [1, 2]);
    expect(resumed.joint!.parametersSha256).toEqual(whole.joint!.parametersSha256);
  });

  it('knows the environments of modules, and runs those of the program itself in its own thread', async () => {
    await useModule(new URL('../envs/modules/drift.js', import.meta.url).href);
    const small = { iterations: 2, numEnvs: 2, numSteps: 16, numMinibatches: 1, evaluationInterval: 0, finalEvaluationEpisodes: 1 };
    const runDirectory = join(folder, 'module');
    const { summaries } = await trainSeeds({ ...small, env: 'Drift-v0' }, [1, 2], { runDirectory });
    expect(summaries.map(({ status }) => status)).toEqual(['done', 'done']);
    const drift = cohort.context.registry.get('Drift-v0');
    let made = 0;
    const make = (...given: Parameters<typeof drift.make>): ReturnType<typeof drift.make> => {
      made++;
      return drift.make(...given);
    };
    registerEnv({ ...drift, id: 'Own-v0', make });
    const own = await trainSeeds({ ...small, env: 'Own-v0' }, [1, 2]);
    expect(own.summaries.map(({ status }) => status)).toEqual(['done', 'done']);
    expect(made).toBeGreaterThan(0);
  });
});
