/**
 * Runs that begin from a policy: which bits they take, which they do not, what they keep of it, and what is refused.
 */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import { withoutCritic } from '../../src/policies/policyFile.ts';
import type { RunEvent } from '../../src/run/events.ts';
import { importRun, listRuns, packRun } from '../../src/run/folders.ts';
import { decodeSafetensors } from '../../src/run/safetensors.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { applyStart } from '../../src/training/start.ts';
import { shortRun, testCohort } from './cohort.ts';

const small: TrainConfig = { ...shortRun, iterations: 2, numEnvs: 4, numSteps: 16, evaluationInterval: 1, hiddenSizes: [8] };
/** The same without what the policy decides. */
const { hiddenSizes: _said, ...unsaid } = small;

/** A library with a run `source`, trained as asked. */
async function withSource(config: Partial<TrainConfig> = {}): Promise<ReturnType<typeof testCohort>> {
  const cohort = testCohort();
  await cohort.train({ ...small, ...config } as TrainConfig, { runDirectory: 'source' }).finish();
  return cohort;
}

/** Goes on with the run `run`, to its end. */
async function finishResumed(cohort: ReturnType<typeof testCohort>): Promise<unknown> {
  const run = await cohort.resume('run');
  return run.finish();
}

/** The warnings that a run tells. */
function warningsIn(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.event === 'warning' ? [event.message] : []));
}

describe('a run from a policy', () => {
  it('shows the score of that policy before its first iteration, and takes the shape of its networks', async () => {
    const cohort = await withSource();
    const events: RunEvent[] = [];
    const run = cohort.train({ ...unsaid, seed: 7 } as TrainConfig, { from: 'source', onEvent: (event) => events.push(event) });
    await run.finish();
    expect(run.config.hiddenSizes).toEqual([8]);
    const first = events.find((event) => event.event === 'evaluation')!;
    const its = await cohort.evaluate('source', { episodes: 5, seed: 7 });
    expect(first).toMatchObject({ iteration: 0, globalStep: 0 });
    expect(first.greedy.returns).toEqual(its.greedy.returns);
    expect(warningsIn(events)).toEqual([]);
  });

  it('is, from the initial policy of a run, the run itself', async () => {
    const cohort = await withSource({ normalizeReward: 'shared' });
    const config = { ...small, normalizeReward: 'shared' } as const;
    const own = await cohort.train(config as TrainConfig, { from: 'source', fromIteration: 0 }).finish();
    const other = await cohort.train(config as TrainConfig, { from: 'source' }).finish();
    const { parametersSha256 } = JSON.parse(new TextDecoder().decode(cohort.home.folders.get('source')!.files.get('summary.json')));
    expect(own.summary.parametersSha256).toBe(parametersSha256);
    expect(other.summary.parametersSha256).not.toBe(parametersSha256);
  });

  it('begins alike from the run, from its folder as a policy, and from the policy as data', async () => {
    const cohort = await withSource({ algorithm: 'ppo' });
    const file = await cohort.readPolicy('source');
    await cohort.savePolicy('policy', file);
    const hashes = [];
    for (const from of ['source', 'policy', file]) {
      const { summary } = await cohort.train({ ...small, algorithm: 'ppo', seed: 2 } as TrainConfig, { from }).finish();
      hashes.push(summary.parametersSha256);
    }
    expect(new Set(hashes).size).toBe(1);
  });

  it('begins with a fresh critic where there is none, and says so once', async () => {
    const cohort = await withSource();
    const events: RunEvent[] = [];
    const options = { from: 'source', onEvent: (event: RunEvent) => void events.push(event), runDirectory: 'run' };
    await cohort.train({ ...small, algorithm: 'ppo' } as TrainConfig, options).finish();
    expect(warningsIn(events)).toEqual(['not all of the policy was taken: it has no critic, and the run begins with a fresh one']);
    const [began, its] = [await cohort.readPolicy('run', { iteration: 0 }), await cohort.readPolicy('source')];
    expect(began.parameters).toEqual(its.parameters);
  });

  it('has the networks of the policy where a recipe names others', async () => {
    const cohort = await withSource();
    const run = cohort.train({ ...unsaid, recipe: undefined, algorithm: 'ppo' } as TrainConfig, { from: 'source', onEvent: () => {} });
    await run.finish();
    expect(run.config.hiddenSizes).toEqual([8]);
  });

  it('stands in the environment that the recipe makes, alone and with several seeds', async () => {
    const cohort = testCohort();
    const ant: TrainConfig = { env: 'Ant-v5', iterations: 1, numEnvs: 2, numSteps: 8, numMinibatches: 1, evaluationInterval: 0 };
    const brief = { ...ant, finalEvaluationEpisodes: 1, evaluationMaxSteps: 5 } as TrainConfig;
    await cohort.train(brief, { runDirectory: 'source' }).finish();
    // 27 numbers, and 78 of contact forces where nothing is said of them.
    expect((await cohort.readPolicy('source')).spec.observationSpace).toMatchObject({ shape: [27] });
    const { summary } = await cohort.train(brief, { from: 'source' }).finish();
    const { summaries } = await cohort.trainSeeds(brief, [1], { from: 'source' });
    expect(summaries[0]!.parametersSha256).toBe(summary.parametersSha256);
  });

  it('leaves a critic behind that it has no use for', async () => {
    const cohort = await withSource({ algorithm: 'ppo' });
    const events: RunEvent[] = [];
    await cohort.train(small, { from: 'source', onEvent: (event) => void events.push(event) }).finish();
    expect(warningsIn(events)).toEqual(['not all of the policy was taken: its critic is left out, for the run has none']);
  });
});

