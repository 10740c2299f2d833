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
      /^CartPole-v1, runs\/CartPole-v1__gpg__seed3__[\d-]+\nplays at http:\/\/127\.0\.0\.1:\d+\/\nopen it in a browser; Ctrl-C ends\n$/,
    );
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
