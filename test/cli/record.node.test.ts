import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonLines, makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

let folder: string;
const record = (...words: string[]) => runCli(['record', ...words], { cwd: folder });

beforeAll(async () => {
  folder = makeFolder();
  const { code } = await runCli(['train', 'CartPole-v1', ...tiny, '--iterations', '2', '--run-dir', 'run'], { cwd: folder });
  expect(code).toBe(0);
});
afterAll(removeFolders);

describe('record', () => {
  it('makes a GIF in the run folder, says where, and does not replace it unasked', async () => {
    const first = await record('run', '--width', '120');
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(
      /^CartPole-v1, greedy: return (\d+) in \1 steps\nrun\/episode\.gif {2}\d+ frames, 120 x 80, 25 a second, \d+ kB\n$/,
    );
    const bytes = readFileSync(join(folder, 'run', 'episode.gif'));
    expect(bytes.subarray(0, 6).toString('latin1')).toBe('GIF89a');
    const second = await record('run');
    expect([second.code, second.stdout]).toEqual([2, '']);
    expect(second.stderr).toBe(
      'error: record: expected a file that is not there yet, got "run/episode.gif"; choose another name with --output, or replace it with --force\n',
    );
    expect(readFileSync(join(folder, 'run', 'episode.gif'))).toEqual(bytes);
    const third = await record('run', '--width', '120', '--force', '--seed', '5', '--every', '3');
    expect(third.code).toBe(0);
    expect(readFileSync(join(folder, 'run', 'episode.gif'))).not.toEqual(bytes);
  });

  it('--json tells file, frames and returns; the return is that of eval', async () => {
    const { code, stdout, stderr } = await record('run', '--output', 'film.mp4', '--sampled', '--episodes', '2', '--seed', '9', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const [recording, ...more] = jsonLines(stdout);
    expect(more).toEqual([]);
    expect(recording).toMatchObject({
      event: 'recording',
      file: 'film.mp4',
      format: 'mp4',
      seed: 9,
      greedy: false,
      width: 600,
      height: 400,
    });
    expect(readFileSync(join(folder, 'film.mp4')).subarray(4, 8).toString('latin1')).toBe('ftyp');
    const played = await runCli(['eval', 'run', '--episodes', '2', '--seed', '9', '--json'], { cwd: folder });
    const { sampled } = jsonLines(played.stdout)[0] as { sampled: { returns: number[] } };
    expect((recording!.episodes as { return: number }[]).map((episode) => episode.return)).toEqual(sampled.returns);
  });

  it('records a policy that the run kept earlier, and a policy folder', async () => {
    const early = await record('run', '--iteration', '1', '--png', '--json');
    expect([early.code, early.stderr]).toEqual([0, '']);
    expect(jsonLines(early.stdout)[0]).toMatchObject({ file: 'run/episode-1.png', frames: 6 });
    expect((await record('run', '--iteration', '77')).stderr).toMatch(/iteration: expected one of .*1.*, got 77/);
    expect((await runCli(['export', 'run', '--output', 'policy'], { cwd: folder })).code).toBe(0);
    const films = await Promise.all(['run', 'policy'].map((path) => record(path, '--output', `${path}.gif`, '--width', '120', '--json')));
    expect(films.map(({ code }) => code)).toEqual([0, 0]);
    const [ofRun, ofPolicy] = films.map(({ stdout }) => ({ ...jsonLines(stdout)[0], file: '' }));
    expect(ofPolicy).toEqual(ofRun);
    expect(readFileSync(join(folder, 'policy.gif'))).toEqual(readFileSync(join(folder, 'run.gif')));
  });

  it('makes a PNG of some moments', async () => {
    const { code, stdout } = await record('run', '--png', '--pictures', '2', '--no-caption', '--output', 'two.png');
    expect(code).toBe(0);
    expect(stdout).toMatch(/two\.png {2}2 pictures, \d+ x \d+, \d+ kB/);
    expect(existsSync(join(folder, 'two.png'))).toBe(true);
  });

  it('leaves nothing behind when Ctrl-C is pressed', async () => {
    // Long enough to be caught in the middle: films of a hundred episodes.
    const before = readdirSync(folder);
    const pending = runCli(['record', 'run', '--output', 'long.mp4', '--episodes', '100', '--sampled'], {
      cwd: folder,
      environment: {
        NODE_OPTIONS:
          "--import=data:text/javascript,setInterval(()=>process.listenerCount('SIGINT')&&process.kill(process.pid,'SIGINT'),700).unref()",
      },
    });
    const { code, stdout, stderr } = await pending;
    expect([code, stdout, stderr]).toEqual([130, '', 'interrupted: nothing was written\n']);
    expect(readdirSync(folder)).toEqual(before);
  });

  it.each([
    [['nowhere'], /record: expected a run folder.*got "nowhere", which does not exist/],
    [['run', '--gif', '--mp4'], /record: expected one format, got --gif and --mp4; run it once for each/],
    [['run', '--output', 'x.webm'], /--output: expected a file that ends in .gif, .mp4 or .png, got "x.webm"/],
    [['run', '--output', 'x.png', '--gif'], /--output: expected a file that ends in .gif, as --gif says, got "x.png"/],
    [['run', '--output', 'x.gif', '--at', '3'], /--at: expected a PNG, got --gif/],
    [['run', '--output', 'x.png', '--fps', '3'], /--fps: expected a GIF or a film, got --png/],
    [['run', '--output', 'x.gif', '--episodes', '0'], /--episodes: expected a whole number from 1 to 1000, got "0"/],
    [['run', '--output', 'x.png', '--at', '501'], /record: at: expected a step of the episode, 0 to \d+, got 501/],
    [['run', '--outptu', 'x.gif'], /record: expected a flag of record, got "--outptu"; did you mean --output\?/],
  ])('refuses %j in one line', async (words, message) => {
    const { code, stdout, stderr } = await record(...words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder).filter((name) => name.startsWith('x.'))).toEqual([]);
  });

  it('says so where the folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const { code, stderr } = await record('run', '--output', join('file', 'film.gif'));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /record: expected a file that can be written, got "file\/film.gif" \(ENOTDIR\); choose another place with --output/,
    );
  });
});
