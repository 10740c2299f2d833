import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeResult } from '../../src/experiments/result.ts';
import { checkCase, outside, runHere } from '../cli/badInputs.ts';
import { makeFolder, removeFolders, runCli, tiny } from '../cli/runCli.ts';
import { hostileTexts, resultOf } from './documents.ts';

/** Results of four runs, of which one is hostile, and a run folder. */
let stock = '';

beforeAll(async () => {
  stock = makeFolder();
  const hostile = resultOf(1, [4], { method: hostileTexts[0]!, settings: { note: hostileTexts.join(' ') }, machine: hostileTexts[2]! });
  const results = [resultOf(1, [1]), resultOf(2, [2]), resultOf(3, [3]), hostile];
  writeFileSync(join(stock, 'mine.jsonl'), results.map(writeResult).join(''));
  writeFileSync(join(stock, 'there.html'), 'mine');
  mkdirSync(join(stock, 'folder.html'));
  const { code, stderr } = await runCli(['train', 'CartPole-v1', ...tiny, '--iterations', '2', '--run-dir', 'run'], { cwd: stock });
  expect([code, stderr]).toEqual([0, '']);
});

afterAll(removeFolders);

const report = (...words: string[]) => runCli(['report', ...words], { cwd: stock });
const read = (name: string): string => readFileSync(join(stock, name), 'utf8');

describe('report', () => {
  it('writes report.html, shows the scores, and says what it wrote', async () => {
    const { code, stderr, stdout } = await report('mine.jsonl', 'run');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Cell +Seeds +Sampled +Greedy +IQM, sampled +Lowest +Highest$/);
    expect(lines[1]).toMatch(/ 3 +2\.00 \[−0\.48, 4\.48\] /);
    expect(lines.at(-1)).toMatch(/^report\.html {2}\d+ kB$/);
    const page = read('report.html');
    expect(page).toContain('<h1>');
    expect(page).not.toContain('<img');
    // A second time it is there.
    const again = await report('mine.jsonl');
    expect([again.code, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toMatch(/--html: expected a file that is not there yet, got "report\.html"; .* --overwrite/);
    expect(read('report.html')).toBe(page);
    expect((await report('mine.jsonl', '--overwrite', '--title', 'Mine <b>')).code).toBe(0);
    expect(read('report.html')).toContain('<title>Mine &lt;b&gt;</title>');
  });

  it('writes both forms, and no page where only Markdown is asked for', async () => {
    const both = await report('mine.jsonl', '--html', 'a.html', '--markdown', 'a.md');
    expect(
      both.stdout
        .trimEnd()
        .split('\n')
        .slice(-2)
        .map((line) => line.split('  ')[0]),
    ).toEqual(['a.html', 'a.md']);
    const folder = makeFolder();
    writeFileSync(join(folder, 'mine.jsonl'), read('mine.jsonl'));
    const { code } = await runCli(['report', 'mine.jsonl', '--markdown', 'b.md', '--title', 'Mine'], { cwd: folder });
    expect(code).toBe(0);
    const markdown = readFileSync(join(folder, 'b.md'), 'utf8');
    expect(markdown).toMatch(/^# Mine\n\n2 cells, 4 runs of gpg and /);
    expect(() => readFileSync(join(folder, 'report.html'))).toThrow();
  });

  it.each([
    { name: 'nothing', words: ['report'], says: /expected <runs>, got nothing/ },
    { name: 'a folder that is not there', words: ['report', 'nowhere', '--html', 'new.html'], says: /nowhere/ },
    { name: 'a file that is there', words: ['report', 'mine.jsonl', '--html', 'there.html'], says: /got "there\.html"; .*--overwrite/ },
    { name: 'a file without a name', words: ['report', 'mine.jsonl', '--markdown', ''], says: /--markdown: .* ends in \.md .*, got ""/ },
    {
      name: 'to write over results',
      words: ['report', 'mine.jsonl', '--html', 'mine.jsonl', '--overwrite'],
      says: /--html: .* ends in \.html .*, got "mine\.jsonl"/,
    },
    { name: 'a page as Markdown', words: ['report', 'mine.jsonl', '--markdown', 'a.html'], says: /--markdown: .* ends in \.md/ },
    { name: 'an unknown flag', words: ['report', 'mine.jsonl', '--htm', 'a'], says: /did you mean --html/ },
    {
      name: 'a folder that is not there to write into',
      words: ['report', 'mine.jsonl', '--html', 'no/a.html'],
      says: /no\/a\.html/,
      code: 1 as const,
    },
    {
      name: 'a folder for a file',
      words: ['report', 'mine.jsonl', '--html', 'folder.html', '--overwrite'],
      says: /folder\.html/,
      code: 1 as const,
    },
  ])('refuses $name and writes nothing', (mistake) => checkCase(stock, mistake, mistake.code ? outside : runHere));
});
