/** Runs at equal progress, with an executor that trains nothing: methods that spend more per iteration, and cells of other packages. */
import { describe, expect, it } from 'vitest';
import { equalProgressRuns, iterationsWithin } from '../../src/experiments/equalProgress.ts';
import { cellsOfMatrix, parseMatrix } from '../../src/experiments/matrix.ts';
import { cellsWithOriginals } from '../../src/experiments/originals.ts';
import type { ResolveRun } from '../../src/experiments/plan.ts';
import { type RunResult, readResults } from '../../src/experiments/result.ts';
import { type Executor, type MatrixOptions, runMatrix } from '../../src/experiments/runner.ts';
import { runFormat, runFormatVersion } from '../../src/run/layout.ts';
import { memoryStorage } from '../../src/run/storage.ts';
import { fakeHost } from '../run/fakeHost.ts';

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const resolve: ResolveRun = (input) => ({ road: 'environments', config: { ...input }, behavior: { method: 1, target: 1 } });

/** Completions after every iteration: `plain` makes 10 in each, `greedy` 15, `again` 10 or 20 in turn, and 20 in all of a shorter run of seed 2. */
function progressOf({ spends, iterations, seed }: { spends: string; iterations: number; seed: number }): number[] {
  let sum = 0;
  return Array.from({ length: iterations }, (_, index) => {
    if (spends === 'plain') sum += 10;
    else if (spends === 'greedy') sum += 15;
    else sum += index % 2 === 0 && !(seed === 2 && iterations < 10) ? 10 : 20;
    return sum;
  });
}

function world() {
  const files = new Map<string, Uint8Array>();
  const folders = new Map<string, ReturnType<typeof memoryStorage>>();
  const open = (directory: string) => {
    const found = folders.get(directory) ?? memoryStorage(directory === 'results' ? files : new Map());
    folders.set(directory, found);
    return found;
  };
  const trained: string[] = [];
  const executor: Executor = {
    async train({ cell, input }, directory) {
      const config = input as unknown as { spends: string; iterations: number; stopAfter?: number; seed: number };
      const { spends, iterations, stopAfter = iterations, seed } = config;
      trained.push(`${cell.name}, seed ${seed}: ${stopAfter} of ${iterations}`);
      const progress = progressOf({ spends, iterations, seed }).slice(0, stopAfter);
      const storage = open(directory);
      const description = { road: 'environments', versions: {}, platform: 'test', config: input };
      await storage.write('config.json', encode({ format: runFormat, formatVersion: runFormatVersion, ...description }));
      const rows = progress.map((globalStep, index) => JSON.stringify({ iteration: index + 1, globalStep }));
      await storage.write('metrics.jsonl', encode(`${rows.join('\n')}\n`));
      const evaluation = { mean: seed, standardError: 0, iqm: seed, returns: [seed], lengths: [1] };
      const summary = {
        ...{ seed, road: 'environments', target: 'Toy', method: 'gpg', parametersSha256: 'ab', seconds: 1, progressPerSecond: 1 },
        ...{
          status: stopAfter < iterations ? 'stopped' : 'done',
          iterations: stopAfter,
          versions: {},
          platform: 'test',
          arithmetic: 'plain',
        },
        progress: { unit: 'completions', count: progress.at(-1) },
        evaluation: { sampled: evaluation, greedy: evaluation },
      };
      await storage.write('summary.json', encode(summary));
    },
    discard: async (directory) => void folders.delete(directory),
  };
  const options = (more: Partial<MatrixOptions> = {}): MatrixOptions => ({
    directory: 'results',
    home: { open, host: fakeHost(1, new Set([1])) },
    executor,
    resolve,
    behaviorOf: () => ({ method: 1, target: 1 }),
    machine: 'test',
    now: () => 0,
    ...more,
  });
  const results = (): RunResult[] =>
    [...files].flatMap(([name, bytes]) => (name.endsWith('.jsonl') ? readResults(new TextDecoder().decode(bytes), name) : []));
  return { files, trained, executor, options, results };
}

const matrix = parseMatrix({
  seeds: 2,
  settings: { env: 'Toy', algorithm: 'gpg', iterations: 10 },
  axes: { spends: ['plain', 'greedy', 'again'] },
  progressBudget: 100,
});

