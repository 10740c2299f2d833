/** The rules of `cohort-rl doctor`: each finds its illness in a recorded run that has it, none speaks of a healthy one. */
import { describe, expect, it } from 'vitest';
import { environmentRules, examine, type Finding, languageRules, type Patient, rulesOf, watchHealth } from '../../src/doctor/index.ts';
import { medianBeyond, stretch } from '../../src/doctor/rule.ts';
import { standardRegistry } from '../../src/envs/index.ts';
import type { RoadName } from '../../src/run/layout.ts';

declare global {
  interface ImportMeta {
    /** Of the bundler that the tests run in. */
    glob<T>(pattern: string, options: { readonly eager: true; readonly import: 'default' }): Record<string, T>;
  }
}

/** A run as tools/recordDoctor.mjs keeps it. */
interface Recorded extends Pick<Patient, 'config' | 'rows' | 'normalizer'> {
  readonly name: string;
  readonly road: RoadName;
}

const files = import.meta.glob<Recorded>('../fixtures/doctor/*.json', { eager: true, import: 'default' });
const recorded = Object.values(files);
const names = new Set([...environmentRules, ...languageRules].map(({ name }) => name));
/** `language entropy-collapsed` shows a rule of the other road that has that name. */
const ruleOf = ({ name }: Recorded): string => name.replace(/^language /, '');
const isIll = (run: Recorded): boolean => names.has(ruleOf(run));

function patientOf({ config, rows, normalizer }: Recorded): Patient {
  const spec = standardRegistry().find(String(config.env));
  return { config, rows, normalizer, maxEpisodeSteps: spec?.maxEpisodeSteps, rewardThreshold: spec?.rewardThreshold };
}

const found = (run: Recorded): Finding[] => examine(run.road, patientOf(run));

describe('twenty healthy runs', () => {
  const healthy = recorded.filter((run) => !isIll(run));

  it('are twenty: every built-in environment and three tasks', () => {
    expect(healthy).toHaveLength(20);
    const targets = new Set(healthy.map(({ config }) => config.env ?? config.task));
    for (const { id } of standardRegistry().list()) expect(targets).toContain(id);
    expect([...targets].filter((target) => standardRegistry().find(String(target)) === undefined)).toHaveLength(3);
  });

  it.each(healthy.map((run) => [run.name, run] as const))('%s: nothing is found', (_, run) => {
    expect(found(run).map(({ name, what, value }) => `${name}: ${value} ${what}`)).toEqual([]);
  });
});

describe('runs that are ill', () => {
  const ill = recorded.filter(isIll);

  it.each(ill.map((run) => [run.name, run] as const))('%s is found', (_, run) => {
    const finding = found(run).find(({ name }) => name === ruleOf(run));
    expect(finding).toBeDefined();
    expect(finding!.what).toMatch(/iterations \d+ to \d+|observation/);
    for (const text of [finding!.illness, finding!.threshold, finding!.source, finding!.advice]) expect(text).toMatch(/\S/);
  });

  it('show every rule but those whose illness no small run has', () => {
    const shown = new Set(ill.map((run) => `${run.road} ${ruleOf(run)}`));
    const all = (['environments', 'language-models'] as const).flatMap((road) => rulesOf(road).map(({ name }) => `${road} ${name}`));
    expect(all.filter((rule) => !shown.has(rule))).toEqual([
      'language-models failing-rewards',
      'language-models entropy-collapsed',
      'language-models every-step-clipped',
    ]);
  });
});

