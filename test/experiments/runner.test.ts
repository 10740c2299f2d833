/** The runner with an executor that trains nothing: order, resuming, deaths, budgets, searches, what is kept. */
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { parseMatrix } from '../../src/experiments/matrix.ts';
import { makespan, withinBudget } from '../../src/experiments/plan.ts';
import { readResults } from '../../src/experiments/result.ts';
import { type Executor, type MatrixEvent, type MatrixOptions, ProcessGone, runMatrix } from '../../src/experiments/runner.ts';
import { runFormat, runFormatVersion } from '../../src/run/layout.ts';
import { memoryStorage, type RunStorage } from '../../src/run/storage.ts';
import { fakeHost } from '../run/fakeHost.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

/** A home in memory that outlives a runner, and an executor that writes run folders without training. */
function world() {
  const folders = new Map<string, RunStorage & { readonly files: Map<string, Uint8Array> }>();
  const files = new Map<string, Uint8Array>();
  const open = (directory: string) => {
    const found = folders.get(directory) ?? memoryStorage(directory === 'results' ? files : new Map());
    folders.set(directory, found);
    return found;
  };
  const trained: string[] = [];
  const finish = async (run: Parameters<Executor['train']>[0], directory: string, score: number): Promise<void> => {
    const storage = open(directory);
    const { seed, ...config } = { iterations: 2, ...run.input } as { seed: number; iterations: number };
    const evaluation = { mean: score, standardError: 0, iqm: score, returns: [score, score], lengths: [1, 1] };
    await storage.write(
      'config.json',
      encode({
        format: runFormat,
        formatVersion: runFormatVersion,
        road: 'environments',
        versions: {},
        platform: 'test',
        config: { ...config, seed },
      }),
    );
    const summary = {
      seed,
      road: 'environments',
      target: 'Toy',
      method: 'gpg',
      status: 'done',
      parametersSha256: 'ab',
      progress: { unit: 'steps', count: 10 },
    };
    const more = {
      iterations: 2,
      seconds: 1.5,
      progressPerSecond: 1,
      evaluation: { sampled: evaluation, greedy: evaluation },
      versions: {},
      platform: 'test',
    };
    await storage.write('summary.json', encode({ ...summary, ...more, arithmetic: 'plain' }));
  };
  const executor: Executor = {
    async train(run, directory) {
      trained.push(`${run.cell.name} ${run.seed}`);
      await finish(run, directory, Number(run.input.gain ?? 0) + Number(run.input.seed));
    },
    discard: async (directory) => void folders.delete(directory),
    measure: async (run) => Number(run.input.length ?? 1),
    wait: async () => {},
  };
  const events: MatrixEvent[] = [];
  const options = (more: Partial<MatrixOptions> = {}): MatrixOptions => ({
    directory: 'results',
    home: { open, host: fakeHost(1, new Set([1])) },
    executor,
    resolve: (input) => ({ road: 'environments', config: { iterations: 2, ...input }, behavior: { method: 1, target: 1 } }),
    behaviorOf: () => ({ method: 1, target: 1 }),
    machine: 'test',
    now: () => 0,
    onEvent: (event) => events.push(event),
    ...more,
  });
  const lines = (): number =>
    [...files].reduce(
      (sum, [name, bytes]) => sum + (name.endsWith('.jsonl') ? readResults(new TextDecoder().decode(bytes), name).length : 0),
      0,
    );
  return { files, folders, open, trained, executor, events, options, finish, lines };
}

const matrix = parseMatrix({ seeds: 2, settings: { env: 'Toy' }, axes: { gain: [10, 20], length: [1, 3] } });