describe('runs at equal progress', () => {
  it('are the run itself within the budget, a shorter one beyond it, and one that is stopped where the shorter one spends more', async () => {
    const here = world();
    const { cells, missing } = await runMatrix(matrix, here.options());
    expect(missing).toEqual([]);
    expect(here.trained.slice(6)).toEqual([
      'greedy, at equal progress, seed 1: 6 of 6',
      'greedy, at equal progress, seed 2: 6 of 6',
      // 10, 30, 40, 60, 70, 90, 100 in the first seven iterations of both seeds.
      'again, at equal progress, seed 1: 7 of 7',
      'again, at equal progress, seed 2: 7 of 7',
      // 20 in each of the shorter run.
      'again, at equal progress, seed 2: 5 of 7',
    ]);
    expect(cells.map(({ name, runs }) => [name, runs.map((run) => [run.cell, run.iterations, run.progress.count])])).toEqual([
      ['plain', [1, 2].map(() => ['plain', 10, 100])],
      ['plain, at equal progress', [1, 2].map(() => ['plain, at equal progress', 10, 100])],
      ['greedy', [1, 2].map(() => ['greedy', 10, 150])],
      ['greedy, at equal progress', [1, 2].map(() => ['greedy, at equal progress', 6, 90])],
      ['again', [1, 2].map(() => ['again', 10, 150])],
      [
        'again, at equal progress',
        [
          ['again, at equal progress', 7, 100],
          ['again, at equal progress', 5, 100],
        ],
      ],
    ]);
    const again = await runMatrix(matrix, here.options());
    expect(here.trained).toHaveLength(11);
    expect(again.cells).toEqual(cells);
  });

  it('count as missing as far as they are known, and are found without the run that spent too much', async () => {
    const here = world();
    const whole = await runMatrix(matrix, here.options());
    const lines = here.results();
    const keep = (wanted: (run: RunResult) => boolean): void =>
      void here.files.set(
        'Toy.jsonl',
        encode(
          lines
            .filter(wanted)
            .map((run) => `${JSON.stringify(run)}\n`)
            .join(''),
        ),
      );
    // What was stopped after 5 of 7 stands for itself.
    keep(({ settings, seed, status }) => !(settings.iterations === 7 && seed === 2 && status === 'done'));
    const without = await runMatrix(matrix, here.options({ dryRun: true }));
    expect(without.missing).toEqual([]);
    expect(without.cells).toEqual(whole.cells);
    keep(({ settings }) => settings.iterations === 10);
    const planned = await runMatrix(matrix, here.options({ dryRun: true }));
    expect(planned.missing.map(({ cell, seed, input }) => [cell.name, seed, input.iterations])).toEqual([
      ['greedy, at equal progress', 1, 6],
      ['greedy, at equal progress', 2, 6],
      ['again, at equal progress', 1, 7],
      ['again, at equal progress', 2, 7],
    ]);
    expect(here.trained).toHaveLength(11);
  });

  it('know the last iteration within a budget that the run was not made for', () => {
    const run = { iterations: 10, progress: { unit: 'completions', count: 150 }, evaluations: { iteration: [0, 10], progress: [0, 150] } };
    const even = run as unknown as RunResult;
    expect([150, 149, 75, 44, 14].map((budget) => iterationsWithin(even, budget))).toEqual([10, 9, 5, 2, 0]);
    // 4 iterations made 80: the last evaluation within the budget.
    const uneven = { ...run, evaluations: { iteration: [0, 4, 10], progress: [0, 80, 150] } } as unknown as RunResult;
    expect([149, 80, 79].map((budget) => iterationsWithin(uneven, budget))).toEqual([4, 4, 0]);
    const kept = { ...uneven, withinBudget: { progress: 100, iterations: 6 } } as unknown as RunResult;
    expect([100, 99].map((budget) => iterationsWithin(kept, budget))).toEqual([6, 4]);
  });

  it('have budgets of their own for some combinations; the others have none', () => {
    const several = {
      ...matrix,
      progressBudget: [
        { where: { spends: ['greedy', 'again'] }, budget: 50 },
        { where: { spends: 'again' }, budget: 70 },
      ],
    };
    expect(cellsOfMatrix(parseMatrix(several)).map(({ progressBudget }) => progressBudget)).toEqual([undefined, 50, 70]);
    const wrong = parseMatrix({ progressBudget: [{ where: { spend: 'again' }, budget: 50 }], axes: { spends: ['again'] } });
    expect(() => cellsOfMatrix(wrong)).toThrow(/an axis of the matrix \(spends\)/);
    expect(equalProgressRuns(cellsOfMatrix(matrix), resolve, new Map())).toEqual([]);
  });
});

describe('cells with originals', () => {
  it('are the cells of the matrix in their order, then those of other packages with all their seeds', async () => {
    const here = world();
    await runMatrix(parseMatrix({ ...matrix, axes: { spends: ['plain'] } }), here.options());
    const [own] = here.results();
    const original = (source: string, seed: number, more: Partial<RunResult> = {}): RunResult => ({
      ...own!,
      identity: `${source}/${more.target ?? 'Toy'}/${seed}`,
      source,
      seed,
      ...more,
    });
    const results = [
      ...[11, 3, 1].map((seed) => original('cleanrl', seed)),
      original('cleanrl', 2, { target: 'Other' }),
      original('stable-baselines3', 1),
      ...here.results(),
    ];
    const originals = {
      CleanRL: { source: 'cleanrl', command: 'run it' },
      elsewhere: { source: 'cleanrl', command: 'run it there', target: 'Other' },
      none: { source: 'cleanrl', command: 'run it', method: 'ppo' },
    };
    const withOriginals = parseMatrix({ ...matrix, originals, progressBudget: undefined, axes: { spends: ['again', 'plain'] } });
    const cells = cellsWithOriginals(withOriginals, results, resolve);
    expect(cells.map(({ name, runs }) => [name, runs.map(({ seed }) => seed)])).toEqual([
      ['again', []],
      ['plain', [1, 2]],
      ['CleanRL', [1, 3, 11]],
      ['elsewhere', [2]],
      ['none', []],
    ]);
    expect(cells.every(({ name, runs }) => runs.every(({ cell }) => cell === name))).toBe(true);
  });
});
