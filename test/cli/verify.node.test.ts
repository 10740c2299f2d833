import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { wrongSubjects } from '../theory/wrong.ts';
import { runHere } from './badInputs.ts';
import { jsonLines, makeFolder, removeFolders, runCli } from './runCli.ts';

const broken = vi.hoisted(() => ({ is: false }));
vi.mock('../../src/theory/verifyTheory.ts', async (original) => {
  const actual = await original<typeof import('../../src/theory/verifyTheory.ts')>();
  const verifyTheory: typeof actual.verifyTheory = (options) =>
    actual.verifyTheory({ ...options, pairsOnly: true, ...(broken.is && { subjects: wrongSubjects['the sign of the advantage'] }) });
  return { ...actual, verifyTheory };
});

beforeEach(() => {
  broken.is = false;
});
afterAll(removeFolders);

const run = (...words: string[]) => runHere(['verify', ...words], makeFolder());

describe('verify', () => {
  it('says what is claimed, what was computed and whether it holds, under headings', async () => {
    const { code, stdout, stderr } = await run('--only', 'slip-lambda, shrinkage');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('The own return in the mean');
    expect(lines[2]).toBe('holds  shrinkage  exact');
    expect(stdout).toMatch(
      /^ {7}claim {5}With universal or time bins .*\n( {17}.*\n)? {7}computed {2}factor 1\/2 for N = 2: off by at most \S+e-1[5-9]$/m,
    );
    expect(stdout).toMatch(/^Slips of the paper.*\n\nholds {2}slip-lambda {2}identity$/m);
    expect(stdout).toMatch(/^ {7}printed {3}lambda = 1 eliminates the critic\n {7}right {5}lambda = 1 keeps it/m);
    expect(stdout).toMatch(/\nAll hold: 2 rows, seed 1, \d+\.\d s\.\n$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    // What belongs to the whole: the plot, and the slips of notation.
    expect(stdout).not.toContain('Root mean squared error');
    expect(stdout).not.toContain('Slips of notation');
  });

  it('--json writes one line per row and one at the end, the same as the library gives', async () => {
    const { code, stdout } = await run('--only', 'rloo,surrogate', '--seed', '5', '--json');
    expect(code).toBe(0);
    const [first, second, last] = jsonLines(stdout);
    expect(first).toMatchObject({ event: 'row', name: 'surrogate', kind: 'identity', verdict: 'holds', failures: [] });
    expect(first).toHaveProperty('checks.0', { what: expect.any(String), value: expect.any(Number), max: 1e-6 });
    expect(second).toMatchObject({ event: 'row', name: 'rloo', source: 'arXiv 2402.14740' });
    expect(last).toEqual({ event: 'summary', seed: 5, rows: 2, fails: 0, holds: true, interrupted: false });
  });

  it('fails with exit code 1 where a row does, by how much, and says how to see it alone', async () => {
    broken.is = true;
    const { code, stdout } = await run('--only', 'leave-one-out,surrogate');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^fails {2}leave-one-out {2}exact$/m);
    expect(stdout).toMatch(/^ {7}fails {5}difference, universal bins, N = 2: 0\.\d+, expected at most 1\.0e-12, off by 0\.\d+$/m);
    expect(stdout).toMatch(/1 of 2 fail: leave-one-out \(seed 1, .*\)\.\nAlone: (npx )?cohort-rl verify --only leave-one-out --seed 1\n$/);
    expect(jsonLines((await run('--only', 'leave-one-out', '--json')).stdout).at(-1)).toMatchObject({ fails: 1, holds: false });
  });

  it.each([
    ['a row that there is not', ['--only', 'shrinkag'], /--only: expected names of rows, got "shrinkag"; did you mean shrinkage\?/],
    ['a seed that is none', ['--seed', 'x'], /--seed: expected a whole number from 0 to 4294967295, got "x"/],
    ['a drawing without its row', ['--only', 'rloo', '--out', 'a.svg'], /--out: expected the row consistency, which is drawn/],
    ['a drawing of no format', ['--out', 'a.bmp'], /--out: expected a file that ends in \.svg/],
  ])('refuses %s', async (_, words, says) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
  });

  it('ends at Ctrl-C between two steps of a row', async () => {
    let asked = false;
    const { code, stdout } = await runCli(['verify', '--json'], {
      cwd: makeFolder(),
      onOutput: (text, interrupt) => {
        if (!asked && text.includes('"event":"row"')) {
          asked = true;
          interrupt();
        }
      },
    });
    expect(code).toBe(130);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'summary', interrupted: true, holds: false });
  });
});
