/** Limits of the machine: one sentence with the cause and what to do, exit code 1, and never that it was our mistake. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type CliOptions, makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

const leak = fileURLToPath(new URL('./fixtures/leak.js', import.meta.url));
const train = ['train', 'CartPole-v1', ...tiny, '--iterations', '3', '--run-dir', 'run'];

describe.skipIf(process.platform !== 'linux')('where the machine sets a limit', () => {
  afterAll(removeFolders);

  const expectOneSentence = (stderr: string, pattern: RegExp): void => {
    expect(stderr).toMatch(pattern);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  };

  it.each([
    ['CartPole-v1', ['train', 'CartPole-v1']],
    ['LunarLander-v3', ['train', 'LunarLander-v3', '--recipe', 'none']],
    ['HalfCheetah-v5', ['train', 'HalfCheetah-v5', '--recipe', 'none']],
  ])(
    'addresses, %s: says so, not that the configuration is too large; the switch that it names helps, with the same bits',
    async (_, words) => {
      const cwd = makeFolder();
      const limits = 'ulimit -v 11000000';
      const settings = [...tiny, '--iterations', '1', '--quiet'];
      const refused = await runCli([...words, ...settings, '--run-dir', 'run'], { cwd, limits });
      expect(refused.code).toBe(1);
      expectOneSentence(refused.stderr, /^error: address space: .*ulimit -v unlimited.*NODE_OPTIONS=--disable-wasm-trap-handler/);
      expect(existsSync(join(cwd, 'run'))).toBe(false);
      const hash = async (name: string, further: Partial<CliOptions>): Promise<unknown> => {
        expect((await runCli([...words, ...settings, '--run-dir', name], { cwd, ...further })).code).toBe(0);
        return JSON.parse(readFileSync(join(cwd, name, 'summary.json'), 'utf8')).parametersSha256;
      };
      const switched = { limits, environment: { NODE_OPTIONS: '--disable-wasm-trap-handler' } };
      expect(await hash('switched', switched)).toBe(await hash('free', {}));
    },
  );

  it('open files', async () => {
    const { code, stderr } = await runCli(train, { cwd: makeFolder(), limits: 'ulimit -n 40' });
    expect(code).toBe(1);
    expectOneSentence(stderr, /^error: EMFILE: too many open files.*ulimit -n/);
  });

  it('the heap of the training thread', async () => {
    const cwd = makeFolder();
    const leaking = ['train', 'Leak-v0', '--module', leak, ...tiny, '--run-dir', 'run'];
    const { code, stderr } = await runCli(leaking, { cwd, environment: { NODE_OPTIONS: '--max-old-space-size=100' } });
    expect(code).toBe(1);
    expectOneSentence(stderr, /^error: the training thread: .*memory limit.*--max-old-space-size/);
    expect(existsSync(join(cwd, 'run', 'run.lock'))).toBe(false);
  });
});

describe.skipIf(!existsSync('/dev/full'))('where standard output cannot be written', () => {
  const sentence = 'error: standard output cannot be written (ENOSPC: no space left on device); free some space, or send it elsewhere\n';
  const intoFull = async (words: readonly string[], cwd: string): Promise<{ code: number | null; stderr: string }> => {
    const stdout = openSync('/dev/full', 'w');
    try {
      const { code, stderr } = await runCli(words, { cwd, stdout });
      return { code, stderr };
    } finally {
      closeSync(stdout);
    }
  };

  it.each([[['envs']], [['--version']], [['--help']], [['train', '--help']], [['recipes', '--json']]])('%j says so', async (words) => {
    expect(await intoFull(words, makeFolder())).toEqual({ code: 1, stderr: sentence });
  });

  it.each([[['--json']], [[]]])('train %j writes a checkpoint first, from which it goes on', async (flags) => {
    const cwd = makeFolder();
    const endless = ['train', 'CartPole-v1', ...tiny, '--iterations', '100000000', '--run-dir', 'run', ...flags];
    expect(await intoFull(endless, cwd)).toEqual({ code: 1, stderr: sentence });
    const files = readdirSync(join(cwd, 'run'));
    expect(files).toContain('checkpoint.safetensors');
    expect(files).not.toContain('run.lock');
    expect((await runCli(['resume', 'run', '--stop-after', '2', '--quiet'], { cwd })).code).toBe(0);
  });
});
