import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli, snapshot, tinyModel } from './runCli.ts';

afterAll(removeFolders);

/** A task that can be learned from random weights. */
const task = 'reverse-dense';
const run = (cwd: string, ...words: string[]): Promise<CliResult> => runCli(words, { cwd });
const train = (cwd: string, ...words: string[]): Promise<CliResult> => run(cwd, 'lm', 'train', task, ...tinyModel, ...words);
const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Runs until `text` appears, then presses Ctrl-C. */
async function interruptAt(text: string, cwd: string, ...words: string[]): Promise<CliResult> {
  let pressed = false;
  return runCli(words, {
    cwd,
    onOutput(written, interrupt) {
      if (!pressed && written.includes(text)) interrupt();
      pressed ||= written.includes(text);
    },
  });
}

describe.concurrent('lm train', () => {
  it('--json writes nothing but JSON lines, the last of them summary.json', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '3', '--evaluation-interval', '2', '--json', '--run-dir', 'run');
    expect([code, stderr]).toEqual([0, '']);
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({
      event: 'config',
      seed: 1,
      resumed: false,
      road: 'language-models',
      config: { task, numGroups: 4, minValidFraction: 0 },
    });
    const named = (name: string) => events.filter(({ event }) => event === name);
    expect(named('iteration').map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
    expect(named('completions')).toHaveLength(3);
    expect(named('evaluation').map(({ iteration }) => iteration)).toEqual([0, 2]);
    const { event, ...summary } = events.at(-1)!;
    expect(event).toBe('summary');
    expect(summary).toMatchObject({
      ...{ status: 'done', method: 'gpg-lm', target: task, iterations: 3, seed: 1 },
      progress: { unit: 'completions', count: 48 },
    });
    expect(summary).toHaveProperty('startEvaluation.sampled.mean', expect.any(Number));
    expect(readJson(folder, 'run', 'summary.json')).toEqual(summary);
    expect(readJson(folder, 'run', 'config.json')).toMatchObject({ road: 'language-models', config: { task, estimator: 'gpg-lm' } });
  });

  it('without --json says in words what was gained, where it is and what to type next', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '2', '--seed', '7');
    expect([code, stderr]).toEqual([0, '']);
    const name = readdirSync(join(folder, 'runs')).find((entry) => entry.startsWith(task))!;
    expect(name).toMatch(/^reverse-dense__gpg-lm__seed7__\d{8}-\d{6}$/);
    expect(stdout).toMatch(/^reverse-dense, GPG-LM, 4 prompts x 4 completions, 1 layer of 16, seed 7; runs/);
    expect(stdout).toMatch(/sampled accuracy [\d.]+ % before, [\d.]+ % after: [+−][\d.]+ points \(95 % interval .+ to .+\)/);
    expect(stdout).toMatch(/32 rollouts, \d+ tokens in /);
    expect(stdout).toContain(`npx cohort-rl eval runs/${name}`);
    expect(stdout).toMatch(new RegExp(`npx cohort-rl lm sample runs/${name} --prompt \\d{6}=`));
    expect(stdout).toMatch(/train longer +npx cohort-rl lm train reverse-dense --seed 7 .*--iterations 4/);
    expect(stdout).toMatch(/compare with GRPO +npx cohort-rl lm train reverse-dense --estimator grpo --seed 7 /);
    expect(stdout.split('\n').find((line) => line.includes('compare'))).not.toContain('--min-valid-fraction');
  });

  it('trains several seeds side by side, each as if it were alone, with a joint summary', async () => {
    const folder = makeFolder();
    const { code, stdout, stderr } = await train(folder, '--iterations', '2', '--seed', '3,1', '--json', '--run-dir', 'run');
    expect([code, stderr]).toEqual([0, '']);
    const { event: _event, ...joint } = jsonLines(stdout).at(-1)!;
    expect(joint).toMatchObject({ seeds: [3, 1], status: 'done', progress: { count: 64 }, method: 'gpg-lm' });
    expect(readJson(folder, 'run', 'summary.json')).toEqual(joint);
    expect(readJson(folder, 'run', 'seeds.json')).toMatchObject({ road: 'language-models', target: task, method: 'gpg-lm', seeds: [3, 1] });
    const alone = await train(folder, '--iterations', '2', '--seed', '1', '--json');
    expect(jsonLines(alone.stdout).at(-1)!.parametersSha256).toBe((joint.parametersSha256 as Record<string, string>)['1']);
  });

  it("takes flags over a file over the task's own defaults, and can repeat a run from its config.json", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'settings.yaml'), '# mine\ngroupSize: 2\nestimator: dr-grpo\niterations: 9\n');
    const words = tinyModel.filter((_, i) => i !== 2 && i !== 3);
    const first = await run(
      folder,
      ...['lm', 'train', task, ...words, '--config', 'settings.yaml', '--iterations', '2', '--run-dir', 'a', '--json'],
    );
    expect(first.stderr).toBe('');
    const stored = readJson(folder, 'a', 'config.json');
    expect(stored).toMatchObject({ config: { groupSize: 2, iterations: 2, estimator: 'dr-grpo' } });
    const again = await run(folder, 'lm', 'train', '--config', 'a/config.json', '--run-dir', 'b', '--json');
    expect(again.stderr).toBe('');
    expect(jsonLines(again.stdout).at(-1)!.parametersSha256).toBe(jsonLines(first.stdout).at(-1)!.parametersSha256);
    expect(readJson(folder, 'b', 'config.json')).toEqual(stored);
  });
});

