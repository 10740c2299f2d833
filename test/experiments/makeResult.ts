/** Results for tests: everything that is not said is usual. */
import type { RunResult } from '../../src/experiments/result.ts';

/** A result whose evaluations gave these mean returns, one per evaluation, after so many steps each. */
export function makeResult(
  more: Partial<RunResult> & { readonly scores?: readonly number[]; readonly stepsEach?: number } = {},
): RunResult {
  const { scores = [0], stepsEach = 100, ...given } = more;
  const seed = given.seed ?? 1;
  return {
    identity: `${given.cell ?? ''}/${given.target ?? 'Toy'}/${given.method ?? 'gpg'}/${seed}`,
    cell: '',
    source: 'cohort-rl',
    road: 'environments',
    target: 'Toy',
    method: 'gpg',
    seed,
    settings: {},
    status: 'done',
    iterations: scores.length,
    progress: { unit: 'steps', count: scores.length * stepsEach },
    seconds: 1,
    evaluations: {
      iteration: scores.map((_, index) => index + 1),
      progress: scores.map((_, index) => (index + 1) * stepsEach),
      seconds: scores.map((_, index) => index + 1),
      sampled: scores.map((score) => [score - 1, score + 1]),
      greedy: scores.map((score) => [score]),
    },
    parametersSha256: 'ab',
    versions: { 'cohort-rl': '0.1.0' },
    machine: 'test',
    ...given,
  };
}
