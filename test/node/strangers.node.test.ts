/**
 * Run folders of somebody else: links, pipes and forged names in every place. Each is refused in one sentence, and nothing outside is touched.
 */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { cohort } from '../../src/node/library.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/run/safetensors.ts';
import { runCli } from '../cli/runCli.ts';

const config = {
  ...{ env: 'CartPole-v1', recipe: 'none', iterations: 4, numEnvs: 2, numSteps: 8, hiddenSizes: [4], stopAfter: 2 },
  ...{ evaluationInterval: 1, evaluationEpisodes: 1, finalEvaluationEpisodes: 1, evaluationMaxSteps: 5 },
};
const thesis = 'years of work\n';

let base: string;
let honest: string;
/** A copy that a test may spoil, and what must never change. */
let run: string;
let outside: string;
let count = 0;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'cohort-strangers-'));
  honest = join(base, 'honest');
  await cohort.train(config, { runDirectory: join(honest, 'run') }).finish();
  await cohort.trainSeeds(config, [1, 2], { runDirectory: join(honest, 'seeds') });
  await cohort.savePolicy(join(honest, 'policy'), await cohort.readPolicy(join(honest, 'run')));
});
afterAll(() => rm(base, { recursive: true, force: true }));
beforeEach(async () => {
  const place = join(base, String(count++));
  run = join(place, 'run');
  outside = join(place, 'outside');
  await cp(join(honest, 'run'), run, { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'thesis.tex'), thesis);
  await writeFile(join(outside, '000001.safetensors'), thesis);
});

async function expectUntouched(): Promise<void> {
  expect((await readdir(outside)).sort()).toEqual(['000001.safetensors', 'thesis.tex']);
  for (const name of await readdir(outside)) expect(await readFile(join(outside, name), 'utf8')).toBe(thesis);
}

/** Everything that is done with a folder. */
const commands: Record<string, (folder: string) => Promise<unknown>> = {
  resume: async (folder) => (await cohort.resume(folder)).finish(),
  evaluate: (folder) => cohort.evaluate(folder, { episodes: 1, maxSteps: 3 }),
  'begin a run from it': (folder) => cohort.train(config, { from: folder, withOptimizer: true }).finish(),
  'read a kept policy': (folder) => cohort.readPolicy(folder, { iteration: 1 }),
};

const files = ['config.json', 'checkpoint.safetensors', 'metrics.jsonl', 'episodes.csv', 'evaluations.csv', 'summary.json', 'run.lock'];
const places = [...files, 'policies', 'policies/000001.safetensors'];

describe.each(Object.entries(commands))('%s', (_command, work) => {
  it.each(places)('follows no link in place of %s', async (place) => {
    await rm(join(run, place), { recursive: true, force: true });
    await symlink(place === 'policies' ? outside : join(outside, 'thesis.tex'), join(run, place));
    await work(run).catch((error: unknown) => {
      expect(error).toBeInstanceOf(CohortError);
      expect((error as Error).message).toMatch(/expected a file or folder of its own, got a symbolic link \(ELOOP\); /);
    });
    await expectUntouched();
  });

  it.each(places)('opens no pipe in place of %s', async (place) => {
    await rm(join(run, place), { recursive: true, force: true });
    execFileSync('mkfifo', [join(run, place)]);
    // A reader of a pipe would wait for ever.
    await work(run).catch((error: unknown) => expect(error).toBeInstanceOf(CohortError));
    await expectUntouched();
  });
});

