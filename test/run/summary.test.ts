import { describe, expect, it } from 'vitest';
import { evaluationResult } from '../../src/run/evaluation.ts';
import { jointSummary } from '../../src/run/seeds.ts';
import type { RunSummary } from '../../src/run/summary.ts';

function summary(seed: number, returns: number[] | null, change: Partial<RunSummary> = {}): RunSummary {
  const result = returns && evaluationResult(returns, returns);
  return {
    runDirectory: `run/${seed}`,
    seed,
    road: 'environments',
    target: 'CartPole-v1',
    method: 'gpg',
    status: 'done',
    parametersSha256: `hash${seed}`,
    progress: { unit: 'steps', count: 1000 },
    iterations: 10,
    seconds: seed,
    progressPerSecond: 1000 / seed,
    evaluation: result && { sampled: result, greedy: evaluationResult([500], [500]) },
    versions: {},
    platform: 'test',
    arithmetic: 'plain',
    ...change,
  };
}

describe('jointSummary', () => {
  it('takes every seed as one number', () => {
    const joint = jointSummary([summary(1, [10, 20]), summary(2, [30]), summary(4, [40, 50])], { runDirectory: 'run' });
    expect(joint.evaluation?.sampled).toEqual({ mean: 30, standardError: 15 / Math.sqrt(3), iqm: 30 });
    expect(joint.evaluation?.greedy.mean).toBe(500);
    expect(joint.seeds).toEqual([1, 2, 4]);
    expect(joint.parametersSha256).toEqual({ 1: 'hash1', 2: 'hash2', 4: 'hash4' });
    expect(joint.progress).toEqual({ unit: 'steps', count: 3000 });
    expect(joint.seconds).toBe(4);
    expect(joint.progressPerSecond).toBe(750);
    expect(joint.runs).toHaveLength(3);
    expect(joint.status).toBe('done');
    expect(jointSummary([summary(1, [1])], { seconds: 10 }).progressPerSecond).toBe(100);
  });

  it('has the worst status, and leaves out what was not evaluated', () => {
    const joint = jointSummary([summary(1, [10]), summary(2, null, { status: 'failed' }), summary(3, [20], { status: 'stopped' })]);
    expect(joint.status).toBe('failed');
    expect(joint.evaluation?.sampled.mean).toBe(15);
    expect(jointSummary([summary(1, null)]).evaluation).toBeNull();
  });
});
