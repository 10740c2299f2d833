/** `train --from`, `--name` and `--tag`, and what other commands do with them. */
import { existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

// What the policy decides is left out.
const short = tiny.slice(0, tiny.indexOf('--hidden-sizes')).concat(tiny.slice(tiny.indexOf('--hidden-sizes') + 2));
let folder = '';
const call = (...words: readonly string[]) => runCli(words, { cwd: folder });
const train = (...words: readonly string[]) => call('train', 'CartPole-v1', ...short, '--iterations', '2', '--quiet', ...words);
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

beforeAll(async () => {
  folder = makeFolder();
  await train('--hidden-sizes', '8,4', '--run-dir', 'runs/source');
  await train('--from', 'runs/source', '--seed', '1,2', '--run-dir', 'runs/all', '--name', 'two seeds', '--tag', 'a', '--tag', 'b');
  await call('export', 'runs/source', '--output', 'policy');
});
afterAll(removeFolders);

describe('train --from', () => {
  it('begins every seed from the same policy, with its networks', () => {
    const [first, second] = ['seed1', 'seed2'].map((seed) => read(`runs/all/${seed}/config.json`));
    expect(first.config.hiddenSizes).toEqual([8, 4]);
    expect(first.start).toEqual({ sha256: expect.any(String), from: 'runs/source, iteration 2' });
    expect(second.start).toEqual(first.start);
    const start = ['seed1', 'seed2'].map((seed) => readFileSync(join(folder, 'runs/all', seed, 'policies/000000.safetensors')));
    expect(start.every((bytes) => bytes.length > 0)).toBe(true);
  });

  it('gives from the first policy of a run the run itself', async () => {
    const { code, stderr } = await train('--from', 'runs/source', '--from-iteration', '0', '--run-dir', 'runs/again');
    expect([code, stderr]).toEqual([0, '']);
    const [own, again] = ['source', 'again'].map((run) => read(`runs/${run}/summary.json`).parametersSha256);
    expect(again).toBe(own);
  });

  it('takes a policy folder, the optimizer of a run, and a file that says so', async () => {
    writeFileSync(join(folder, 'fine.yaml'), 'from: runs/source\nwithOptimizer: true\nname: fine\ntags: [c]\n');
    const results = [
      await train('--from', 'policy', '--run-dir', 'runs/policy'),
      await train('--config', 'fine.yaml', '--run-dir', 'runs/fine'),
    ];
    for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, '']);
    expect(read('runs/fine/config.json')).toMatchObject({ name: 'fine', tags: ['c'], start: { optimizerSha256: expect.any(String) } });
    expect(existsSync(join(folder, 'runs/fine/start-optimizer.safetensors'))).toBe(true);
  });

  it('says in one sentence what is not taken', async () => {
    const { code, stderr } = await train('--from', 'policy', '--algorithm', 'ppo', '--run-dir', 'runs/ppo');
    expect(code).toBe(0);
    expect(stderr).toBe('warning: not all of the policy was taken: it has no critic, and the run begins with a fresh one\n');
  });

  it.each([
    [
      ['--from', 'runs/source', '--hidden-sizes', '16'],
      '--hidden-sizes: expected [8, 4], as the policy has it that the run begins from, got [16]',
    ],
    [['--from', 'runs/source', '--algorithm', 'ppo', '--with-optimizer'], '--with-optimizer: expected the optimizer of a run with ppo'],
    [['--from', 'policy', '--with-optimizer'], '--with-optimizer: expected a run folder, which holds an optimizer, got "policy"'],
    [['--from', 'runs/source', '--from-iteration', '9'], 'runs/source: iteration: expected one of 0, 1, 2, got 9'],
    [['--from', 'runs/source', '--from-iteration', 'x'], '--from-iteration: expected a whole number'],
    [['--from-iteration', '1'], '--from-iteration: expected --from as well, got nothing'],
    [['--from', 'runs/all'], '--from: expected the folder of one run, or a policy folder, got "runs/all", of several seeds'],
    [['--from', 'runs/nowhere'], '--from: expected a run folder or a policy folder, got "runs/nowhere"'],
    [['--from', ''], '--from: expected a run folder or a policy folder, got ""'],
    [['--config', 'runs/all/seed1/config.json'], '--from: expected what the run is to begin from, got nothing'],
    [['--name', 'a\u0007'], '--name: expected text of 1 to 100 characters'],
    [['--tag', ''], '--tag: expected text of 1 to 100 characters'],
  ])('%j is refused before there is a folder', async (words, message) => {
    const { code, stderr, stdout } = await train(...words, '--run-dir', 'runs/refused');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(existsSync(join(folder, 'runs/refused'))).toBe(false);
  });

  it('refuses another environment, also for several seeds, and leaves nothing behind', async () => {
    const words = ['train', 'LunarLander-v3', ...short, '--iterations', '2', '--quiet', '--from', 'runs/source', '--seed', '1,2'];
    const { code, stderr } = await call(...words, '--run-dir', 'runs/lander');
    expect(code).not.toBe(0);
    expect(stderr).toContain('policy for LunarLander-v3: observations: expected');
    expect(existsSync(join(folder, 'runs/lander'))).toBe(false);
  });

  it('follows no link in the folder of a stranger', async () => {
    await train('--hidden-sizes', '8', '--run-dir', 'strange');
    rmSync(join(folder, 'strange/checkpoint.safetensors'));
    symlinkSync(join(folder, 'runs/source/checkpoint.safetensors'), join(folder, 'strange/checkpoint.safetensors'));
    const { code, stderr } = await train('--from', 'strange', '--run-dir', 'runs/refused');
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/strange\/checkpoint\.safetensors: expected .*link/);
  });

  it('is answered where it is not taken', async () => {
    expect((await call('lm', 'train', 'add-2digit', '--from', 'runs/source')).stderr).toContain(
      'a language model begins from its warm start',
    );
    writeFileSync(join(folder, 'matrix.yaml'), 'settings: { env: CartPole-v1, from: runs/source }\n');
    expect((await call('sweep', 'matrix.yaml')).stderr).toContain('a matrix cannot begin runs from policies');
    const wandb = await train('--wandb-group', 'mine');
    expect(wandb.stderr).toContain('`train` takes it as --tag');
  });
});