describe('resume', () => {
  it.each([...files.filter((name) => name !== 'summary.json'), 'policies'])('refuses a run with a link in place of %s', async (place) => {
    await rm(join(run, place), { recursive: true, force: true });
    await symlink(place === 'policies' ? outside : join(outside, 'thesis.tex'), join(run, place));
    await expect(commands.resume!(run)).rejects.toThrow(/symbolic link \(ELOOP\)/);
  });

  /** Says other sizes in the checkpoint, under a digest that is right. */
  async function forge(sizes: unknown): Promise<void> {
    const path = join(run, 'checkpoint.safetensors');
    const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
    await writeFile(path, encodeSafetensors([...tensors.values()], { ...metadata, 'cohort.files': JSON.stringify(sizes) }));
  }
  const complete = { 'metrics.jsonl': 0, 'episodes.csv': 0, 'evaluations.csv': 0 };

  it.each([
    ['no files', {}],
    ['a file of the user', { anything: 0 }],
    ['config.json', { ...complete, 'config.json': 0 }],
    ['one file too few', { 'metrics.jsonl': 0, 'episodes.csv': 0 }],
    ['two event files', { ...complete, 'events.out.tfevents.1700000000.cohort': 0, 'events.out.tfevents.1700000001.cohort': 0 }],
    ['a path', { ...complete, '../outside/thesis.tex': 0 }],
    ['the table of the other road', { 'metrics.jsonl': 0, 'completions.jsonl': 0, 'evaluations.csv': 0 }],
    ['a size that is none', { ...complete, 'metrics.jsonl': -1 }],
  ])('takes no sizes of %s', async (_what, sizes) => {
    await forge(sizes);
    await writeFile(join(run, 'anything'), thesis);
    const before = await readFile(join(run, 'config.json'), 'utf8');
    await expect(commands.resume!(run)).rejects.toThrow(/expected the sizes of the metric files/);
    expect(await readFile(join(run, 'anything'), 'utf8')).toBe(thesis);
    expect(await readFile(join(run, 'config.json'), 'utf8')).toBe(before);
    await expectUntouched();
  });

  it('begins no run anew whose checkpoint is lost', async () => {
    await rm(join(run, 'summary.json'));
    await rename(join(run, 'checkpoint.safetensors'), join(outside, 'elsewhere'));
    const before = await readFile(join(run, 'metrics.jsonl'), 'utf8');
    await expect(commands.resume!(run)).rejects.toThrow(
      /got none, in a run that has been trained; .*000002.safetensors is the newest policy/,
    );
    expect(await readFile(join(run, 'metrics.jsonl'), 'utf8')).toBe(before);
    expect(await readdir(join(run, 'policies'))).toHaveLength(3);
  });

  it('goes on without the file for TensorBoard, which it makes anew', async () => {
    const [events] = (await readdir(run)).filter((name) => name.startsWith('events'));
    await rm(join(run, events!));
    await rm(join(run, 'summary.json'));
    await commands.resume!(run);
    expect((await readdir(run)).filter((name) => name.startsWith('events'))).toHaveLength(1);
  });
});

describe('a folder of several seeds', () => {
  let seeds: string;
  beforeEach(async () => {
    seeds = join(dirname(run), 'seeds');
    await cp(join(honest, 'seeds'), seeds, { recursive: true });
  });

  it('holds no seed that is a link to a run of somebody else', async () => {
    await rm(join(seeds, 'seed2'), { recursive: true });
    await symlink(run, join(seeds, 'seed2'));
    const before = await readFile(join(run, 'metrics.jsonl'), 'utf8');
    await expect(cohort.resumeSeeds(seeds)).rejects.toThrow(/seed2: expected a file or folder of its own, got a symbolic link/);
    const { code, stderr } = await runCli(['resume', seeds], { cwd: base });
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: .*seed2: expected a file or folder of its own, got a symbolic link/),
    ]);
    expect(await readFile(join(run, 'metrics.jsonl'), 'utf8')).toBe(before);
  });

  it('has no more seeds than anybody trains', async () => {
    const path = join(seeds, 'seeds.json');
    const plan = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...plan, seeds: Array.from({ length: 1_000_000 }, (_, seed) => seed) }));
    await expect(cohort.resumeSeeds(seeds)).rejects.toThrow(/seeds\.json, seeds: expected array to have <=1000 items/);
  });
});

