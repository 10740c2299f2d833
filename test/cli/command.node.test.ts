import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cli, jsonLines, makeFolder, removeFolders, runCli, snapshot, tiny } from './runCli.ts';

afterAll(removeFolders);

const train = (folder: string, ...words: string[]) => runCli(['train', 'CartPole-v1', ...tiny, ...words], { cwd: folder });
const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...path), 'utf8'));

describe.concurrent('train', () => {
  it('--json writes nothing but JSON lines, the last of them summary.json', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '3', '--evaluation-interval', '2', '--json', '--run-dir', 'run');
    expect([code, stderr]).toEqual([0, '']);
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ event: 'config', seed: 1, resumed: false, config: { numEnvs: 2, numSteps: 16, env: 'CartPole-v1' } });
    expect(events.filter(({ event }) => event === 'iteration').map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    expect(events.filter(({ event }) => event === 'evaluation').map(({ iteration }) => iteration)).toEqual([0, 2]);
    const { event, ...summary } = events.at(-1)!;
    expect(event).toBe('summary');
    expect(summary).toMatchObject({ status: 'done', progress: { unit: 'steps', count: 96 }, iterations: 3, seed: 1 });
    expect(summary.parametersSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(summary).toHaveProperty('evaluation.sampled.mean', expect.any(Number));
    expect(summary).toHaveProperty('evaluation.greedy.mean', expect.any(Number));
    expect(readJson(folder, 'run', 'summary.json')).toEqual(summary);
  });

  it('without --json says in words what came out, where it is and what to type next', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '2', '--seed', '7');
    expect([code, stderr]).toEqual([0, '']);
    const [name] = readdirSync(join(folder, 'runs'));
    expect(name).toMatch(/^CartPole-v1__gpg\+__seed7__\d{8}-\d{6}$/);
    expect(stdout).not.toContain('\u001B');
    expect(stdout).toMatch(/^CartPole-v1, GPG\+, 2 environments x 16 steps, space bins, seed 7, recipe default; runs/);
    expect(stdout).toMatch(/iteration 1\/2 {2}32 steps/);
    expect(stdout).toMatch(/Not solved yet: mean return [\d.]+ over 2 sampled episodes \(threshold 475\), greedy [\d.]+\./);
    expect(stdout).toContain(`Run folder: runs/${name}`);
    expect(stdout).toContain(`npx cohort-rl eval runs/${name}`);
    expect(stdout).toMatch(/train longer +npx cohort-rl train CartPole-v1 --seed 7 --num-envs 2 .*--iterations 4/);
    expect(stdout).toMatch(/compare with PPO +npx cohort-rl train CartPole-v1 --algorithm ppo --seed 7 --num-envs 2/);
  });

  it('trains several seeds side by side, one folder each, with a joint summary', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '2', '--seed', '3,1,2', '--json', '--run-dir', 'run');
    expect([code, stderr]).toEqual([0, '']);
    const events = jsonLines(stdout);
    const last = events.at(-1)!;
    expect(last).toMatchObject({
      event: 'summary',
      seeds: [3, 1, 2],
      status: 'done',
      progress: { unit: 'steps', count: 192 },
      iterations: 2,
    });
    for (const event of events.slice(0, -1)) expect([1, 2, 3]).toContain(event.seed);
    const { event: _event, ...joint } = last;
    expect(readJson(folder, 'run', 'summary.json')).toEqual(joint);
    for (const seed of [1, 2, 3]) {
      const summary = readJson(folder, 'run', `seed${seed}`, 'summary.json');
      expect((last.parametersSha256 as Record<string, string>)[String(seed)]).toBe(summary.parametersSha256);
    }
    // A seed does not depend on its neighbours.
    const alone = await train(folder, '--iterations', '2', '--seed', '2', '--json');
    expect(jsonLines(alone.stdout).at(-1)!.parametersSha256).toBe((last.parametersSha256 as Record<string, string>)['2']);
  });

  it('takes flags over a file over a recipe, and can repeat a run from its config.json', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'settings.yaml'), '# mine\nnumSteps: 8\niterations: 9\nannealLearningRate: false\n');
    const first = await runCli(
      [
        'train',
        'CartPole-v1',
        ...tiny.filter((_, i) => i !== 2 && i !== 3),
        '--config',
        'settings.yaml',
        '--iterations',
        '2',
        '--run-dir',
        'a',
        '--json',
      ],
      { cwd: folder },
    );
    expect(first.stderr).toBe('');
    const stored = readJson(folder, 'a', 'config.json');
    expect(stored).toMatchObject({ config: { numSteps: 8, iterations: 2, annealLearningRate: false, bins: 'space' } });
    const again = await runCli(['train', '--config', 'a/config.json', '--run-dir', 'b', '--json'], { cwd: folder });
    expect(jsonLines(again.stdout).at(-1)!.parametersSha256).toBe(jsonLines(first.stdout).at(-1)!.parametersSha256);
    expect(readJson(folder, 'b', 'config.json')).toEqual(stored);
  });

  it('says that the target return was reached, and offers nothing as if the run were unfinished', async () => {
    const folder = makeFolder();
    const words = ['--iterations', '9', '--evaluation-interval', '1', '--target-return', '1', '--run-dir', 'run'];
    const { code, stdout } = await train(folder, ...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Target reached: mean return [\d.]+ over \d+ sampled episodes at iteration 1 \(target 1\)\.$/m);
    expect(stdout).toContain('compare with PPO');
    expect(stdout).not.toMatch(/go on from the checkpoint|train longer/);
    const { stdout: several } = await train(folder, ...words.slice(0, -1), 'runs', '--seed', '1,2');
    expect(several).toContain('Target reached by 2 of 2 seeds: mean return of at least 1, at iteration 1.');
  });

  it('--quiet says the end alone', async () => {
    const { stdout } = await train(makeFolder(), '--iterations', '2', '--quiet');
    expect(stdout.trimStart()).toMatch(/^Not solved yet: /);
  });

  it('ends without a word when its reader goes away', async () => {
    const folder = makeFolder();
    const child = spawn(process.execPath, [cli, 'train', 'CartPole-v1', ...tiny, '--iterations', '100000', '--json', '--run-dir', 'run'], {
      cwd: folder,
    });
    let stderr = '';
    child.stderr.on('data', (text: Buffer) => {
      stderr += String(text);
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(stderr).toBe('');
    expect(code).toBe(130);
    expect(readdirSync(join(folder, 'run'))).toContain('checkpoint.safetensors');
  });
});