describe('--name and --tag', () => {
  it('name the folder, and stay when the run goes on', async () => {
    const { stderr } = await train('--stop-after', '1', '--name', '../my run: é', '--tag', 'x');
    expect(stderr).toBe('');
    const found = readdirSync(join(folder, 'runs')).filter((name) => name.startsWith('my-run__seed1__'));
    expect(found).toHaveLength(1);
    const run = `runs/${found[0]}`;
    const resumed = await call('resume', run, '--json');
    const events = resumed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ event: 'config', resumed: true, name: '../my run: é', tags: ['x'] });
    expect(read(`${run}/summary.json`)).toMatchObject({ status: 'done', name: '../my run: é', tags: ['x'] });
  });

  it('are columns of `runs` where a run has them, and filter it', async () => {
    const { stdout } = await call('runs');
    expect(stdout.split('\n')[0]).toMatch(/^run +name +tags +task +method/);
    expect(stdout).toMatch(/runs\/all +two seeds +a, b +CartPole-v1 +gpg\+ +1,2 +done/);
    const tagged = await call('runs', '--tag', 'b', '--json');
    expect(JSON.parse(tagged.stdout)).toMatchObject({ runDirectory: 'runs/all', name: 'two seeds', tags: ['a', 'b'] });
    expect((await call('runs', '--name', 'seeds', '--json')).stdout).toBe(tagged.stdout);
    expect((await call('runs', '--tag', 'nothing')).stdout).toMatch(/None of the \d+ runs/);
  });

  it('are cut where they would make the name of a folder too long', async () => {
    await train('--name', `${'n'.repeat(59)}/${'m'.repeat(40)}`);
    const [found] = readdirSync(join(folder, 'runs')).filter((name) => name.startsWith('nnn'));
    expect(found).toMatch(/^n{59}__seed1__\d{8}-\d{6}$/);
  });

  it('label the cells of `compare`', async () => {
    const { stdout } = await call('compare', 'runs/all', 'runs/source', 'runs/fine');
    expect(stdout).toMatch(/^two seeds +2 /m);
    expect(stdout).toMatch(/^fine +1 /m);
  });
});
