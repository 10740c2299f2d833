import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gainOf,
  type LanguageOutcome,
  languageEffort,
  languageJointVerdict,
  languageVerdict,
} from '../../src/cli/closing/languageModels.ts';
import { paintFor, visibleWidth } from '../../src/cli/terminal.ts';
import { languageLook as look } from '../../src/display/languageLines.ts';
import { displayLines, plainLine, type View } from '../../src/display/lines.ts';
import { plainDisplay } from '../../src/display/live.ts';
import { applyEvent, createSeedState, type DisplayState, type SeedState } from '../../src/display/state.ts';
import type { EvaluationResult, RunEvent } from '../../src/node/index.ts';
import { attachPictures } from '../../src/run/completionPictures.ts';

const base = { runDirectory: 'runs/x', seed: 1 } as const;
const paint = paintFor(false);

function iteration(i: number, metrics: Record<string, number> = {}): RunEvent {
  const all = {
    'completions/accuracy': 0.2 + i / 1000,
    'completions/length': 3.9,
    'losses/entropy': 0.52,
    'losses/gradient_norm': 0.214,
    'group/valid_frac': 0.625,
    'group/alpha': 1.6,
    'group/all_right_frac': 0.125,
    'group/all_wrong_frac': 0.25,
    'group/attempts': 1,
    'charts/tokens_per_second': 2301,
    'time/sample': 0.2,
    'time/reward': 0,
    'time/forward': 0.2,
    'time/backward': 0.5,
    'time/optimizer': 0.1,
    ...metrics,
  };
  const rate = { seconds: i / 2, progressPerSecond: 612, timeLeft: (150 - i) / 2 };
  return { event: 'iteration', ...base, iteration: i, iterations: 150, globalStep: i * 256, ...rate, metrics: all };
}

function result(mean: number, prompts: number): EvaluationResult {
  const standardError = Math.sqrt((mean * (1 - mean)) / (prompts - 1));
  return { mean, standardError, iqm: mean, returns: Array(prompts).fill(mean), lengths: Array(prompts).fill(4) };
}

const completions = [
  { prompt: '37+58=', completion: '095', total: 1, components: { correct: 1 }, ended: true },
  { prompt: '12+90=', completion: '1\n29', total: 0.1, components: { format: 1, correct: 0 }, ended: false },
  { prompt: '10+10=', completion: '', total: Number.NaN, components: {}, ended: true },
] as const;

function warm(step: number, accuracy: number, done = false): RunEvent {
  return { event: 'warmStart', ...base, step, accuracy, target: 0.2, seconds: step / 100, done, cached: false };
}

function stateOf(...seeds: SeedState[]): DisplayState {
  const title = ['add-2digit', 'GPG-LM', '32 prompts x 8 completions', '2 layers of 64', 'seed 1'];
  return { title, runDirectory: 'runs/add-2digit__gpg-lm__seed1__20251121-014800', seeds, interrupting: false };
}

function view(columns = 100, rows = 30, color = false): View {
  return { columns, rows, frame: 0, elapsed: 6.2, paint, color };
}

function trained(to: number, seed = 1): SeedState {
  const state = createSeedState(seed, 150, look);
  for (let i = 1; i <= to; i++) applyEvent(state, iteration(i));
  return state;
}