describe('statistics of observations', () => {
  it('go on from the policy’s, bit for bit, with the weight of its steps', async () => {
    const cohort = await withSource({ normalizeObservation: 'shared' });
    const config = { ...small, normalizeObservation: 'shared', seed: 3 } as TrainConfig;
    await cohort.train(config, { from: 'source', runDirectory: 'run' }).finish();
    const [its, began, ended] = [
      await cohort.readPolicy('source'),
      await cohort.readPolicy('run', { iteration: 0 }),
      await cohort.readPolicy('run'),
    ];
    expect(began.normalizer).toEqual(its.normalizer);
    expect(ended.normalizer!.mean[0]).not.toBe(its.normalizer!.mean[0]);
    // 2 x 4 x 16 observations of the source, and as many of its own.
    const { tensors } = decodeSafetensors(cohort.home.folders.get('run')!.files.get('checkpoint.safetensors')!, 'checkpoint');
    expect([...tensors.get('env/normalizeObservation/counts')!.data]).toEqual([256]);
  });

  it('are each environment’s where each has its own', async () => {
    const cohort = await withSource({ normalizeObservation: 'shared' });
    const config = { ...small, normalizeObservation: 'perEnv' } as TrainConfig;
    await cohort.train(config, { from: 'source', runDirectory: 'run' }).finish();
    const [its, began] = [await cohort.readPolicy('source'), await cohort.readPolicy('run', { iteration: 0 })];
    expect(began.normalizer!.mean).toEqual(its.normalizer!.mean);
    // Merging four of the same rounds once more.
    for (const [k, value] of began.normalizer!.variance.entries()) expect(value).toBeCloseTo(its.normalizer!.variance[k]!, 12);
  });

  it.each([
    ['shared', 'none', /its observations were normalized and the run’s are not/],
    ['none', 'perEnv', /it was trained on raw observations/],
  ] as const)('of a policy with %s are told where the run has %s', async (its, own, message) => {
    const cohort = await withSource({ normalizeObservation: its });
    const events: RunEvent[] = [];
    const config = { ...small, normalizeObservation: own } as TrainConfig;
    await cohort.train(config, { from: 'source', onEvent: (event) => void events.push(event) }).finish();
    expect(warningsIn(events)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['one rollout where the policy does not say what it saw', undefined, 64],
    ['what the policy says', 100, 100],
  ])(
    'are shared out among environments with the weight of %s, and observations are seen through them at once',
    (_what, globalStep, weight) => {
      const spec = { critic: false };
      const normalizer = { mean: Float64Array.of(1, 2), variance: Float64Array.of(3, 4), clip: 10, statistics: 'shared' };
      const arrays = { mean: new Float64Array(8), variance: new Float64Array(8), counts: new Float64Array(4) };
      const named = Object.fromEntries(Object.entries(arrays).map(([name, data]) => [`observation/${name}`, data]));
      const restored: Float64Array[] = [];
      const normalization = { arrays: named, restored: () => void restored.push(arrays.counts.slice()), normalizer: () => undefined };
      const state = { learner: { policy: { spec, parameters: { tensors: () => [] } } } } as unknown as Parameters<typeof applyStart>[0];
      const start = { from: '', file: { spec, normalizer, source: { globalStep } } } as unknown as Parameters<typeof applyStart>[1];
      const config = { clipObservation: 10, numEnvs: 4, numSteps: 16 } as unknown as Parameters<typeof applyStart>[2];
      expect(applyStart(state, start, config, normalization)).toBeUndefined();
      expect([...arrays.mean]).toEqual([1, 2, 1, 2, 1, 2, 1, 2]);
      expect([...arrays.variance]).toEqual([3, 4, 3, 4, 3, 4, 3, 4]);
      expect(restored).toEqual([Float64Array.of(weight / 4, weight / 4, weight / 4, weight / 4)]);
    },
  );

  it('are told where another cut is made', async () => {
    const cohort = await withSource({ normalizeObservation: 'shared' });
    const events: RunEvent[] = [];
    const config = { ...small, normalizeObservation: 'shared', clipObservation: 5 } as TrainConfig;
    await cohort.train(config, { from: 'source', onEvent: (event) => void events.push(event) }).finish();
    expect(warningsIn(events)).toEqual([expect.stringContaining('cut to ±10, and the run cuts them to ±5')]);
  });
});

describe('the optimizer of a run', () => {
  it('is taken where it is asked for: moments and count of steps', async () => {
    const cohort = await withSource();
    await cohort.train(small, { from: 'source', withOptimizer: true, runDirectory: 'with' }).finish();
    await cohort.train(small, { from: 'source', runDirectory: 'without' }).finish();
    const hash = async (run: string) => (await cohort.readPolicy(run)).parameters.get('actor.0.weight');
    expect(await hash('with')).not.toEqual(await hash('without'));
    const stored = JSON.parse(new TextDecoder().decode(cohort.home.folders.get('with')!.files.get('config.json')));
    expect(Object.keys(stored.start)).toEqual(['sha256', 'optimizerSha256', 'from']);
    // 2 iterations of 4 passes over 4 minibatches, and as many again.
    const { metadata } = decodeSafetensors(cohort.home.folders.get('with')!.files.get('checkpoint.safetensors')!, 'checkpoint');
    expect(JSON.parse(metadata.counters!)).toMatchObject({ iteration: 2, optimizerSteps: 64 });
  });

  it.each([
    ['another algorithm', { algorithm: 'ppo' }, {}, 'withOptimizer: expected the optimizer of a run with ppo, got that of one with gpg'],
    ['a snapshot', {}, { fromIteration: 1 }, 'withOptimizer: expected the last checkpoint (iteration 2), which alone holds an optimizer'],
    ['a policy folder', {}, { from: 'policy' }, 'withOptimizer: expected a run folder, which holds an optimizer'],
  ])('is refused for %s', async (_what, config, options, message) => {
    const cohort = await withSource();
    await cohort.savePolicy('policy', await cohort.readPolicy('source'));
    const run = cohort.train({ ...small, ...config } as TrainConfig, { from: 'source', withOptimizer: true, ...options });
    await expect(run.finish()).rejects.toThrow(message);
  });
});

describe('what a run keeps of it', () => {
  it('lets it begin again when it was killed before its first checkpoint and the source is gone', async () => {
    const cohort = await withSource({ algorithm: 'ppo' });
    const config = { ...small, algorithm: 'ppo', seed: 4 } as TrainConfig;
    const options = { from: 'source', withOptimizer: true, name: 'second', tags: ['a', 'b'] };
    const whole = await cohort.train(config, { ...options, runDirectory: 'run' }).finish();
    const { folders } = cohort.home;
    folders.delete('source');
    const { files } = folders.get('run')!;
    const kept = ['config.json', 'start-policy.safetensors', 'start-optimizer.safetensors'];
    for (const name of [...files.keys()]) if (!kept.includes(name)) files.delete(name);
    const run = await cohort.resume('run');
    const { summary } = await run.finish();
    expect(summary).toMatchObject({ parametersSha256: whole.summary.parametersSha256, name: 'second', tags: ['a', 'b'] });
    expect([...files.keys()]).toEqual(expect.arrayContaining(kept));
  });

  it.each([
    ['is gone', undefined, 'got none'],
    ['is another one', Uint8Array.of(1), 'got another file'],
  ])('is asked for where the copy %s, until there is a checkpoint', async (_what, bytes, message) => {
    const cohort = await withSource();
    await cohort.train(small, { from: 'source', runDirectory: 'run', signal: AbortSignal.abort() }).finish();
    const { files } = cohort.home.folders.get('run')!;
    if (bytes) files.set('start-policy.safetensors', bytes);
    else files.delete('start-policy.safetensors');
    const checkpoint = files.get('checkpoint.safetensors')!;
    files.delete('checkpoint.safetensors');
    await expect(finishResumed(cohort)).rejects.toThrow(message);
    files.set('checkpoint.safetensors', checkpoint);
    await expect(finishResumed(cohort)).resolves.toBeDefined();
  });

  it('goes with the run into an archive, and with several seeds', async () => {
    const cohort = await withSource();
    await cohort.train(small, { from: 'source', runDirectory: 'run' }).finish();
    await cohort.trainSeeds(small, [1, 2], { from: 'source', runDirectory: 'all', tags: ['two'] });
    for (const folder of ['run', 'all']) {
      await importRun(cohort.home, `new-${folder}`, await packRun(cohort.home, folder));
      expect(cohort.home.folders.get(`new-${folder}`)!.files.has('start-policy.safetensors')).toBe(true);
    }
    const [first, second] = [
      await cohort.readPolicy('all/seed1', { iteration: 0 }),
      await cohort.readPolicy('all/seed2', { iteration: 0 }),
    ];
    expect(first.parameters).toEqual(second.parameters);
    expect(JSON.parse(new TextDecoder().decode(cohort.home.folders.get('all/seed2')!.files.get('config.json'))).tags).toEqual(['two']);
  });

  it('records the longest path as a text that can be read back', async () => {
    const cohort = await withSource();
    const long = `${'\u0007'.repeat(3000)}x`;
    cohort.home.folders.set(long, cohort.home.folders.get('source')!);
    await cohort.train(small, { from: long, runDirectory: 'run' }).finish();
    await expect(cohort.readPolicy('run')).resolves.toBeDefined();
  });

  it('takes names for what they are: config.json holds no path that is opened', async () => {
    const cohort = await withSource();
    await cohort.train(small, { from: 'source', runDirectory: 'run' }).finish();
    const { start } = JSON.parse(new TextDecoder().decode(cohort.home.folders.get('run')!.files.get('config.json')));
    expect(start).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), from: 'source, iteration 2' });
  });
});

