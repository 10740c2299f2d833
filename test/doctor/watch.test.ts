import { describe, expect, it } from 'vitest';
import { warningOf, watchRun } from '../../src/doctor/index.ts';

const run = { road: 'environments', config: { iterations: 100_000, updateEpochs: 4 }, facts: {} } as const;

/** The iterations at which something is said of metrics by their iteration, and what. */
function saidOf(metrics: (iteration: number) => Record<string, number>, count: number): [number, string][] {
  const see = watchRun(run);
  const said: [number, string][] = [];
  for (let i = 1; i <= count; i++) {
    const finding = see(i, { 'losses/entropy': 1, ...metrics(i) });
    if (finding) said.push([i, finding.name]);
  }
  return said;
}

describe('a run that goes on', () => {
  it('is told of once, and not before ten iterations', () => {
    expect(saidOf(() => ({ 'losses/clipfrac': 0.9 }), 50)).toEqual([[10, 'clipped-updates']]);
  });

  it('is told of as soon as most of the last ten iterations show it', () => {
    expect(saidOf((i) => ({ 'losses/clipfrac': i > 1000 ? 0.9 : 0.1 }), 2000)).toEqual([[1006, 'clipped-updates']]);
  });

  it('is not told of what training tells by itself', () => {
    expect(saidOf(() => ({ 'group/singleton_frac': 1, 'advantage/std': 0 }), 50)).toEqual([]);
  });

  it('is told of in one sentence with the number, the limit and what to try', () => {
    const see = watchRun(run);
    const finding = Array.from({ length: 10 }, (_, i) => see(i + 1, { 'losses/clipfrac': 0.62 })).at(-1)!;
    expect(warningOf(finding)).toBe(
      'most samples are outside the clip range and teach nothing: the policy leaves the one that acted within an iteration (median of losses/clipfrac: 0.62 in iterations 1 to 10; above 0.5 is ill); try a lower --learning-rate (a tenth), or fewer --update-epochs',
    );
  });
});
