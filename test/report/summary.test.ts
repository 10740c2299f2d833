import { describe, expect, it } from 'vitest';
import { groupRuns } from '../../src/experiments/cells.ts';
import type { RunResult } from '../../src/experiments/result.ts';
import {
  costTable,
  leadOf,
  provenanceTable,
  scoreTable,
  seedTable,
  settingsTable,
  settingText,
  summarySections,
  titleOf,
} from '../../src/report/summary.ts';
import { cellText, type Table } from '../../src/report/table.ts';
import { resultOf } from './documents.ts';

/** Titles, then the texts of the rows. */
const texts = ({ columns, rows }: Table): string[][] => [columns.map(({ title }) => title), ...rows.map((row) => row.map(cellText))];

const settings = (numEnvs: number) => ({ settings: { numEnvs, gamma: 0.99 } });
// Means 1, 2, 3 of four environments, and 10 of sixteen.
const runs: RunResult[] = [
  resultOf(1, [0, 2]),
  resultOf(2, [2, 2]),
  resultOf(10, [3]),
  resultOf(1, [10], { ...settings(16), seconds: 8, iterations: 20, progress: { unit: 'steps', count: 4000 } }),
];
const cells = groupRuns(runs);

describe('the table of scores', () => {
  it('has means with Student intervals, the IQM, the lowest and the highest seed', () => {
    const [, several, single] = texts(scoreTable(cells));
    // Student: 2 -+ 4.3027 / sqrt(3) of 1 2 3, and twice that of the greedy, whose returns are twice as high.
    expect(several!.slice(0, 4)).toEqual(['numEnvs 4', '3', '2.00 [−0.48, 4.48]', '4.00 [−0.97, 8.97]']);
    // Three scores: no quarter of them is a whole one, so the IQM is their mean, and its interval lies within them.
    const [, low, high] = /^2\.00 \[(\d\.\d\d), (\d\.\d\d)\]$/.exec(several![4]!)!.map(Number);
    expect(low).toBeGreaterThanOrEqual(1);
    expect(low).toBeLessThan(2);
    expect(high).toBeGreaterThan(2);
    expect(high).toBeLessThanOrEqual(3);
    expect(several!.slice(5)).toEqual(['1.00', '3.00']);
    expect(single).toEqual(['numEnvs 16', '1', '10.0', '20.0', '–', '10.0', '10.0']);
  });

  it('leaves out runs that failed, and says how many', () => {
    const failed = resultOf(3, [1000], { status: 'failed', message: 'no memory' });
    const withFailure = groupRuns([...runs, failed]);
    const table = scoreTable(withFailure);
    expect(texts(table)[1]!.slice(0, 3)).toEqual(['numEnvs 4', '3 of 4', '2.00 [−0.48, 4.48]']);
    expect(table.note).toMatch(/1 run failed and is left out\.$/);
    const failures = summarySections(withFailure).find(({ title }) => title === 'Runs that failed')!.table!;
    expect(texts(failures)).toEqual([
      ['Cell', 'Seed', 'Message'],
      ['numEnvs 4', '3', 'no memory'],
    ]);
    expect(texts(seedTable(withFailure, 'sampled'))[1]).toEqual(['numEnvs 4', '1.00', '2.00', 'failed', '3.00']);
  });

  it('writes a dash for a cell without evaluations', () => {
    const none = { iteration: [], progress: [], seconds: [], sampled: [], greedy: [] };
    expect(texts(scoreTable(groupRuns([resultOf(1, [], { evaluations: none })])))[1]!.slice(1)).toEqual(['1', '–', '–', '–', '–', '–']);
  });

  it('names targets apart where there are several', () => {
    const several = groupRuns([...runs, resultOf(1, [5], { target: 'CliffWalking-v1' })]);
    expect(texts(scoreTable(several)).map((row) => row.slice(0, 2))).toEqual([
      ['Target', 'Cell'],
      ['CartPole-v1', 'numEnvs 4'],
      ['CartPole-v1', 'numEnvs 16'],
      ['CliffWalking-v1', 'gpg'],
    ]);
  });
});