describe('what a run cannot begin from', () => {
  const refusals: readonly (readonly [string, Partial<TrainConfig>, object, string])[] = [
    ['other observations', { env: 'LunarLander-v3' }, {}, 'policy for LunarLander-v3: observations: expected'],
    [
      'other networks than were asked for',
      { hiddenSizes: [16] },
      {},
      'hiddenSizes: expected [8], as the policy has it that the run begins from, got [16]',
    ],
    ['another activation than was asked for', { activation: 'relu' }, {}, 'activation: expected "tanh"'],
    ['nothing that is there', {}, { from: 'nowhere' }, 'from: expected a run folder or a policy folder, got "nowhere"'],
    ['an iteration that was not kept', {}, { fromIteration: 9 }, 'expected one of 0, 1, 2, got 9'],
    ['an iteration of nothing', {}, { from: undefined, fromIteration: 1 }, 'fromIteration: expected from as well, got nothing'],
    ['several seeds', {}, { from: 'all' }, 'expected the folder of one run, or a policy folder, got "all", of several seeds'],
  ];
  it.each(refusals)('%s', async (_what, config, options, message) => {
    const cohort = await withSource();
    await cohort.trainSeeds({ ...small, iterations: 1 } as TrainConfig, [1], { runDirectory: 'all' });
    const run = cohort.train({ ...small, ...config } as TrainConfig, { from: 'source', runDirectory: 'run', ...options });
    await expect(run.finish()).rejects.toThrow(message);
    expect([...(cohort.home.folders.get('run')?.files.keys() ?? [])]).toEqual([]);
  });

  it('a language model', () => {
    const cohort = testCohort();
    const message = 'trainLanguageModel: from: expected none: a language model begins from its warm start, got "source"';
    expect(() => cohort.trainLanguageModel({ task: 'add-2digit' }, { from: 'source' })).toThrow(message);
  });

  it('a policy that is damaged', async () => {
    const cohort = await withSource();
    const file = withoutCritic(await cohort.readPolicy('source'));
    const parameters = new Map(file.parameters).set('actor.0.bias', new Float32Array(8).fill(Number.NaN));
    await expect(cohort.train(small, { from: { ...file, parameters } }).finish()).rejects.toThrow(
      'tensor actor.0.bias: expected finite numbers',
    );
  });
});

