import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { effort, jointVerdict, type Outcome, targetLines, verdict } from '../../src/cli/closing/environments.ts';
import { nextLines, sensibleSteps, stepLines } from '../../src/cli/closing/nextSteps.ts';
import { paintFor, visibleWidth, wrapTo } from '../../src/cli/terminal.ts';
import { environmentLook as look } from '../../src/display/environmentLines.ts';
import { progressBar, sparkline, stackedBar } from '../../src/display/graphics.ts';
import { displayLines, plainLine, type View } from '../../src/display/lines.ts';
import { openDisplay, plainDisplay } from '../../src/display/live.ts';
import { applyEvent, createSeedState, type DisplayState, type SeedState } from '../../src/display/state.ts';
import { earlierValues } from '../../src/node/earlierValues.ts';
import type { EvaluationResult, RunEvent, RunSummary } from '../../src/node/index.ts';
import { streamScreen } from '../../src/node/screen.ts';

const base = { runDirectory: 'runs/x', seed: 1 } as const;
const paint = paintFor(false);

function iteration(i: number, metrics: Record<string, number> = {}): RunEvent {
  const all = {
    'charts/episodic_return': i,
    'losses/entropy': 0.5,
    'losses/approx_kl': 0.004,
    'time/env': 0.1,
    'time/forward': 0.2,
    'time/backward': 0.6,
    'time/optimizer': 0.1,
    ...metrics,
  };
  const rate = { seconds: i / 10, progressPerSecond: 40_960, timeLeft: (200 - i) / 10 };
  return { event: 'iteration', ...base, iteration: i, iterations: 200, globalStep: i * 4096, ...rate, metrics: all };
}

function result(mean: number, episodes = 5): EvaluationResult {
  return { mean, standardError: 1, iqm: mean, returns: Array(episodes).fill(mean), lengths: Array(episodes).fill(mean) };
}

function summary(status: RunSummary['status'], sampled: number, greedy = sampled): RunSummary {
  return {
    ...base,
    road: 'environments',
    target: 'CartPole-v1',
    method: 'gpg',
    status,
    parametersSha256: 'ab',
    progress: { unit: 'steps', count: 819_200 },
    iterations: 200,
    seconds: 9.84,
    progressPerSecond: 83_252,
    evaluation: { sampled: result(sampled, 20), greedy: result(greedy, 20) },
    versions: {},
    platform: 'test',
    arithmetic: 'plain',
  };
}

function stateOf(...seeds: SeedState[]): DisplayState {
  const title = ['CartPole-v1', 'GPG', '32 environments x 128 steps', 'time bins', 'seed 1'];
  return { title, runDirectory: 'runs/CartPole-v1__gpg__seed1__20251121-014800', seeds, interrupting: false };
}

function view(columns = 100, rows = 30, frame = 0, color = false): View {
  return { columns, rows, frame, elapsed: 6.2, paint: paintFor(color), color };
}

function trained(to: number): SeedState {
  const seed = createSeedState(1, 200, look);
  for (let i = 1; i <= to; i++) applyEvent(seed, iteration(i));
  return seed;
}

describe('graphics', () => {
  it('are exactly as wide as asked', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: false }),
        fc.nat(50),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (fraction, width, shares) => {
          expect(visibleWidth(progressBar(fraction, width, paint))).toBe(width);
          const parts = shares.map((share) => ({ share, glyph: 'x', style: 'red' as const }));
          expect(visibleWidth(stackedBar(parts, width, paint))).toBe(width);
        },
      ),
    );
  });

  it('sparkline goes from the lowest glyph to the highest, never wider than asked or than there are values', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([1, 3, 5, 7], 2)).toBe('▁█');
    expect(sparkline([5, 5, 5], 10)).toBe('▁▁▁');
    expect(sparkline([], 10)).toBe('');
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 300 }), fc.nat(60), (values, width) => {
        expect(visibleWidth(sparkline(values, width))).toBe(Math.min(width, values.length));
      }),
    );
  });

  it('stackedBar shares the columns out by largest remainder', () => {
    const parts = [0.5, 0.25, 0.25].map((share, i) => ({ share, glyph: 'abc'[i]!, style: 'red' as const }));
    expect(stackedBar(parts, 8, paint)).toBe('aaaabbcc');
    expect(stackedBar(parts, 5, paint)).toBe('aaabc');
  });
});

