import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { box, discrete, multiDiscrete } from '../../src/core/space.ts';
import { lostAtEdge } from '../../src/doctor/environmentRules.ts';
import { type ExaminedRun, examine, iterationsOf, rules } from '../../src/doctor/index.ts';
import { atFirst, isLate, isWell, lately, returnOf, uniformEntropy } from '../../src/doctor/run.ts';

type Row = Readonly<Record<string, number>>;

/** A run of so many iterations, by default twelve, that are all alike, or by their number from 1. */
function runOf(row: Row | ((iteration: number) => Row), more: Partial<ExaminedRun> = {}, count = 12): ExaminedRun {
  const rows = Array.from({ length: count }, (_, i) => ({
    iteration: i + 1,
    'losses/entropy': 1,
    ...(typeof row === 'function' ? row(i + 1) : row),
  }));
  return { road: 'environments', config: { iterations: count }, facts: {}, rows, ...more };
}

const model = (row: Row): ExaminedRun => runOf(row, { road: 'language-models' });
const found = (run: ExaminedRun): string[] => examine(run).map(({ name }) => name);

/** For every rule a run on which it measures the value, but for rounding. Everything else about it is well. */
const measuring: Readonly<Record<string, (value: number) => ExaminedRun>> = {
  'groups-of-one': (value) =>
    runOf({ 'group/singleton_frac': value, 'advantage/std': 0, 'charts/episodic_return': 9 }, { facts: { solvedFrom: 9 } }),
  'zero-advantages': (value) => runOf({ 'advantage/std': value, 'charts/episodic_return': 5 }),
  'lonely-bins': (value) => runOf({ 'group/singleton_frac': value, 'advantage/std': 1 }, { config: { baseline: 'own' } }),
  // Of 2 steps at a discount of 0.9 a step loses (0.9 + 0.81) / 2.
  'returns-cut': (value) => runOf({ 'group/cut_frac': value / 0.855 }, { config: { tail: 'zero', numSteps: 2, gamma: 0.9 } }),
  'entropy-collapse': (value) => runOf({ 'losses/entropy': value * Math.log(4) }, { facts: { actionSpace: discrete(4) } }),
  // Entropy of two numbers of that standard deviation.
  'narrow-actions': (value) =>
    runOf({ 'losses/entropy': Math.log(2 * Math.PI * Math.E) + 2 * Math.log(value) }, { facts: { actionSpace: box(-1, 1, [2]) } }),
  'useless-critic': (value) => runOf({ 'losses/explained_variance': value }, {}, 40),
  'reward-scale': (value) => runOf({ 'losses/gradient_norm': value * 0.5, 'losses/value_loss': 1 }, { config: { maxGradNorm: 0.5 } }),
  'exploding-observation': (value) => runOf({}, { facts: { variance: [1, value * value, 4] } }),
  hovering: (value) =>
    runOf((i) => ({ 'charts/episodic_length': i === 1 ? 90 : value * 1000, 'charts/episodic_return': 100 }), {
      facts: { maxEpisodeSteps: 1000, solvedFrom: 200 },
    }),
  'groups-all-wrong': (value) => model({ 'group/all_wrong_frac': value, 'group/valid_frac': 0.04 }),
  'cut-completions': (value) => model({ 'completions/truncated_frac': value }),
  'failed-rewards': (value) => model({ 'reward/failed': value }),
  'model-collapse': (value) => model({ 'losses/entropy': value }),
  'clipped-updates': (value) => runOf({ 'losses/clipfrac': value }),
  'large-steps': (value) => runOf({ 'losses/approx_kl': value }),
  'no-steps': (value) => runOf({ 'losses/approx_kl': value, 'losses/clipfrac': 0 }, { config: { updateEpochs: 4, numMinibatches: 4 } }),
};