describe('the runner', () => {
  it('runs every run once, longest first, and never again', async () => {
    const here = world();
    const outcome = await runMatrix(matrix, here.options());
    expect(here.trained).toHaveLength(8);
    expect(here.trained.slice(0, 4).every((name) => name.includes('length 3'))).toBe(true);
    expect(outcome.cells.map(({ name, runs }) => [name, runs.map((run) => run.evaluations.sampled.at(-1)?.[0])])).toEqual([
      ['gain 10, length 1', [11, 12]],
      ['gain 10, length 3', [11, 12]],
      ['gain 20, length 1', [21, 22]],
      ['gain 20, length 3', [21, 22]],
    ]);
    expect(outcome).toMatchObject({ missing: [], failed: [], interrupted: false, predicted: 16 });
    expect(here.lines()).toBe(8);
    const again = await runMatrix(matrix, here.options());
    expect(here.trained).toHaveLength(8);
    expect(again.cells).toEqual(outcome.cells);
    // Only the results are left: no run folder, no lock.
    expect([...here.files.keys()].filter((name) => !name.endsWith('.jsonl'))).toEqual([]);
    expect([...here.folders.keys()].filter((name) => name !== 'results')).toEqual([]);
  });

  it('finds results by what was run, whatever the cell is called now', async () => {
    const here = world();
    await runMatrix(matrix, here.options());
    const renamed = parseMatrix({ seeds: 3, settings: { env: 'Toy', gain: 10 }, cells: { short: { length: 1 }, long: { length: 3 } } });
    const { cells } = await runMatrix(renamed, here.options());
    expect(here.trained.slice(8)).toEqual(['long 3', 'short 3']);
    expect(cells.map(({ name, runs }) => [name, runs.length, runs[0]?.cell])).toEqual([
      ['short', 3, 'short'],
      ['long', 3, 'long'],
    ]);
  });

  it('goes on with a run whose process died, and gives up after three deaths', async () => {
    const here = world();
    let deaths = 0;
    const executor: Executor = {
      ...here.executor,
      async train(run, directory, listener) {
        if (run.seed === 1 && deaths < 2) {
          deaths++;
          throw new ProcessGone('killed');
        }
        await here.executor.train(run, directory, listener);
      },
    };
    const single = parseMatrix({ seeds: 2, settings: { env: 'Toy' } });
    const outcome = await runMatrix(single, here.options({ executor }));
    expect(outcome.failed).toEqual([]);
    expect(here.lines()).toBe(2);
    const dying: Executor = { ...here.executor, train: () => Promise.reject(new ProcessGone('killed')) };
    const other = await runMatrix(parseMatrix({ seeds: 2, settings: { env: 'Toy', gain: 5 } }), here.options({ executor: dying }));
    expect(other.failed.map(({ run }) => run.seed)).toEqual([1, 2]);
    expect(other.missing).toHaveLength(2);
  });

  it('waits for the process of a runner that was killed, which still holds the lock of its run', async () => {
    const here = world();
    let held = 2;
    const locked = new CohortError({ subject: 'run.lock', expected: 'a', got: 'b', advice: 'c', kind: 'failure', code: 'locked' });
    const executor: Executor = {
      ...here.executor,
      train: (run, directory, listener) => (held-- > 0 ? Promise.reject(locked) : here.executor.train(run, directory, listener)),
    };
    const outcome = await runMatrix(parseMatrix({ settings: { env: 'Toy' } }), here.options({ executor }));
    expect(outcome.failed).toEqual([]);
    expect(here.lines()).toBe(1);
  });

  it('a run that fails does not stop the others, and is tried again the next time', async () => {
    const here = world();
    let broken = true;
    const executor: Executor = {
      ...here.executor,
      train: (run, directory, listener) =>
        broken && run.seed === 1 ? Promise.reject(new Error('not finite')) : here.executor.train(run, directory, listener),
    };
    const first = await runMatrix(matrix, here.options({ executor, jobs: 2 }));
    expect(first.failed).toHaveLength(4);
    expect(first.cells.every(({ runs }) => runs.length === 1)).toBe(true);
    broken = false;
    const second = await runMatrix(matrix, here.options({ executor }));
    expect(second.failed).toEqual([]);
    expect(here.lines()).toBe(8);
  });

  it('takes what a killed runner left: a run that had ended is not trained again, a half line is cut', async () => {
    const here = world();
    const whole = await runMatrix(matrix, here.options());
    const name = 'Toy.jsonl';
    const text = new TextDecoder().decode(here.files.get(name));
    const lines = text.split('\n').slice(0, -1);
    // Two lines and the half of a third are on the disk; the third run lies in its folder, ended.
    here.files.set(name, encode(`${lines[0]}\n${lines[1]}\n${lines[2]!.slice(0, 50)}`));
    const third = readResults(`${lines[2]}\n`, name)[0]!;
    here.trained.length = 0;
    const planned = { input: { ...third.settings, seed: third.seed }, seed: third.seed } as unknown as Parameters<typeof here.finish>[0];
    await here.finish(planned, `results/running/${third.identity.slice(0, 16)}`, third.evaluations.sampled.at(-1)![0]!);
    const after = await runMatrix(matrix, here.options());
    expect(here.trained).toHaveLength(5);
    expect(after.cells).toEqual(whole.cells);
    expect(new TextDecoder().decode(here.files.get(name))).toBe(text);
  });

  it('stops between runs when it is asked to, and says what is missing', async () => {
    const here = world();
    const controller = new AbortController();
    const executor: Executor = {
      ...here.executor,
      async train(run, directory, listener) {
        await here.executor.train(run, directory, listener);
        if (here.trained.length === 3) controller.abort();
      },
    };
    const outcome = await runMatrix(matrix, here.options({ executor, signal: controller.signal }));
    expect(outcome.interrupted).toBe(true);
    // The third ended, and its result is taken from its folder the next time.
    expect(here.lines() + outcome.missing.length).toBe(8);
    const rest = await runMatrix(matrix, here.options());
    expect(rest.missing).toEqual([]);
    expect(here.trained).toHaveLength(8);
  });

  it('is alone in its folder of results', async () => {
    const here = world();
    const other: Executor = { ...here.executor, train: () => new Promise(() => {}) };
    const host = fakeHost(2);
    void runMatrix(matrix, here.options({ executor: other, home: { ...here.options().home, host } }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await expect(runMatrix(matrix, here.options({ home: { ...here.options().home, host: fakeHost(3) } }))).rejects.toThrow(
      /a lock of process 2/,
    );
  });

  it('checks every cell before anything runs', async () => {
    const here = world();
    const resolve: MatrixOptions['resolve'] = (input, subject) => {
      if (input.gain === 20) throw new Error(`${subject}: wrong`);
      return here.options().resolve(input, subject);
    };
    await expect(runMatrix(matrix, here.options({ resolve }))).rejects.toThrow('cell gain 20, length 1: wrong');
    expect(here.trained).toEqual([]);
  });

  it('only says what would run', async () => {
    const here = world();
    const outcome = await runMatrix(matrix, here.options({ dryRun: true }));
    expect(outcome.missing).toHaveLength(8);
    expect(here.trained).toEqual([]);
    expect(here.events.at(-1)).toMatchObject({ event: 'plan', runs: 8, there: 0, seconds: 16 });
  });

  it('halves the field over seeds and ranks what is left', async () => {
    const here = world();
    const search = parseMatrix({ seeds: 4, settings: { env: 'Toy' }, axes: { gain: [1, 9, 5, 7] }, search: { keep: 0.5 } });
    const { cells } = await runMatrix(search, here.options());
    // 4 x 1, 2 x 2, 1 x 4.
    expect(here.trained).toEqual(['gain 1 1', 'gain 9 1', 'gain 5 1', 'gain 7 1', 'gain 9 2', 'gain 7 2', 'gain 9 3', 'gain 9 4']);
    expect(cells.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['gain 9', 4],
      ['gain 7', 2],
      ['gain 5', 1],
      ['gain 1', 1],
    ]);
  });

  it('plans the round that is not done, and no further', async () => {
    const here = world();
    const halving = (seeds: number | number[]) =>
      parseMatrix({ seeds, settings: { env: 'Toy' }, axes: { gain: [1, 9, 5, 7] }, search: { keep: 0.5 } });
    const missing = async () => {
      const outcome = await runMatrix(halving(4), here.options({ dryRun: true }));
      return outcome.missing.map(({ cell, seed }) => `${cell.name} ${seed}`);
    };
    expect(await missing()).toEqual(['gain 1 1', 'gain 9 1', 'gain 5 1', 'gain 7 1']);
    await runMatrix(halving([1]), here.options());
    expect(await missing()).toEqual(['gain 9 2', 'gain 7 2']);
    await runMatrix(halving(4), here.options());
    expect(await missing()).toEqual([]);
    expect(here.trained).toHaveLength(8);
  });
});

describe('a plan', () => {
  const run = (name: string, seed: number, seconds: number) =>
    ({
      identity: `${name}${seed}`,
      cell: { name, seeds: [1, 2, 3] },
      seed,
      seconds,
      road: 'environments',
      input: {},
    }) as unknown as Parameters<typeof withinBudget>[0][number];

  it('within a budget takes one seed of every cell first, the cheapest of them first', () => {
    const runs = [run('slow', 1, 50), run('slow', 2, 50), run('quick', 2, 5), run('quick', 3, 5), run('middle', 1, 20)];
    const done = ({ name }: { name: string }): number => (name === 'quick' ? 1 : 0);
    const { chosen, left } = withinBudget(runs, done, 80, 1);
    expect(chosen.map(({ identity }) => identity)).toEqual(['middle1', 'slow1', 'quick2', 'quick3']);
    expect(left.map(({ identity }) => identity)).toEqual(['slow2']);
    // Two processes have twice the time, but a run longer than the budget itself does not fit.
    expect(withinBudget(runs, done, 40, 2).chosen.map(({ identity }) => identity)).toEqual(['middle1', 'quick2', 'quick3']);
  });

  it('ends when its last process ends', () => {
    const runs = [5, 4, 3, 3].map((seconds) => ({ seconds }));
    expect(makespan(runs, 2)).toBe(8);
    expect(makespan(runs, 1)).toBe(15);
    expect(makespan([...runs, { seconds: undefined }], 2)).toBeUndefined();
    expect(makespan([], 2)).toBe(0);
  });
});
