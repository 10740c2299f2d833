import { describe, expect, it } from 'vitest';
import { fitSlope, largestDeviation, meanOf, noMoments, noVectors, take, takeVector, varianceOf } from '../../src/theory/monteCarlo.ts';
import { intervalText, numberText, outcomeHolds, settle, whatFails } from '../../src/theory/row.ts';
import { notationSlips } from '../../src/theory/rows/slips.ts';
import { type TheoryReport, theoryStatements, verifyTheory } from '../../src/theory/verifyTheory.ts';
import { wrongSubjects } from './wrong.ts';

/** Rows that take a second or more: in rows.slow.node.test.ts. */
const slow = new Set(['segments', ...theoryStatements.filter(({ kind }) => kind === 'monte carlo').map(({ name }) => name)]);
const fast = theoryStatements.map(({ name }) => name).filter((name) => !slow.has(name));
const verify = (options: Parameters<typeof verifyTheory>[0] = {}): Promise<TheoryReport> =>
  verifyTheory({ only: fast, pairsOnly: true, ...options });

describe('the rows that draw no large groups', () => {
  it('all hold', async () => {
    const { rows, holds } = await verify();
    expect(rows.filter(({ verdict }) => verdict === 'fails').map(({ name, failures }) => [name, failures])).toEqual([]);
    expect([rows.length, holds]).toEqual([fast.length, true]);
    expect(fast.length).toBeGreaterThan(25);
  });

  it('can each fail: by a wrong estimator, advantage function or surrogate', async () => {
    const failed = new Map<string, string>();
    for (const [what, subjects] of Object.entries(wrongSubjects)) {
      const left = fast.filter((name) => !failed.has(name));
      if (left.length === 0) break;
      for (const { name, verdict, failures } of (await verify({ only: left, subjects })).rows) {
        expect(failures.length > 0).toBe(verdict === 'fails');
        if (verdict === 'fails') failed.set(name, what);
      }
    }
    expect(fast.filter((name) => !failed.has(name))).toEqual([]);
    expect(failed.get('slip-lambda')).toBe('lambda 0.9 in gae');
    expect(failed.get('surrogate')).toBe('a surrogate of the squared ratio');
  });

  it.each([
    ['the own return where it should be left out', ['leave-one-out', 'alone-in-bin', 'rloo'], ['shrinkage', 'visit-means', 'dr-grpo']],
    ['every visit where the first counts', ['visit-means', 'slip-first-visit', 'own-and-others'], ['time-baseline', 'leave-one-out']],
    ['no baseline at all', ['shrinkage', 'grpo-outcome', 'rloo'], ['past-baseline', 'slip-action-value', 'leave-one-out-history']],
  ])('%s: fails where it is wrong, and nowhere else', async (what, wrong, right) => {
    const { rows } = await verify({ only: [...wrong, ...right], subjects: wrongSubjects[what] });
    const failed = rows.filter(({ verdict }) => verdict === 'fails').map(({ name }) => name);
    expect(failed.sort()).toEqual([...wrong].sort());
  });
});