describe.concurrent('lm: stopping and going on', () => {
  it('--stop-after, then resume, comes to the same parameters as never stopping', async () => {
    const folder = makeFolder();
    const whole = await train(folder, '--iterations', '6', '--json', '--run-dir', 'whole');
    const part = await train(folder, '--iterations', '6', '--stop-after', '2', '--run-dir', 'part');
    expect(part.stdout).toMatch(/go on from the checkpoint +npx cohort-rl resume part/);
    const further = await run(folder, 'resume', 'part', '--stop-after', '4', '--threads', '2', '--json');
    expect(jsonLines(further.stdout).at(-1)).toMatchObject({ event: 'summary', status: 'stopped', iterations: 4 });
    const end = await run(folder, 'resume', 'part', '--json');
    expect([end.code, end.stderr]).toEqual([0, '']);
    expect(jsonLines(end.stdout).at(-1)).toMatchObject({ status: 'done', iterations: 6 });
    expect(jsonLines(end.stdout).at(-1)!.parametersSha256).toBe(jsonLines(whole.stdout).at(-1)!.parametersSha256);
    const before = snapshot(folder);
    const finished = await run(folder, 'resume', 'part');
    expect(finished.stdout).toMatch(/This run is finished[\s\S]*sampled accuracy[\s\S]*npx cohort-rl eval part/);
    expect(snapshot(folder)).toEqual(before);
  });

  it('Ctrl-C writes a checkpoint, says how to go on, and exits with 130', async () => {
    const folder = makeFolder();
    const words = ['lm', 'train', task, ...tinyModel, '--iterations', '1000000', '--evaluation-interval', '0', '--run-dir', 'run'];
    const { code, stdout, stderr } = await interruptAt('iteration', folder, ...words);
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/Interrupted at iteration \d+ of 1000000; the checkpoint is written\./);
    expect(stdout).toMatch(/npx cohort-rl resume run/);
    expect(readJson(folder, 'run', 'summary.json')).toMatchObject({ status: 'interrupted' });
  });

  it('Ctrl-C in the warm start says that nothing is kept, and resume begins again', async () => {
    const folder = makeFolder();
    const words = [...tinyModel, '--warm-start-accuracy', '1', '--warm-start-max-steps', '10000000', '--run-dir', 'run'];
    const { code, stdout, stderr } = await interruptAt('warm start', folder, 'lm', 'train', task, ...words);
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(/warm start {2}step \d+ {2}accuracy [\d.]+ % of 100\.0 %/);
    expect(stdout).toMatch(/Interrupted before the first checkpoint; nothing is kept\.[\s\S]*begin again +npx cohort-rl resume run/);
    const again = await interruptAt('warm start', folder, 'resume', 'run');
    expect([again.code, again.stderr]).toEqual([130, '']);
  });
});

