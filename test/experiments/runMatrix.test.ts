/** A matrix that really trains, where the caller runs: what a page does. */
import { describe, expect, it } from 'vitest';
import { type MatrixPlatform, runMatrix } from '../../src/api/experiments.ts';
import { localExecutor } from '../../src/api/localExecutor.ts';
import { measureRun } from '../../src/api/measure.ts';
import type { Executor, MatrixEvent } from '../../src/experiments/runner.ts';
import { taskFromRows } from '../../src/lm/data/task.ts';
import { largestDigit, shortRun as shortLanguageRun } from '../lm/languageRun.ts';
import { packages, pretrainedRun, smallModel } from '../lm/smallModel.ts';
import { shortRun, testCohort, testPlatform } from '../training/cohort.ts';

const matrix = { seeds: 2, settings: { ...shortRun }, axes: { algorithm: ['gpg', 'ppo'] } };

/** What the platform of a test knows. */
function platformOf(cohort: ReturnType<typeof testCohort>, executor: Executor = localExecutor(cohort)): MatrixPlatform {
  const { home, openModel, openTokenizer } = cohort;
  return { home, executor, machine: 'test', openModel, openTokenizer };
}

function here() {
  const cohort = testCohort();
  const { measure: _, ...executor } = localExecutor(cohort);
  const platform = platformOf(cohort, executor);
  const events: MatrixEvent[] = [];
  const run = (more: { readonly signal?: AbortSignal } = {}) =>
    runMatrix(cohort.context, platform, matrix, { directory: 'results', onEvent: (event) => events.push(event), ...more });
  return { cohort, run, events };
}

describe('a matrix in a page', () => {
  it('gives the bits of the same runs alone, keeps their results and nothing else', async () => {
    const { cohort, run } = here();
    const { cells, missing, failed } = await run();
    expect([missing, failed]).toEqual([[], []]);
    expect(cells.map(({ name, runs }) => [name, runs.map(({ seed }) => seed)])).toEqual([
      ['gpg', [1, 2]],
      ['ppo', [1, 2]],
    ]);
    const alone = await cohort.train({ ...shortRun, algorithm: 'ppo', seed: 2 }).finish();
    const result = cells[1]!.runs[1]!;
    expect(result.parametersSha256).toBe(alone.summary.parametersSha256);
    expect(result.evaluations.iteration).toEqual([0, 2, 4, 6]);
    expect(result.evaluations.sampled.at(-1)).toEqual(alone.summary.evaluation?.sampled.returns);
    expect(result.episodes?.progress).toEqual([1, 2, 3, 4, 5, 6].map((iteration) => 512 * iteration));
    expect(result.metrics?.['losses/entropy']).toHaveLength(4);
    expect([...cohort.home.folders].flatMap(([name, { files }]) => [...files.keys()].map((file) => `${name}/${file}`))).toEqual([
      'results/CartPole-v1.jsonl',
    ]);
    expect((await run()).cells).toEqual(cells);
  });

  it('goes on after an interruption, from the checkpoint, to the same bits', async () => {
    const whole = await here().run();
    const { run, events, cohort } = here();
    const controller = new AbortController();
    events.push = (event: MatrixEvent) => {
      if (event.event === 'progress' && event.run.seed === 2 && event.iteration === 3) controller.abort();
      return 0;
    };
    const first = await run({ signal: controller.signal });
    expect(first.interrupted).toBe(true);
    expect(first.missing.length).toBeGreaterThan(1);
    expect([...cohort.home.folders.keys()].some((name) => name.startsWith('results/running/'))).toBe(true);
    const { cells, missing } = await run();
    expect(missing).toEqual([]);
    const hashes = (list: typeof cells) => list.map(({ runs }) => runs.map(({ parametersSha256 }) => parametersSha256));
    expect(hashes(cells)).toEqual(hashes(whole.cells));
  });

  it('checks fields and environments before anything runs', async () => {
    const { cohort } = here();
    const platform = platformOf(cohort);
    const begin = (settings: Record<string, unknown>) =>
      runMatrix(cohort.context, platform, { settings } as never, { directory: 'results' });
    await expect(begin({ env: 'CartPol-v1' })).rejects.toThrow(/CartPole-v1/);
    await expect(begin({ ...shortRun, gama: 1 })).rejects.toThrow(/did you mean gamma/);
    expect([...cohort.home.folders.values()].every(({ files }) => files.size === 0)).toBe(true);
  });

  it('opens the pretrained models that it names', async () => {
    const files = await smallModel();
    const opened: string[] = [];
    const cohort = testCohort({
      ...testPlatform,
      openModelFiles: async (path) => {
        opened.push(path);
        return { files };
      },
      loadTokenizers: async () => packages.tokenizers,
    });
    cohort.context.tasks.set('largest-digit', largestDigit);
    const platform = platformOf(cohort);
    const { task: _, ...settings } = { ...pretrainedRun, iterations: 1 };
    const input = { settings: { ...settings, task: 'largest-digit' }, axes: { estimator: ['gpg-lm', 'grpo'] } };
    const { cells, failed } = await runMatrix(cohort.context, platform, input as never, { directory: 'results' });
    expect([failed, opened]).toEqual([[], ['base']]);
    expect(cells.map(({ runs }) => runs[0]!.settings)).toMatchObject([{ model: 'base' }, { model: 'base' }]);
  });

  it('knows again the runs of a task that is made of rows', async () => {
    const cohort = testCohort();
    const rows = Array.from({ length: 40 }, (_, i) => ({ prompt: `${i}=`, answer: String(i % 10) }));
    cohort.context.tasks.set('rows', taskFromRows(rows, { id: 'rows', heldOut: 0.3 }));
    const platform = platformOf(cohort);
    const { task: _, ...settings } = shortLanguageRun;
    const run = () =>
      runMatrix(
        cohort.context,
        platform,
        { settings: { ...settings, warmStartAccuracy: 0, minValidFraction: 0, iterations: 1, task: 'rows' } } as never,
        {
          directory: 'results',
        },
      );
    const first = await run();
    expect([first.failed.map(({ error }) => String(error)), first.missing]).toEqual([[], []]);
    expect(first.cells[0]!.runs).toHaveLength(1);
    expect((await run()).cells).toEqual(first.cells);
  });

  it('can say how long a run will take', async () => {
    // A clock that goes a millisecond every time it is asked: how busy the machine is does not matter.
    let time = 0;
    const cohort = testCohort({ ...testPlatform, now: () => ++time });
    const [short, long] = [await measureRun(cohort, shortRun), await measureRun(cohort, { ...shortRun, iterations: 6000 })];
    expect(short).toBeGreaterThan(0);
    expect(long / short).toBeGreaterThan(500);
  });
});
