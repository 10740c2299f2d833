import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/api/context.ts';
import { resolveRun } from '../../src/api/experiments.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import { decidingSettings, runIdentity } from '../../src/experiments/identity.ts';
import { cellsOfMatrix } from '../../src/experiments/matrix.ts';
import { runsOf } from '../../src/experiments/plan.ts';
import { binningClaims, groupSizeClaims, judgeClaims, scoreAt, tableClaims } from '../../src/reproduction/claims.ts';
import { findReproduction, reproductions, restrict } from '../../src/reproduction/index.ts';
import { figure4, table1, tunedPpo } from '../../src/reproduction/matrices.ts';
import { groupSizes, margins, ppoScales, publishedFigure, tasks } from '../../src/reproduction/published.ts';
import { readingList, readings, scoreReadings } from '../../src/reproduction/readings.ts';
import { countVerdicts, sortResults, tableRows } from '../../src/reproduction/results.ts';
import { figureNames, reproductionSections } from '../../src/reproduction/sections.ts';
import { makeResult } from '../experiments/makeResult.ts';

const context = createContext({ name: 'test', now: () => 0, wallTime: () => 0, pause: async () => {} }, undefined, {
  registry: standardRegistry(),
});
const resolve: Parameters<typeof runsOf>[1] = (input, subject) => resolveRun(context, input, subject);

describe('what the paper published', () => {
  it('is its table, without the cells that cannot be read', () => {
    expect(publishedFigure('LunarLander-v3', 'gpg', 128)).toEqual({ mean: 257.39, spread: 0.8, seeds: 4 });
    expect(publishedFigure('HalfCheetah-v4', 'ppo', 16)).toEqual({ mean: 736.45, spread: 149.77, seeds: 4 });
    expect(publishedFigure('CartPole-v1', 'gpg', 16)).toBeUndefined();
    expect(publishedFigure('CartPole-v1', 'gpg', 8)).toBeUndefined();
    expect(publishedFigure('Pong', 'gpg', 16)).toBeUndefined();
    const readable = tasks.flatMap((task) =>
      ['gpg', 'ppo'].flatMap((algorithm) => groupSizes.filter((size) => publishedFigure(task, algorithm, size))),
    );
    expect(readable).toHaveLength(40 - 6);
  });

  it('gives the units of the scores and the margins of the verdicts', () => {
    for (const task of tasks) {
      const ppo = groupSizes.flatMap((size) => publishedFigure(task, 'ppo', size)?.mean ?? []);
      expect(ppoScales[task]).toBe(Math.max(...ppo.map(Math.abs)));
      expect(margins[task]).toBeGreaterThan(0);
    }
  });
});

