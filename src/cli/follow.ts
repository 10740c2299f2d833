/**
 * A run that a command trains again: its progress on one line, and Ctrl-C.
 */
import type { TrainingProgress } from '../node/toolkit.ts';
import { onInterrupt } from './interrupt.ts';
import { statusLine } from './statusLine.ts';
import { formatSeconds } from './terminal.ts';

/** What a training that is followed is given. */
export interface Followed {
  readonly signal: AbortSignal;
  onProgress(progress: TrainingProgress): void;
}

/** Does what trains, shows how far it is, and ends it at Ctrl-C; `name` is said before the numbers. */
export async function follow<Result>(name: string, train: (followed: Followed) => Promise<Result>): Promise<Result> {
  const cancel = new AbortController();
  const line = statusLine();
  const release = onInterrupt(() => cancel.abort());
  try {
    return await train({
      signal: cancel.signal,
      onProgress({ iteration, iterations, timeLeft }) {
        const left = Number.isFinite(timeLeft) ? `, ${formatSeconds(timeLeft)} left` : '';
        line.show(`${name}iteration ${iteration} of ${iterations}${left}`, iteration === iterations);
      },
    });
  } finally {
    line.clear();
    release();
  }
}
