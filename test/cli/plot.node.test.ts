import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeResult } from '../../src/experiments/result.ts';
import { runOf } from '../report/runs.ts';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli } from './runCli.ts';

let folder: string;
const plot = (...words: string[]): Promise<CliResult> => runCli(['plot', ...words], { cwd: folder });

beforeAll(() => {
  folder = makeFolder();
  const runs = ['gpg', 'ppo'].flatMap((method, cell) =>
    [0, 1, 2].map((seed) =>
      runOf({
        method,
        seed,
        evaluations: [
          [0, seed],
          [1000, 10 * seed + cell],
          [2000, 20 * seed + cell],
        ],
      }),
    ),
  );
  writeFileSync(join(folder, 'runs.jsonl'), runs.map(writeResult).join(''));
});
afterAll(removeFolders);

/** A Node that finds everything but the package vega, which vega-lite needs, and whose installation brings it. */
const withoutVega = (): Record<string, string> => {
  const hook =
    "export const resolve=(name,context,next)=>{if(name==='vega')throw Object.assign(new Error('none'),{code:'ERR_MODULE_NOT_FOUND'});return next(name,context)}";
  const address = (program: string): string => `data:text/javascript,${encodeURIComponent(program)}`;
  const program = `import{register}from'node:module';register(${JSON.stringify(address(hook))})`;
  return { NODE_OPTIONS: `--import=${address(program)}` };
};

describe('plot', () => {
  it('draws curves, keeps the specification beside them, says what it wrote, and does not replace it unasked', async () => {
    const first = await plot('runs.jsonl', '--out', 'a.svg');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^learning curves of 2 cells, 6 runs\na\.svg {2}\d+ kB\na\.vl\.json {2}\d+ kB\n$/);
    const svg = readFileSync(join(folder, 'a.svg'), 'utf8');
    for (const text of ['>T<', '>gpg<', '>ppo<', '>environment steps<', '>2k<']) expect(svg).toContain(text);
    expect(JSON.parse(readFileSync(join(folder, 'a.vl.json'), 'utf8'))).toMatchObject({ title: 'T', layer: [{}, {}] });
    const second = await plot('runs.jsonl', '--out', 'a.svg');
    expect([second.code, second.stdout]).toEqual([2, '']);
    expect(second.stderr).toBe(
      'error: plot: expected a file that is not there yet, got "a.svg"; choose another name with --out, or replace it with --overwrite\n',
    );
    expect((await plot('runs.jsonl', '--out', 'a.svg', '--overwrite', '--x', 'iteration')).code).toBe(0);
    expect(readFileSync(join(folder, 'a.svg'), 'utf8')).not.toBe(svg);
    // Another process, the same bytes.
    expect((await plot('runs.jsonl', '--out', 'a.svg', '--overwrite')).code).toBe(0);
    expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toBe(svg);
  });

  it.each(['profile', 'improvement', 'aggregate'])('--kind %s', async (kind) => {
    const { code, stdout, stderr } = await plot('runs.jsonl', '--kind', kind, '--theme', 'dark', '--out', `${kind}.json`, '--json');
    expect([code, stderr]).toEqual([0, '']);
    const [line] = jsonLines(stdout);
    expect(line).toMatchObject({ event: 'plot', kind, runs: 6, files: [{ file: `${kind}.json` }] });
    expect(JSON.parse(readFileSync(join(folder, `${kind}.json`), 'utf8'))).toMatchObject({ background: '#0d1117' });
  });

  it('--kind efficiency has interquartile means, per environment, over the axis of choice', async () => {
    // A fourth seed far away: of 0 20 40 1000 the mean is 265, the mean of the inner half 30.
    const away = runOf({ seed: 3, evaluations: [0, 1000, 2000].map((step) => [step, step / 2] as const) });
    const runs = readFileSync(join(folder, 'runs.jsonl'), 'utf8').split('\n').slice(0, 3);
    writeFileSync(join(folder, 'four.jsonl'), `${runs.join('\n')}\n${writeResult(away)}`);
    const { code, stderr } = await plot('four.jsonl', '--kind', 'efficiency', '--x', 'iteration', '--out', 'e.json');
    expect([code, stderr]).toEqual([0, '']);
    const spec = JSON.parse(readFileSync(join(folder, 'e.json'), 'utf8')) as { data: { values: { x: number; y: number }[] } };
    expect(spec.data.values.at(-1)).toMatchObject({ x: 2, y: 30 });
    expect(JSON.stringify(spec)).toContain('return, sampled, IQM');
  });

  it('writes a PNG', async () => {
    expect((await plot('runs.jsonl', '--out', 'b.png')).code).toBe(0);
    expect(readFileSync(join(folder, 'b.png')).subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  it('without vega says so in one sentence, and gives the numbers', async () => {
    const { code, stdout, stderr } = await runCli(['plot', 'runs.jsonl', '--out', 'c.svg'], { cwd: folder, environment: withoutVega() });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: charts: expected the optional package vega-lite, got no such package here; install it with `npm install vega-lite@6.4.3`\n',
    );
    // Scores 0 20 40 and 1 21 41: means 20 and 21, -+ 4.3027 * 20 / sqrt(3).
    expect(stdout).toMatch(/gpg +3 +20\.0 \[−29\.7, 69\.7\]/);
    expect(stdout).toMatch(/ppo +3 +21\.0 \[−28\.7, 70\.7\]/);
  });

  it.each([
    [['nowhere'], /plot: expected .*got "nowhere"/],
    [
      ['runs.jsonl', '--kind', 'curves'],
      /--kind: expected one of curve, efficiency, profile, improvement, aggregate, got "curves"; did you mean curve\?/,
    ],
    [['runs.jsonl', '--kind', 'profile', '--x', 'time'], /--x: expected learning curves, got --kind profile/],
    [['runs.jsonl', '--kind', 'profile', '--from', 'episodes'], /--from: expected sampled or greedy for --kind profile, got episodes/],
    [['runs.jsonl', '--from', 'episodes'], /plot: expected runs with training episodes, got none/],
    [['runs.jsonl', '--out', 'x.pdf'], /--out: expected a file that ends in .svg, .png, .json, got "x.pdf"/],
  ])('refuses %j in one line', async (words, message) => {
    const { code, stdout, stderr } = await plot(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('x.') || name.startsWith('plot.'))).toEqual([]);
  });
});