describe('displayLines', () => {
  it('shows title, folder, progress, speed, course, evaluation and time of a run', () => {
    const seed = trained(124);
    applyEvent(seed, { event: 'evaluation', ...base, iteration: 120, globalStep: 1, sampled: result(98.2), greedy: result(100) });
    const text = displayLines(stateOf(seed), look, view()).join('\n');
    for (const part of [
      'CartPole-v1 · GPG · 32 environments x 128 steps · time bins · seed 1',
      'runs/CartPole-v1__gpg__seed1__20251121-014800',
      '62 %   iteration 124/200',
      '507,904 steps   40,960 steps/s   elapsed 6.2 s   left 7.6 s',
      '124.0   entropy 0.500   KL 0.0040',
      '▁▁',
      '██',
      'sampled 98.2   greedy 100.0   5 episodes each, at iteration 120',
      'environment 10 %  ▓ forward 20 %  ▒ backward 60 %  ░ optimizer 10 %',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('moves before the first iteration', () => {
    const state = stateOf(createSeedState(1, 200, look));
    state.seeds[0]!.phase = 'starting';
    const first = displayLines(state, look, view(100, 30, 0));
    const second = displayLines(state, look, view(100, 30, 1));
    expect(first.join('\n')).toContain('starting …');
    expect(first[0]).not.toBe(second[0]);
  });

  it('never wraps and never scrolls, at any size', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (columns, rows, seeds, color) => {
          const states = Array.from({ length: seeds }, (_, i) => {
            const seed = createSeedState(i * 1000, 200, look);
            if (i > 0) applyEvent(seed, iteration(i * 5));
            if (i > 2)
              applyEvent(seed, { event: 'evaluation', ...base, iteration: i, globalStep: 1, sampled: result(500), greedy: result(500) });
            return seed;
          });
          const lines = displayLines(stateOf(...states), look, view(columns, rows, 3, color));
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) expect(visibleWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
        },
      ),
    );
  });

  it('has one row per seed, says how many do not fit, and sums up', () => {
    const seeds = [1, 2, 3, 4, 5, 6].map((seed) => createSeedState(seed, 200, look));
    applyEvent(seeds[0]!, iteration(100));
    seeds[1]!.phase = 'done';
    const tall = displayLines(stateOf(...seeds), look, view(100, 30)).map(stripVTControlCharacters);
    expect(tall.filter((line) => /seed \d /.test(line))).toHaveLength(6);
    expect(tall.at(-1)).toContain('1 of 6 seeds done');
    const short = displayLines(stateOf(...seeds), look, view(100, 7));
    expect(short).toHaveLength(6);
    expect(short.at(-2)).toContain('and 4 more');
  });

  it('gives the rows of a low terminal to the seeds that run', () => {
    const seeds = Array.from({ length: 12 }, (_, i) => createSeedState(i + 1, 200, look));
    for (const [index, seed] of seeds.entries()) {
      if (index < 7) applyEvent(seed, iteration(10));
      if (index < 5) seed.phase = 'done';
    }
    const lines = displayLines(stateOf(...seeds), look, view(100, 10));
    expect(lines.flatMap((line) => /seed +(\d+) /.exec(line)?.[1] ?? [])).toEqual(['1', '2', '3', '6', '7']);
    expect(lines.at(-2)).toContain('… and 7 more (2 done, 5 waiting)');
    const lower = displayLines(stateOf(...seeds), look, view(100, 7));
    expect(lower.flatMap((line) => /^. seed +(\d+) /.exec(line)?.[1] ?? [])).toEqual(['6', '7']);
  });

  it('drops numbers before the curve in a narrow terminal', () => {
    const course = (columns: number): string => {
      return displayLines(stateOf(trained(124)), look, view(columns)).find((line) => line.includes('return'))!;
    };
    expect(course(100)).toContain('entropy 0.500   KL 0.0040');
    expect(course(80)).toContain('entropy 0.500   KL 0.0040');
    for (const columns of [80, 60, 50, 30]) expect(course(columns)).toMatch(/▁.*█ +124\.0/);
    expect(course(50)).not.toContain('KL');
    expect(course(50).match(/[▁-█]/g)!.length).toBeGreaterThanOrEqual(16);
    // Without a curve the value follows the label.
    const seed = createSeedState(1, 200, look);
    seed.phase = 'training';
    expect(displayLines(stateOf(seed), look, view(50)).find((line) => line.includes('return'))).toMatch(/^ {2}return {5}–/);
  });

  it('says what will probably disappoint, on a terminal and in a log', () => {
    const message =
      'every advantage is 0 and nothing is learned, because every step is alone in its bin; take more environments or coarser bins';
    const warning: RunEvent = { event: 'warning', ...base, iteration: 3, message };
    const seed = trained(3);
    applyEvent(seed, warning);
    const lines = displayLines(stateOf(seed), look, view(80));
    expect(lines.map((line) => line.trim()).join(' ')).toContain(`warning: ${message}`);
    for (const line of lines) expect(visibleWidth(line)).toBeLessThan(80);
    const several = displayLines(stateOf(trained(3), seed), look, view(100, 12));
    expect(several.join(' ')).toContain('warning: every advantage is 0');
    const log: string[] = [];
    const display = plainDisplay(
      stateOf(trained(2), trained(2)),
      look,
      (line) => log.push(line),
      () => 0,
    );
    display.event(1, warning);
    display.event(1, iteration(4));
    expect(log.filter((line) => line.startsWith('warning'))).toEqual([`warning: seed 1: ${message}`]);
  });

  it('shows what the critic of PPO is like, where there is a line to spare', () => {
    const seed = createSeedState(1, 200, look);
    applyEvent(seed, iteration(1, { 'losses/value_loss': 12.345, 'losses/explained_variance': 0.851, 'losses/clipfrac': 0.123 }));
    const shown = (columns: number, rows: number) => displayLines(stateOf(seed), look, view(columns, rows)).join('\n');
    expect(shown(100, 30)).toContain('value loss 12.35   explained variance 0.85   clipped 12.3 %');
    expect(shown(50, 30)).toContain('value loss 12.35');
    expect(shown(100, 8)).not.toContain('value loss');
    expect(shown(100, 8)).toContain('backward');
    expect(displayLines(stateOf(trained(3)), look, view()).join('\n')).not.toContain('value loss');
  });

  it('says that a checkpoint is being written after Ctrl-C', () => {
    const state = stateOf(trained(3));
    state.interrupting = true;
    expect(displayLines(state, look, view()).join('\n')).toContain('writing a checkpoint');
  });

  it('has escape codes with colors only', () => {
    expect(displayLines(stateOf(trained(9)), look, view(80, 24, 0, false)).join('')).not.toContain('\u001B');
    expect(displayLines(stateOf(trained(9)), look, view(80, 24, 0, true)).join('')).toContain('\u001B[');
  });
});

describe('what is known of a seed', () => {
  it('smooths the time split and keeps the last entropy where an iteration has none', () => {
    const seed = trained(1);
    expect(seed.time.get('backward')).toBeCloseTo(0.6, 12);
    applyEvent(
      seed,
      iteration(2, { 'time/env': 10, 'time/forward': 0, 'time/backward': 0, 'time/optimizer': 0, 'losses/entropy': Number.NaN }),
    );
    expect(seed.time.get('backward')).toBeCloseTo(0.48, 12);
    expect([...seed.time.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(seed.metrics.get('losses/entropy')).toBe(0.5);
  });

  it('leaves iterations without an ended episode out of the curve', () => {
    const seed = trained(2);
    applyEvent(seed, iteration(3, { 'charts/episodic_return': Number.NaN }));
    expect(seed.returns).toEqual([1, 2]);
    expect(seed.meanReturn).toBe(2);
  });

  it('begins the curve of a run that goes on with what it had done, up to where it goes on', () => {
    const folder = mkdtempSync(join(tmpdir(), 'cohort-'));
    const path = join(folder, 'metrics.jsonl');
    const row = (i: number) => `${JSON.stringify({ iteration: i, 'charts/episodic_return': i * 2, 'losses/entropy': 'x'.repeat(900) })}\n`;
    writeFileSync(path, `${row(1)}${row(2)}{"iteration":3}\n{broken\n${row(4)}${row(5)}{"iteration":6,"char`);
    const earlier = earlierValues(path, 'charts/episodic_return');
    expect(earlier.map((entry) => entry.iteration)).toEqual([1, 2, 4, 5]);
    const seed = createSeedState(1, 200, look, earlier);
    applyEvent(seed, iteration(5));
    applyEvent(seed, iteration(6));
    expect(seed.returns).toEqual([2, 4, 8, 5, 6]);
    // A long file is read at places, over all of its length.
    writeFileSync(path, Array.from({ length: 10_000 }, (_, i) => row(i + 1)).join(''));
    const sampled = earlierValues(path, 'charts/episodic_return');
    expect(sampled.length).toBeLessThanOrEqual(256);
    expect(sampled.length).toBeGreaterThan(200);
    expect(sampled[0]!.iteration).toBe(1);
    expect(sampled.at(-1)!.iteration).toBeGreaterThan(9_980);
    expect(sampled.every(({ iteration: at, value }) => value === 2 * at)).toBe(true);
    const long = createSeedState(1, 20_000, look, sampled);
    applyEvent(long, iteration(10_001));
    expect(long.stride).toBeGreaterThan(20);
    expect(earlierValues(tmpdir(), 'x')).toEqual([]);
    expect(earlierValues(`${path}.none`, 'x')).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('keeps the whole course in a bounded list, however long the run', () => {
    const seed = trained(10_000);
    expect(seed.returns.length).toBeLessThan(512);
    expect(seed.meanReturn).toBe(10_000);
    // Every entry is the mean of its stride of 1, 2, 3, ...
    expect(seed.returns).toEqual(seed.returns.map((_, i) => i * seed.stride + (seed.stride + 1) / 2));
  });
});

describe('plain lines', () => {
  it('come every two seconds and at evaluations', () => {
    const lines: string[] = [];
    let now = 0;
    const display = plainDisplay(
      stateOf(createSeedState(1, 200, look)),
      look,
      (line) => lines.push(line),
      () => now,
    );
    for (let i = 1; i <= 50; i++) {
      now = i * 100;
      display.event(0, iteration(i));
      if (i === 25) display.event(0, { event: 'evaluation', ...base, iteration: i, globalStep: 1, sampled: result(9), greedy: result(8) });
    }
    // The header, iteration 1 at once, 21 and 45 (two seconds after a line), and the evaluation between them.
    expect(lines.map((line) => line.split('  ')[0])).toEqual([
      expect.stringContaining('CartPole-v1, GPG'),
      'iteration 1/200',
      'iteration 21/200',
      'iteration 25/200',
      'iteration 45/200',
    ]);
    expect(lines[3]).toContain('sampled 9.0  greedy 8.0');
  });

  it('name the seed where there are several', () => {
    expect(plainLine(trained(2), look, true)).toMatch(/^seed 1 {2}iteration 2\/200 {2}8,192 steps/);
  });
});

describe('closing words', () => {
  const words = (outcome: Outcome, threshold?: number): string => verdict(outcome, threshold, paint);

  it('say solved with the number', () => {
    expect(words(summary('done', 497.3, 500), 475)).toBe(
      'Solved: mean return 497.3 over 20 sampled episodes (threshold 475), greedy 500.0.',
    );
    expect(effort(summary('done', 497.3))).toBe('819,200 steps in 9.8 s (83,252 steps/s).');
  });

  it('say when only the greedy policy is there', () => {
    expect(words(summary('done', -25, -13), -17)).toMatch(
      /^Solved by the greedy policy: mean return -13\.0 .*threshold -17.*sampled -25\.0/,
    );
  });

  it('say not solved, and do not say it where there is no threshold', () => {
    expect(words(summary('done', 300), 475)).toMatch(/^Not solved yet: mean return 300\.0/);
    expect(words(summary('done', 300))).toMatch(/^Trained: mean return 300\.0/);
    expect(words({ ...summary('done', 0), evaluation: null }, 475)).toMatch(/^Ended without an evaluation/);
    expect(words({ ...summary('failed', 0), message: 'NaN in iteration 3' }, 475)).toBe('Failed: NaN in iteration 3');
  });

  it('count the seeds that solved', () => {
    const all = [summary('done', 490, 500), summary('done', 470, 480), summary('done', 100, 130)] as const;
    expect(jointVerdict(all, 475, paint)).toBe(
      'Solved by 2 of 3 seeds, 1 of them by the greedy policy alone (threshold 475): mean return 370.0 over 3 of 3 seeds, greedy, sampled 353.3.',
    );
    expect(jointVerdict([all[0]], 475, paint)).toBe(
      'Solved by 1 of 1 seeds: mean return 490.0 over 1 of 1 seeds, sampled (threshold 475), greedy 500.0.',
    );
    expect(jointVerdict([all[0], all[2]], 475, paint)).toBe(
      'Solved by 1 of 2 seeds (threshold 475): mean return 295.0 over 2 of 2 seeds, sampled, greedy 315.0.',
    );
    expect(jointVerdict([all[2]], 475, paint)).toBe(
      'Not solved yet (0 of 1 seeds): mean return 100.0 over 1 of 1 seeds, sampled (threshold 475), greedy 130.0.',
    );
    expect(jointVerdict([all[2]], undefined, paint)).toBe('Trained: mean return 100.0 over 1 of 1 seeds, sampled, greedy 130.0.');
  });

  it('say solved by the greedy policies with their own mean, as for one seed', () => {
    const [weak, weaker] = [summary('done', 299.8, 500), summary('done', 254.6, 490)] as const;
    expect(jointVerdict([weak, weak, weak], 475, paint)).toBe(
      'Solved by the greedy policy of 3 of 3 seeds: mean return 500.0 over 3 of 3 seeds, greedy (threshold 475), sampled 299.8.',
    );
    expect(jointVerdict([weaker, summary('done', 100, 110)], 475, paint)).toBe(
      'Solved by the greedy policy of 1 of 2 seeds (threshold 475): mean return 300.0 over 2 of 2 seeds, greedy, sampled 177.3.',
    );
  });

  it('never put a mean below the threshold beside it and "solved"', () => {
    const of = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(fc.array(of, { minLength: 1, maxLength: 6 }), (means) => {
        const text = jointVerdict(
          means.map(([sampled, greedy]) => summary('done', sampled, greedy)),
          300,
          paint,
        );
        const said = /^Solved.*mean return ([\d.]+) [^:]*\(threshold 300\)/.exec(text);
        if (said) expect(Number(said[1])).toBeGreaterThanOrEqual(300);
      }),
    );
  });

  it('say that a target return was reached, where, and by how many seeds', () => {
    const message = 'mean return 183.2 over 5 sampled episodes at iteration 15 (target 100)';
    const reached = { ...summary('stopped', 183.2), iterations: 15, message };
    expect(targetLines([reached], 100, paint)).toEqual([`Target reached: ${message}.`]);
    expect(targetLines([reached, summary('done', 90), { ...reached, iterations: 5 }], 100, paint)).toEqual([
      'Target reached by 2 of 3 seeds: mean return of at least 100, at iterations 5 and 15.',
    ]);
    expect(targetLines([reached, reached], 100, paint)).toEqual([
      'Target reached by 2 of 2 seeds: mean return of at least 100, at iteration 15.',
    ]);
    expect(targetLines([summary('stopped', 183.2)], 100, paint)).toEqual([]);
    expect(targetLines([{ ...reached, status: 'failed' }], 100, paint)).toEqual([]);
  });

  it('offer to go on only where something is left', () => {
    const resume = { purpose: 'go on', words: ['resume', 'x'] };
    const next = [
      { purpose: 'play', words: ['eval'] },
      { purpose: 'train longer', words: ['train'], kind: 'longer' as const },
    ];
    const purposes = (failed: boolean, ...all: Parameters<typeof sensibleSteps>[0]) =>
      sensibleSteps(all, failed, resume, next).map(({ purpose }) => purpose);
    expect(purposes(false, { status: 'done' })).toEqual(['play', 'train longer']);
    expect(purposes(false, { status: 'stopped' })).toEqual(['go on', 'play']);
    expect(purposes(false, { status: 'stopped', message: 'target' })).toEqual(['play']);
    expect(purposes(false, { status: 'stopped', message: 'target' }, { status: 'stopped' })).toEqual(['go on', 'play']);
    expect(purposes(false, { status: 'done', message: 'solved' })).toEqual(['play']);
    expect(purposes(true, { status: 'done' })).toEqual(['go on', 'play']);
  });

  it.each([80, 50, 30])('break commands between words in %i columns, so that a shell can join them', (columns) => {
    const words = [
      'train',
      'CartPole-v1',
      '--algorithm',
      'ppo',
      '--seed',
      '1,2,3',
      '--learning-rate',
      '0.001',
      '--num-envs',
      '16',
      'my env',
    ];
    const steps = [{ purpose: 'compare with PPO', words, note: 'each at its own settings; with --recipe paper both have the same' }];
    const [head, ...rest] = stepLines(steps, ['--module', 'mine.js'], paint, columns);
    expect(head).toBe('Next:');
    for (const line of rest) expect(visibleWidth(line)).toBeLessThan(columns);
    const text = rest.join('\n');
    const joined = text.replaceAll(/ \\\n */g, ' ');
    expect(joined).toContain(`npx cohort-rl ${words.slice(0, -1).join(' ')} 'my env' --module mine.js`);
    // A flag stays beside its value.
    expect(text).not.toMatch(/--[a-z-]+ \\\n/);
  });

  it('break sentences between words', () => {
    const text = verdict(summary('done', 300), 475, paint);
    for (const columns of [80, 50, 30]) {
      const lines = wrapTo(text, columns);
      expect(lines.join(' ')).toBe(text);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }
    expect(wrapTo('  greedy accuracy 12.0 %', 20)).toEqual(['  greedy accuracy', '  12.0 %']);
    expect(wrapTo('unbreakable', 4)).toEqual(['unbreakable']);
  });

  it('put a long run folder below its label', () => {
    expect(nextLines('runs/a-long-name', [], [], paint, 24)).toEqual(['Run folder:', '  runs/a-long-name', 'Next:']);
  });

  it('list what to type next', () => {
    const steps = [
      { purpose: 'play', words: ['eval', 'runs/x'] },
      { purpose: 'train longer', words: ['train', 'my env'] },
    ];
    expect(nextLines('runs/x', steps, ['--module', 'mine.js'], paint)).toEqual([
      'Run folder: runs/x',
      'Next:',
      '  play          npx cohort-rl eval runs/x --module mine.js',
      "  train longer  npx cohort-rl train 'my env' --module mine.js",
    ]);
  });
});

describe('the moving display', () => {
  it('is there at once, draws at most 13 frames a second, survives a resize, and leaves its last frame', async () => {
    vi.useFakeTimers();
    const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
    let written = '';
    let writes = 0;
    stream.on('data', (text: Buffer) => {
      written += String(text);
      writes++;
    });
    const state = stateOf(createSeedState(1, 200, look));
    const display = await openDisplay(state, look, streamScreen(stream as unknown as NodeJS.WriteStream), () => performance.now());
    expect(stripVTControlCharacters(written)).toContain('waiting …');
    for (let i = 1; i <= 100; i++) {
      display.event(0, iteration(i));
      vi.advanceTimersByTime(10);
    }
    expect(writes).toBeGreaterThan(8);
    expect(writes).toBeLessThanOrEqual(14);
    written = '';
    stream.columns = 40;
    stream.emit('resize');
    // Seven lines of up to 79 columns: more than seven rows of 40, all erased.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with a control character
    const erased = Number(/\u001B\[(\d+)A\r\u001B\[J/.exec(written)?.[1]);
    expect(erased).toBeGreaterThan(7);
    const redrawn = written.slice(written.indexOf('\u001B[J') + 3);
    for (const line of stripVTControlCharacters(redrawn).split('\n')) expect(visibleWidth(line)).toBeLessThan(40);
    applyEvent(state.seeds[0]!, { event: 'summary', ...summary('done', 490) });
    display.close();
    expect(stripVTControlCharacters(written)).toContain('100 %');
    const total = writes;
    vi.advanceTimersByTime(1000);
    stream.emit('resize');
    expect(writes).toBe(total);
    vi.useRealTimers();
  });
});