describe('the display of a language model', () => {
  it('shows title, folder, progress, speed, course, groups, evaluation, time and completions of a run', () => {
    const seed = trained(63);
    applyEvent(seed, {
      event: 'evaluation',
      ...base,
      iteration: 60,
      globalStep: 1,
      sampled: result(0.431, 200),
      greedy: result(0.52, 200),
    });
    applyEvent(seed, { event: 'completions', ...base, iteration: 63, completions });
    const lines = displayLines(stateOf(seed), look, view());
    const text = lines.join('\n');
    for (const part of [
      'add-2digit · GPG-LM · 32 prompts x 8 completions · 2 layers of 64 · seed 1',
      'runs/add-2digit__gpg-lm__seed1__20251121-014800',
      '42 %   iteration 63/150',
      '16,128 rollouts   612 rollouts/s   2,301 tokens/s   elapsed 6.2 s   left 43.5 s',
      '26.3 %   entropy 0.520   gradient 0.2140',
      '▁▁',
      '██',
      'valid 62.5 %   alpha 1.60   all right 12.5 %   all wrong 25.0 %',
      'sampled 43.1 %   greedy 52.0 %   200 prompts each, at iteration 60',
      'sample 20 %  ▒ forward 20 %  ░ backward 50 %  · optimizer 10 %',
      'wrote      37+58=095   reward 1.00',
      '12+90=1⏎29…   reward 0.10   format 1.00  correct 0.00',
      '10+10=   reward failed',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('draws');
  });

  it('says what is out of the ordinary: draws, completions that were cut, rewards that failed', () => {
    const seed = createSeedState(1, 150, look);
    applyEvent(seed, iteration(1, { 'group/attempts': 3, 'completions/truncated_frac': 0.05, 'reward/failed': 0.01 }));
    const text = displayLines(stateOf(seed), look, view(140)).join('\n');
    for (const part of ['3 draws', 'cut 5.0 %', 'rewards failed 1.0 %']) expect(text).toContain(part);
  });

  it('while it warms up measures the accuracy against its target, and the bar too', () => {
    const seed = createSeedState(1, 150, look);
    applyEvent(seed, warm(640, 0.05));
    const lines = displayLines(stateOf(seed), look, view());
    expect(lines[2]).toContain('25 %   warming up …');
    expect(lines[3]).toBe('  warm start step 640   accuracy 5.0 % of 20.0 %');
    expect(lines).toHaveLength(4);
    applyEvent(seed, iteration(1));
    expect(displayLines(stateOf(seed), look, view()).join('\n')).not.toContain('warm');
  });

  it('does not say warming up once the warm start is measured', () => {
    const seed = createSeedState(1, 150, look);
    applyEvent(seed, warm(900, 0.21, true));
    applyEvent(seed, { event: 'evaluation', ...base, iteration: 0, globalStep: 0, sampled: result(0.2, 200), greedy: result(0.3, 200) });
    expect(displayLines(stateOf(seed), look, view()).join('\n')).toMatch(/starting …[\s\S]*group +–[\s\S]*sampled 20\.0 %/);
  });

  it('has one row per seed, each where it stands, and sums rollouts up', () => {
    const seeds = [trained(75, 1), createSeedState(2, 150, look), createSeedState(3, 150, look)];
    applyEvent(seeds[1]!, warm(640, 0.1));
    const lines = displayLines(stateOf(...seeds), look, view());
    expect(lines[2]).toMatch(/seed 1 .* 50 % .* 27\.5 % {2}left 37\.5 s/);
    expect(lines[3]).toMatch(/seed 2 .* 50 % {2}warming up … {2}step 640 {2}accuracy 10\.0 % of 20\.0 %/);
    expect(lines[4]).toMatch(/seed 3 .*waiting …/);
    expect(lines.at(-1)).toContain('0 of 3 seeds done   19,200 rollouts   612 rollouts/s');
  });

  it('never wraps and never scrolls, whatever the model writes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 160 }),
        fc.integer({ min: 2, max: 40 }),
        fc.string({ unit: 'grapheme-ascii', maxLength: 200 }),
        fc.constantFrom('warming', 'training', 'done'),
        (columns, rows, completion, phase) => {
          const seed = trained(phase === 'warming' ? 0 : 9);
          if (phase === 'warming') applyEvent(seed, warm(1, 0.1));
          const pictures = Array(completion.length % 4).fill({ width: 5, height: 90, pixels: new Uint8Array(3 * 5 * 90) });
          const record = attachPictures({ ...completions[0], completion }, pictures);
          applyEvent(seed, { event: 'completions', ...base, iteration: 9, completions: [record] });
          const lines = displayLines(stateOf(seed), look, view(columns, rows, rows % 2 === 0));
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) {
            expect(line).not.toContain('\n');
            expect(visibleWidth(line)).toBeLessThanOrEqual(Math.max(1, columns - 1));
          }
        },
      ),
    );
  });

  it('shows the pictures of the first prompt below it, as large as there is room, and others only after them', () => {
    const picture = { width: 24, height: 24, pixels: new Uint8Array(3 * 24 * 24).fill(255) };
    const [first, ...others] = completions;
    const asked = attachPictures({ ...first, prompt: '[image 24x24]circle?' }, [picture]);
    const seed = trained(9);
    applyEvent(seed, { event: 'completions', ...base, iteration: 9, completions: [asked, ...others] });
    const drawn = (rows: number, color = false): string[] => displayLines(stateOf(seed), look, view(80, rows, color));
    const written = drawn(24).indexOf('  wrote      ▣circle?095   reward 1.00');
    expect(drawn(24).slice(written + 1, written + 13)).toEqual(Array(12).fill(`${' '.repeat(13)}${'█'.repeat(24)}`));
    expect(drawn(24)[written + 13]).toContain('12+90=1');
    expect(drawn(24)).toHaveLength(23);
    expect(drawn(24, true)[written + 1]).toContain('\u001B[38;2;255;255;255m');
    expect(drawn(20).slice(written + 1, written + 7)).toEqual(Array(6).fill(`${' '.repeat(13)}${'█'.repeat(12)}`));
    expect(drawn(13).join('')).not.toContain('█'.repeat(6));
    expect(displayLines(stateOf(seed), look, view(20, 24)).join('')).not.toContain('█'.repeat(6));
  });

  it('in a log has one line every two seconds: first the warm start, then the accuracy', () => {
    const lines: string[] = [];
    let now = 0;
    const display = plainDisplay(
      stateOf(createSeedState(1, 150, look)),
      look,
      (line) => lines.push(line),
      () => now,
    );
    for (let i = 1; i <= 30; i++) {
      now = i * 100;
      display.event(0, warm(i * 10, i / 200, i === 30));
    }
    display.event(0, { event: 'evaluation', ...base, iteration: 0, globalStep: 0, sampled: result(0.2, 200), greedy: result(0.3, 200) });
    now += 2000;
    display.event(0, iteration(1));
    expect(lines.slice(1)).toEqual([
      'warm start  step 10  accuracy 0.5 % of 20.0 %',
      'warm start  step 210  accuracy 10.5 % of 20.0 %',
      'warm start  step 300  accuracy 15.0 % of 20.0 %',
      expect.stringMatching(/^iteration 0\/150 .* sampled 20\.0 % {2}greedy 30\.0 %/),
      expect.stringMatching(/^iteration 1\/150 {2}256 rollouts {2}612 rollouts\/s {2}accuracy 20\.1 %.*valid 62\.5 % {2}alpha 1\.60/),
    ]);
    expect(plainLine(trained(2), look, true)).toMatch(/^seed 1 {2}iteration 2\/150/);
  });
});