describe.concurrent('lm: looking', () => {
  it('eval measures sampled, greedy, pass@k and maj@k, the same each time', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '1', '--run-dir', 'run', '--seed', '1,2');
    const { code, stdout } = await run(folder, 'lm', 'eval', 'run', '--prompts', '20', '--samples', '4');
    expect(code).toBe(0);
    expect(stdout).toContain('reverse-dense, 20 held-out prompts, 4 completions of each, run');
    for (const name of ['sampled', 'greedy', 'pass@2', 'pass@4', 'maj@4']) {
      expect(stdout).toMatch(new RegExp(`^seed 2 ${name} +[\\d.]+ % +[\\d.]+–[\\d.]+ %`, 'm'));
    }
    const json = async () => jsonLines((await run(folder, 'eval', 'run/seed1', '--prompts', '20', '--samples', '2', '--json')).stdout);
    const [one] = await json();
    expect(one).toMatchObject({ event: 'evaluation', target: task, numPrompts: 20, numSamples: 2, passAtK: [{ k: 2 }] });
    expect((one!.sampled as { returns: number[] }).returns).toHaveLength(20);
    expect(await json()).toEqual([one]);
  });

  it('sample shows completions with log-probability and reward, drawn or the likeliest', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '1', '--run-dir', 'run');
    const sample = (...words: string[]) => run(folder, 'lm', 'sample', 'run', '--prompt', '314159=', ...words);
    const { code, stdout, stderr } = await sample('--samples', '3');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/text +log-probability +tokens +ended +reward/);
    expect(stdout.match(/^314159=[\d=]* +-\d+\.\d{3} +\d +(yes|no) /gm)).toHaveLength(3);
    expect(stdout).toMatch(/\d\.\d\d \(places \d\.\d\d, accuracy \d\.\d\d\)/);
    const drawn = jsonLines((await sample('--samples', '3', '--seed', '5', '--json')).stdout);
    expect(drawn).toHaveLength(3);
    expect(drawn[0]).toMatchObject({ event: 'completion', task, prompt: '314159=', ended: expect.any(Boolean), score: { status: 'ok' } });
    expect(jsonLines((await sample('--samples', '3', '--seed', '5', '--json')).stdout)).toEqual(drawn);
    const [likeliest] = jsonLines((await sample('--greedy', '--json')).stdout);
    const [alone] = jsonLines((await sample('--top-k', '1', '--samples', '1', '--json')).stdout);
    expect(alone!.completion).toBe(likeliest!.completion);
    const other = await run(folder, 'lm', 'sample', 'run', '--prompt', '31');
    expect(other.stdout).toContain('no reward: reverse-dense does not ask this');
  });

  it('tasks, help and the group itself answer with 0 and without a folder', async () => {
    const folder = makeFolder();
    const tasks = await run(folder, 'lm', 'tasks');
    expect(tasks.stdout).toMatch(/^add-2digit +6 +4 +the sum of two numbers/m);
    const [one] = jsonLines((await run(folder, 'lm', 'tasks', 'sort', '--json')).stdout);
    expect(one).toMatchObject({ event: 'task', id: 'sort', promptLength: 7, completionLength: 7, alphabet: '0123456789=' });
    expect((await run(folder, 'lm', 'tasks', 'sort')).stdout).toMatch(/its own defaults: .*iterations 100/);
    const pictures = (await run(folder, 'lm', 'tasks', 'digits-sum')).stdout;
    expect(pictures).toContain('prompt: at most 10 tokens, 8 of them patches of pictures');
    // Two pictures of 8 x 8, two rows of pixels in a line.
    expect(pictures.match(/^ {4}[ ░▒▓█]{8} {2}[ ░▒▓█]{8}$/gm)).toHaveLength(4);
    const group = await run(folder, 'lm');
    for (const word of ['train', 'eval', 'sample', 'tasks']) expect(group.stdout).toContain(`  ${word} `);
    const help = await run(folder, 'lm', 'train', '--help');
    for (const flag of [
      '--estimator <name>',
      '--min-valid-fraction <x>',
      '--group-size <n>',
      '--[no-]attention-bias',
      '--seed <n,n>',
      '--json',
    ]) {
      expect(help.stdout).toContain(flag);
    }
    expect(help.stdout).not.toContain('\nOptions:\n');
    for (const { code, stderr } of [tasks, group, help, await run(folder, 'lm', '--help')]) expect([code, stderr]).toEqual([0, '']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('completion knows the commands, tasks, estimators, and the runs of each road', async () => {
    const folder = makeFolder();
    await train(folder, '--iterations', '1', '--run-dir', 'runs/mine');
    const ask = async (...words: string[]) => (await run(folder, 'complete', '--', ...words)).stdout;
    expect(await ask('lm', 's')).toMatch(/^sample\t/m);
    expect(await ask('lm', 'train', 'add')).toMatch(/^add-2digit-sparse\t/m);
    expect(await ask('lm', 'train', 'sort', '--estimator', '')).toMatch(/^dr-grpo\tDr/m);
    expect(await ask('lm', 'train', '--group-s')).toMatch(/^--group-size\t/m);
    expect(await ask('lm', 'eval', '')).toMatch(/^runs\/mine\t/m);
    expect(await ask('resume', '')).toMatch(/^runs\/mine\t/m);
    expect(await ask('eval', '')).toMatch(/^runs\/mine\t/m);
    expect(await ask('watch', '')).not.toContain('runs/mine');
  });
});