describe.concurrent('stopping and going on', () => {
  it('--stop-after, then resume, comes to the same parameters as never stopping', async () => {
    const folder = makeFolder();
    const whole = await train(folder, '--iterations', '6', '--json', '--run-dir', 'whole');
    const part = await train(folder, '--iterations', '6', '--stop-after', '2', '--run-dir', 'part');
    expect(part.stdout).toMatch(/go on from the checkpoint +npx cohort-rl resume part/);
    expect(readJson(folder, 'part', 'summary.json')).toMatchObject({ status: 'stopped', iterations: 2 });
    const further = await runCli(['resume', 'part', '--stop-after', '4', '--threads', '2', '--json'], { cwd: folder });
    expect(jsonLines(further.stdout).at(-1)).toMatchObject({ event: 'summary', status: 'stopped', iterations: 4 });
    const end = await runCli(['resume', 'part', '--json'], { cwd: folder });
    expect(end.code).toBe(0);
    expect(jsonLines(end.stdout).at(-1)).toMatchObject({ status: 'done', iterations: 6 });
    expect(jsonLines(end.stdout).at(-1)!.parametersSha256).toBe(jsonLines(whole.stdout).at(-1)!.parametersSha256);
  });

  it('resume of a finished run says so, changes nothing and is no failure', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '2', '--run-dir', 'run');
    const before = snapshot(folder);
    const { code, stdout, stderr } = await runCli(['resume', 'run'], { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('This run is finished');
    const json = await runCli(['resume', 'run', '--json'], { cwd: folder });
    expect(jsonLines(json.stdout)).toEqual([{ event: 'summary', ...readJson(folder, 'run', 'summary.json') }]);
    expect(snapshot(folder)).toEqual(before);
  });

  it('Ctrl-C writes a checkpoint, says how to go on, and exits with 130', async () => {
    const folder = makeFolder();
    let pressed = false;
    const { code, stdout, stderr } = await runCli(['train', 'CartPole-v1', ...tiny, '--iterations', '100000', '--run-dir', 'run'], {
      cwd: folder,
      onOutput(text, interrupt) {
        if (!pressed && text.includes('iteration')) interrupt();
        pressed ||= text.includes('iteration');
      },
    });
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/Interrupted at iteration \d+ of 100000; the checkpoint is written\./);
    expect(stdout).toMatch(/npx cohort-rl resume run/);
    expect(readJson(folder, 'run', 'summary.json')).toMatchObject({ status: 'interrupted' });
    expect(readdirSync(join(folder, 'run'))).not.toContain('run.lock');
  });

  it('resume of several seeds goes on with each, those that never began included', async () => {
    const folder = makeFolder();
    let pressed = false;
    // Far more threads than cores: one seed at a time, so that Ctrl-C finds the second one waiting.
    const words = ['train', 'CartPole-v1', ...tiny, '--iterations', '4000', '--seed', '1,2', '--threads', '64', '--run-dir', 'run'];
    const first = await runCli(words, {
      cwd: folder,
      onOutput(text, interrupt) {
        if (!pressed && text.includes('iteration')) interrupt();
        pressed ||= text.includes('iteration');
      },
    });
    expect(first.code).toBe(130);
    expect(readdirSync(join(folder, 'run')).sort()).toEqual(['seed1', 'seeds.json', 'summary.json']);
    const second = await runCli(['resume', 'run', '--stop-after', '40', '--threads', '1', '--json'], { cwd: folder });
    const last = jsonLines(second.stdout).at(-1)!;
    expect([second.code, second.stderr]).toEqual([0, '']);
    expect(last).toMatchObject({ event: 'summary', seeds: [1, 2], status: 'stopped' });
    expect(readJson(folder, 'run', 'seed2', 'summary.json')).toMatchObject({ status: 'stopped', iterations: 40 });
  });
});