describe('the command line', () => {
  /** Sets the clipboard and clears the screen. */
  const bell = '\u001b]52;c;aGk=\u0007\u001b[2J';
  const steering = ['\u001b]', '\u001b[2J', '\u0007'];

  it.each(['eval', 'resume', 'export', 'watch', 'record'])('%s shows no control character of a file', async (command) => {
    const path = join(run, 'config.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('CartPole-v1', JSON.stringify(`CartPole${bell}`).slice(1, -1)));
    const { stdout, stderr, code } = await runCli([command, run], { cwd: base, environment: { FORCE_COLOR: '1' } });
    expect(code).not.toBe(0);
    for (const text of [stdout, stderr]) for (const part of steering) expect(text).not.toContain(part);
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
  });

  it('import shows none either', async () => {
    const policy = join(dirname(run), 'policy');
    await cp(join(honest, 'policy'), policy, { recursive: true });
    const path = join(policy, 'policy.safetensors');
    const { tensors, metadata } = decodeSafetensors(await readFile(path), path);
    const description = JSON.parse(metadata.policy!);
    await writeFile(path, encodeSafetensors([...tensors.values()], { policy: JSON.stringify({ ...description, env: bell }) }));
    await rm(join(policy, 'policy.json'));
    const { stdout, stderr, code } = await runCli(['import', policy], { cwd: base });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/env: expected text without control characters/);
    for (const part of steering) expect(stderr).not.toContain(part);
  });

  it('export writes into no folder that is a link', async () => {
    await symlink(outside, join(run, 'policy'));
    const { code, stderr } = await runCli(['export', run], { cwd: base });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/policy: expected a file or folder of its own, got a symbolic link/)]);
    await expectUntouched();
  });

  it.each(['config.json', 'seeds.json', 'summary.json', 'checkpoint.safetensors'])('waits for no pipe in place of %s', async (name) => {
    await rm(join(run, name), { force: true });
    execFileSync('mkfifo', [join(run, name)]);
    for (const command of ['eval', 'resume', 'runs']) {
      const { stderr } = await runCli([command, command === 'runs' ? dirname(run) : run], { cwd: base });
      expect(stderr).not.toMatch(/mistake in cohort-rl/);
    }
  });

  const trainTwoSeeds = (folder: string): ReturnType<typeof runCli> => {
    const tiny = '--num-envs 2 --num-steps 8 --iterations 1 --quiet'.split(' ');
    return runCli(['train', 'CartPole-v1', '--run-dir', folder, '--seed', '1,2', ...tiny], { cwd: base });
  };

  it('writes the summary of several seeds again where it is missing or torn', async () => {
    const seeds = join(dirname(run), 'done');
    expect((await trainTwoSeeds(seeds)).code).toBe(0);
    const path = join(seeds, 'summary.json');
    const { parametersSha256 } = JSON.parse(await readFile(path, 'utf8'));
    for (const damage of [() => rm(path), () => writeFile(path, '{"runs":')]) {
      await damage();
      await writeFile(join(seeds, 'seed1', 'run.lock'), `${JSON.stringify({ ...(await deadHolder()), token: 'x' })}\n`);
      expect((await runCli(['resume', seeds, '--quiet'], { cwd: base })).code).toBe(0);
      expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ status: 'done', parametersSha256 });
      expect(await readdir(join(seeds, 'seed1'))).not.toContain('run.lock');
    }
  });

  it('trains several seeds where a plan was torn', async () => {
    const folder = join(dirname(run), 'torn');
    await mkdir(folder);
    await writeFile(join(folder, 'seeds.json'), '{"form');
    expect((await trainTwoSeeds(folder)).code).toBe(0);
  });

  it('trains in a folder where a beginning was killed', async () => {
    const folder = join(dirname(run), 'begun');
    await mkdir(folder);
    await writeFile(join(folder, 'config.json.0123456789abcdef.tmp'), '{"form');
    await writeFile(join(folder, 'run.lock'), `${JSON.stringify({ ...(await deadHolder()), token: 'x' })}\n`);
    const words = ['CartPole-v1', '--run-dir', folder, '--num-envs', '2', '--num-steps', '8', '--iterations', '1', '--quiet'];
    const { code, stderr } = await runCli(['train', ...words], { cwd: base });
    expect([code, stderr]).toEqual([0, '']);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp') || name === 'run.lock')).toEqual([]);
  });
});

/** The lock of a process of this machine that is no more. */
async function deadHolder(): Promise<object> {
  const { nodeHost } = await import('../../src/node/storage.ts');
  const { machine, place } = nodeHost();
  // Larger than any number that Linux gives (pid_max is 2^22 at most).
  return { machine, place, pid: 2 ** 23, startToken: '' };
}
