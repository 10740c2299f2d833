/** `runs`, and `eval` over several seeds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

let folder = '';
beforeAll(async () => {
  folder = makeFolder();
  const train = (...words: string[]) => runCli(['train', 'CartPole-v1', ...tiny, '--quiet', ...words], { cwd: folder });
  await train('--iterations', '2', '--seed', '1,2', '--run-dir', 'runs/several');
  await train('--iterations', '4', '--stop-after', '2', '--algorithm', 'ppo', '--run-dir', 'runs/stopped');
  mkdirSync(join(folder, 'runs/broken'));
  writeFileSync(join(folder, 'runs/broken/config.json'), '{');
});
afterAll(removeFolders);

describe('runs', () => {
  it('lists them newest first, several seeds as one, damaged ones with what is wrong', async () => {
    const { code, stdout, stderr } = await runCli(['runs'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^run +task +method +seeds +status/);
    expect(
      lines
        .slice(1, 4)
        .map((line) => line.split(/ +/)[0])
        .sort(),
    ).toEqual(['runs/broken', 'runs/several', 'runs/stopped']);
    expect(stdout).toMatch(/runs\/several +CartPole-v1 +gpg\+ +1,2 +done +[\d.]+ +[\d.]+/);
    expect(stdout).toMatch(/runs\/stopped +CartPole-v1 +ppo +\d+ +stopped, 2 of 4/);
    expect(stdout).toMatch(/runs\/broken: its config.json cannot be read/);
    expect(stdout).toMatch(/compare runs\/\w+ runs\/\w+/);
  });

  it('writes JSON, filters, and says where there is nothing', async () => {
    const { stdout } = await runCli(['runs', '--json', '--status', 'done'], { cwd: folder });
    expect(JSON.parse(stdout)).toMatchObject({ event: 'run', runDirectory: 'runs/several', seeds: [1, 2], status: 'done', iteration: 2 });
    expect((await runCli(['runs', '--target', 'Lunar'], { cwd: folder })).stdout).toMatch(/None of the 3 runs/);
    expect((await runCli(['runs', 'nowhere'], { cwd: folder })).stdout).toMatch(/No runs in nowhere\. Make one/);
    const wrong = await runCli(['runs', '--status', 'don'], { cwd: folder });
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/--status: expected one of running, .* did you mean done/);
    expect(await runCli(['runs', 'runs/broken/config.json'], { cwd: folder })).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('eval of several seeds', () => {
  it('ends with a row over seeds', async () => {
    const { stdout } = await runCli(['eval', 'runs/several', '--episodes', '3'], { cwd: folder });
    expect(stdout).toMatch(/mean over 2 seeds \[95 %\]: sampled -?[\d.]+ \[-?[\d.]+, [\d.]+\], greedy -?[\d.]+ \[/);
    const json = await runCli(['eval', 'runs/several', '--episodes', '3', '--json'], { cwd: folder });
    const events = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, { mean: number }>);
    expect(events).toHaveLength(3);
    const means = events.slice(0, 2).map(({ sampled }) => sampled!.mean);
    expect(events[2]).toMatchObject({ seeds: [1, 2], sampled: { mean: (means[0]! + means[1]!) / 2 } });
  });
});
