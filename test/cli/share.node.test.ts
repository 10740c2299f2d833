/** `share` and `verify-run`: a link of a finished run, and what training it again says. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { train } from '../../src/node/index.ts';
import { shortRun } from '../training/cohort.ts';
import { runHere } from './badInputs.ts';
import { jsonLines, makeFolder, removeFolders, runCli } from './runCli.ts';

const folder = makeFolder();
const run = (...words: string[]) => runHere(words, folder);
let hash = '';

beforeAll(async () => {
  const { summary } = await train(shortRun, { runDirectory: join(folder, 'mine') }).finish();
  hash = summary.parametersSha256;
});
afterAll(removeFolders);

describe('share and verify-run', () => {
  it('make a link, and say that it trains to the same bits again', async () => {
    const shared = await run('share', 'mine', '--page', 'https://example.org/page/#old');
    expect([shared.code, shared.stderr]).toEqual([0, expect.stringMatching(/^Without a browser: .*verify-run '#run=...'\n$/)]);
    expect(shared.stdout).toMatch(/^https:\/\/example\.org\/page\/#run=1\.[\w-]+\.[\da-f]{8}\n$/);
    const { code, stdout } = await run('verify-run', shared.stdout.trim());
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(1, 3)).toEqual([
      'It takes 3,070 environment steps, about 1 s on a usual machine.',
      `The same bits: 6 iterations, SHA-256 of the parameters ${hash}.`,
    ]);
    const cut = await run('verify-run', shared.stdout.trim(), '--max-steps', '100');
    expect([cut.code, cut.stderr]).toEqual([2, expect.stringContaining('raise the limit with --max-steps')]);
  });

  it('name the iteration of a folder with exit code 1, the command as it is built included', async () => {
    const same = await runCli(['verify-run', 'mine', '--json'], { cwd: folder });
    expect(same.code).toBe(0);
    expect(jsonLines(same.stdout)).toEqual([
      expect.objectContaining({ event: 'verification', runDirectory: 'mine', seed: 1, same: true, trained: 6, parametersSha256: hash }),
    ]);
    const path = join(folder, 'mine', 'metrics.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/("iteration":4,.*"losses\/entropy":)[\d.]+/, '$10.5'));
    const { code, stdout } = await run('verify-run', 'mine');
    writeFileSync(path, text);
    expect([code, stdout]).toEqual([1, expect.stringContaining('Other bits: it first differs in iteration 4 of 6, by losses/entropy')]);
  });

  it.each([
    [['verify-run', '#run=1.abc.00000000'], 'the checksum of its content'],
    [['verify-run', 'nowhere'], 'a run folder'],
    [['verify-run', 'mine', '--max-steps', '5'], '--max-steps: expected a link'],
    [['share', 'mine', '--page', 'javascript:alert(1)'], 'the address of a page'],
  ])('%j is a mistake of whoever wrote it', async (words, says) => {
    const { code, stdout, stderr } = await run(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });
});
