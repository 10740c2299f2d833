import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

import { brief, goldenHashes } from './everyEnvironment.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const cli = pathOf('../../dist/cli.js');
const folder = mkdtempSync(join(tmpdir(), 'cohort-node-'));

/** The oldest supported Node, the newest long-term one, and the newest. */
const majors = [20, 24, 26];

const outputOf = (program: string, parameters: readonly string[]): string =>
  execFileSync(program, parameters, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

/** Where the binary of each major version is. `npx` fetches it, and takes a second for every call. */
const binaries = new Map<number, string>();

/** What a Node of that major version writes. */
function inNode(major: number, ...parameters: string[]): string {
  const binary = binaries.get(major) ?? outputOf('npx', ['-y', '-p', `node@${major}`, '--', 'node', '--print', 'process.execPath']);
  binaries.set(major, binary);
  return outputOf(binary, parameters);
}

/** Trains three iterations and returns what the summary says. */
function train(major: number, command: readonly string[], name: string): { node: string; hash: string } {
  const runDirectory = join(folder, `${name}-${major}`);
  const settings = ['--iterations', '3', '--seed', '7', '--run-dir', runDirectory, '--json'];
  const lines = inNode(major, cli, ...command, ...settings).split('\n');
  const summary = JSON.parse(lines.at(-1) as string) as { event: string; parametersSha256: string };
  expect(summary.event).toBe('summary');
  return { node: inNode(major, '--version'), hash: summary.parametersSha256 };
}

describe.each(majors)('Node %i', (major) => {
  it('trains every environment to the recorded bits', () => {
    const runs = JSON.stringify(Object.keys(goldenHashes).map(brief));
    expect(inNode(major, '--version')).toMatch(new RegExp(`^v${major}\\.`));
    expect(JSON.parse(inNode(major, pathOf('trainHashes.mjs'), runs))).toEqual(Object.values(goldenHashes));
  });
});

describe('the same seed under all of these', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const short = ['--num-envs', '2', '--num-steps', '128', '--num-minibatches', '4', '--evaluation-interval', '0'];
  it.each([
    ['CartPole-v1, gpg+', ['train', 'CartPole-v1']],
    ['CartPole-v1, gpg', ['train', 'CartPole-v1', '--algorithm', 'gpg']],
    ['CartPole-v1, ppo', ['train', 'CartPole-v1', '--algorithm', 'ppo']],
    ['CartPole-v1, gpg, 4 shards', ['train', 'CartPole-v1', '--algorithm', 'gpg', '--shards', '4']],
    ['LunarLander-v3, ppo', ['train', 'LunarLander-v3', '--algorithm', 'ppo', ...short]],
    ['BipedalWalkerHardcore-v3, gpg', ['train', 'BipedalWalkerHardcore-v3', '--algorithm', 'gpg', ...short]],
    ['HalfCheetah-v5, gpg', ['train', 'HalfCheetah-v5', '--algorithm', 'gpg', ...short]],
    ['digit-completion, gpg-lm', ['lm', 'train', 'digit-completion', '--evaluation-interval', '0']],
    ['digit-completion, ppo', ['lm', 'train', 'digit-completion', '--estimator', 'ppo', '--evaluation-interval', '0']],
  ] as const)('%s: trains to the same bits', (name, command) => {
    const runs = majors.map((major) => train(major, command, name.replaceAll(/\W+/g, '-')));
    expect(runs.map(({ node }) => node.split('.')[0])).toEqual(['v20', 'v24', 'v26']);
    expect(runs[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(runs.map(({ hash }) => hash)).size).toBe(1);
  });
});