describe('a rule', () => {
  const rows = (key: string, values: readonly number[]): Patient['rows'] => values.map((value, i) => ({ iteration: i + 1, [key]: value }));
  const examined = (road: RoadName, key: string, values: readonly number[], config = {}): string[] =>
    examine(road, { config, rows: rows(key, values) }).map(({ name }) => name);

  it('says nothing of a run that has hardly begun', () => {
    expect(examined('environments', 'losses/clipfrac', [1, 1])).toEqual([]);
    expect(examined('environments', 'losses/clipfrac', [1, 1, 1])).toEqual(['clipped-throughout']);
  });

  it.each([
    ['environments', 'losses/clipfrac', 0.5, 0.51, 'clipped-throughout', {}],
    ['environments', 'advantage/explained_variance', -0.05, -0.06, 'baseline-explains-nothing', {}],
    ['environments', 'group/singleton_frac', 0.5, 0.51, 'lonely-bins', { baseline: 'own' }],
    ['environments', 'losses/gradient_norm', 500, 501, 'reward-scale', { maxGradNorm: 0.5 }],
    ['environments', 'group/cut_frac', 0.9, 0.91, 'returns-cut', { gamma: 0.99, numSteps: 60 }],
    ['language-models', 'reward/failed', 0.05, 0.06, 'failing-rewards', {}],
    ['language-models', 'completions/truncated_frac', 0.5, 0.51, 'cut-completions', {}],
    ['language-models', 'losses/gradient_norm', 1000, 1001, 'every-step-clipped', { maxGradNorm: 1 }],
  ] as const)('%s, %s: %d is within, %d beyond (%s)', (road, key, within, beyond, name, config) => {
    expect(examined(road, key, Array(30).fill(within), config)).toEqual([]);
    expect(examined(road, key, Array(30).fill(beyond), config)).toEqual([name]);
  });

  it('finds a model that has collapsed, and none that got better meanwhile', () => {
    const model = (accuracy: number) =>
      Array.from({ length: 20 }, (_, i) => ({
        iteration: i + 1,
        'losses/entropy': i < 3 ? 0.5 : 0.004,
        'completions/accuracy': i < 10 ? 0.2 : accuracy,
      }));
    const names = (accuracy: number) => examine('language-models', { config: {}, rows: model(accuracy) }).map(({ name }) => name);
    expect(names(0.1)).toEqual(['entropy-collapsed']);
    expect(names(0.9)).toEqual([]);
  });

  it('needs more than half of a return beyond the edge for cut returns', () => {
    expect(examined('environments', 'group/cut_frac', Array(30).fill(1), { gamma: 0.99, numSteps: 70 })).toEqual([]);
    expect(examined('environments', 'group/cut_frac', Array(30).fill(1), { gamma: 0.99, numSteps: 60, tail: 'bootstrap' })).toEqual([]);
  });

  it('measures medians, and says where', () => {
    const patient = { config: {}, rows: rows('x', [9, 9, 1, 2, 3]) };
    expect(stretch(patient, 'x', 0.4)).toEqual({ values: [1, 2, 3], words: 'iterations 3 to 5' });
    expect(medianBeyond(patient, 'x', 0.4, (value) => value < 5)).toEqual({ value: 2, what: 'median of x, iterations 3 to 5' });
    expect(medianBeyond(patient, 'y', 0, () => true)).toBeUndefined();
  });
});

describe('a run that goes on', () => {
  it('is told of an illness once, after ten iterations', () => {
    const watch = watchHealth('environments', { config: {} });
    const told = Array.from({ length: 40 }, (_, i) => watch({ iteration: i + 1, 'losses/clipfrac': 0.9 }));
    expect(told.map((lines) => lines.length).flatMap((count, i) => (count > 0 ? [i + 1] : []))).toEqual([10]);
    expect(told[9]![0]).toMatch(/^Most of the samples are clipped.*Try a lower --learning-rate.*\(doctor: clipped-throughout\)/);
  });

  it('is not told what it has said itself', () => {
    const watch = watchHealth('environments', { config: { baseline: 'own' } });
    const told = Array.from({ length: 20 }, (_, i) => watch({ iteration: i + 1, 'group/singleton_frac': 1, 'advantage/std': 0 }));
    expect(told.flat()).toEqual([]);
  });
});
