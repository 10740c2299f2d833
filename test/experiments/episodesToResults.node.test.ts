/** Runs of other packages as lines of results: stretches of training by hand, and what a file keeps. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readResults } from '../../src/experiments/result.ts';

const script = fileURLToPath(new URL('../../tools/episodesToResults.mjs', import.meta.url));
interface Tool {
  episodesByStretch(episodes: readonly (readonly number[])[], steps: number): { progress: number[]; count: number[]; return: number[] };
}
const { episodesByStretch } = (await import(script)) as Tool;
const scratch = mkdtempSync(join(tmpdir(), 'cohort-episodes-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('episodes by stretch', () => {
  it('end with their stretch and count to one only', () => {
    const episodes = [
      [1, 5],
      [10, 7],
      [11, 1],
      [1000, 3],
      [1000, 6],
    ];
    const { progress, count, return: means } = episodesByStretch(episodes, 1000);
    expect([progress.length, progress[0], progress[99]]).toEqual([100, 10, 1000]);
    expect([count[0], means[0], count[1], means[1], count[99], means[99]]).toEqual([2, 6, 1, 1, 2, 4.5]);
    expect(sumOf(count)).toBe(5);
    expect(() => episodesByStretch([[1001, 0]], 1000)).toThrow(/within 1000 steps, got one at 1001/);
  });

  it('give the mean over the last tenth of the steps', () => {
    const episode = fc.tuple(fc.integer({ min: 1, max: 999_424 }), fc.integer({ min: -500, max: 500 }));
    fc.assert(
      fc.property(
        fc.array(episode, { minLength: 1, maxLength: 200 }),
        fc.constantFrom(999_424, 1_015_808, 1_234_567),
        (episodes, steps) => {
          const { count, return: means } = episodesByStretch(episodes, steps);
          const last = episodes.filter(([step]) => step > 0.9 * steps).map(([, value]) => value);
          expect(sumOf(count.slice(90))).toBe(last.length);
          expect(sumOf(count.slice(90).map((number, index) => number * means[90 + index]!))).toBeCloseTo(sumOf(last), 3);
        },
      ),
    );
  });
});

describe('tools/episodesToResults.mjs', () => {
  const folder = join(scratch, 'csv');
  const output = join(scratch, 'Toy.jsonl');
  const words = ['--source', 'cleanrl', '--script', 'ppo.py', '--target', 'Toy', '--method', 'ppo', '--steps', '200', '--iterations', '2'];
  const convert = (...more: string[]): void =>
    void execFileSync(process.execPath, [script, folder, output, ...words, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = () => readResults(readFileSync(output, 'utf8'), output);

  it('adds seeds to a file, replaces those that are there, and keeps all other lines', () => {
    mkdirSync(folder);
    const versions = {
      versions: { torch: '2', platform: 'Linux' },
      cleanrl: { commit: 'fe8d', script: 'ppo.py', sha256: 'd8' },
      arguments: ['--no-cuda'],
      threads: 1,
    };
    writeFileSync(join(folder, 'versions.json'), JSON.stringify(versions));
    const write = (seed: number, value: number): void =>
      writeFileSync(join(folder, `seed-${seed}.csv`), `global_step,episodic_return,episodic_length\n2,${value},2\n200,4,9\n`);
    for (const seed of [10, 9]) write(seed, 1);
    convert();
    expect(lines().map(({ identity }) => identity)).toEqual(['cleanrl/ppo.py/Toy/9', 'cleanrl/ppo.py/Toy/10']);
    expect(lines()[0]).toMatchObject({
      source: 'cleanrl',
      method: 'ppo',
      settings: { arguments: ['--no-cuda'], script: 'ppo.py', scriptSha256: 'd8', threads: 1 },
      progress: { unit: 'steps', count: 200 },
      seconds: null,
      parametersSha256: null,
      versions: { torch: '2', platform: 'Linux', cleanrl: 'fe8d' },
      machine: 'unknown',
    });
    rmSync(join(folder, 'seed-9.csv'));
    write(10, 3);
    write(11, 5);
    convert('--machine', 'a processor');
    expect(lines().map(({ seed, machine, episodes }) => [seed, machine, episodes?.return[0]])).toEqual([
      [9, 'unknown', 1],
      [10, 'a processor', 3],
      [11, 'a processor', 5],
    ]);
  });

  it('names what is missing on its command line', () => {
    const run = (): unknown =>
      execFileSync(process.execPath, [script, folder, output, ...words.slice(2)], { stdio: ['ignore', 'pipe', 'pipe'] });
    expect(run).toThrow(/expected --source, got none/);
  });
});
