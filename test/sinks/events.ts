/** Events of a made-up run, as `train` tells them. */
import type { Evaluation } from '../../src/run/evaluation.ts';
import type { RunEvent, SummaryEvent } from '../../src/run/events.ts';
import type { RunOrigin, RunStatus } from '../../src/run/summary.ts';

const policy = { returns: [1, 3], lengths: [5, 7], mean: 2, standardError: 1, iqm: 2 };
/** Two episodes of returns 1 and 3. */
export const evaluation = { sampled: policy, greedy: policy } as unknown as Evaluation;

/** The first event. */
export function configEvent(origin: RunOrigin, config: Record<string, unknown> = {}, resumed = false): RunEvent {
  const full = { env: 'CartPole-v1', algorithm: 'gpg', seed: origin.seed, ...config };
  return { ...origin, event: 'config', road: 'environments', config: full, resumed, memoryBytes: 2 ** 20 };
}

/** Iteration `iteration` of 256 steps. */
export function iterationEvent(origin: RunOrigin, iteration: number, metrics: Record<string, number>): RunEvent {
  const times = { seconds: iteration / 2, progressPerSecond: 512, timeLeft: 0 };
  return { ...origin, event: 'iteration', iteration, iterations: 9, globalStep: 256 * iteration, ...times, metrics };
}

/** An evaluation after that iteration. */
export function evaluationEvent(origin: RunOrigin, iteration: number): RunEvent {
  return { ...origin, event: 'evaluation', iteration, globalStep: 256 * iteration, ...evaluation };
}

/** The last event. */
export function summaryEvent(origin: RunOrigin, iterations: number, status: RunStatus = 'done'): RunEvent {
  const summary: Omit<SummaryEvent, keyof RunOrigin> = {
    ...{ event: 'summary', road: 'environments', target: 'CartPole-v1', method: 'gpg', status, parametersSha256: 'abc' },
    ...{ progress: { unit: 'steps', count: 256 * iterations }, iterations, seconds: iterations / 2, progressPerSecond: 512 },
    ...{ evaluation: status === 'done' ? evaluation : null, versions: {}, platform: 'test', arithmetic: 'plain' },
  } as Omit<SummaryEvent, keyof RunOrigin>;
  return { ...origin, ...summary };
}
