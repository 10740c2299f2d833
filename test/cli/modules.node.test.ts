/**
 * `--module`: environments and algorithms of a user, by name, in every command that takes them.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saidModules } from '../../src/cli/modules.ts';
import { type CliResult, jsonLines, makeFolder, removeFolders, runCli, snapshot, tiny } from './runCli.ts';

const source = fileURLToPath(new URL('./fixtures/toys.js', import.meta.url));
let folder = '';
const run = (...words: string[]): Promise<CliResult> => runCli(words, { cwd: folder });
const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const train = (...words: string[]): Promise<CliResult> =>
  run('train', 'Lever-v0', '--algorithm', 'toy', '--module', './toys.js', ...tiny, '--iterations', '4', ...words);
const hashOf = ({ stdout }: CliResult): unknown => jsonLines(stdout).at(-1)?.parametersSha256;

beforeAll(() => {
  folder = makeFolder();
  copyFileSync(source, join(folder, 'toys.js'));
});

afterAll(removeFolders);

describe('--module', () => {
  it('is read from a command line in both spellings', () => {
    expect(saidModules(['train', '--module', 'a.js', '--module=b.js', '--json', '--module'])).toEqual(['a.js', 'b.js']);
  });

  it('trains, resumes and evaluates by name, in worker threads and threads of environments, to the same bits', async () => {
    const whole = await train('--toy-scale', '2', '--json', '--run-dir', 'whole');
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    const part = await train('--toy-scale', '2', '--stop-after', '2', '--threads', '2', '--run-dir', 'part');
    expect([part.code, part.stderr]).toEqual([0, '']);
    expect(part.stdout).toMatch(/^Lever-v0, TOY, 2 environments x 16 steps/);
    expect(part.stdout).toMatch(/resume part --module \.\/toys\.js$/m);
    expect(part.stdout).toMatch(/compare with PPO +npx cohort-rl train Lever-v0 --algorithm ppo .*--module \.\/toys\.js$/m);
    expect(part.stdout.split('\n').find((line) => line.includes('compare'))).not.toContain('--toy-scale');
    const end = await run('resume', 'part', '--module', 'toys.js', '--json');
    expect(end.stderr).toBe('');
    expect(hashOf(end)).toBe(hashOf(whole));
    const evaluated = await run('eval', 'whole', '--episodes', '3', '--module', 'toys.js', '--json');
    expect(jsonLines(evaluated.stdout)[0]).toMatchObject({ target: 'Lever-v0', greedy: { lengths: [10, 10, 10] } });
    const exported = await run('export', 'whole', '--module', 'toys.js', '--output', 'policy');
    expect(exported.code).toBe(0);
    const folderOfPolicy = await run('eval', 'policy', '--episodes', '3', '--module', 'toys.js', '--json');
    expect(jsonLines(folderOfPolicy.stdout)[0]).toMatchObject({ greedy: jsonLines(evaluated.stdout)[0]!.greedy });
  });

  it('leaves its name and SHA-256 in the run folder, and none where a run does not need it', async () => {
    await train('--seed', '1,2', '--stop-after', '1', '--run-dir', 'seeds');
    const record = [{ name: 'toys.js', sha256: createHash('sha256').update(readFileSync(source)).digest('hex') }];
    expect(readJson('seeds', 'seeds.json').modules).toEqual(record);
    expect(readJson('seeds', 'seed2', 'config.json').modules).toEqual(record);
    await run('train', 'CartPole-v1', '--module', 'toys.js', ...tiny, '--iterations', '1', '--run-dir', 'cartpole');
    expect(readJson('cartpole', 'config.json')).not.toHaveProperty('modules');
  });

  it('is known to the lists and to the help text', async () => {
    expect((await run('envs', 'Lever-v0', '--module', 'toys.js')).stdout).toContain('Pull a lever ten times');
    const help = (await run('train', '--help', '--module', 'toys.js')).stdout;
    expect(help).toMatch(/--algorithm <name> +what to train with: gpg\+, gpg, ppo,\s+toy/);
    expect(help).toMatch(/\nToy:\n +--toy-scale <x> +changes nothing \(toy only; default 1\)/);
  });

  it('must be given again, which every command on the run says in one sentence', async () => {
    await train('--stop-after', '2', '--run-dir', 'alone');
    const before = snapshot(join(folder, 'alone'));
    for (const command of ['resume', 'eval', 'watch', 'record', 'export']) {
      const { code, stdout, stderr } = await run(command, 'alone');
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(
        /^error: alone: expected the module toys\.js, .*, got nothing; give it again: --module <path of toys\.js>.*\n$/,
      );
    }
    expect(snapshot(join(folder, 'alone'))).toEqual(before);
  });

  it('that has changed since is noted, and used', async () => {
    await train('--stop-after', '2', '--run-dir', 'changed');
    copyFileSync(join(folder, 'toys.js'), join(folder, 'kept.js'));
    appendFileSync(join(folder, 'toys.js'), '// A comment.\n');
    const { code, stderr } = await run('resume', 'changed', '--module', 'toys.js', '--json');
    copyFileSync(join(folder, 'kept.js'), join(folder, 'toys.js'));
    expect([code, stderr]).toEqual([0, 'note: toys.js has changed since the run was trained (another SHA-256)\n']);
  });

  it.each([
    ['is missing', undefined, /expected a JavaScript file that can be read, got ".*\/bad\.js", which does not exist/],
    ['is no JavaScript', 'export default (', /module bad\.js: expected a module that loads .*, got SyntaxError: /],
    ['has no default export', 'export const a = 1;', /module bad\.js: expected a module whose default export is a function, got nothing/],
    ['throws', 'export default () => { throw new TypeError("no"); };', /module bad\.js: .*, got TypeError: no; fix the module/],
  ])('that %s is refused in one sentence', async (name, text, says) => {
    const bad = makeFolder();
    if (text !== undefined) writeFileSync(join(bad, 'bad.js'), text);
    const { code, stdout, stderr } = await runCli(['train', 'CartPole-v1', '--module', 'bad.js', '--run-dir', 'run'], { cwd: bad });
    expect([name, code, stdout]).toEqual([name, 2, '']);
    expect(stderr).toMatch(says);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(Object.keys(snapshot(bad))).toEqual(text === undefined ? [] : ['bad.js']);
  });
});
