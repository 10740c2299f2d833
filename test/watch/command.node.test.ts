import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, removeFolders, runCli, tiny } from '../cli/runCli.ts';

const cwd = makeFolder();

beforeAll(async () => {
  const trained = await runCli(['train', 'CartPole-v1', '--iterations', '1', '--seed', '3', '--quiet', ...tiny], { cwd });
  expect(trained.code).toBe(0);
});
afterAll(removeFolders);

/** Node with a loader for which three.js is not installed. */
const loader = `export async function resolve(name, context, next) {
  if (name === 'three') throw Object.assign(new Error('no three'), { code: 'ERR_MODULE_NOT_FOUND' });
  return next(name, context);
}`;
const moduleOf = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`;
const withoutThree = `--import=${moduleOf(`import { register } from 'node:module'; register('${moduleOf(loader).replaceAll("'", '%27')}');`)}`;

/** Ends the command as Ctrl-C does, once it has printed all it prints. */
const onOutput = (stdout: string, interrupt: () => void): void => {
  if (stdout.includes('Ctrl-C ends\n')) interrupt();
};

describe('cohort-rl watch', () => {
  it('shows the newest run on loopback, and ends well with Ctrl-C', async () => {
    const { code, stdout, stderr } = await runCli(['watch', '--no-open'], { cwd, onOutput });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^CartPole-v1, runs\/CartPole-v1__gpg\+__seed3__[\d-]+\nplays at http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{40}\/\nopen it in a browser; Ctrl-C ends\n$/,
    );
  });

  it.each([
    ['CartPole-v1', false],
    ['HalfCheetah-v5', true],
  ])('lets the page of %s make functions from text: %s', async (env, allowed) => {
    const run = ['train', env, '--iterations', '1', '--quiet', ...tiny, '--run-dir', `rights-${env}`];
    expect((await runCli(run, { cwd })).code).toBe(0);
    let asked: Promise<[policy: string, page: string, mujoco: number]> | undefined;
    const ask = async (url: string): Promise<[policy: string, page: string, mujoco: number]> => {
      const [page, mujoco] = await Promise.all([fetch(url), fetch(`${url}mujoco/mujoco.js`, { method: 'HEAD' })]);
      return [page.headers.get('content-security-policy') ?? '', await page.text(), mujoco.status];
    };
    const { code } = await runCli(['watch', `rights-${env}`, '--no-open', '--port', '0'], {
      cwd,
      onOutput: (stdout, interrupt) => {
        if (asked || !stdout.includes('Ctrl-C ends\n')) return;
        asked = ask(/http:\S+/.exec(stdout)![0]).finally(interrupt);
      },
    });
    const [policy, page, mujoco] = await asked!;
    expect(code).toBe(0);
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect([policy.includes("'unsafe-eval'"), page.includes('importmap'), mujoco === 200]).toEqual([allowed, allowed, allowed]);
  });

  it.each([
    ['CartPole-v1', true, [], 404, []],
    ['InvertedPendulum-v5', true, ['--view', 'space'], 200, []],
    ['InvertedPendulum-v5', false, [], 404, []],
    ['InvertedPendulum-v5', false, ['--view', 'space'], 404, ['for the view in space: npm install three@0.187.0']],
  ])('of %s, three.js installed: %s, flags %j: answers for its script with %i', async (env, isInstalled, flags, status, said) => {
    const run = join('space', env);
    await runCli(['train', env, '--iterations', '1', '--quiet', ...tiny, '--run-dir', run], { cwd });
    let asked: Promise<[three: number, state: { space: object }]> | undefined;
    const ask = async (url: string): Promise<[three: number, state: { space: object }]> => {
      const three = await fetch(`${url}three/three.module.js`, { method: 'HEAD' });
      return [three.status, (await (await fetch(`${url}run.json`)).json()) as { space: object }];
    };
    const { code, stdout, stderr } = await runCli(['watch', run, '--no-open', '--port', '0', ...flags], {
      cwd,
      environment: isInstalled ? {} : { NODE_OPTIONS: withoutThree },
      onOutput: (text, interrupt) => {
        if (!asked && text.includes('Ctrl-C ends\n')) asked = ask(/http:\S+/.exec(text)![0]).finally(interrupt);
      },
    });
    expect([code, stderr]).toEqual([0, '']);
    const [three, { space }] = await asked!;
    expect(three).toBe(status);
    expect(space).toEqual({ chosen: flags.length > 0, ...(!isInstalled && { install: 'npm install three@0.187.0' }) });
    expect(stdout.split('\n').slice(2, -2)).toEqual(said);
  });

  it('says which port cannot be had', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const taken = await runCli(['watch', '--no-open', '--port', String(port)], { cwd, onOutput });
    expect(taken.code).toBe(1);
    expect(taken.stderr).toBe(
      `error: --port: expected a port that may be listened on, got ${port} (EADDRINUSE); choose another port, or leave --port out\n`,
    );
    server.close();
    const wrong = await runCli(['watch', '--port', '70000'], { cwd });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--port: expected a whole number from 0 to 65535, got "70000"');
  });

  it('says what it cannot show', async () => {
    const empty = makeFolder();
    const none = await runCli(['watch'], { cwd: empty });
    expect(none.code).toBe(2);
    expect(none.stderr).toMatch(
      /^error: watch: expected a run to watch, got no run folder below runs\/; make one with `.*train CartPole-v1`\n$/,
    );
    const missing = await runCli(['watch', 'runs/nothing'], { cwd: empty });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('got "runs/nothing", which does not exist');
    const young = join(empty, 'runs', 'young');
    mkdirSync(young, { recursive: true });
    const format = { format: 'cohort-run', formatVersion: 2, road: 'environments', versions: {}, platform: 'x' };
    writeFileSync(join(young, 'config.json'), JSON.stringify({ ...format, config: { env: 'CartPole-v1', seed: 1 } }));
    const early = await runCli(['watch', 'runs/young'], { cwd: empty });
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('expected a run with a checkpoint, got none yet');
  });
});
