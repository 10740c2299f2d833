/**
 * The table of metrics: that it is well formed, and that runs write what it lists and nothing else.
 */
import { describe, expect, it } from 'vitest';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import { evaluationResult } from '../../src/run/evaluation.ts';
import { evaluationMetrics, type MetricKey, type Metrics, metricTable } from '../../src/run/metrics.ts';
import { readMetrics } from '../../src/run/storedRun.ts';
import { largestDigit, shortRun as shortLanguageRun } from '../lm/languageRun.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const algorithmNames = allAlgorithms()
  .list()
  .map(({ name }) => name);
const keys = metricTable.map(({ key }) => key);
const partsOfRoads = ['shards'];
const languageSources = ['language-models', 'clipped-ratio', 'critic', 'branches', 'reference', 'kl-target', 'curriculum'];
const units = 'return steps steps/s completions/s tokens tokens/s seconds fraction nats count bytes number'.split(' ');
const courses = 'rises|falls|steady|as configured|depends on the task';
const number = '\\d+(\\.\\d+)?';
const healthyRange = new RegExp(`^(${courses}|((above|below|at least|at most|near) )?${number}|${number} to ${number})(; \\S.*)?$`);

/** The keys that runs write, `components` as the table writes them. */
async function writtenKeys(home: ReturnType<typeof testCohort>['home'], components: readonly string[] = []): Promise<Set<string>> {
  const rows = await readMetrics(home.open('run'));
  const written = new Set(rows.flatMap((row) => Object.keys(row)));
  for (const field of ['iteration', 'globalStep', 'seconds']) written.delete(field);
  for (const name of components) if (written.delete(`reward/${name}`)) written.add('reward/<component>');
  return written;
}

/** The keys that the table lists for runs of these kinds. */
function listedKeys(...kinds: readonly string[]): Set<string> {
  return new Set(metricTable.filter(({ from }) => from.some((kind) => kinds.includes(kind))).map(({ key }) => key));
}

describe('the table of metrics', () => {
  it('lists every key once, in a known group', () => {
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(
        /^(charts|losses|group|branches|shards|advantage|completions|time|evaluation)\/[a-zA-Z_]+$|^reward\/(failed|<component>)$/,
      );
    }
  });

  it('gives every key a source, a unit, a meaning and a healthy range', () => {
    for (const { key, from, unit, meaning, healthy } of metricTable) {
      expect(from.length, key).toBeGreaterThan(0);
      for (const source of from) expect(['environments', ...partsOfRoads, ...algorithmNames, ...languageSources], key).toContain(source);
      expect(units, key).toContain(unit);
      expect(meaning, key).toMatch(/^[a-z].{10,}[^.]$/);
      expect(healthy, key).toMatch(healthyRange);
      const bounds = [...healthy.matchAll(/\d+(\.\d+)?/g)].map(([bound]) => Number(bound));
      if (unit === 'fraction') expect(bounds.filter((bound) => bound > 1)).toEqual([]);
    }
  });

  it.each([
    ['gpg', ['gpg']],
    ['grpo', ['gpg']],
    ['ppo', ['ppo']],
    ['a2c', ['ppo']],
    ['evpo', ['ppo', 'evpo']],
    ['vineppo', ['vineppo']],
    ['vine', ['gpg', 'vine']],
    ['hybrid-grpo', ['ppo', 'hybrid-grpo']],
  ])('holds what a run of %s writes, no more and no less, in shards too', async (algorithm, kinds) => {
    for (const shards of [1, 2]) {
      const { home, train } = testCohort();
      await train({ ...shortRun, algorithm, iterations: 2, shards }, { runDirectory: 'run' }).finish();
      expect(await writtenKeys(home)).toEqual(listedKeys('environments', ...kinds, ...(shards > 1 ? ['shards'] : [])));
    }
  });

  it.each([
    ['gpg-lm', {}, []],
    ['gpg-lm', { curriculum: 'hard' }, ['curriculum']],
    ['grpo', {}, ['clipped-ratio']],
    ['gspo', { klCoef: 0.1, klTarget: 0.1 }, ['clipped-ratio', 'reference', 'kl-target']],
    ['ppo', {}, ['clipped-ratio', 'critic']],
    ['vineppo', { branches: 2 }, ['clipped-ratio', 'branches']],
  ] as const)('holds what a language-model run of %s with %o writes, no more and no less', async (estimator, fields, kinds) => {
    const { home, trainLanguageModel } = testCohort();
    await trainLanguageModel({ ...shortLanguageRun, estimator, ...fields, iterations: 2 }, { runDirectory: 'run' }).finish();
    const components = Object.keys(largestDigit.weights!).concat('right');
    expect(await writtenKeys(home, components)).toEqual(listedKeys('language-models', ...kinds));
  });

  it('types its keys: a misspelled one does not compile', () => {
    const names: MetricKey[] = ['losses/entropy', 'reward/right', 'reward/failed'];
    // @ts-expect-error no such key
    names.push('losses/entrophy');
    // A record of an algorithm may hold further keys.
    const metrics: Metrics = { 'losses/entropy': 0.5, 'mine/extra': 1 };
    const known: number | undefined = metrics['losses/entropy'];
    expect([known, metrics['mine/extra'], metrics['charts/SPS']]).toEqual([0.5, 1, undefined]);
  });
});

describe('the metrics of an evaluation', () => {
  it('are means by their keys, NaN where there is no value', () => {
    const metrics = evaluationMetrics({ sampled: evaluationResult([1, 3], [5, 7]), greedy: evaluationResult([2], [4]) });
    for (const key of Object.keys(metrics)) expect(keys).toContain(key);
    expect(metrics['evaluation/sampled_return']).toBe(2);
    expect(metrics['evaluation/sampled_length']).toBe(6);
    expect(metrics['evaluation/greedy_standard_error']).toBeNaN();
  });
});
