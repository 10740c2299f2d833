/** The example of a game of one's own: its rules by hand, its checks, and a run as its head says it. */
import { fileURLToPath } from 'node:url';
import { checkEnv } from 'cohort-rl';
import { drawScene, pictureSize } from 'cohort-rl/envs';
import { afterAll, describe, expect, it } from 'vitest';
import Breakout from '../../examples/breakout.js';
import { jsonLines, makeFolder, removeFolders, runCli } from '../cli/runCli.ts';

const file = fileURLToPath(new URL('../../examples/breakout.js', import.meta.url));
const [stay, left, right] = [0, 1, 2];

/** A game whose ball begins at the left wall, or with seed 0 at the right one. */
function begin(seed = 1, stickyActionProbability = 0) {
  const env = new Breakout({ stickyActionProbability });
  env.reset({ seed });
  return env;
}

/** What the steps pay, and whether the last one ended the game. */
function play(env: Breakout, actions: readonly number[]) {
  const steps = actions.map((action) => env.step(action));
  return { rewards: steps.map(({ reward }) => reward), over: steps.at(-1)!.terminated };
}

const times = (n: number, action = stay): number[] => Array.from({ length: n }, () => action);

describe('Breakout', () => {
  it('passes checkEnv, and is resumed exactly', () => {
    expect(checkEnv(() => new Breakout(), { steps: 2000 })).toMatchObject({ ok: true, problems: [], notes: [], resumable: true });
  });

  it('loses the ball that falls past the paddle', () => {
    const env = begin();
    expect(env.scene().rows[3]).toBe('osssssssss');
    // Row 3, column 0 to row 8, column 5 in five steps; the paddle waits at column 4.
    expect(play(env, times(5))).toEqual({ rewards: times(5, 0), over: false });
    expect(play(env, [stay])).toEqual({ rewards: [0], over: true });
  });

  it('the paddle below the ball sends it on sideways, and a brick pays 1 and turns it around', () => {
    const env = begin();
    // Up again from (8, 5): (8, 6), (7, 7), (6, 8), (5, 9), at the wall (4, 9), and the brick at (3, 8).
    expect(play(env, [right, ...times(9)])).toEqual({ rewards: times(10, 0), over: false });
    expect(env.scene().rows.slice(3, 5)).toEqual(['ssssssssss', '         o']);
    expect(play(env, [stay])).toEqual({ rewards: [1], over: false });
    expect(env.scene().rows.slice(3, 5)).toEqual(['ssssssss s', '        o.']);
    play(env, [stay]);
    expect(env.scene().rows[5]).toBe('       o  ');
  });

  it('the paddle where the ball arrives sends it back', () => {
    const env = begin();
    play(env, [right, right, ...times(4)]);
    expect(env.scene().rows[8]).toBe('     .o   ');
    play(env, [stay]);
    expect(env.scene().rows.slice(7, 9)).toEqual(['     o    ', '      .   ']);
  });

  it('the paddle stops at the walls', () => {
    const env = begin(0);
    play(env, times(4, left));
    expect(env.scene().rows[9]).toBe('=         ');
    env.step(left);
    expect(env.scene().rows[9]).toBe('=         ');
  });

  it('lays new bricks when the last one is gone and the ball comes down', () => {
    const env = begin();
    play(env, [right, ...times(4)]);
    env.setState({ ...env.getState(), bricks: new Uint8Array(100) });
    const { observation } = env.step(stay);
    expect(observation.subarray(300).reduce((sum, brick) => sum + brick)).toBe(30);
  });

  it('takes the action before now and then', () => {
    const env = begin(1, 1);
    env.step(right);
    // Always the first one, which was none.
    expect(env.scene().rows[9]).toBe('    =     ');
  });

  it('shows four planes, and a board that can be drawn', () => {
    const env = begin();
    const { observation } = env.step(right);
    const ones = Array.from(observation, (value, k) => (value === 1 && k < 300 ? k : -1)).filter((k) => k >= 0);
    expect(ones).toEqual([95, 100 + 41, 200 + 30]);
    const filled: unknown[] = [];
    const context = new Proxy({} as Record<string, unknown>, {
      get: () => () => {},
      set: (_target, name, value) => name !== 'fillStyle' || filled.push(value) > 0,
    });
    drawScene(context as never, env.scene(), pictureSize('board'));
    // Ten red, ten amber and ten green bricks.
    expect(['#d9544d', '#f0a03c', '#5aa469'].map((color) => filled.filter((value) => value === color).length)).toEqual([10, 10, 10]);
  });
});

describe('the commands of its head', () => {
  afterAll(removeFolders);

  it('train it and play it', async () => {
    const folder = makeFolder();
    const run = (...words: string[]) => runCli(words, { cwd: folder });
    const trained = await run('train', file, '--run-dir', 'run', '--iterations', '2', '--num-envs', '4', '--num-steps', '32', '--json');
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    expect(jsonLines(trained.stdout).at(-1)).toMatchObject({ event: 'summary', iterations: 2 });
    const evaluated = await run('eval', 'run', '--module', file, '--episodes', '2', '--json');
    expect(evaluated.code).toBe(0);
  });
});