describe.concurrent('looking', () => {
  it('eval plays sampled and greedy, the same episodes each time', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '2', '--run-dir', 'run');
    const { code, stdout } = await runCli(['eval', 'run', '--episodes', '5'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toMatch(/policy +mean +std\. error +IQM +min +max/);
    expect(stdout).toMatch(/^sampled( +[\d.]+){6} +\d+–\d+$/m);
    expect(stdout).toMatch(/^greedy( +[\d.]+){6} +\d+–\d+$/m);
    const json = async (...words: string[]) =>
      jsonLines((await runCli(['eval', 'run', '--episodes', '5', '--json', ...words], { cwd: folder })).stdout);
    const [one] = await json();
    expect(one).toMatchObject({ event: 'evaluation', road: 'environments', target: 'CartPole-v1', episodes: 5 });
    expect((one!.sampled as { returns: number[] }).returns).toHaveLength(5);
    expect(await json()).toEqual([one]);
    expect((await json('--seed', '99'))[0]!.sampled).not.toEqual(one!.sampled);
    const [cut] = await json('--max-steps', '3');
    expect(cut).toMatchObject({ greedy: { mean: 3, lengths: [3, 3, 3, 3, 3] }, cut: 10 });
    expect(one).not.toHaveProperty('cut');
    const screen = await runCli(['eval', 'run', '--episodes', '5', '--max-steps', '3'], { cwd: folder });
    expect(screen.stdout).toContain('10 of 10 episodes had not ended after 3 steps and were cut there (--max-steps)');
  });

  it('envs, recipes, help and version answer with 0 and without a folder', async () => {
    const folder = makeFolder();
    const run = (...words: string[]) => runCli(words, { cwd: folder });
    const envs = await run('envs');
    expect(envs.stdout).toMatch(/CartPole-v1 +Box\(4, float32\) +Discrete\(2\) +500 +475/);
    expect(jsonLines((await run('envs', 'CartPole-v1', '--json')).stdout)).toMatchObject([{ id: 'CartPole-v1', rewardThreshold: 475 }]);
    const humanoid = (await run('envs', 'Humanoid-v5')).stdout;
    expect(humanoid).toMatch(/ 45 to 174 +13 times 10 numbers +10 for each of: torso, lower waist/);
    expect(humanoid.split('\n').length).toBeLessThan(90);
    expect((await run('envs', 'Humanoid-v5', '--all')).stdout).toMatch(/ 347 +left lower arm force z +N +any/);
    const cliff = (await run('envs', 'CliffWalking-v1')).stdout;
    expect(cliff).toContain('step limit: none');
    expect(cliff).toMatch(/observation +one of one-hot, index, row-column +one-hot +how/);
    expect((await run('recipes', 'CartPole-v1')).stdout).toMatch(/gpg paper.* sets: .*--no-anneal-learning-rate/);
    const help = await run('--help');
    for (const word of ['train', 'resume', 'eval', 'envs', 'recipes', 'bench', 'completion']) expect(help.stdout).toContain(`  ${word} `);
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    for (const { code, stderr } of [envs, help, await run(), await run('resume', '--help')]) expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('train --help lists every field of both algorithms under its group', async () => {
    const { stdout } = await runCli(['train', '--help'], { cwd: makeFolder() });
    const groups = ['Task:', 'Group baseline:', 'Critic:', 'Rollout:', 'Update:', 'Network:', 'Evaluation:', 'Run:', 'Machine:', 'Output:'];
    const places = groups.map((group) => stdout.indexOf(`\n${group}\n`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(stdout).not.toContain('\nOptions:\n');
    for (const flag of ['--bins <name>', '--gae-lambda <x>', '--[no-]anneal-learning-rate', '--hidden-sizes <n,n>', '--seed <n,n>']) {
      expect(stdout).toContain(flag);
    }
  });

  it('colors only where they are wanted', async () => {
    const cwd = makeFolder();
    expect((await runCli(['envs'], { cwd, environment: { FORCE_COLOR: '1' } })).stdout).toContain('\u001B[');
    expect((await runCli(['envs'], { cwd, environment: { FORCE_COLOR: '1', NO_COLOR: '1' } })).stdout).not.toContain('\u001B[');
  });

  it('completion writes scripts, and answers what they ask', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '1', '--run-dir', 'runs/mine');
    const ask = async (...words: string[]) => (await runCli(['complete', '--', ...words], { cwd: folder })).stdout;
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      expect((await runCli(['completion', shell], { cwd: folder })).stdout).toContain('cohort-rl');
    }
    expect(await ask('tr')).toMatch(/^train\t/);
    expect(await ask('train', 'Cart')).toMatch(/^CartPole-v1\t/m);
    expect(await ask('train', 'CartPole-v1', '--bins', '')).toMatch(/^time\t/m);
    expect(await ask('train', '--num-e')).toMatch(/^--num-envs\t/m);
    expect(await ask('resume', '')).toMatch(/^runs\/mine\t/m);
  });

  it('shows a stack trace when asked to, and only then', async () => {
    const cwd = makeFolder();
    expect((await runCli(['resume', 'x', '--debug'], { cwd })).stderr).toMatch(/^ {4}at /m);
    expect((await runCli(['resume', 'x'], { cwd, environment: { COHORT_DEBUG: '1' } })).stderr).toMatch(/^ {4}at /m);
    expect((await runCli(['resume', 'x'], { cwd })).stderr).not.toMatch(/^ {4}at /m);
  });
});