describe('every rule', () => {
  it.each(rules.map((rule) => [rule.name, rule] as const))(
    '%s: is ill beyond its limit and well on the other side',
    (name, { ill, limit }) => {
      const run = measuring[name]!;
      const [beyond, short] = { above: [1.001, 0.999], below: [0.999, 1.001], at: [1, 0.999] }[ill]!;
      // Of a limit of 0 nothing is a little less.
      expect(found(run(limit * beyond!))).toEqual([name]);
      expect(found(run(limit === 0 ? 1e-3 : limit * short!))).toEqual([]);
      const [finding] = examine(run(limit * beyond!));
      expect(finding).toMatchObject({ name, ill, limit });
      expect(finding!.value).toBeCloseTo(limit * beyond!, 6 - Math.ceil(Math.log10(limit || 1)));
    },
  );

  it.each(rules.map(({ name }) => name))('%s: says nothing of two iterations', (name) => {
    const run = measuring[name]!;
    const { limit, ill } = rules.find((rule) => rule.name === name)!;
    const whole = run(limit * (ill === 'below' ? 0.5 : ill === 'above' ? 1.05 : 1));
    expect(found(whole)).toEqual([name]);
    // The statistics of observations are those of all iterations there were.
    if (name !== 'exploding-observation') expect(found({ ...whole, rows: whole.rows.slice(0, 2) })).toEqual([]);
  });

  it('has a name of its own, and says where its limit is from and what to try', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { source, meaning, advice, measured } of rules) {
      for (const text of [source, meaning, advice, measured]) expect(text).not.toMatch(/^$|\.$/);
    }
  });

  it('takes what anybody may have written, and finds nothing in it', () => {
    const value = fc.oneof(fc.double(), fc.constant(null), fc.constant('x'), fc.constant({}), fc.constant([]));
    const keys = [
      'iteration',
      'losses/entropy',
      'losses/clipfrac',
      'group/singleton_frac',
      'charts/episodic_length',
      'losses/explained_variance',
    ];
    const line = fc.dictionary(fc.constantFrom(...keys), value);
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 20 }),
        fc.dictionary(fc.constantFrom('gamma', 'numSteps', 'iterations', 'baseline'), value),
        (lines, config) => {
          for (const road of ['environments', 'language-models'] as const) {
            const findings = examine({ road, config, facts: { actionSpace: discrete(2), solvedFrom: 1 }, rows: iterationsOf(lines) });
            for (const finding of findings) expect(Number.isNaN(finding.value)).toBe(false);
          }
        },
      ),
    );
    expect(
      iterationsOf([{ iteration: 1, 'losses/entropy': 0, note: 'x' }, { iteration: '2', 'losses/entropy': 0 }, { iteration: 3 }]),
    ).toEqual([{ iteration: 1, 'losses/entropy': 0 }]);
  });
});

describe('a sign of success is none of illness', () => {
  const solved = { facts: { actionSpace: discrete(4), solvedFrom: 100, maxEpisodeSteps: 10 } };
  const collapsed = (value: number, more: Partial<ExaminedRun> = solved) =>
    runOf({ 'losses/entropy': 0, 'charts/episodic_return': value }, more);

  it('where the task is solved but for a tenth', () => {
    expect(found(collapsed(89))).toEqual(['entropy-collapse']);
    expect(found(collapsed(90))).toEqual([]);
    const negative = { facts: { actionSpace: discrete(4), solvedFrom: -10 } };
    expect(found(collapsed(-11.1, negative))).toEqual(['entropy-collapse']);
    expect(found(collapsed(-11, negative))).toEqual([]);
  });

  it('where nobody knows when it is solved, and it is better than at first', () => {
    const improving = (by: number, begunTrained = false) =>
      runOf((i) => ({ 'losses/entropy': 0, 'charts/episodic_return': i * by }), { facts: { actionSpace: discrete(2), begunTrained } });
    expect(found(improving(1))).toEqual([]);
    expect(found(improving(0))).toEqual(['entropy-collapse']);
    // A first iteration that is no beginning.
    expect(found(improving(0, true))).toEqual([]);
  });

  it('where a language model is right', () => {
    const right = (share: number) => model({ 'losses/entropy': 0, 'completions/truncated_frac': 1, 'completions/accuracy': share });
    expect(found(right(0.89))).toEqual(['cut-completions', 'model-collapse']);
    expect(found(right(0.91))).toEqual([]);
  });
});

