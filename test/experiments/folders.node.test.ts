/** The folders of experiments: every matrix can be read, and every row is a run of a cell of its matrix as it is now. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import { createContext } from '../../src/api/context.ts';
import { resolveRun } from '../../src/api/experiments.ts';
import { standardRegistry } from '../../src/envs/standardRegistry.ts';
import { equalProgressRuns } from '../../src/experiments/equalProgress.ts';
import { cellsOfMatrix, parseMatrix } from '../../src/experiments/matrix.ts';
import { cellsWithOriginals } from '../../src/experiments/originals.ts';
import { type ResolveRun, runsOf } from '../../src/experiments/plan.ts';
import { type RunResult, readResults } from '../../src/experiments/result.ts';
import { resultsEnding, resultsFile } from '../../src/experiments/store.ts';
import { nodePlatform } from '../../src/node/platform.ts';

const root = new URL('../../experiments/', import.meta.url);
const context = createContext(nodePlatform, undefined, { registry: standardRegistry(), algorithms: allAlgorithms() });
const resolve: ResolveRun = (input, subject) => resolveRun(context, input, subject);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const folders = readdirSync(root).filter((name) => statSync(new URL(name, root)).isDirectory());
const filesOf = (folder: string): string[] => readdirSync(new URL(folder, root)).filter((name) => name.endsWith(resultsEnding));
const resultsIn = (folder: string): RunResult[] =>
  filesOf(folder).flatMap((name) => readResults(text(`${folder}/${name}`), `${folder}/${name}`));
const withMatrix = folders.filter((folder) => existsSync(new URL(`${folder}/matrix.yaml`, root)));

/** Rows that are none of the runs. */
function strangersOf(rows: readonly RunResult[], runs: readonly { readonly identity: string }[]): string[] {
  const known = new Set(runs.map(({ identity }) => identity));
  return rows.flatMap(({ identity, cell, seed }) => (known.has(identity) ? [] : [`${cell}, seed ${seed}`]));
}

describe('folders of experiments', () => {
  it('are there, and small', () => {
    expect(withMatrix.length).toBeGreaterThan(7);
    const sizes = readdirSync(root, { recursive: true }).map((name) => statSync(new URL(String(name), root)));
    expect(sizes.reduce((sum, entry) => sum + (entry.isFile() ? entry.size : 0), 0)).toBeLessThan(15e6);
  });

  it.each(folders)('%s: every file of results can be read, is that of its target, and holds no run twice', (folder) => {
    const results = resultsIn(folder);
    expect(new Set(results.map(({ identity }) => identity)).size).toBe(results.length);
    expect(results.every(({ target }) => filesOf(folder).includes(resultsFile(target)))).toBe(true);
  });

  it.each(withMatrix)('%s: its rows are runs of its matrix as it is now', (folder) => {
    const matrix = parseMatrix(parse(text(`${folder}/matrix.yaml`)), folder);
    const results = resultsIn(folder);
    const own = results.filter(({ source }) => source === 'cohort-rl');
    const cells = cellsOfMatrix(matrix, folder);
    const alsoNeeded = equalProgressRuns(cells, resolve, new Map(own.map((result) => [result.identity, result])));
    expect(strangersOf(own, [...runsOf(cells, resolve), ...alsoNeeded])).toEqual([]);
    // Those of other packages are in one of the cells that the matrix has for them.
    const found = cellsWithOriginals(matrix, results, resolve).flatMap(({ runs }) => runs);
    const others = results.filter(({ source }) => source !== 'cohort-rl');
    expect(strangersOf(others, found)).toEqual([]);
  });
});
