/** `cohort-rl doctor`, and what `train` says of a run that is ill. */
import { afterAll, describe, expect, it } from 'vitest';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli } from './runCli.ts';

afterAll(removeFolders);

const cwd = makeFolder();
const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd });
const short = [
  '--recipe',
  'none',
  '--num-envs',
  '4',
  '--num-steps',
  '32',
  '--evaluation-interval',
  '0',
  '--final-evaluation-episodes',
  '1',
  '--quiet',
];

describe('doctor', () => {
  it('says what it looked at where nothing is found, and ends with 0', async () => {
    await run('train', 'CartPole-v1', ...short, '--iterations', '6', '--run-dir', 'healthy');
    const { code, stdout } = await run('doctor', 'healthy');
    expect([code, stdout.trim()]).toEqual([0, 'healthy: nothing found (6 iterations, 11 rules)']);
  });

  it('says what was measured, where the line is, where it comes from and what to try, and ends with 1', async () => {
    const still = ['--iterations', '12', '--learning-rate', '1e-9', '--no-anneal-learning-rate'];
    const trained = await run('train', 'CartPole-v1', ...short, ...still, '--seed', '1,2', '--run-dir', 'ill');
    expect(trained.stderr).toContain('Updates do not move the policy. Try a higher --learning-rate');
    expect(trained.stderr).toContain('(doctor: standing-still)');
    const { code, stdout } = await run('doctor', 'ill');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ill, seed 1 \(12 iterations, 11 rules\):\nstanding-still\n/);
    expect(stdout).toMatch(/measured +\S+: greatest losses\/approx_kl, iterations 1 to 12/);
    expect(stdout).toMatch(/line +below 1e-6 in every iteration \(own choice/);
    expect(stdout).toContain('ill, seed 2');
    const [first, second] = jsonLines((await run('doctor', 'ill', '--json')).stdout);
    expect(first).toMatchObject({
      event: 'doctor',
      seed: 1,
      iterations: 12,
      findings: [{ name: 'standing-still', value: expect.any(Number) }],
    });
    expect(second).toMatchObject({ seed: 2 });
  });

  it('lists its rules', async () => {
    const { code, stdout } = await run('doctor', '--rules');
    expect(code).toBe(0);
    expect(stdout).toContain('hovering: Episodes last nearly to the time limit');
    expect(jsonLines((await run('doctor', '--rules', '--json')).stdout)).toHaveLength(17);
  });

  it('asks for a run', async () => {
    const { code, stderr } = await run('doctor');
    expect(code).toBe(2);
    expect(stderr).toContain('doctor: expected a run folder, got none');
  });
});