describe('the words at the end', () => {
  const statistics = (mean: number, prompts: number) => ({ ...result(mean, prompts), returns: undefined, lengths: undefined });
  const outcome = (before: number | undefined, after: number, more: Partial<LanguageOutcome> = {}): LanguageOutcome => ({
    status: 'done',
    evaluation: {
      sampled: result(after, 500),
      greedy: result(after + 0.05, 500),
      passAtK: [
        { k: 1, accuracy: after, low: 0, high: 1 },
        { k: 8, accuracy: 0.8, low: 0.7, high: 0.9 },
      ],
      majAtK: [{ k: 8, accuracy: 0.55, low: 0.5, high: 0.6 }],
    },
    startEvaluation: before === undefined ? undefined : { sampled: statistics(before, 200), greedy: statistics(before + 0.1, 200) },
    progress: { unit: 'completions', count: 38_400 },
    tokens: 153_120,
    seconds: 62,
    progressPerSecond: 619,
    ...more,
  });
  const words = (of: LanguageOutcome): string[] => languageVerdict(of, gainOf(of, 200), paint);

  it('say what was gained, with the interval', () => {
    const lines = words(outcome(0.2, 0.49));
    expect(lines).toEqual([
      expect.stringMatching(
        /^Improved: sampled accuracy 20\.0 % before, 49\.0 % after: \+29\.0 points \(95 % interval \+21\.\d to \+35\.\d\)\.$/,
      ),
      expect.stringMatching(/^ {2}greedy accuracy 30\.0 % before, 54\.0 % after: \+24\.0 points/),
      '  pass@8 80.0 %, maj@8 55.0 % after.',
    ]);
    expect(languageEffort(outcome(0.2, 0.49))).toBe('38,400 rollouts, 153,120 tokens in 1 min 02 s (619 rollouts/s).');
  });

  it('claim nothing inside the noise, and say when it got worse', () => {
    expect(words(outcome(0.2, 0.23))[0]).toMatch(/^No difference to be seen: .*\+3\.0 points \(95 % interval −\d.* to \+/);
    expect(words(outcome(0.4, 0.2))[0]).toMatch(/^Worse than before: .*−20\.0 points/);
  });

  it('say what there is where the first evaluation or any is missing, and why a run failed', () => {
    expect(words(outcome(undefined, 0.3))[0]).toBe('Ended: sampled accuracy 30.0 %.');
    expect(words(outcome(0.2, 0.3, { evaluation: null }))).toEqual(['Ended without an evaluation.']);
    expect(words(outcome(0.2, 0.3, { status: 'failed', message: 'most groups are all wrong' }))).toEqual([
      'Failed: most groups are all wrong',
    ]);
    expect(words(outcome(0.2, 0.95, { message: 'solved' }))[0]).toMatch(/^Solved: /);
  });

  it('sum seeds up by the differences within each', () => {
    const gains = [outcome(0.2, 0.48), outcome(0.21, 0.5), outcome(0.19, 0.49)].map((one) => gainOf(one, 200));
    expect(languageJointVerdict(gains, paint)).toMatch(
      /^Improved, 3 of 3 seeds: sampled accuracy 20\.0 % before, 49\.0 % after: \+29\.0 points \(95 % interval over seeds \+26\.5 to \+31\.5\); greedy/,
    );
    expect(languageJointVerdict([gainOf(outcome(undefined, 0.3), 200)], paint)).toBe('Ended without an evaluation.');
    // The same gain twice has no spread to tell anything by.
    const alike = languageJointVerdict(
      [outcome(0.25, 0.5), outcome(0.25, 0.5)].map((one) => gainOf(one, 200)),
      paint,
    );
    expect(alike).toMatch(
      /^No difference to be seen, 2 of 2 seeds: sampled accuracy 25\.0 % before, 50\.0 % after: \+25\.0 points; greedy/,
    );
  });
});