describe('a rule does not apply', () => {
  const change = (name: string, value: number, more: Partial<ExaminedRun>) => {
    const run = measuring[name]!(value);
    return found({ ...run, ...more, config: { ...run.config, ...more.config }, facts: { ...run.facts, ...more.facts } });
  };

  it('where the configuration rules it out', () => {
    expect(change('lonely-bins', 0.9, { config: { baseline: 'leave-one-out' } })).toEqual([]);
    expect(change('returns-cut', 0.8, { config: { tail: 'bootstrap' } })).toEqual([]);
    expect(change('no-steps', 0, { config: { updateEpochs: 1, numMinibatches: 1 } })).toEqual([]);
    expect(change('reward-scale', 1e9, { config: { maxGradNorm: 0 } })).toEqual([]);
  });

  it('where rewards do not decide the gradient', () => {
    const rows = { 'losses/gradient_norm': 1e6 };
    expect(found(runOf(rows, { config: { maxGradNorm: 0.5, normalizeAdvantage: true } }))).toEqual([]);
    expect(found(runOf(rows, { config: { maxGradNorm: 0.5, normalizeAdvantage: false } }))).toEqual(['reward-scale']);
  });

  it('where episodes always go to the limit', () => {
    const always = (first: number) =>
      runOf((i) => ({ 'charts/episodic_length': i === 1 ? first : 1000, 'charts/episodic_return': 1 }), {
        facts: { maxEpisodeSteps: 1000, solvedFrom: 4800 },
      });
    expect(found(always(500))).toEqual(['hovering']);
    expect(found(always(501))).toEqual([]);
  });

  it('in the first half of a run', () => {
    for (const name of ['useless-critic', 'hovering']) {
      const value = name === 'hovering' ? 1 : 0;
      const count = measuring[name]!(value).rows.length;
      expect(change(name, value, { config: { iterations: 2 * count } })).toEqual([name]);
      expect(change(name, value, { config: { iterations: 2 * count + 1 } })).toEqual([]);
    }
    expect(found(runOf({ 'losses/explained_variance': -1 }, {}, 30))).toEqual(['useless-critic']);
    expect(found(runOf({ 'losses/explained_variance': -1 }, {}, 29))).toEqual([]);
  });

  it('where the learning rate is annealed away, or there are no advantages', () => {
    const rate = (value: number, more: Row = {}) =>
      found(
        runOf(
          { 'charts/learning_rate': value, 'losses/approx_kl': 0, 'losses/clipfrac': 0, ...more },
          { config: { learningRate: 1, updateEpochs: 4 }, facts: { solvedFrom: 1 } },
        ),
      );
    expect(rate(0.1)).toEqual(['no-steps']);
    expect(rate(0.099)).toEqual([]);
    expect(rate(1, { 'advantage/std': 0 })).toEqual(['zero-advantages']);
    expect(rate(1, { 'advantage/std': 0, 'group/singleton_frac': 1 })).toEqual(['groups-of-one']);
  });
});

describe('what rules look at', () => {
  it('is the median of the last ten iterations', () => {
    // 1 .. 12: the last ten are 3 .. 12.
    const run = runOf((i) => ({ x: i }));
    expect(lately(run, 'x')).toBe(7.5);
    expect(atFirst(run, 'x')).toBe(1);
    expect(examine(runOf((i) => ({ 'losses/clipfrac': i > 7 ? 0.9 : 0 })))).toEqual([]);
    expect(examine(runOf((i) => ({ 'losses/clipfrac': i > 6 ? 0.9 : 0 })))).toMatchObject([{ name: 'clipped-updates', from: 3, to: 12 }]);
  });

  it('is the last return where no episode ended of late', () => {
    const run = runOf((i): Row => (i === 2 ? { 'charts/episodic_return': 7 } : {}), { facts: { solvedFrom: 7 } });
    expect(returnOf(run)).toBe(7);
    expect(isWell(run)).toBe(true);
    expect(isWell(runOf({}))).toBe(false);
  });

  it('is the entropy of uniform actions, over all heads', () => {
    expect(uniformEntropy(runOf({}, { facts: { actionSpace: multiDiscrete([2, 3]) } }))).toBeCloseTo(Math.log(6), 12);
    expect(uniformEntropy(runOf({}, { facts: { actionSpace: box(-1, 1, [2]) } }))).toBeUndefined();
    expect(isLate(runOf({}, { config: {} }))).toBe(false);
  });

  it('is the share of the discounted weight beyond the edge', () => {
    expect(lostAtEdge(2, 0.5)).toBe(0.375);
    expect(lostAtEdge(5, 1)).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.double({ min: 0.1, max: 0.999, noNaN: true }), (steps, gamma) => {
        const each = Array.from({ length: steps }, (_, t) => gamma ** (steps - t));
        expect(lostAtEdge(steps, gamma)).toBeCloseTo(each.reduce((sum, weight) => sum + weight, 0) / steps, 9);
      }),
    );
  });
});