describe('the matrices', () => {
  it('have the cells of the table and of the figure, and resolve', () => {
    expect(cellsOfMatrix(table1)).toHaveLength(40);
    expect(cellsOfMatrix(figure4)).toHaveLength(40);
    expect(runsOf(cellsOfMatrix(table1), resolve)).toHaveLength(160);
    expect(runsOf(cellsOfMatrix(figure4), resolve)).toHaveLength(8 * 4 * 4 + 8 * 2);
    expect(runsOf(cellsOfMatrix(tunedPpo), resolve)).toHaveLength(20);
  });

  it('share the runs that both need: time bins of Figure 4 are the LunarLander row of the table', () => {
    const identities = (matrix: typeof table1): Set<string> =>
      new Set(runsOf(cellsOfMatrix(matrix), resolve).map(({ identity }) => identity));
    const ofTable = identities(table1);
    const both = [...identities(figure4)].filter((identity) => ofTable.has(identity));
    expect(both).toHaveLength(4 * 4 + 2);
  });

  it('the readings use no seed of a table, no run of GPG, and do not move with the recipes', () => {
    const runs = runsOf(cellsOfMatrix(readings), resolve);
    expect(runs.every(({ seed, input }) => seed > 100 && input.algorithm === 'ppo')).toBe(true);
    const fixed = ['annealLearningRate', 'entropyCoef', 'normalizeObservation', 'learningRate'];
    for (const { env, fields } of readingList) {
      const open = { 'CartPole-v1': [0], 'LunarLander-v3': [0, 1], 'HalfCheetah-v4': [0, 2], 'CliffWalking-v1': [0, 3] }[env]!;
      for (const index of open) expect(Object.keys(fields)).toContain(fixed[index]);
    }
  });

  it('the chosen readings are what --recipe paper is', () => {
    const chosen = readingList.filter(({ isChosen }) => isChosen);
    expect(chosen.map(({ env }) => env).sort()).toEqual([...tasks].sort());
    for (const {
      env,
      fields,
      numEnvs: [numEnvs],
    } of chosen) {
      const shared = { env, algorithm: 'ppo', recipe: 'paper', numEnvs, seed: 1 };
      expect(runIdentity(resolve({ ...shared, ...fields }, 'test')), env).toBe(runIdentity(resolve(shared, 'test')));
    }
  });

  it('can be restricted, to what they have', () => {
    const small = restrict(table1, { tasks: ['CartPole-v1'], numEnvs: [1, 4], seeds: '5-6' });
    expect(cellsOfMatrix(small).map(({ name, seeds }) => [name, seeds])[0]).toEqual(['CartPole-v1, gpg, numEnvs 1', [5, 6]]);
    expect(cellsOfMatrix(small)).toHaveLength(4);
    expect(() => restrict(table1, { tasks: ['Pong'] })).toThrow(/--tasks/);
    expect(() => restrict(table1, { numEnvs: [2] })).toThrow(/--num-envs/);
    expect(restrict(figure4, { tasks: ['CartPole-v1'] })).toEqual(figure4);
    expect(findReproduction('all').matrices).toHaveLength(4);
    expect(() => findReproduction('table2')).toThrow('did you mean table1?');
    expect(new Set(reproductions.map(({ name }) => name)).size).toBe(reproductions.length);
  });
});

describe('readings', () => {
  it('are scored by the root mean square over the published PPO cells, in units of the largest', () => {
    const run = (score: number) => [makeResult({ scores: [score] })];
    const runs = new Map([
      ['CartPole-v1, constant rate, N = 32', run(442.8 + 30)],
      ['CartPole-v1, constant rate, N = 128', run(474.2 - 40)],
      ['CartPole-v1, annealed rate, N = 32', run(442.8)],
    ]);
    const scores = scoreReadings(runs, 'sampled');
    const of = (name: string) => scores.find(({ reading }) => reading.name === name)?.score;
    expect(of('constant rate')).toBeCloseTo(Math.sqrt((900 + 1600) / 2) / 474.2, 12);
    // Over the same two cells the chosen one is itself; of one cell it has its own score there.
    expect(scores.find(({ reading }) => reading.name === 'annealed rate')?.chosenScore).toBe(of('constant rate'));
    // A reading without N = 16 is compared with the chosen one without it.
    const cheetah = (name: string, numEnvs: number, score: number): void =>
      void runs.set(`HalfCheetah-v4, ${name}, N = ${numEnvs}`, run(score));
    for (const [numEnvs, score] of [
      [1, 679.33 + 30],
      [4, 1346.3 + 40],
      [16, 736.45 + 1000],
    ] as const)
      cheetah('no normalization', numEnvs, score);
    for (const numEnvs of [1, 4]) cheetah('observations and rewards shared', numEnvs, 0);
    const shared = scoreReadings(runs, 'sampled').find(({ reading }) => reading.name === 'observations and rewards shared');
    expect(shared?.chosenScore).toBeCloseTo(Math.sqrt((900 + 1600) / 2) / 1516.9, 12);
    // A cell is missing.
    expect(of('annealed rate')).toBeUndefined();
  });
});

