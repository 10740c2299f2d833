import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the example prints. */
function outputOf(example: string, ...words: readonly string[]): string {
  return execFileSync(process.execPath, [`examples/${example}`, ...words], { cwd: root, encoding: 'utf8' });
}

/** The numbers after `text` in what the example prints. */
function numbersOf(example: string, text: RegExp): number[] {
  return [...outputOf(example).matchAll(text)].map((match) => Number(match[1]));
}

it('train.js solves CartPole', () => {
  expect(numbersOf('train.js', /^balanced for (\d+) steps$/gm)).toEqual([500]);
});

it('customEnv.js learns the corridor', () => {
  const [mean] = numbersOf('customEnv.js', /^mean return ([\d.]+)/gm);
  // One needless step costs 0.05; the shortest ways from the three first cells give 0.85, 0.9 and 0.95.
  expect(mean).toBeGreaterThanOrEqual(0.85);
});

it('trainBreakout.js learns to keep the ball', () => {
  const bricks = [1, 2, 3].map((seed) =>
    Number(/^bricks in an episode: ([\d.]+)$/m.exec(outputOf('trainBreakout.js', '60', `${seed}`))![1]),
  );
  // The three were 10.6, 16.9 and 16.5 (node examples/trainBreakout.js 60 1); 200 episodes of random actions broke 0.4 on average.
  expect(bricks.reduce((sum, value) => sum + value) / bricks.length).toBeGreaterThan(10);
});

it('customBins.js learns with both binnings', () => {
  const means = numbersOf('customBins.js', /: mean return ([\d.]+)$/gm);
  expect(means).toHaveLength(2);
  // A random policy holds the pole for about 22 steps.
  for (const mean of means) expect(mean).toBeGreaterThan(100);
});

it('customTask.js improves on its warm start', () => {
  const [[before, after] = []] = [...outputOf('customTask.js').matchAll(/^accuracy ([\d.]+) before, ([\d.]+) after$/gm)].map((match) =>
    match.slice(1).map(Number),
  );
  // Held-out answers; the standard error of each is below 0.04.
  expect(after).toBeGreaterThan(before! + 0.08);
});

it('calculatorTool.js learns to use its tool', () => {
  const output = outputOf('calculatorTool.js');
  const [, before, after] = /^right ([\d.]+) before, ([\d.]+) after$/m.exec(output)!.map(Number);
  // The warm start uses the calculator half of the time, and guesses else; the standard error of both is below 0.04.
  expect(before).toBeLessThan(0.5);
  expect(after).toBeGreaterThan(0.8);
  const calls = [...output.matchAll(/calls ([\d.]+)$/gm)].map((match) => Number(match[1]));
  expect(calls.at(-1)).toBeGreaterThan(0.9);
});

it('openaiAgent.js learns from what its client was told', () => {
  const [before, after] = /^right ([\d.]+) before, ([\d.]+) after$/m.exec(outputOf('openaiAgent.js'))!.slice(1).map(Number);
  // Standard errors below 0.05.
  expect(after).toBeGreaterThan(before! + 0.25);
});