describe('the other tables', () => {
  it('say what the runs took', () => {
    expect(texts(costTable(cells))).toEqual([
      ['Cell', 'Iterations', 'Steps', 'Time per run', 'Steps per second'],
      ['numEnvs 4', '10', '1,000', '2.0 s', '500'],
      ['numEnvs 16', '20', '4,000', '8.0 s', '500'],
    ]);
  });

  it('have a row per cell and a column per seed, in the order of the numbers', () => {
    expect(texts(seedTable(cells, 'sampled'))).toEqual([
      ['Cell', '1', '2', '10'],
      ['numEnvs 4', '1.00', '2.00', '3.00'],
      ['numEnvs 16', '10.0', '', ''],
    ]);
    expect(texts(seedTable(cells, 'greedy'))[2]).toEqual(['numEnvs 16', '20.0', '', '']);
  });

  it('show the settings that differ, and only these', () => {
    expect(texts(settingsTable(cells)!)).toEqual([
      ['Cell', 'numEnvs'],
      ['numEnvs 4', '4'],
      ['numEnvs 16', '16'],
    ]);
    expect(settingsTable(cells.slice(0, 1))).toBeUndefined();
    const ppo = resultOf(1, [1], { method: 'ppo', settings: { numEnvs: 8, valueCoef: 0.5, clipped: true } });
    const table = settingsTable(groupRuns([runs[0]!, ppo]))!;
    expect(texts(table)).toEqual([
      ['Setting', 'gpg', 'ppo'],
      ['clipped', '–', 'true'],
      ['gamma', '0.99', '–'],
      ['numEnvs', '4', '8'],
      ['valueCoef', '–', '0.5'],
    ]);
    expect(table.note).toContain('does not have');
    expect([[64, 64], [], {}, { a: 1, b: [2] }, null, false].map(settingText)).toEqual([
      '64, 64',
      'none',
      'none',
      'a 1, b 2',
      '–',
      'false',
    ]);
  });

  it('count versions and machines', () => {
    const other = resultOf(4, [1], { versions: { 'cohort-rl': '0.2.0' }, machine: 'another machine' });
    expect(texts(provenanceTable(groupRuns([...runs, other])))).toEqual([
      ['What', 'Version', 'Runs'],
      ['cohort-rl', '0.1.0', '4'],
      ['cohort-rl', '0.2.0', '1'],
      ['machine', 'a machine', '4'],
      ['machine', 'another machine', '1'],
      ['source', 'cohort-rl', '5'],
    ]);
  });
});

describe('the whole report', () => {
  it('says what it is about', () => {
    const several = groupRuns([...runs, resultOf(1, [5], { method: 'ppo' })]);
    expect(leadOf(several)).toBe('3 cells, 5 runs of gpg and ppo on CartPole-v1.');
    expect(leadOf(cells.slice(1))).toBe('1 cell, 1 run of gpg on CartPole-v1.');
    expect(titleOf(several)).toBe('gpg and ppo on CartPole-v1');
    const many = ['a', 'b', 'c', 'd'].map((target) => resultOf(1, [1], { target }));
    expect(titleOf(groupRuns(many))).toBe('gpg on 4 tasks');
  });

  it('is the same for the same cells, every row as long as its headings', () => {
    const sections = summarySections(cells);
    expect(summarySections(groupRuns(runs))).toEqual(sections);
    expect(sections.map(({ title }) => title)).toEqual([
      'Return at the end of training',
      'Settings that differ',
      'Steps and time',
      'Return of every seed, sampled',
      'Return of every seed, greedy',
      'Versions and machines',
      'Settings of all cells',
    ]);
    for (const { table } of sections) for (const row of table!.rows) expect(row).toHaveLength(table!.columns.length);
  });

  it('speaks of accuracies and completions where language models were trained', () => {
    const model = resultOf(1, [1, 0], { road: 'language-models', progress: { unit: 'completions', count: 64 } });
    const sections = summarySections(groupRuns([model]));
    expect(sections[0]!.title).toBe('Accuracy at the end of training');
    expect(sections[1]!.table!.columns.map(({ title }) => title)).toContain('Completions per second');
  });
});