describe('claims', () => {
  const cells = new Map<string, number[]>();
  const judge = (claims: typeof tableClaims) =>
    judgeClaims(
      claims,
      ({ env, method, numEnvs, binning }) =>
        (cells.get([env, method, numEnvs, binning].join(' ')) ?? []).map((score, index) =>
          makeResult({ seed: index + 1, scores: [score] }),
        ),
      'sampled',
    );

  it('are judged by the comparison that they state', () => {
    const put = (method: string, numEnvs: number, scores: number[]): void =>
      void cells.set(['CartPole-v1', method, numEnvs, undefined].join(' '), scores);
    put('gpg', 1, [100, 101]);
    put('gpg', 128, [490, 491]);
    put('ppo', 1, [100, 101]);
    put('ppo', 128, [300, 301]);
    const found = judge(tableClaims.slice(0, 1))[0]!;
    expect(found.claim.text).toContain('CartPole-v1');
    // (490.5 - 100.5) - (300.5 - 100.5)
    expect(found.difference?.estimate).toBe(190);
    expect(found.verdict).toBe('confirmed');
    put('ppo', 128, [600, 601]);
    expect(judge(tableClaims.slice(0, 1))[0]?.verdict).toBe('contradicted');
    put('ppo', 128, [600]);
    expect(judge(tableClaims.slice(0, 1))[0]?.verdict).toBe('not run');
  });

  it('about widths compare widths at small and at large N', () => {
    cells.clear();
    for (const [numEnvs, wide, narrow] of [
      [1, 20, 10],
      [4, 20, 10],
      [16, 10, 30],
      [32, 10, 30],
    ] as const) {
      cells.set(`LunarLander-v3 gpg ${numEnvs} space 1.0`, [wide, wide + 1]);
      cells.set(`LunarLander-v3 gpg ${numEnvs} space 0.2`, [narrow, narrow + 1]);
    }
    const [, widths] = judge(binningClaims);
    expect(widths?.difference?.estimate).toBe(10 + 20);
    expect(widths?.verdict).toBe('confirmed');
  });

  it('at equal steps look at the last evaluation at or before them', () => {
    const run = makeResult({ scores: [1, 2, 3], stepsEach: 100 });
    expect(scoreAt(run, 99, 'sampled')).toBeUndefined();
    expect(scoreAt(run, 100, 'sampled')).toBe(1);
    expect(scoreAt(run, 299, 'greedy')).toBe(2);
    expect(groupSizeClaims.map(({ comparison }) => comparison)[1]).toContain('102,400 steps');
  });
});

describe('the report', () => {
  it('puts runs into their cells by what was run, more seeds than the paper’s included', () => {
    const cell = cellsOfMatrix(table1).find(({ name }) => name === 'CartPole-v1, gpg, numEnvs 32')!;
    const runs = runsOf([{ ...cell, seeds: [1, 2, 9] }], resolve);
    const results = new Map(
      runs.map(({ identity, seed, input }) => {
        const settings = decidingSettings(resolve(input, 'test').config);
        return [identity, makeResult({ identity, seed, settings, target: 'CartPole-v1', scores: [480 + seed] })];
      }),
    );
    const sorted = sortResults(results, resolve);
    expect(sorted.runsOf({ env: 'CartPole-v1', method: 'gpg', numEnvs: 32 }).map(({ seed }) => seed)).toEqual([1, 2, 9]);
    const rows = tableRows(sorted);
    expect(rows).toHaveLength(40);
    const row = rows.find(({ task, algorithm, numEnvs }) => task === 'CartPole-v1' && algorithm === 'gpg' && numEnvs === 32)!;
    expect(row).toMatchObject({ seeds: 3, published: '481.10 ± 10.85', sampled: expect.stringMatching(/^484\.0 \[/) });
    expect(row.verdicts.map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees']);
    expect(countVerdicts(rows, 0)).toEqual({ agrees: 1, differs: 0, 'cannot tell': 0 });
    for (const { name } of reproductions)
      for (const { table } of reproductionSections(name, sorted))
        expect(table?.rows.every((row) => row.length === table.columns.length)).toBe(true);
    expect(figureNames('all')).toEqual(['table1', 'fig2', 'fig3', 'fig4']);
  });
});
