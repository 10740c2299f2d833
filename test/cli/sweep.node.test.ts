/** `sweep` and `reproduce` as a user types them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readResults } from '../../src/experiments/result.ts';
import { type Case, checkCase, runHere, write } from './badInputs.ts';
import { makeFolder, removeFolders, runCli } from './runCli.ts';

let folder = '';
const sweep = `title: Two rates
seeds: 2
settings: { env: CartPole-v1, recipe: none, iterations: 2, numEnvs: 4, numSteps: 16, evaluationInterval: 1, evaluationEpisodes: 2, finalEvaluationEpisodes: 2 }
axes:
  learningRate: [1e-4, 1e-3]
`;

beforeAll(() => {
  folder = makeFolder();
  writeFileSync(join(folder, 'rates.yaml'), sweep);
});
afterAll(removeFolders);

describe('sweep', () => {
  it('says what it would do, does it, and does nothing the second time', async () => {
    const plan = await runCli(['sweep', 'rates.yaml', '--dry-run'], { cwd: folder });
    expect(plan).toMatchObject({ code: 0, stderr: '' });
    expect(plan.stdout).toMatch(/4 runs to go, about \d/);
    expect(existsSync(join(folder, 'results'))).toBe(false);

    const first = await runCli(['sweep', 'rates.yaml'], { cwd: folder });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/4 of 4: /);
    expect(first.stdout).toMatch(/learningRate 0.0001 +2 +[\d.]+ \[/);
    expect(first.stdout).toMatch(/predicted .*Results: results\/rates/);
    const text = readFileSync(join(folder, 'results/rates/CartPole-v1.jsonl'), 'utf8');
    const results = readResults(text, 'file');
    expect(results.map(({ cell, seed }) => `${cell}/${seed}`)).toEqual([
      'learningRate 0.0001/1',
      'learningRate 0.0001/2',
      'learningRate 0.001/1',
      'learningRate 0.001/2',
    ]);
    expect(results[0]).toMatchObject({
      source: 'cohort-rl',
      target: 'CartPole-v1',
      method: 'gpg+',
      iterations: 2,
      progress: { count: 128 },
    });
    expect(results[0]?.evaluations.iteration).toEqual([0, 1, 2]);
    expect(results[0]?.evaluations.sampled.map((returns) => returns.length)).toEqual([2, 2, 2]);

    const again = await runCli(['sweep', 'rates.yaml'], { cwd: folder });
    expect(again.stdout).toMatch(/^4 runs are there: nothing to run\./);
    expect(readFileSync(join(folder, 'results/rates/CartPole-v1.jsonl'), 'utf8')).toBe(text);
  });

  it('writes events as JSON, one per line, and the same results', async () => {
    const { code, stdout } = await runCli(['sweep', 'rates.yaml', '--results', 'other', '--jobs', '1', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    expect(events.filter(({ event }) => event === 'ended')).toHaveLength(4);
    expect(events.at(-1)).toMatchObject({ event: 'summary', missing: 0, failed: 0, interrupted: false });
    const of = (name: string) =>
      readResults(readFileSync(join(folder, name, 'CartPole-v1.jsonl'), 'utf8'), name).map(({ parametersSha256 }) => parametersSha256);
    expect(of('other')).toEqual(of('results/rates'));
  });

  it('leaves the results of another matrix alone', async () => {
    const [mine, copy] = [sweep.replace('Two rates', 'Mine'), join(folder, 'kept', 'matrix.yaml')];
    mkdirSync(join(folder, 'kept'));
    writeFileSync(join(folder, 'mine.yaml'), mine);
    writeFileSync(copy, sweep);
    const refused = await runCli(['sweep', 'mine.yaml', '--results', 'kept'], { cwd: folder });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /--results: expected a new folder, or one of "Mine", got kept, which holds results of "Two rates"; name/,
    );
    expect(readFileSync(copy, 'utf8')).toBe(sweep);
    writeFileSync(copy, mine.replace('seeds: 2', 'seeds: 3'));
    const taken = await runCli(['sweep', 'mine.yaml', '--results', 'kept', '--seeds', '1', '--jobs', '1', '--quiet'], { cwd: folder });
    expect(taken).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(copy, 'utf8')).toBe(mine);
  });

  it('takes other seeds', async () => {
    const { stdout } = await runCli(['sweep', 'rates.yaml', '--seeds', '1-3', '--dry-run'], { cwd: folder });
    expect(stdout).toMatch(/2 runs to go, about .*, 4 are there/);
  });

  it('fits a budget', async () => {
    const { code, stdout } = await runCli(['sweep', 'rates.yaml', '--results', 'none', '--budget', '0.01s'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/4 do not fit into the budget/);
    expect(stdout).toMatch(/4 runs are missing/);
  });
});

describe('reproduce', () => {
  it('knows the paper, and reports what is there', async () => {
    const { code, stdout, stderr } = await runCli(['reproduce', 'table1', '--report-only'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/CartPole-v1 +32 +gpg +481\.10 ± 10\.85 +0 +–/);
    expect(stdout).toMatch(/CartPole-v1 +1 +gpg +not legible in our copy/);
    const plan = await runCli(['reproduce', 'fig4', '--num-envs', '1', '--seeds', '1', '--dry-run', '--json'], { cwd: folder });
    expect(plan.stdout).toMatch(/"event":"plan","there":0,"runs":8,/);
  });
});

const wrong: Case[] = [
  {
    name: 'no file',
    words: ['sweep', 'nothing.yaml'],
    says: /sweep: expected a readable YAML file, got "nothing.yaml", which does not exist/,
  },
  { name: 'not YAML', words: ['sweep', 'bad.yaml'], prepare: write('bad.yaml', 'axes: ['), says: /bad.yaml:1: expected YAML/ },
  {
    name: 'an unknown key',
    words: ['sweep', 'bad.yaml'],
    prepare: write('bad.yaml', 'axis: {}'),
    says: /bad.yaml: expected known fields, got "axis"; did you mean axes\?/,
  },
  {
    name: 'an unknown field',
    words: ['sweep', 'bad.yaml'],
    prepare: write('bad.yaml', 'settings: { env: CartPole-v1 }\naxes: { learningrate: [1] }'),
    says: /learningrate.*did you mean learningRate\?/,
  },
  {
    name: 'no environment',
    words: ['sweep', 'bad.yaml'],
    prepare: write('bad.yaml', 'settings: { gamma: 1 }'),
    says: /the id of an environment, got nothing/,
  },
  {
    name: 'an unknown environment',
    words: ['sweep', 'bad.yaml'],
    prepare: write('bad.yaml', 'settings: { env: CartPol-v1 }'),
    says: /did you mean CartPole-v1/,
  },
  {
    name: 'a value out of range',
    words: ['sweep', 'bad.yaml'],
    prepare: write('bad.yaml', 'settings: { env: CartPole-v1 }\naxes: { gamma: [2] }'),
    says: /cell gamma 2: gamma: expected a number from 0 to 1, got 2/,
  },
  {
    name: 'a budget that is no time',
    words: ['sweep', 'rates.yaml', '--budget', 'soon'],
    says: /--budget: expected a time such as 90s.*got "soon"/,
  },
  { name: 'no jobs', words: ['sweep', 'rates.yaml', '--jobs', '0'], says: /--jobs: expected a whole number from 1/ },
  { name: 'an unknown reproduction', words: ['reproduce', 'tabel1'], says: /got "tabel1"; did you mean table1\?/ },
  {
    name: 'a task that the paper does not have',
    words: ['reproduce', 'table1', '--tasks', 'CartPole'],
    says: /--tasks: .*did you mean CartPole-v1/,
  },
  {
    name: 'a group size that it does not have',
    words: ['reproduce', 'fig4', '--num-envs', '8'],
    says: /--num-envs: expected some of 1, 4, 16, 32, 128, got/,
  },
  { name: 'seeds that are none', words: ['reproduce', 'fig4', '--seeds', 'a'], says: /--seeds: expected seeds such as/ },
];

describe('bad input is one sentence, before anything runs', () => {
  let stock = '';
  beforeAll(() => {
    stock = makeFolder();
    writeFileSync(join(stock, 'rates.yaml'), sweep);
  });
  it.each(wrong.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await checkCase(stock, one, runHere);
  });
});

describe('compare', () => {
  it('reads results, run folders and seeds alike, and writes raw scores', async () => {
    const train = [
      'train',
      'CartPole-v1',
      '--recipe',
      'none',
      '--iterations',
      '2',
      '--num-envs',
      '4',
      '--num-steps',
      '16',
      '--seed',
      '1,2',
      '--quiet',
    ];
    expect((await runCli([...train, '--learning-rate', '1e-2', '--run-dir', 'mine'], { cwd: folder })).code).toBe(0);
    const { code, stdout, stderr } = await runCli(['compare', 'results/rates', 'mine', '--csv', 'scores.csv', '--rliable', 'scores.json'], {
      cwd: folder,
    });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').filter((line) => / 2 +[-\d.]+ \[/.test(line))).toHaveLength(3);
    expect(stdout).toMatch(/p = [\d.]+[\s,]+better in \d+ % of pairs/);
    expect(readFileSync(join(folder, 'scores.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(7);
    const scores = JSON.parse(readFileSync(join(folder, 'scores.json'), 'utf8')) as Record<string, number[][]>;
    expect(Object.values(scores).map((runs) => [runs.length, runs[0]?.length])).toEqual([
      [2, 1],
      [2, 1],
      [2, 1],
    ]);
    const json = await runCli(['compare', 'results/rates', '--policy', 'greedy', '--json'], { cwd: folder });
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { policy: string }).policy),
    ).toEqual(['greedy', 'greedy']);
    const within = await runCli(['compare', 'results/rates', '--within', 'num-envs'], { cwd: folder });
    expect(within.stdout).toMatch(/method +tasks +better in +higher +lower\n.*learningRate \S+ +1 /);
  });

  it.each([
    ['nothing', ['compare'], /expected <runs>, got nothing/],
    ['a folder without runs', ['compare', 'empty'], /expected a run folder/],
    ['a path that does not exist', ['compare', 'nowhere'], /"nowhere", which does not exist/],
    [
      'an unknown baseline',
      ['compare', 'results/rates', '--baseline', 'learningRate 0.002'],
      /--baseline: expected the name of a cell.*did you mean learningRate 0.001/,
    ],
    [
      'an unknown setting',
      ['compare', 'results/rates', '--within', 'num-env'],
      /--within: expected settings that the runs have.*did you mean numEnvs/,
    ],
    [
      'an unknown policy',
      ['compare', 'results/rates', '--policy', 'gredy'],
      /--policy: expected one of sampled, greedy, got "gredy"; did you mean greedy\?/,
    ],
    [
      'a file that is there',
      ['compare', 'results/rates', '--csv', 'rates.yaml'],
      /--csv: expected a file that is not there yet, got "rates.yaml"/,
    ],
    ['a file without a name', ['compare', 'results/rates', '--rliable', ''], /--rliable: expected the name of a file, got ""/],
    ['damaged results', ['compare', 'bad.jsonl'], /bad.jsonl, line 1/],
  ] as const)('says what is wrong with %s', async (_, words, says) => {
    writeFileSync(join(folder, 'bad.jsonl'), '{"identity": 7}\n');
    mkdirSync(join(folder, 'empty'), { recursive: true });
    const { code, stderr } = await runCli(words, { cwd: folder });
    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(says);
    expect(stderr).toMatch(/^error: /);
    expect(stderr).not.toMatch(/\n +at /);
  });
});