describe('verifyTheory', () => {
  it('gives the same numbers again, alone and among others, in the order of the table', async () => {
    const [several, two] = [
      await verify({ only: ['rloo', 'surrogate', 'slip-lambda', 'time-baseline'] }),
      await verify({ only: ['slip-lambda', 'surrogate'] }),
    ];
    expect(two.rows.map(({ name }) => name)).toEqual(['surrogate', 'slip-lambda']);
    for (const row of two.rows) expect(row).toEqual(several.rows.find(({ name }) => name === row.name));
    // The same bits in Node and in Chromium.
    expect(two.rows[0]!.checks.map(({ value }) => value)).toEqual([
      1.0513801153324756e-10, 1.682003770464457e-11, 2.86000440341644e-11, 1.3555711821781668e-11,
    ]);
    expect((await verify({ only: ['surrogate'], seed: 2 })).rows[0]!.computed).not.toBe(two.rows[0]!.computed);
  });

  it('tells of rows and of progress, and ends between two steps', async () => {
    const told: string[] = [];
    let pauses = 0;
    const controller = new AbortController();
    const report = await verify({
      only: ['past-baseline', 'surrogate', 'rloo'],
      signal: controller.signal,
      pause: async () => {
        pauses++;
      },
      onProgress: ({ name }, share) => {
        told.push(`${name} ${share.toFixed(2)}`);
        if (name === 'surrogate' && share >= 0.5) controller.abort();
      },
      onRow: ({ name, verdict }) => void told.push(`${name} ${verdict}`),
    });
    expect(told).toEqual([
      ...['past-baseline 0.00', 'past-baseline 0.50', 'past-baseline 1.00', 'past-baseline holds'],
      ...['surrogate 0.00', 'surrogate 0.25', 'surrogate 0.50'],
    ]);
    expect(pauses).toBeGreaterThan(4);
    expect([report.interrupted, report.holds, report.rows.length]).toEqual([true, false, 1]);
  });

  it('refuses rows and seeds that there are not', async () => {
    await expect(verify({ only: ['shrinkag'] })).rejects.toThrow(
      'verifyTheory: only: expected names of rows, got "shrinkag"; did you mean shrinkage?',
    );
    await expect(verify({ seed: -1 })).rejects.toThrow('verifyTheory: seed: expected a whole number from 0 to 2^32 - 1, got -1');
  });

  it('has one row per name, each with a sentence and a source; slips have a printed and a right form', () => {
    expect(new Set(theoryStatements.map(({ name }) => name)).size).toBe(theoryStatements.length);
    for (const { name, statement, source, printed, right } of theoryStatements) {
      expect(name).toMatch(/^[a-z0-9+-]+$/);
      expect(statement).toMatch(/^\S.*[^.]$/);
      expect(source).not.toBe('');
      if (name.startsWith('slip-')) expect([typeof printed, typeof right]).toEqual(['string', 'string']);
    }
    expect(notationSlips.length).toBeGreaterThan(0);
  });
});

describe('a row', () => {
  it('fails by how much', () => {
    expect(whatFails({ what: 'slope', value: -0.31, min: -0.6, max: -0.4 })).toBe('slope: -0.310, expected -0.600 to -0.400, off by 0.090');
    expect(whatFails({ what: 'difference', value: 2e-9, max: 1e-12 })).toBe('difference: 2.0e-9, expected at most 1.0e-12, off by 2.0e-9');
    expect(whatFails({ what: 'bias', value: 0, min: 0.5 })).toBe('bias: 0, expected at least 0.500, off by 0.500');
    expect(whatFails({ what: 'bias', value: Number.NaN, max: 1 })).toMatch(/^bias: NaN, expected at most 1.000/);
    expect(whatFails({ what: 'bias', value: 1, min: 1, max: 1 })).toBeUndefined();
  });

  it('without a check says nothing, and fails', () => {
    expect(outcomeHolds({ computed: '', checks: [] })).toBe(false);
    expect(outcomeHolds({ computed: '', checks: [{ what: '', value: 1, max: 1 }] })).toBe(true);
  });

  it('writes numbers in three digits', () => {
    expect([0, 0.6591, 12.34, 123.4, 2.22e-16, -0.5].map(numberText)).toEqual(['0', '0.659', '12.3', '123', '2.2e-16', '-0.500']);
    expect(intervalText(0.46, [0.45, 0.47])).toBe('0.460 [0.450, 0.470]');
  });
});

describe('the arithmetic of drawn numbers', () => {
  it('means, standard errors, slopes', () => {
    const moments = noMoments();
    for (const value of [1, 3]) take(moments, value);
    expect(meanOf(moments)).toEqual({ mean: 2, standardError: 1, interval: [2 - 1.96, 2 + 1.96] });
    const vectors = noVectors(2);
    for (const vector of [Float64Array.of(1, 5), Float64Array.of(3, 5)]) takeVector(vectors, vector);
    expect(varianceOf(vectors)).toBe(1);
    expect(largestDeviation(vectors, Float64Array.of(4, 5))).toBe(2);
    expect(largestDeviation(vectors, Float64Array.of(2, 4))).toBe(Number.POSITIVE_INFINITY);
    // The line 2 x + 1; each end counts half of its error: sqrt(0.1^2 + 0.1^2) / 2 over a distance of 2 about the middle.
    const points = [0, 1, 2].map((x) => ({ x, y: 2 * x + 1, error: 0.1 }));
    const { slope, standardError } = fitSlope(points);
    expect(slope).toBeCloseTo(2, 14);
    expect(standardError).toBeCloseTo(Math.sqrt(0.02) / 2, 14);
  });

  it('settle runs to the end', () => {
    function* counted(): Generator<number, string, void> {
      yield 0.5;
      return 'end';
    }
    expect(settle(counted())).toBe('end');
  });
});
