import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-node-'));

/** Trains three iterations under a Node of that major version (`npx` fetches its binary) and returns what the summary says. */
function train(major: number, algorithm: string): { node: string; hash: string } {
  const inNode = (...parameters: string[]): string =>
    execFileSync('npx', ['-y', '-p', `node@${major}`, '--', 'node', ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  const runDirectory = join(folder, `${algorithm}-${major}`);
  const settings = ['--algorithm', algorithm, '--iterations', '3', '--seed', '7', '--run-dir', runDirectory, '--json'];
  const lines = inNode(cli, 'train', 'CartPole-v1', ...settings)
    .trim()
    .split('\n');
  const summary = JSON.parse(lines.at(-1) as string) as { event: string; parametersSha256: string };
  expect(summary.event).toBe('summary');
  return { node: inNode('--version').trim(), hash: summary.parametersSha256 };
}

describe('the same seed under the oldest supported Node, the newest long-term one, and the newest', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['gpg', 'ppo'])('%s trains to the same bits', (algorithm) => {
    const runs = [20, 24, 26].map((major) => train(major, algorithm));
    expect(runs.map(({ node }) => node.split('.')[0])).toEqual(['v20', 'v24', 'v26']);
    expect(runs[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(1);
  });
});