describe('name and tags', () => {
  it('are kept outside of what is trained, told by events and the summary, and change no bit', async () => {
    const cohort = testCohort();
    const events: RunEvent[] = [];
    const options = { name: 'a/b <c>', tags: ['x', 'y', 'x'], onEvent: (event: RunEvent) => void events.push(event) };
    const { summary } = await cohort.train(small, { ...options, runDirectory: 'run' }).finish();
    const plain = await cohort.train(small).finish();
    expect(summary.parametersSha256).toBe(plain.summary.parametersSha256);
    expect(summary).toMatchObject({ name: 'a/b <c>', tags: ['x', 'y'] });
    expect(events[0]).toMatchObject({ event: 'config', name: 'a/b <c>', tags: ['x', 'y'] });
    const { files } = cohort.home.folders.get('run')!;
    const stored = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    expect(stored).toMatchObject({ name: 'a/b <c>', tags: ['x', 'y'] });
    expect(stored.config).not.toHaveProperty('name');
    // Text in the event file.
    const events0 = [...files].find(([name]) => name.startsWith('events'))![1];
    expect(new TextDecoder('latin1').decode(events0)).toContain('|tags|["x","y"]|');
  });

  it('are in the list of runs, also of several seeds', async () => {
    const cohort = testCohort();
    await cohort.train(small, { name: 'one', runDirectory: 'runs/one' }).finish();
    await cohort.trainSeeds(small, [1, 2], { name: 'two', tags: ['x'], runDirectory: 'runs/two' });
    await cohort.train(small, { runDirectory: 'runs/zero' }).finish();
    const storage = { ...memoryStorage(), list: async () => ['one', 'two', 'zero'] };
    const listed = await listRuns({ ...cohort.home, open: (path) => (path === 'runs' ? storage : cohort.home.open(path)) });
    const labels = listed.map(({ directory, name, tags }) => [directory, name, tags]);
    expect(labels).toEqual([
      ['runs/one', 'one', undefined],
      ['runs/two', 'two', ['x']],
      ['runs/zero', undefined, undefined],
    ]);
  });

  it('may be changed by hand: a checkpoint does not belong to them', async () => {
    const cohort = testCohort();
    await cohort.train(small, { name: 'a', runDirectory: 'run', signal: AbortSignal.abort() }).finish();
    const { files } = cohort.home.folders.get('run')!;
    const stored = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...stored, name: 'b' })));
    const { summary } = await (await cohort.resume('run')).finish();
    expect(summary).toMatchObject({ name: 'b', status: 'done' });
  });

  it.each([
    [{ name: 'a\u0007b' }, 'train: name: expected text of 1 to 100 characters without control characters'],
    [{ name: '' }, 'train: name: expected text of 1 to 100'],
    [{ name: 'n'.repeat(101) }, 'got 101 characters'],
    [{ tags: Array.from({ length: 21 }, (_, k) => String(k)) }, 'train: tags: expected at most 20 of them, got 21'],
    [{ tags: ['\u202Ex'] }, 'train: tags: expected text'],
    [{ tags: 'x' as unknown as string[] }, 'train: tags: expected a list of texts'],
  ])('%j are refused', (options, message) => {
    expect(() => testCohort().train(small, options)).toThrow(message);
  });

  it.each([
    [{ name: '\u001B[2J' }, 'config.json: name: expected text'],
    [{ tags: [1] }, 'config.json: tags: expected text'],
    [{ start: { sha256: 'a', from: 'b' } }, 'config.json, start.sha256: expected 64 hexadecimal digits'],
    [{ start: { sha256: 'a'.repeat(64), from: '\u001B' } }, 'config.json, start.from: expected text without control characters'],
  ])('of a stranger’s file are checked: %j', async (changes, message) => {
    const cohort = await withSource();
    const { files } = cohort.home.folders.get('source')!;
    const stored = JSON.parse(new TextDecoder().decode(files.get('config.json')));
    files.set('config.json', new TextEncoder().encode(JSON.stringify({ ...stored, ...changes })));
    await expect(cohort.train(small, { from: 'source' }).finish()).rejects.toThrow(message);
  });
});
