import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, cli, jsonLines, makeFolder, removeFolders, runCli, snapshot, tiny, tinyModel } from './runCli.ts';

const cwd = makeFolder();
const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd });
const alone = ['--recipe', 'none', '--num-envs', '1', '--num-steps', '64', '--time-origin', 'rollout-offset'];

let trained: Record<'ill' | 'well' | 'fast' | 'model', CliResult>;

beforeAll(async () => {
  expect(cli).toMatch(/cli\.js$/);
  const train = (...words: string[]): Promise<CliResult> =>
    run('train', 'CartPole-v1', '--algorithm', 'gpg', ...tiny, '--iterations', '12', ...words);
  trained = {
    ill: await train(...alone, '--seed', '1,2', '--run-dir', 'ill'),
    well: await train('--num-envs', '8', '--run-dir', 'well'),
    fast: await train('--num-envs', '8', '--learning-rate', '1', '--no-anneal-learning-rate', '--json', '--run-dir', 'fast'),
    model: await run('lm', 'train', 'reverse', ...tinyModel, '--iterations', '12', '--run-dir', 'model'),
  };
}, 60_000);

afterAll(removeFolders);

describe('doctor', () => {
  it('says what is wrong with each seed, where the limit is from and what to try, and answers 1', async () => {
    const before = snapshot(join(cwd, 'ill'));
    const { code, stdout, stderr } = await run('doctor', 'ill');
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toBe(
      ['1', '2']
        .map(
          (seed) => `Seed ${seed}
groups-of-one
  Every step is alone in its bin: nothing is learned, and only the entropy bonus moves the policy.
  measured  group/singleton_frac of iterations in which every advantage is 0 (advantage/std): 1 in iterations 3 to 12
  ill       at 1 (arXiv 2510.03679, equation 6: the mean of one return is that return, so its advantage is 0)
  try       more --num-envs, coarser --bins, or --baseline leave-one-out

`,
        )
        .join(''),
    );
    expect(snapshot(join(cwd, 'ill'))).toEqual(before);
  });

  it('says what it looked at where nothing is wrong, and answers 0', async () => {
    const { code, stdout } = await run('doctor', 'well');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Nothing found: \d+ rules looked at 12 iterations, above all at the last 10 \(`.*doctor --list` shows them\)\.\n$/,
    );
  });

  it('looks at language models', async () => {
    const { code, stdout } = await run('doctor', 'model');
    expect(code).toBe(1);
    expect(stdout).toContain('groups-all-wrong\n  Nearly every prompt is answered wrong by its whole group');
  });

  it('writes one JSON line per seed', async () => {
    const { code, stdout } = await run('doctor', 'ill', '--json');
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toMatchObject(
      [1, 2].map((seed) => ({
        event: 'examination',
        runDirectory: `ill/seed${seed}`,
        seed,
        road: 'environments',
        iterations: 12,
        findings: [{ name: 'groups-of-one', value: 1, ill: 'at', limit: 1, from: 3, to: 12 }],
      })),
    );
    expect(jsonLines((await run('doctor', 'well', '--json')).stdout)).toMatchObject([{ event: 'examination', seed: 1, findings: [] }]);
  });

  it('shows its rules', async () => {
    const { code, stdout } = await run('doctor', '--list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^clipped-updates +both +above 0\.5 +median of losses\/clipfrac$/m);
    expect(stdout).toMatch(/^hovering: own choice: nine tenths of the limit$/m);
    const rules = jsonLines((await run('doctor', '--list', '--json')).stdout);
    expect(rules).toContainEqual(
      expect.objectContaining({ event: 'rule', name: 'hovering', limit: 0.9, ill: 'above', roads: ['environments'] }),
    );
  });

  it('refuses what is no run, and says which file is damaged', async () => {
    expect(await run('doctor')).toMatchObject({ code: 2, stderr: expect.stringContaining('expected a run folder, got none; name one') });
    expect(await run('doctor', 'il')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected a run folder, got "il", which does not exist'),
    });
    const path = join(cwd, 'well', 'metrics.jsonl');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, `not JSON\n${text}`);
    expect(await run('doctor', 'well')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/metrics\.jsonl, line 1: expected a JSON object/),
    });
    writeFileSync(path, text.split('\n').slice(0, 1).join('\n'));
    expect(await run('doctor', 'well')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Too early to tell: 0 iterations are there/),
    });
    writeFileSync(path, text);
    // What somebody else is still writing.
    appendFileSync(path, '{"iteration": 13, "losses/en');
    expect(await run('doctor', 'well')).toMatchObject({ code: 0 });
  });

  it('goes without a checkpoint', async () => {
    rmSync(join(cwd, 'ill', 'seed1', 'checkpoint.safetensors'));
    expect((await run('doctor', 'ill/seed1')).stdout).toContain('groups-of-one');
  });
});

describe('train', () => {
  it('names doctor among what to type next where something was found, and not where nothing was', () => {
    expect(trained.ill.stdout).toMatch(/warning: seed [12]: every advantage is 0/);
    expect(trained.ill.stdout).toMatch(/see what is wrong +.*doctor ill$/m);
    expect(trained.model.stdout).toMatch(/^warning: nearly every prompt is answered wrong .*; try a longer warm start/m);
    expect(trained.well.stdout).not.toMatch(/doctor|warning/);
  });

  it('warns while it runs, once', () => {
    const warnings = jsonLines(trained.fast.stdout).filter(({ event }) => event === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({
      runDirectory: expect.any(String),
      seed: 1,
      iteration: 10,
      message: expect.stringContaining('is ill); try'),
    });
  });
});
